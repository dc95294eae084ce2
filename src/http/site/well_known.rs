//! `WebFinger` and `NodeInfo`.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use serde::Deserialize;

use crate::{app::App, http::problem::Problem};

/// Who is looked for.
#[derive(Debug, Deserialize)]
pub(super) struct Finger {
    resource: Option<String>,
}

/// `GET /.well-known/webfinger?resource=acct:name@host`.
pub(super) async fn webfinger(app: Data<App>, finger: Query<Finger>) -> Result<HttpResponse, Problem> {
    let Some(resource) = &finger.resource else {
        return Err(Problem::bad_request("Say whom you look for: ?resource=acct:name@host"));
    };
    let found = app.site.webfinger(resource).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type("application/jrd+json; charset=utf-8")
        .insert_header(("Access-Control-Allow-Origin", "*"))
        .insert_header(("Cache-Control", "public, max-age=180"))
        .body(found.to_string()))
}

/// `GET /.well-known/nodeinfo`.
pub(super) async fn nodeinfo_links(app: Data<App>) -> HttpResponse {
    HttpResponse::Ok().json(app.site.nodeinfo_links())
}

/// `GET /nodeinfo/2.1`.
pub(super) async fn nodeinfo(app: Data<App>) -> Result<HttpResponse, Problem> {
    let document = app.site.nodeinfo(&app.config.server.name).await?;
    Ok(HttpResponse::Ok()
        .content_type(
            r#"application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"; charset=utf-8"#,
        )
        .insert_header(("Cache-Control", "public, max-age=300"))
        .body(document.to_string()))
}
