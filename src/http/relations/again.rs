//! Following again whom one followed at Old home: what would happen, and what became of each.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Form},
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
            layout::{self, Home},
            post::Author,
            words,
        },
    },
    site::sessions::Session,
    store::refollows::{self, PersonRow},
    transfer::refollow,
};

/// How often the page is looked at again while people wait, in seconds.
const LOOKS_AGAIN_SECONDS: u32 = 10;

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
    let body = page(session, &title, &people);
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
    let begun = refollow::begin(&app.engine, &signed.session.account.id).await;
    begun.map_err(|error| Problem::from(error).page())?;
    Ok(back())
}

/// `POST /follows/again/stop`.
pub(super) async fn stop(
    app: Data<App>,
    signed: SignedIn,
    form: Form<Bare>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    refollows::stop(&app.store, signed.session.account.id.to_string()).await?;
    Ok(back())
}

fn back() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/follows/again")).finish()
}

fn page(session: &Session, title: &str, people: &[PersonRow]) -> Markup {
    let number = |state: &str| {
        let found = people.iter().filter(|person| person.state == state).count();
        u64::try_from(found).unwrap_or(0)
    };
    let (kept, waiting, asked, failed) =
        (number("kept"), number("waiting"), number("asked"), number("failed"));
    html! {
        h1 { (title) }
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
                    th scope="row" { (name(&person.actor)) }
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
