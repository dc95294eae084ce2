//! Actor documents.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use serde_json::Value;

use super::answer;
use crate::{
    app::App,
    http::{
        extract::{bearer, wants_html},
        problem::Problem,
    },
    site::{accounts::Account, viewer::Viewer},
    transfer::{export, tokens},
    wire,
};

/// `GET /users/{name}`: the document; browsers go to the page. The document is the same for
/// everybody but the holder of a portability token, so no cookie is looked at.
pub(super) async fn actor(
    request: HttpRequest,
    app: Data<App>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let account = answer::account(&app, &path, &request).await?;
    if wants_html(&request) {
        return Ok(answer::see(&app.site.urls.profile(&account.username)));
    }
    let mut document = app.site.actor_document(&account).await?;
    let mut response_is_private = false;
    if let Some(token) = bearer(&request) {
        response_is_private = true;
        let collections = portability(&app, &account, &token).await?;
        if let (Some(collections), Some(map)) = (collections, document.as_object_mut()) {
            map.insert(wire::actor::PORTABILITY.to_owned(), collections);
        }
    }
    let mut response = answer::activity(&document, &Viewer::Stranger);
    if response_is_private {
        let keep = header::HeaderValue::from_static("private, no-store");
        response.headers_mut().insert(header::CACHE_CONTROL, keep);
    }
    Ok(response)
}

/// What the holder of a token for this very account is shown beside the public document.
async fn portability(app: &App, account: &Account, token: &str) -> Result<Option<Value>, Problem> {
    let grant = tokens::authenticate(&app.store, &*app.clock, token).await?;
    let grant = grant.filter(|grant| grant.account == account.id);
    Ok(grant.and_then(|grant| export::directory(&grant, app.site.urls.base(), &account.username)))
}

/// `GET /actor`: the server itself.
pub(super) async fn host(app: Data<App>) -> Result<HttpResponse, Problem> {
    let document = app.site.host_actor_document().await?;
    Ok(answer::activity(&document, &Viewer::Stranger))
}
