//! The frame around every page.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{DOCTYPE, Markup, html};

use super::words;
use crate::words::{say, text};
use crate::{app::App, site::sessions::Session};

/// Which home a page speaks for; decides its colour and the line under the head of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// An ordinary page.
    Plain,
    /// The person is at their Old home.
    Old,
    /// The person is at their New home.
    New,
}

impl Home {
    /// Colours of the page.
    fn class(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Old => Some("old-home"),
            Self::New => Some("new-home"),
        }
    }

    /// The same in words: colour alone tells nobody everything.
    fn words(self) -> Option<String> {
        match self {
            Self::Plain => None,
            Self::Old => Some(text!("site-your-old-home")),
            Self::New => Some(text!("site-your-new-home")),
        }
    }
}

/// A whole page. `body` stands inside `<main>`.
pub fn page(app: &App, session: Option<&Session>, home: Home, title: &str, body: &Markup) -> HttpResponse {
    respond(StatusCode::OK, frame(app, session, home, title, body, None))
}

/// A whole page that follows work in the background: a small script takes what is new from the address given,
/// and without JavaScript it loads itself again every so many seconds.
pub fn following(
    app: &App,
    session: Option<&Session>,
    home: Home,
    title: &str,
    body: &Markup,
    follows: (u32, &str),
) -> HttpResponse {
    respond(StatusCode::OK, frame(app, session, home, title, body, Some(follows)))
}

fn frame(
    app: &App,
    session: Option<&Session>,
    home: Home,
    title: &str,
    body: &Markup,
    follows: Option<(u32, &str)>,
) -> Markup {
    let (seconds, live) = follows.unzip();
    let name = &app.config.server.name;
    let domain = app.config.domain();
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&text!("site-title-of-a-page", title = title, name = name), seconds))
            body class=[home.class()] {
                a.skip href="#content" { (say!("site-skip-to-content")) }
                header.site {
                    a.brand href="/" { img src="/static/mark.svg" alt="" width="40" height="40"; span { (name) } }
                    nav aria-label=(say!("site-main")) {
                        a href="/search" { (say!("site-search")) }
                        @if let Some(session) = session {
                            @if session.is_guest { a href="/departures" { (say!("departures-departures")) } }
                            @else { a href="/home" { (say!("site-home")) } }
                            a href={ "/@" (session.account.username) } { "@" (session.account.username) }
                            form method="post" action="/sign-out" {
                                (csrf(session))
                                button.quiet type="submit" { (say!("site-sign-out")) }
                            }
                        } @else {
                            a href="/sign-in" { (say!("site-sign-in")) }
                        }
                    }
                }
                @if let Some(words) = home.words() {
                    p.whose { strong { (words) } " " span { (domain) } }
                }
                main #content data-follow=[seconds] data-live=[live] { (body) }
                footer.site { p { (say!("site-runs-godwit-take-your-account-with-you", domain = domain)) } }
            }
        }
    }
}

fn head(title: &str, follows: Option<u32>) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) }
            link rel="stylesheet" href="/static/godwit.css";
            link rel="icon" type="image/svg+xml" href="/static/mark.svg";
            @if let Some(seconds) = follows {
                noscript { meta http-equiv="refresh" content=(seconds); }
                script src="/static/live.js" defer {}
            }
        }
    }
}

/// The hidden field every form of a signed-in person carries.
pub fn csrf(session: &Session) -> Markup {
    html! { input type="hidden" name="csrf" value=(session.csrf); }
}

/// A page that says what went wrong and what to do.
pub fn error_page(status: StatusCode, detail: &str) -> HttpResponse {
    let title = match status {
        StatusCode::NOT_FOUND => text!("site-nothing-here"),
        StatusCode::GONE => text!("site-no-longer-here"),
        StatusCode::METHOD_NOT_ALLOWED => text!("site-this-is-no-page"),
        _ => text!("site-something-is-in-the-way"),
    };
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            (head(&title, None))
            body {
                header.site { a.brand href="/" { img src="/static/mark.svg" alt=(say!("site-start-page")) width="40" height="40"; } }
                main #content {
                    h1 { (title) }
                    p { (words::sentence(detail)) }
                    @if status == StatusCode::NOT_FOUND {
                        p { (say!("site-it-may-be-private-or-moved-or")) }
                    }
                    p.actions { a.button.primary href="/home" { (say!("site-my-home")) } a.button href="/" { (say!("site-start-page")) } }
                }
            }
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
