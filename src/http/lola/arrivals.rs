//! What arrived at an account, for everybody. Spec: FEP-1580.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::{
    app::App,
    http::problem::Problem,
    port::host::HostAccount,
    transfer::arrivals::{self, ArrivalsError},
    wire,
};

/// How long others may keep a page, in seconds: a post may be deleted.
const KEEP_SECONDS: u32 = 60;

/// Where the list goes on.
#[derive(Deserialize)]
pub(super) struct Paging {
    cursor: Option<String>,
}

/// `GET /users/{name}/migration`: old and new addresses of open things.
pub(super) async fn migration(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
    paging: web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let account = account(&app, &name, &request).await?;
    let at = app.site.urls.of_actor(&account.username, "migration");
    let document = match &paging.cursor {
        None => {
            let moves = app.site.urls.of_actor(&account.username, "moves");
            Some(arrivals::root(&app.store, &account, &at, &moves).await?)
        }
        Some(cursor) => arrivals::page(&app.store, &*app.host, &account, &at, cursor).await?,
    };
    let document = document.ok_or_else(|| Problem::not_found().for_request(&request))?;
    Ok(shown(&document))
}

/// `GET /users/{name}/moves`: the accounts that moved here.
pub(super) async fn moves(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let account = account(&app, &name, &request).await?;
    let at = app.site.urls.of_actor(&account.username, "moves");
    Ok(shown(&arrivals::moves(&app.store, &account, &at).await?))
}

async fn account(app: &App, name: &str, request: &HttpRequest) -> Result<HostAccount, Problem> {
    let found = app.host.account_named(name).await?;
    found.ok_or_else(|| Problem::not_found().for_request(request))
}

fn shown(document: &serde_json::Value) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(wire::ACTIVITY_JSON)
        .insert_header(("Cache-Control", format!("public, max-age={KEEP_SECONDS}")))
        .body(document.to_string())
}

impl From<ArrivalsError> for Problem {
    fn from(error: ArrivalsError) -> Self {
        match error {
            ArrivalsError::Store(error) => error.into(),
            ArrivalsError::Adapter(error) => error.into(),
        }
    }
}
