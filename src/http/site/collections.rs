//! Collections of an actor.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};

use super::answer::{self, Paging};
use crate::{
    app::App,
    http::{extract::MaybeSignedIn, problem::Problem},
    site::viewer::Viewer,
    wire,
};

/// `GET /users/{name}/outbox`.
pub(super) async fn outbox(
    request: HttpRequest,
    app: Data<App>,
    path: Path<String>,
    paging: Query<Paging>,
    session: MaybeSignedIn,
) -> Result<HttpResponse, Problem> {
    let account = answer::account(&app, &path, &request).await?;
    let viewer = answer::viewer(&session);
    let document = app.site.outbox_document(&account, &viewer, paging.cursor.as_deref()).await?;
    Ok(answer::activity(&document, &viewer))
}

/// `GET /godwit/actor/outbox`: the server itself says nothing.
pub(super) async fn host_outbox(app: Data<App>) -> HttpResponse {
    let address = app.site.urls.at(&["godwit", "actor", "outbox"]);
    answer::activity(&wire::collection::whole(&address, Vec::new()).into(), &Viewer::Stranger)
}

/// `GET /users/{name}/followers`: how many.
pub(super) async fn followers(
    request: HttpRequest,
    app: Data<App>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    relations(&request, &app, &path, "followers").await
}

/// `GET /users/{name}/following`: how many.
pub(super) async fn following(
    request: HttpRequest,
    app: Data<App>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    relations(&request, &app, &path, "following").await
}

async fn relations(
    request: &HttpRequest,
    app: &App,
    name: &str,
    collection: &str,
) -> Result<HttpResponse, Problem> {
    let account = answer::account(app, name, request).await?;
    let document = app.site.relations_document(&account, collection).await?;
    Ok(answer::activity(&document, &Viewer::Stranger))
}

/// `GET /users/{name}/liked`: for the owner.
pub(super) async fn liked(
    request: HttpRequest,
    app: Data<App>,
    path: Path<String>,
    paging: Query<Paging>,
    session: MaybeSignedIn,
) -> Result<HttpResponse, Problem> {
    pointers(&request, &app, &path, &paging, &session, "liked").await
}

/// `GET /users/{name}/bookmarks`: for the owner.
pub(super) async fn bookmarks(
    request: HttpRequest,
    app: Data<App>,
    path: Path<String>,
    paging: Query<Paging>,
    session: MaybeSignedIn,
) -> Result<HttpResponse, Problem> {
    pointers(&request, &app, &path, &paging, &session, "bookmarks").await
}

async fn pointers(
    request: &HttpRequest,
    app: &App,
    name: &str,
    paging: &Paging,
    session: &MaybeSignedIn,
    collection: &str,
) -> Result<HttpResponse, Problem> {
    let account = answer::account(app, name, request).await?;
    let viewer = answer::viewer(session);
    let cursor = paging.cursor.as_deref();
    let document = app.site.pointers_document(&account, &viewer, collection, cursor).await?;
    Ok(answer::activity(&document, &viewer))
}

/// `GET /users/{name}/topics`: topics on the page.
pub(super) async fn topics(
    request: HttpRequest,
    app: Data<App>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let account = answer::account(&app, &path, &request).await?;
    Ok(answer::activity(&app.site.topics_document(&account).await?, &Viewer::Stranger))
}

/// `GET /users/{name}/featured`: pinned posts.
pub(super) async fn featured(
    request: HttpRequest,
    app: Data<App>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let account = answer::account(&app, &path, &request).await?;
    Ok(answer::activity(&app.site.featured_document(&account).await?, &Viewer::Stranger))
}
