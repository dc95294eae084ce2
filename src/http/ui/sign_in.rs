//! The sign-in page.

use actix_web::HttpResponse;
use maud::html;

use super::layout::{self, Home};
use crate::app::App;

/// The form; `is_wrong` after a failed try.
pub fn page(app: &App, next: &str, username: &str, is_wrong: bool) -> HttpResponse {
    let domain = app.config.domain();
    let (home, why) = errand(next);
    let body = html! {
        h1 { "Sign in to " (domain) }
        @if is_wrong {
            p.warning #why role="alert" {
                "Name or password is wrong. Use the account you have at " strong { (domain) } ", not at another server."
            }
        } @else if let Some(why) = why {
            p.note { (why) " Use the account you have at " strong { (domain) } "." }
        }
        form.card method="post" action="/sign-in" {
            input type="hidden" name="next" value=(next);
            label for="username" { "Name" }
            input #username type="text" name="username" value=(username) autocomplete="username"
                autocapitalize="none" spellcheck="false" required autofocus[username.is_empty()];
            label for="password" { "Password" }
            input #password type="password" name="password" autocomplete="current-password" required
                autofocus[!username.is_empty()] aria-describedby=[is_wrong.then_some("why")];
            p.actions { button type="submit" { "Sign in" } }
        }
        p { "No account here yet, or password forgotten? The admins of " (domain) " can help." }
    };
    layout::page(app, None, home, "Sign in", &body)
}

/// Which home somebody is at who has to sign in on the way, and what for.
fn errand(next: &str) -> (Home, Option<&'static str>) {
    if next.starts_with("/godwit/oauth/") {
        (
            Home::Old,
            Some("You come from your New home. Sign in here, and this server asks you what may happen."),
        )
    } else if next.starts_with("/departures") {
        (Home::Old, Some("Sign in to see where your account here may go."))
    } else if next.starts_with("/transfers") || next.starts_with("/godwit/callback") {
        (Home::New, Some("Sign in to the account that shall receive the copy."))
    } else if next == "/home" {
        (Home::Plain, None)
    } else {
        (Home::Plain, Some("Sign in to go on."))
    }
}
