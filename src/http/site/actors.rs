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
    port::host::HostAccount,
    site::{documents::actor::endpoints, viewer::Viewer},
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
    let account = app.host.account_named(&path).await?;
    shown(&request, &app, account).await
}

/// `GET /ap/users/{id}`: the same, where the server beside us names some of its accounts by number.
pub(super) async fn numbered(
    request: HttpRequest,
    app: Data<App>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let is_there = !app.config.home.is_built_in();
    let account = if is_there { app.host.account(&path.as_str().into()).await? } else { None };
    shown(&request, &app, account).await
}

async fn shown(
    request: &HttpRequest,
    app: &App,
    account: Option<HostAccount>,
) -> Result<HttpResponse, Problem> {
    let account = account.ok_or_else(|| Problem::not_found().for_request(request))?;
    if wants_html(request) {
        return Ok(answer::see(&account.page));
    }
    let mut document = app.host.actor_document(&account.id).await?;
    if !app.config.home.is_built_in() {
        add_endpoints(app, &account, &mut document);
    }
    let mut response_is_private = false;
    if let Some(token) = bearer(request) {
        response_is_private = true;
        let collections = portability(app, &account, &token).await?;
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

/// The server beside us knows nothing of moving an account with all it has; its own addresses stay.
fn add_endpoints(app: &App, account: &HostAccount, document: &mut Value) {
    let Some(map) = document.as_object_mut() else { return };
    let own = map.remove("endpoints").unwrap_or_default();
    let mut all = endpoints(&app.site.urls, &account.username);
    if let (Some(all), Value::Object(own)) = (all.as_object_mut(), own) {
        all.extend(own);
    }
    map.insert("endpoints".to_owned(), all);
}

/// What the holder of a token for this very account is shown beside the public document.
async fn portability(app: &App, account: &HostAccount, token: &str) -> Result<Option<Value>, Problem> {
    let grant = tokens::authenticate(&app.store, &*app.clock, token).await?;
    let grant = grant.filter(|grant| grant.account == account.id);
    Ok(grant.and_then(|grant| export::directory(&grant, app.site.urls.base(), &account.username)))
}

/// `GET /godwit/actor`: the server itself.
pub(super) async fn host(app: Data<App>) -> Result<HttpResponse, Problem> {
    let document = app.site.host_actor_document().await?;
    Ok(answer::activity(&document, &Viewer::Stranger))
}
