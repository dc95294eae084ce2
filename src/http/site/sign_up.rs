//! Making an account that has nothing to do with a move, where the admins allow it: a taken name is noticed at
//! once, with others that are free. On the way of a move, `transfers/name.rs` asks instead.

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
    store::held_names::AT_FIRST,
    transfer::admit,
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
    let rules = admit::rules(&app.engine).await.map_err(|error| Problem::from(error).page())?;
    let most = rules.arrivals.terms.limits.accounts_total;
    // On the way to bringing a file, say: the name is the account's own when something of it was kept.
    let is_on_the_way = next.starts_with("/transfers");
    let until = is_on_the_way.then(|| app.clock.now_micros() + AT_FIRST);
    match app.site.sign_up((&form.username, &form.password), &from, most, until).await {
        Ok(account) => {
            let token = app.site.first_sign_in(&account.username, &form.password).await.map_err(told)?;
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
