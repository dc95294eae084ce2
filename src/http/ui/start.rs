//! The start page: what this server does, for somebody who has never heard of it.

use actix_web::HttpResponse;
use maud::html;

use super::layout::{self, Home};
use crate::{app::App, site::sessions::Session};

/// The start page.
pub fn page(app: &App, session: Option<&Session>) -> HttpResponse {
    let domain = app.config.domain();
    let body = html! {
        div.hero {
            img src="/static/mark.svg" alt="" width="96" height="96";
            h1 { "Take your account with you" }
            p { "Move to " strong { (domain) } " with your posts, pictures and follows, and tell your followers "
                "only when you like what you see." }
            p.actions {
                @if session.is_some() {
                    a.button.primary href="/home" { "My home" }
                    a.button href="/transfers/new" { "Bring an account here" }
                } @else {
                    a.button.primary href="/sign-in" { "Sign in" }
                    a.button href="/sign-in?next=/transfers/new" { "Bring an account here" }
                }
            }
        }
        h2 { "How a move goes" }
        ol.steps {
            li { strong { "Copy" } " – you say yes at your Old home, and your things are copied here." }
            li { strong { "Try" } " – look at the copy. Only you see it. Numbers of both homes stand side by side." }
            li { strong { "Keep" } " – the copy becomes part of your account here. Or "
                strong { "throw away" } ": nothing remains." }
            li { strong { "Announce" } " – your Old home tells your followers, and old links lead here." }
        }
        p.note { "Nothing is announced and nothing changes at your Old home until you press Announce." }
    };
    layout::page(app, session, Home::Plain, "Welcome", &body)
}
