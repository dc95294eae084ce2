//! Calling off an announcement that rests: by its owner here, and by whoever holds the letter's link, without
//! signing in. A link asks first, because programs look at links in mails.

use actix_web::{HttpResponse, http::header, web};
use maud::{Markup, html};
use serde::Deserialize;
use url::Url;

use crate::words::{say, text};
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::Problem,
        ui::{
            homes::{handle_of, homes, own},
            layout::{self, Home},
            words::minute,
        },
    },
    model::{actor::authority, departure::DepartureState, moment::Moment},
    store::departures::DepartureRow,
    transfer::rest,
};

/// Which departure.
#[derive(Deserialize)]
pub(super) struct CallOffForm {
    departure: String,
    csrf: String,
}

/// `POST /departures/call-off`.
pub(super) async fn by_owner(
    app: web::Data<App>,
    signed: SignedIn,
    form: web::Form<CallOffForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    let account = &signed.session.account;
    let called_off = rest::call_off(&app.source_side(), &account.id, &form.departure).await;
    called_off.map_err(|error| Problem::from(error).page())?;
    let page = format!("/departures/{}/finish", account.username);
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, page)).finish())
}

/// `GET /call-off/{token}`: asks, and changes nothing.
pub(super) async fn ask(app: web::Data<App>, token: web::Path<String>) -> Result<HttpResponse, Problem> {
    let departure = behind(&app, &token).await?;
    let account = handle(&app, &departure).await?;
    let there = there(&departure);
    let rests = DepartureState::from_word(&departure.state).is_some_and(DepartureState::can_be_called_off);
    let due = Moment::from_micros(departure.due_at.unwrap_or_default());
    let body = html! {
        h1 { (say!("departures-call-it-off-title")) }
        (homes(&account, &handle_of(&departure.target)))
        @if rests {
            p {
                (say!("departures-call-off-what", account = account, there = there,
                    due = minute(&due)))
            }
            form method="post" action={ "/call-off/" (token) } {
                p.actions { button.primary type="submit" { (say!("departures-call-it-off")) } }
            }
            p.note { (say!("departures-call-off-then-password")) }
        } @else { p { (outcome(&departure, &account, &there)) } }
    };
    Ok(layout::page(&app, None, Home::Old, &text!("departures-call-it-off-title"), &body))
}

/// `POST /call-off/{token}`.
pub(super) async fn by_link(app: web::Data<App>, token: web::Path<String>) -> Result<HttpResponse, Problem> {
    let departure = behind(&app, &token).await?;
    let account = departure.account_id.as_str().into();
    rest::call_off(&app.source_side(), &account, &departure.id)
        .await
        .map_err(|error| Problem::from(error).page())?;
    let now = behind(&app, &token).await?;
    let (account, there) = (handle(&app, &now).await?, there(&now));
    let title = match now.state.as_str() {
        "started" | "withdrawn" => text!("departures-called-off"),
        _ => text!("departures-call-it-off-title"),
    };
    let body = html! {
        h1 { (title) }
        (homes(&account, &handle_of(&now.target)))
        p { (outcome(&now, &account, &there)) }
    };
    Ok(layout::page(&app, None, Home::Old, &title, &body))
}

/// What became of one that does not rest any more.
fn outcome(departure: &DepartureRow, account: &str, there: &str) -> Markup {
    match departure.state.as_str() {
        "started" | "withdrawn" => say!("departures-it-was-called-off", account = account, there = there),
        _ => say!("departures-it-was-announced-already", account = account, there = there),
    }
}

async fn behind(app: &App, token: &str) -> Result<DepartureRow, Problem> {
    let found = rest::behind(&app.source_side(), token).await;
    found.map_err(|error| Problem::from(error).page())?.ok_or_else(|| Problem::not_found().page())
}

async fn handle(app: &App, departure: &DepartureRow) -> Result<String, Problem> {
    let account = app.host.account(&departure.account_id.as_str().into()).await?;
    let name = account.map(|account| account.username).unwrap_or_default();
    Ok(own(app, &name))
}

fn there(departure: &DepartureRow) -> String {
    Url::parse(&departure.target).map_or_else(|_| departure.target.clone(), |url| authority(&url))
}
