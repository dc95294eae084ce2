//! The sign-in page.

use actix_web::HttpResponse;
use maud::html;

use super::layout::{self, Home};
use crate::app::App;

/// The form; `is_wrong` after a failed try.
pub fn page(app: &App, next: &str, username: &str, is_wrong: bool) -> HttpResponse {
    let domain = app.config.domain();
    let body = html! {
        h1 { "Sign in to " (domain) }
        @if is_wrong {
            p.warning role="alert" {
                "Name or password is wrong. Use the account you have at " strong { (domain) } ", not at another server."
            }
        } @else if next != "/home" {
            p.note { "Sign in with your account at " strong { (domain) } " to go on." }
        }
        form.card method="post" action="/sign-in" {
            input type="hidden" name="next" value=(next);
            label for="username" { "Name" }
            input #username type="text" name="username" value=(username) autocomplete="username"
                autocapitalize="none" spellcheck="false" required autofocus[username.is_empty()];
            label for="password" { "Password" }
            input #password type="password" name="password" autocomplete="current-password" required
                autofocus[!username.is_empty()];
            p.actions { button type="submit" { "Sign in" } }
        }
        p { "No account here yet, or password forgotten? The admins of " (domain) " can help." }
    };
    layout::page(app, None, Home::Plain, "Sign in", &body)
}
