//! Collections, their pages, and the bytes of files.

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::{StatusCode, header},
    web,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{guard::open, pieces};
use crate::{app::App, http::problem::Problem, model::collection::CollectionKind, transfer::export, wire};

/// Where to go on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// What `first` and `next` carry; without it the root is answered.
    cursor: Option<String>,
}

/// What is answered.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum CollectionAnswer {
    /// Without `cursor`.
    Root(wire::collection::Root),
    /// With `cursor`.
    Page(wire::collection::Page),
}

/// The root of a collection, or with `cursor` a page of it, oldest first.
#[utoipa::path(
    get, path = "/godwit/lola/{name}/{kind}", tag = "lola", security(("lola" = ["activitypub_account_portability"])),
    params(
        ("name" = String, Path, description = "login name of the account the token is for"),
        ("kind" = CollectionKind, Path, description = "which collection"),
        PageQuery
    ),
    responses((status = 200, body = CollectionAnswer, content_type = "application/activity+json"))
)]
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
    let shown = match &query.cursor {
        None => CollectionAnswer::Root(export::root(&opened.grant, &*opened.source, kind, &at).await?),
        Some(cursor) => {
            let limit = app.config.limits.page_items;
            let page =
                export::page(&opened.grant, &*app.host, &*opened.source, kind, &at, cursor, limit).await?;
            CollectionAnswer::Page(page)
        }
    };
    pieces::json(wire::ACTIVITY_JSON, &shown)
}

/// The bytes of one file.
#[utoipa::path(
    get, path = "/godwit/lola/{name}/media/{id}", tag = "lola", security(("lola" = ["activitypub_account_portability"])),
    params(
        ("name" = String, Path, description = "login name of the account the token is for"),
        ("id" = String, Path, description = "from the media collection")
    ),
    responses(
        (status = 200, description = "the bytes", content_type = "application/octet-stream"),
        (status = 206, description = "those from `Range: bytes=N-` on", content_type = "application/octet-stream")
    )
)]
pub(super) async fn media(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (name, id) = path.into_inner();
    let opened = open(&app, &request, &name).await?;
    let at = app.site.urls.at(&["godwit", "lola", &opened.account.username, "media", &id]);
    let public = app.site.urls.media(&id, "file");
    let from = behind(&request).unwrap_or(0);
    let file = export::media(&opened.grant, &*app.host, &*opened.source, &public, &at, from).await?;
    let mut response = HttpResponse::Ok();
    response
        .content_type("application/octet-stream")
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    let Some(length) = file.length else { return Ok(response.streaming(file.bytes)) };
    if file.from > 0 {
        let (first, last) = (file.from, length.saturating_sub(1));
        response.status(StatusCode::PARTIAL_CONTENT);
        response.insert_header((header::CONTENT_RANGE, format!("bytes {first}-{last}/{length}")));
    }
    Ok(response.body(SizedStream::new(length.saturating_sub(file.from), file.bytes)))
}

/// Where a reader goes on that was interrupted; other ranges get the whole file.
fn behind(request: &HttpRequest) -> Option<u64> {
    let range = request.headers().get(header::RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
}
