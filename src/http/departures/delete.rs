//! Deleting everything that was left behind, once the move is announced and visitors are sent on.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use maud::{Markup, html};
use serde::Deserialize;
use url::Url;

use super::finish_page;
use crate::words::{say, text};
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::{Problem, ProblemKind},
        ui::{
            homes::leaving,
            layout::{self, Home},
        },
    },
    model::{actor::authority, ending::Ending, moment::Moment},
    oauth::scope::Scope,
    site::sessions::Session,
    store::{consents, departures, emptying::Emptied},
    transfer::{consent, departure_status},
};

/// The owner's word, with the password.
#[derive(Deserialize)]
pub(super) struct DeleteForm {
    #[serde(default)]
    sure: String,
    #[serde(default)]
    password: String,
    csrf: String,
}

/// Shows what goes and what stays.
pub(super) async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    signed: SignedIn,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    if signed.session.account.username != *name {
        return Ok(finish_page::somebody_else(&app, &signed.session, &name, request.uri().path()));
    }
    page(&app, &signed.session, None).await
}

/// Deletes.
pub(super) async fn delete(
    app: web::Data<App>,
    signed: SignedIn,
    name: web::Path<String>,
    form: web::Form<DeleteForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    let account = &signed.session.account;
    if account.username != *name {
        let why = text!("departures-only-the-owner-deletes");
        return Err(Problem::new(ProblemKind::NotYours, why).page());
    }
    left_for(&app, &signed.session).await?;
    let fits = app.site.confirm_password(&account.id, &form.password).await;
    if !fits.map_err(|error| Problem::from(error).page())? {
        return page(&app, &signed.session, Some(text!("departures-that-is-not-the-password-of-this"))).await;
    }
    if form.sure.is_empty() {
        return page(&app, &signed.session, Some(text!("departures-tick-the-box-to-delete"))).await;
    }
    let side = app.source_side();
    // Nobody may go on copying what is not there any more.
    for grant in consents::of_account(&app.store, account.id.as_str()).await? {
        if grant.scope == Scope::Read.as_str() {
            consent::revoke(&side, &account.id, &grant.id)
                .await
                .map_err(|error| Problem::from(error).page())?;
        }
    }
    app.site.empty(account).await.map_err(|error| Problem::from(error).page())?;
    side.note(account.id.as_str(), "emptied", "").await.map_err(|error| Problem::from(error).page())?;
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/departures")).finish())
}

/// The departure visitors are sent on by; without one nothing may be deleted.
async fn left_for(app: &App, session: &Session) -> Result<departures::DepartureRow, Problem> {
    let found = departures::current(&app.store, session.account.id.as_str()).await?;
    let is_gone = |row: &departures::DepartureRow| {
        // A server of its own deletes by its own means.
        !session.is_guest
            && row.state == "announced"
            && row.is_forwarding
            && row.ending() != Some(Ending::Copy)
            && row.ending() != Some(Ending::Redirect)
    };
    found
        .filter(is_gone)
        .ok_or_else(|| Problem::conflict(text!("departures-nothing-can-be-deleted-yet")).page())
}

async fn page(app: &App, session: &Session, problem: Option<String>) -> Result<HttpResponse, Problem> {
    let departure = left_for(app, session).await?;
    let status = departure_status::status(&app.source_side(), departure).await;
    let status = status.map_err(|error| Problem::from(error).page())?;
    let target = &status.departure.target;
    let there = Url::parse(target).map_or_else(|_| target.clone(), |url| authority(&url));
    let (here, refused) = (app.config.domain(), status.map.refused);
    let title = text!("departures-delete-all-your-data-here");
    let body = html! {
        h1 { (title) }
        (leaving(app, &session.account.username, target))
        @if let Some(why) = &problem { p.warning #why role="alert" { (why) } }
        p { (say!("departures-you-moved-and-can-delete", here = here, there = there)) }
        ul.effects {
            li { (say!("departures-delete-what-goes")) }
            li { (say!("departures-delete-what-stays")) }
            li { (say!("departures-delete-nobody-is-told")) }
            @if refused > 0 { li { (say!("departures-delete-what-was-not-recognized", n = refused)) } }
            li { (say!("departures-delete-the-name", here = here)) }
        }
        form.card method="post" action={ "/departures/" (session.account.username) "/delete" } {
            (layout::csrf(session))
            label {
                input type="checkbox" name="sure" value="yes" required;
                span { (say!("departures-delete-yes")) }
            }
            label for="password" { (say!("departures-your-password-at", here = here)) }
            input #password type="password" name="password" autocomplete="current-password" required
                aria-describedby=[problem.as_ref().map(|_| "why")];
            p.actions {
                button.danger type="submit" { (say!("departures-delete-all-my-data-at", here = here)) }
                a.button href="/departures" { (say!("departures-not-now")) }
            }
        }
    };
    Ok(layout::page(app, Some(session), Home::Old, &title, &body))
}

/// What the list of departures says about it: that it was done, or where it can be done.
pub(super) fn line(session: &Session, emptied: Option<&Emptied>) -> Markup {
    html! {
        @match emptied {
            Some(emptied) => p.note {
                (say!("departures-your-data-was-deleted", day = Moment::from_micros(emptied.at).day(),
                    posts = emptied.posts, files = emptied.files))
            },
            None => p {
                a href={ "/departures/" (session.account.username) "/delete" } { (say!("departures-delete-all-my-data")) }
            },
        }
    }
}
