//! The last word: spoken here, at the old server, with a fresh password, by the owner only.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Deserialize;
use url::Url;

use super::finish_page;
use crate::words::text;
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        live::{self, Shown},
        problem::{Problem, ProblemKind},
        proof,
        ui::layout::Home,
    },
    model::ending::Ending,
    site::sessions::Session,
    store::departures::{self, DepartureRow},
    transfer::{
        announce, departure_status,
        findings::Finding,
        ledger::{self, Line},
        rest,
    },
};

/// Shows what announcing does, or how far it is.
pub(super) async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    signed: SignedIn,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    if !is_owner(&signed, &name) {
        return Ok(finish_page::somebody_else(&app, &signed.session, &name, request.uri().path()));
    }
    page(&app, &signed, &current(&app, &signed.session).await?, &[]).await
}

/// What the form says; the departure is looked up again among the owner's own.
#[derive(Deserialize)]
pub(super) struct FinishForm {
    departure: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    later: String,
    csrf: String,
}

/// Announces.
pub(super) async fn announce(
    app: web::Data<App>,
    signed: SignedIn,
    name: web::Path<String>,
    form: web::Form<FinishForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    if !is_owner(&signed, &name) {
        return Err(Problem::new(
            ProblemKind::NotYours,
            text!("departures-only-the-owner-of-an-account-announces"),
        )
        .page());
    }
    let departure = current(&app, &signed.session).await?;
    if departure.id != form.departure {
        let why = text!("departures-your-new-home-has-changed-since-this");
        return Err(Problem::conflict(why).page());
    }
    let account = &signed.session.account.id;
    if !proof::is_given(&app, &signed, &form.password).await.map_err(Problem::page)? {
        let why = text!("departures-that-is-not-the-password-of-this");
        let why = proof::missing(&app, &signed.session, why);
        return page(&app, &signed, &departure, &[Finding { why }]).await;
    }
    let side = app.source_side();
    let host_account = side.account(account.as_str()).await.map_err(|error| Problem::from(error).page())?;
    let found = if form.later.is_empty() {
        announce::announce(&side, &host_account, &departure).await
    } else {
        rest::begin(&side, &host_account, &departure).await
    };
    let found = found.map_err(|error| Problem::from(error).page())?;
    if !found.is_empty() {
        return page(&app, &signed, &departure, &found).await;
    }
    let here = format!("/departures/{}/finish", signed.session.account.username);
    let back = return_address(&departure).map_or(here, String::from);
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, back)).finish())
}

fn is_owner(signed: &SignedIn, name: &str) -> bool {
    signed.session.account.username == name
}

/// The departure the page is about: one that was announced, else the latest that was started.
async fn current(app: &App, session: &Session) -> Result<DepartureRow, Problem> {
    let found = departures::current(&app.store, session.account.id.as_str()).await?;
    found.ok_or_else(|| Problem::conflict(text!("departures-no-move-of-this-account-has-been")).page())
}

/// Back to the page at the new server, if it is on the new account's own origin.
fn return_address(departure: &DepartureRow) -> Option<Url> {
    let target = Url::parse(&departure.target).ok()?;
    let back = Url::parse(departure.return_url.as_deref()?).ok()?;
    (back.origin() == target.origin()).then_some(back)
}

/// `GET /departures/{name}/finish/live`: the same page as it changes.
pub(super) async fn live(
    app: web::Data<App>,
    signed: SignedIn,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    if !is_owner(&signed, &name) {
        return Err(Problem::not_found());
    }
    live::watch(app, signed, |app, session| async move {
        let departure = current(&app, &session).await?;
        shown(&app, &session, &departure, &[]).await
    })
}

async fn page(
    app: &App,
    signed: &SignedIn,
    departure: &DepartureRow,
    found: &[Finding],
) -> Result<HttpResponse, Problem> {
    let live = format!("/departures/{}/finish/live", signed.session.account.username);
    Ok(shown(app, &signed.session, departure, found).await?.page(app, &signed.session, Home::Old, &live))
}

async fn shown(
    app: &App,
    session: &Session,
    departure: &DepartureRow,
    found: &[Finding],
) -> Result<Shown, Problem> {
    let status = departure_status::status(&app.source_side(), departure.clone()).await;
    let status = status.map_err(|error| Problem::from(error).page())?;
    let lines = ledger_of(app, session, departure).await?;
    Ok(finish_page::shown(app, session, &status, found, &lines))
}

/// What each server made of it, once it is said; nothing where the followers cannot be counted.
async fn ledger_of(app: &App, session: &Session, departure: &DepartureRow) -> Result<Vec<Line>, Problem> {
    if departure.state != "announced" || departure.ending() != Some(Ending::Announce) {
        return Ok(Vec::new());
    }
    let side = app.source_side();
    let account =
        side.account(session.account.id.as_str()).await.map_err(|error| Problem::from(error).page())?;
    let Ok(source) = app.source_of(&account, false).await else { return Ok(Vec::new()) };
    let Ok(Some(outline)) = source.outline().await else { return Ok(Vec::new()) };
    let lines = ledger::ledger(&side, &departure.id, &outline.servers).await;
    lines.map_err(|error| Problem::from(error).page())
}
