//! Making an account on the way, where the admins allow it: a taken name is noticed at once, with others
//! that are free; the account is there, and its name held, before anything is asked of Old home.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::time::Duration,
    http::StatusCode,
    web::{Data, Form, Query},
};
use serde::Deserialize;

use super::session::{Next, go, local, refuse_foreign, session_cookie};
use crate::{
    app::App,
    http::{limits::asks_from, problem::Problem, ui::sign_up},
    site::SiteError,
    words::text,
};

/// What the form brings.
#[derive(Deserialize)]
pub(super) struct SignUp {
    username: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// `GET /sign-up`.
pub(super) async fn form(app: Data<App>, next: Query<Next>) -> Result<HttpResponse, Problem> {
    open(&app)?;
    let next = local(&app.config.server.base_url, &next.next);
    Ok(sign_up::page(&app, &next, &sign_up::Tried::default()))
}

/// `POST /sign-up`: makes the account, signs in, goes on.
pub(super) async fn sign_up(
    request: HttpRequest,
    app: Data<App>,
    form: Form<SignUp>,
) -> Result<HttpResponse, Problem> {
    open(&app)?;
    refuse_foreign(&request)?;
    let next = local(&app.config.server.base_url, &form.next);
    let from = asks_from(&request);
    let told = |error: SiteError| Problem::from(error).page();
    match app.site.sign_up(&form.username, &form.password, &from).await {
        Ok(token) => {
            let mut response = go(&next);
            response
                .add_cookie(&session_cookie(&app, token, Duration::days(30)))
                .map_err(|_| Problem::bad_request(text!("problems-the-session-cannot-be-kept")))?;
            Ok(response)
        }
        Err(SiteError::Refused(why)) => {
            let free = app.site.free_names(&form.username).await.map_err(told)?;
            let tried = sign_up::Tried { username: &form.username, why: Some(&why), free: &free };
            let mut response = sign_up::page(&app, &next, &tried);
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(told(error)),
    }
}

/// Whether anybody may make an account here.
fn open(app: &App) -> Result<(), Problem> {
    if app.config.policy.sign_up { Ok(()) } else { Err(Problem::not_found().page()) }
}
