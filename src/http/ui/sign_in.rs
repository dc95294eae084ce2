//! The sign-in page.

use crate::words::{say, text};
use actix_web::HttpResponse;
use maud::html;

use super::{
    homes::on_the_way,
    layout::{self, Home},
};
use crate::app::App;

/// The form; `is_wrong` after a failed try.
pub fn page(app: &App, next: &str, username: &str, is_wrong: bool) -> HttpResponse {
    let domain = app.config.domain();
    let (home, why) = errand(next);
    let body = html! {
        h1 { (say!("site-sign-in-to", domain = domain)) }
        (on_the_way(app, next))
        @if is_wrong {
            p.warning #why role="alert" {
                (say!("site-name-or-password-is-wrong-use-the", domain = domain))
            }
        } @else if let Some(why) = why {
            p.note { (say!("site-use-the-account-you-have-at", why = why, domain = domain)) }
        }
        form.card method="post" action="/sign-in" {
            input type="hidden" name="next" value=(next);
            label for="username" { (say!("site-name")) }
            input #username type="text" name="username" value=(username) autocomplete="username"
                autocapitalize="none" spellcheck="false" required autofocus[username.is_empty()];
            label for="password" { (say!("site-password")) }
            input #password type="password" name="password" autocomplete="current-password" required
                autofocus[!username.is_empty()] aria-describedby=[is_wrong.then_some("why")];
            p.actions { button type="submit" { (say!("site-sign-in")) } }
        }
        @if app.config.policy.sign_up && home != Home::Old {
            p { (say!("site-no-account-here-yet")) }
            p.actions { a.button href={ "/sign-up?" (query(next)) } { (say!("site-make-an-account")) } }
        } @else {
            p { (say!("site-no-account-here-yet-or-password", domain = domain)) }
        }
    };
    layout::page(app, None, home, &text!("site-sign-in"), &body)
}

fn query(next: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish()
}

/// Which home somebody is at who has to sign in on the way, and what for.
pub(in crate::http) fn errand(next: &str) -> (Home, Option<String>) {
    if next.starts_with("/godwit/oauth/") {
        (Home::Old, Some(text!("site-you-come-from-your-new-home-sign")))
    } else if next.starts_with("/departures") {
        (Home::Old, Some(text!("site-sign-in-to-see-where-your-account")))
    } else if next.starts_with("/transfers") || next.starts_with("/godwit/callback") {
        (Home::New, Some(text!("site-sign-in-to-the-account-that-shall")))
    } else if next == "/home" {
        (Home::Plain, None)
    } else {
        (Home::Plain, Some(text!("site-sign-in-to-go-on")))
    }
}
