//! Collections, their pages, and the bytes of files.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::guard::open;
use crate::{app::App, http::problem::Problem, model::collection::CollectionKind, transfer::export, wire};

/// Where to go on.
#[derive(Deserialize)]
pub(super) struct PageQuery {
    cursor: Option<String>,
}

/// The root of a collection, or with `cursor` a page of it.
pub(super) async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let (name, kind) = path.into_inner();
    let opened = open(&app, &request, &name).await?;
    let kind = CollectionKind::from_word(&kind).ok_or_else(Problem::not_found)?;
    let at = app.site.urls.at(&["godwit", "lola", &opened.account.username, kind.as_str()]);
    let source = app.source_of(&opened.account, opened.grant.includes_private).await?;
    let document = match &query.cursor {
        None => export::root(&opened.grant, &*source, kind, &at).await?,
        Some(cursor) => {
            let limit = app.config.limits.page_items;
            export::page(&opened.grant, &*app.host, &*source, kind, &at, cursor, limit).await?
        }
    };
    Ok(HttpResponse::Ok().content_type(wire::ACTIVITY_JSON).body(document.to_string()))
}

/// The bytes of one file.
pub(super) async fn media(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (name, id) = path.into_inner();
    let opened = open(&app, &request, &name).await?;
    let at = app.site.urls.at(&["godwit", "lola", &opened.account.username, "media", &id]);
    let public = app.site.urls.media(&id, "file");
    let source = app.source_of(&opened.account, opened.grant.includes_private).await?;
    let stream = export::media(&opened.grant, &*app.host, &*source, &public, &at).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .streaming(stream))
}
