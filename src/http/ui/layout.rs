//! The frame around every page.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{DOCTYPE, Markup, html};

use crate::{app::App, site::sessions::Session};

/// Which home a page speaks for; decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// An ordinary page.
    Plain,
    /// The person is at their Old home.
    Old,
    /// The person is at their New home.
    New,
}

/// A whole page. `body` stands inside `<main>`.
pub fn page(app: &App, session: Option<&Session>, home: Home, title: &str, body: &Markup) -> HttpResponse {
    let name = &app.config.server.name;
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (name) }
                link rel="stylesheet" href="/static/godwit.css";
            }
            body class=(match home { Home::Plain => "", Home::Old => "old-home", Home::New => "new-home" }) {
                header {
                    a href="/" { (name) }
                    @if let Some(session) = session { a href="/home" { "@" (session.account.username) } }
                }
                main { (body) }
            }
        }
    };
    respond(StatusCode::OK, markup)
}

/// The hidden field every form of a signed-in person carries.
pub fn csrf(session: &Session) -> Markup {
    html! { input type="hidden" name="csrf" value=(session.csrf); }
}

/// A page that says what went wrong and what to do.
pub fn error_page(status: StatusCode, detail: &str) -> HttpResponse {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Something is in the way" }
                link rel="stylesheet" href="/static/godwit.css";
            }
            body { main { h1 { "Something is in the way" } p { (detail) } p { a href="/" { "Start page" } } } }
        }
    };
    respond(status, markup)
}

fn respond(status: StatusCode, markup: Markup) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header(("Content-Security-Policy", CSP))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Referrer-Policy", "same-origin"))
        .insert_header(("Cache-Control", "private, no-store"))
        .body(markup.into_string())
}

/// Nothing from anywhere but ourselves, no inline script, framed by nobody. `form-action` stays open
/// because a form of ours may lead, by redirect, to the person's other home.
const CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; script-src 'self'; \
                   connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
