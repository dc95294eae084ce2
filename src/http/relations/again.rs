//! Following again whom one followed at Old home: what would happen, and what became of each.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Form, Query},
};
use maud::{Markup, html};
use serde::Deserialize;
use url::Url;

use crate::words::{say, text};
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        live::{self, Shown},
        problem::Problem,
        ui::{
            homes::{handle_of, homes, own},
            layout::{self, Home},
            post::Author,
            words,
        },
    },
    model::actor::authority,
    port::{client_api::Applicant, error::AdapterError},
    site::sessions::Session,
    store::{
        refollows::{self, PersonRow},
        transfers,
    },
    transfer::{TransferError, refollow, status::old_actor},
};

/// How often the page is looked at again while people wait, in seconds.
const LOOKS_AGAIN_SECONDS: u32 = 10;

/// Where an owner comes back to who was asked for permission at the server beside us.
const PERMITTED: &str = "/follows/again/permitted";

/// A form that only carries its session's token.
#[derive(Deserialize)]
pub(super) struct Bare {
    csrf: String,
}

/// `GET /follows/again`.
pub(super) async fn show(app: Data<App>, signed: SignedIn) -> Result<HttpResponse, Problem> {
    Ok(shown(&app, &signed.session).await?.page(&app, &signed.session, Home::New, "/follows/again/live"))
}

/// `GET /follows/again/live`: the same page as it changes.
pub(super) async fn live(app: Data<App>, signed: SignedIn) -> Result<HttpResponse, Problem> {
    live::watch(app, signed, |app, session| async move { shown(&app, &session).await })
}

async fn shown(app: &App, session: &Session) -> Result<Shown, Problem> {
    let people = refollows::people(&app.store, session.account.id.as_str()).await?;
    let title = text!("yours-follow-the-people-you-followed");
    let last = transfers::of_account(&app.store, &session.account.id).await?.into_iter().next();
    let body = html! {
        h1 { (title) }
        @if let Some(last) = &last {
            @let old = old_actor(last).map_or_else(|| last.asked_for.clone(), |old| handle_of(old.as_str()));
            (homes(&old, &own(app, &session.account.username)))
        }
        (page(session, &people))
    };
    let waits = people.iter().any(|person| person.state == "waiting");
    Ok(Shown { title, body, follows: waits.then_some(LOOKS_AGAIN_SECONDS) })
}

/// `POST /follows/again`.
pub(super) async fn begin(
    app: Data<App>,
    signed: SignedIn,
    form: Form<Bare>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    let account = &signed.session.account.id;
    if let Some(permits) = app.host.permits() {
        let is_given = permits.is_given(account).await.map_err(refused)?;
        if !is_given {
            let way = permits.way(&*app.remote, account, &applicant(&app)).await.map_err(refused)?;
            return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, way.as_str())).finish());
        }
    }
    let begun = refollow::begin(&app.engine, account).await;
    begun.map_err(|error| Problem::from(error).page())?;
    Ok(back())
}

/// What the server beside us sends an owner back with.
#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// `GET` [`PERMITTED`]: with a yes it begins, with a no nothing happens.
pub(super) async fn permitted(
    app: Data<App>,
    signed: SignedIn,
    answer: Query<Answer>,
) -> Result<HttpResponse, Problem> {
    let account = &signed.session.account.id;
    let Some(permits) = app.host.permits().filter(|_| !answer.code.is_empty()) else { return Ok(back()) };
    permits.take(&*app.remote, account, &answer.state, &answer.code).await.map_err(refused)?;
    let begun = refollow::begin(&app.engine, account).await;
    begun.map_err(|error| Problem::from(error).page())?;
    Ok(back())
}

/// Who we say we are.
fn applicant(app: &App) -> Applicant {
    let mut back = app.config.server.base_url.clone();
    back.set_path(PERMITTED);
    Applicant {
        name: format!("godwit ({})", authority(&app.config.server.base_url)),
        website: app.config.server.base_url.to_string(),
        redirect_uri: back.to_string(),
    }
}

fn refused(error: AdapterError) -> Problem {
    Problem::from(TransferError::from(error)).page()
}

/// `POST /follows/again/stop`.
pub(super) async fn stop(
    app: Data<App>,
    signed: SignedIn,
    form: Form<Bare>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    refollows::stop(&app.store, signed.session.account.id.to_string()).await?;
    refollow::give_back(&app.engine, &signed.session.account.id).await;
    Ok(back())
}

fn back() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/follows/again")).finish()
}

fn page(session: &Session, people: &[PersonRow]) -> Markup {
    let number = |state: &str| {
        let found = people.iter().filter(|person| person.state == state).count();
        u64::try_from(found).unwrap_or(0)
    };
    let (kept, waiting, asked, failed) =
        (number("kept"), number("waiting"), number("asked"), number("failed"));
    html! {
        @if people.is_empty() {
            p.note { (say!("yours-there-is-nobody-to-follow-no-copy")) }
        } @else {
            p { (say!("yours-not-asked-waiting-asked-failed", kept = words::number(kept), waiting = words::number(waiting), asked = words::number(asked), failed = words::number(failed))) }
            p { (say!("yours-each-of-them-is-told-that-you")) }
            @if kept + failed > 0 { form method="post" action="/follows/again" {
                (layout::csrf(session))
                p.actions { button.primary type="submit" name="follow" value="all" {
                    (say!("yours-follow", failed = text!("site-people", n = kept + failed)))
                } }
            } }
            @if waiting > 0 { form method="post" action="/follows/again/stop" {
                (layout::csrf(session))
                p.actions { button.secondary type="submit" { (say!("yours-stop-ask-nobody-else")) } }
            } }
            table.numbers {
                caption { (say!("yours-each-of-them")) }
                @for person in people { tr {
                    th scope="row" { (name(&person.actor)) @if person.kind == "block" { " " (say!("yours-is-blocked")) } }
                    td { (stands(&person.state)) @if let Some(why) = &person.why { ": " (words::sentence(why)) } }
                } }
            }
        }
    }
}

fn name(actor: &str) -> Markup {
    Url::parse(actor).map_or_else(
        |_| html! { (actor) },
        |url| html! { a href=(url) rel="nofollow noreferrer" { (Author::elsewhere(&url).handle) } },
    )
}

fn stands(state: &str) -> String {
    match state {
        "waiting" => text!("yours-waits"),
        "asked" => text!("yours-asked"),
        "failed" => text!("yours-failed"),
        _ => text!("yours-not-asked"),
    }
}
