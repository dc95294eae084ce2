//! Back from the other server's sign-in.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, time::Duration},
    web,
};
use serde::Deserialize;

use super::WAY_COOKIE;
use crate::{
    app::App,
    http::{
        problem::Problem,
        site::session::{go, local, session_cookie},
    },
    transfer::guests,
    words::text,
};

/// How long our cookie lasts; the session behind it may be shorter.
pub(super) const HOURS: i64 = 12;

/// What that server says.
#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
}

/// `GET /godwit/guests/callback`.
pub(super) async fn arrive(
    app: web::Data<App>,
    request: HttpRequest,
    answer: web::Query<Answer>,
) -> Result<HttpResponse, Problem> {
    let reception = app.reception().ok_or_else(|| Problem::not_found().for_request(&request))?;
    if !answer.error.is_empty() || answer.code.is_empty() {
        return Err(Problem::conflict(text!("guests-you-did-not-sign-in")).page());
    }
    let browser = request.cookie(WAY_COOKIE).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let arrived = guests::arrive(&reception, &answer.state, &browser, &answer.code).await;
    let arrived = arrived.map_err(|error| Problem::from(error).page())?;
    if let Some(old) = request.cookie(&crate::http::extract::cookie_name(&app)) {
        guests::close(&reception, old.value()).await.map_err(|error| Problem::from(error).page())?;
    }
    let mut response = go(&local(&app.config.server.base_url, &arrived.next));
    let mut way = Cookie::new(WAY_COOKIE, "");
    way.set_path("/godwit/guests");
    way.set_max_age(Duration::ZERO);
    for cookie in [session_cookie(&app, arrived.token, Duration::hours(HOURS)), way] {
        response
            .add_cookie(&cookie)
            .map_err(|_| Problem::bad_request(text!("problems-the-session-cannot-be-kept")).page())?;
    }
    Ok(response)
}
