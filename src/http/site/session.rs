//! Signing in and out.

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    dev::Payload,
    http::{StatusCode, header},
    web::{Bytes, Data, Form, Query},
};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use crate::words::text;
use crate::{
    app::App,
    http::{
        extract::{MaybeSignedIn, SignedIn, cookie_name},
        guests,
        limits::asks_from,
        problem::{Problem, ProblemKind},
        ui,
    },
    transfer::guests::close,
};

/// Where to go afterwards.
#[derive(Debug, Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    pub(super) next: String,
}

/// What the form brings.
#[derive(Deserialize)]
pub(super) struct SignIn {
    username: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// The button that signs out.
#[derive(Deserialize)]
pub(super) struct SignOut {
    csrf: String,
    /// Where to go afterwards: who is signed in as the wrong account wants to come back to where they were.
    #[serde(default)]
    next: String,
}

/// `GET /sign-in`.
pub(super) async fn form(
    app: Data<App>,
    asked: Query<guests::Asked>,
    session: MaybeSignedIn,
) -> HttpResponse {
    let next = home_of_guests(&app, local(&app.config.server.base_url, asked.next()));
    if app.entrance.is_some() && (session.0.is_none() || asked.is_again()) {
        return guests::form(&app, &next, session.0.is_some());
    }
    if session.0.is_some() {
        return go(&next);
    }
    ui::sign_in::page(&app, &next, "", false)
}

/// `POST /sign-in`.
pub(super) async fn sign_in(
    request: HttpRequest,
    app: Data<App>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    refuse_foreign(&request)?;
    if let Some(reception) = app.reception() {
        let asked: Form<guests::Asked> = read(&request, &body).await?;
        let next = home_of_guests(&app, local(&app.config.server.base_url, asked.next()));
        return guests::leave(request, &reception, &asked, &next).await;
    }
    let form: Form<SignIn> = read(&request, &body).await?;
    let next = local(&app.config.server.base_url, &form.next);
    let from = asks_from(&request);
    let token = app.site.try_sign_in(&form.username, &form.password, &from).await;
    let Some(token) = token.map_err(|error| Problem::from(error).for_request(&request))? else {
        let mut response = ui::sign_in::page(&app, &next, &form.username, true);
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        return Ok(response);
    };
    let mut response = go(&next);
    let cookie = session_cookie(&app, token, Duration::days(30));
    response
        .add_cookie(&cookie)
        .map_err(|_| Problem::bad_request(text!("problems-the-session-cannot-be-kept")))?;
    Ok(response)
}

/// `POST /sign-out`.
pub(super) async fn sign_out(
    app: Data<App>,
    signed: SignedIn,
    form: Form<SignOut>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    match app.reception() {
        Some(reception) => close(&reception, &signed.token).await?,
        None => app.site.sign_out(&signed.token).await?,
    }
    let next =
        if form.next.is_empty() { "/".to_owned() } else { local(&app.config.server.base_url, &form.next) };
    let mut response = go(&next);
    let cookie = session_cookie(&app, String::new(), Duration::ZERO);
    response
        .add_cookie(&cookie)
        .map_err(|_| Problem::bad_request(text!("problems-the-session-cannot-be-closed")))?;
    Ok(response)
}

/// Reads a form that one of two handlers takes.
async fn read<T: DeserializeOwned + 'static>(
    request: &HttpRequest,
    body: &Bytes,
) -> Result<Form<T>, Problem> {
    let mut payload = Payload::from(body.clone());
    let form = Form::<T>::from_request(request, &mut payload).await;
    form.map_err(|error| {
        Problem::bad_request(text!("problems-what-was-sent-cannot-be-read", error = error.to_string()))
            .for_request(request)
    })
}

/// Guests have their home elsewhere; here they have what is about moving.
fn home_of_guests(app: &App, next: String) -> String {
    if app.entrance.is_some() && next == "/home" { "/departures".to_owned() } else { next }
}

/// Another site must not sign a visitor in as somebody else.
pub(in crate::http) fn refuse_foreign(request: &HttpRequest) -> Result<(), Problem> {
    let comes_from = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if comes_from.is_some_and(|from| !matches!(from, "same-origin" | "none")) {
        let why = text!("problems-this-form-came-from-another-site-open");
        return Err(Problem::new(ProblemKind::ForeignForm, why).for_request(request));
    }
    Ok(())
}

pub(in crate::http) fn session_cookie(app: &App, token: String, lasts: Duration) -> Cookie<'static> {
    Cookie::build(cookie_name(app), token)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.config.server.base_url.scheme() == "https")
        .max_age(lasts)
        .finish()
}

pub(in crate::http) fn go(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// The path of `next` when it stays on this server, `/home` otherwise.
pub(in crate::http) fn local(base: &Url, next: &str) -> String {
    let stays = next.starts_with('/') && !next.starts_with("//");
    match base.join(next) {
        // A backslash or a tab inside would be read as a slash or dropped: joined, it shows.
        Ok(url) if stays && url.origin() == base.origin() && !url.path().starts_with("//") => {
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            format!("{}{query}", url.path())
        }
        _ => "/home".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_on_after_signing_in_never_leaves_this_server() {
        let base = Url::parse("https://new.example").unwrap();
        assert_eq!(local(&base, "/godwit/oauth/authorize?a=b&c=%20d"), "/godwit/oauth/authorize?a=b&c=%20d");
        for evil in [
            "",
            "home",
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "/..//evil.example",
            "/.//evil.example",
        ] {
            assert_eq!(local(&base, evil), "/home", "{evil:?}");
        }
    }
}
