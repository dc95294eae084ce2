//! The page before the other server's sign-in, and the way there.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    http::header,
};
use maud::html;
use serde::Deserialize;

use super::WAY_COOKIE;
use crate::{
    app::App,
    http::{
        extract::session_of,
        problem::Problem,
        ui::{homes::on_the_way, layout, sign_in::errand},
    },
    transfer::guests::{self, Reception},
    words::{say, text},
};

/// How long the cookie of a way lasts.
const WAY_MINUTES: i64 = 30;
/// Beginnings of pages that ask for a fresh sign-in anyway.
const ASKS_ANEW: [&str; 2] = ["/godwit/oauth/authorize", "/departures/"];

/// Where to go afterwards, and whether somebody who is signed in shall prove it anew.
#[derive(Debug, Deserialize)]
pub(in crate::http) struct Asked {
    #[serde(default)]
    next: String,
    #[serde(default)]
    again: String,
}

/// Says what happens next: nothing that is typed there is seen here.
pub(in crate::http) fn form(app: &App, next: &str, is_again: bool) -> HttpResponse {
    let domain = app.config.domain();
    let (home, why) = errand(next);
    let body = html! {
        h1 { (say!("site-sign-in-to", domain = domain)) }
        (on_the_way(app, next))
        @if is_again { p.note { (say!("guests-sign-in-again-explained", domain = domain)) } }
        @else if let Some(why) = why { p.note { (why) } }
        p { (say!("guests-you-sign-in-there", domain = domain)) }
        form.card method="post" action="/sign-in" {
            input type="hidden" name="next" value=(next);
            @if is_again { input type="hidden" name="again" value="yes"; }
            p.actions { button.primary type="submit" name="go" value="yes" { (say!("guests-sign-in-at", domain = domain)) } }
        }
        p { a href="/departures/code" { (say!("guests-moved-already")) } }
    };
    layout::page(app, None, home, &text!("site-sign-in"), &body)
}

/// Sends somebody to the other server's sign-in.
pub(in crate::http) async fn leave(
    request: HttpRequest,
    reception: &Reception,
    asked: &Asked,
    next: &str,
) -> Result<HttpResponse, Problem> {
    let told = |problem: Problem| problem.for_request(&request);
    let is_again = !asked.again.is_empty();
    let known = if is_again { session_of(request.clone()).await.ok().flatten() } else { None };
    let known = known.map(|(session, _)| session.account.id);
    let anew = is_again || ASKS_ANEW.iter().any(|start| next.starts_with(start));
    let begun = guests::begin(reception, next, known.as_ref(), anew).await;
    let begun = begun.map_err(|error| told(error.into()))?;
    let cookie = Cookie::build(WAY_COOKIE, begun.browser)
        .path("/godwit/guests")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(reception.base.scheme() == "https")
        .max_age(Duration::minutes(WAY_MINUTES))
        .finish();
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, begun.url.as_str()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .cookie(cookie)
        .finish())
}

impl Asked {
    /// Where to go afterwards, as it was sent.
    pub(in crate::http) fn next(&self) -> &str {
        &self.next
    }

    /// Whether somebody who is signed in shall prove it anew.
    pub(in crate::http) fn is_again(&self) -> bool {
        !self.again.is_empty()
    }
}
