//! The page on which somebody makes an account.

use actix_web::HttpResponse;
use maud::html;

use super::{
    homes::on_the_way,
    layout::{self, Home},
    words::sentence,
};
use crate::{
    app::App,
    words::{say, text},
};

/// What was tried before and did not do.
#[derive(Default)]
pub struct Tried<'a> {
    /// The name that was typed.
    pub username: &'a str,
    /// Why there is no account.
    pub why: Option<&'a str>,
    /// Names like it that are free.
    pub free: &'a [String],
}

/// The page.
pub fn page(app: &App, next: &str, tried: &Tried<'_>) -> HttpResponse {
    let domain = app.config.domain();
    let home = if next.starts_with("/transfers") { Home::New } else { Home::Plain };
    let body = html! {
        h1 { (say!("site-make-an-account-at", domain = domain)) }
        (on_the_way(app, next))
        @if let Some(why) = tried.why {
            div.warning #why role="alert" {
                p { (sentence(why)) }
                @if !tried.free.is_empty() {
                    p { (say!("site-these-names-are-free", names = tried.free.join(", "))) }
                }
            }
        } @else { p { (say!("site-your-name-here", domain = domain)) } }
        form.card method="post" action="/sign-up" {
            input type="hidden" name="next" value=(next);
            label for="username" { (say!("site-name")) }
            input #username type="text" name="username" value=(tried.username) autocomplete="username" required
                autofocus autocapitalize="none" spellcheck="false" maxlength="30" pattern="[A-Za-z0-9_]+" list="free"
                aria-invalid=[tried.why.map(|_| "true")] aria-describedby=[tried.why.map(|_| "why")];
            datalist #free { @for name in tried.free { option value=(name) {} } }
            label for="password" { (say!("site-password")) }
            input #password type="password" name="password" autocomplete="new-password" required minlength="8"
                aria-describedby="length";
            p.hint #length { (say!("site-password-length")) }
            p.actions { button type="submit" { (say!("site-make-the-account")) } }
        }
    };
    layout::page(app, None, home, &text!("site-make-an-account"), &body)
}
