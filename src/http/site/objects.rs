//! Documents of single posts and boosts.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};

use super::answer::{self, Paging};
use crate::{
    app::App,
    http::{
        extract::{MaybeSignedIn, wants_html},
        problem::Problem,
    },
    site::{
        documents::objects::tombstone,
        posts::{Found, Post},
        viewer::Viewer,
    },
    wire,
};

/// `GET /users/{name}/posts/{id}`: the document; browsers go to the page.
pub(super) async fn post(
    request: HttpRequest,
    app: Data<App>,
    path: Path<(String, String)>,
    session: MaybeSignedIn,
) -> Result<HttpResponse, Problem> {
    let (name, id) = path.into_inner();
    let account = answer::account(&app, &name, &request).await?;
    let viewer = answer::viewer(&session);
    // Looked up before a browser is sent on: a 302 would tell a stranger that something is there.
    match app.site.find_post(&account, &id, &viewer).await? {
        Found::Post(_) if wants_html(&request) => Ok(answer::see(&app.site.urls.post_page(&name, &id))),
        Found::Post(post) => {
            let document = app.site.post_document(&post.object, &viewer).await?;
            Ok(answer::activity(&document, &viewer))
        }
        Found::Gone => {
            let document = tombstone(&app.site.urls.post(&account.username, &id));
            let body = document.to_string();
            Ok(answer::kept(HttpResponse::Gone().content_type(wire::ACTIVITY_JSON).body(body), &viewer))
        }
        Found::Nothing => Err(Problem::not_found().for_request(&request)),
    }
}

/// `GET /users/{name}/posts/{id}/activity`: its Create.
pub(super) async fn activity(
    request: HttpRequest,
    app: Data<App>,
    path: Path<(String, String)>,
    session: MaybeSignedIn,
) -> Result<HttpResponse, Problem> {
    let (post, viewer) = visible(&request, &app, &path, &session).await?;
    Ok(answer::activity(&wire::activity::create(&post.object), &viewer))
}

/// `GET /users/{name}/posts/{id}/replies`.
pub(super) async fn replies(
    request: HttpRequest,
    app: Data<App>,
    path: Path<(String, String)>,
    paging: Query<Paging>,
    session: MaybeSignedIn,
) -> Result<HttpResponse, Problem> {
    let (post, viewer) = visible(&request, &app, &path, &session).await?;
    let document = app.site.replies_document(&post.object, &viewer, paging.cursor.as_deref()).await?;
    Ok(answer::activity(&document, &viewer))
}

async fn visible(
    request: &HttpRequest,
    app: &App,
    path: &(String, String),
    session: &MaybeSignedIn,
) -> Result<(Post, Viewer), Problem> {
    let (name, id) = path;
    let account = answer::account(app, name, request).await?;
    let viewer = answer::viewer(session);
    match app.site.find_post(&account, id, &viewer).await? {
        Found::Post(post) => Ok((*post, viewer)),
        Found::Gone | Found::Nothing => Err(Problem::not_found().for_request(request)),
    }
}

/// `GET /users/{name}/boosts/{id}`: the Announce; browsers go to the profile, never elsewhere by our redirect.
pub(super) async fn boost(
    request: HttpRequest,
    app: Data<App>,
    path: Path<(String, String)>,
    session: MaybeSignedIn,
) -> Result<HttpResponse, Problem> {
    let (name, id) = path.into_inner();
    let account = answer::account(&app, &name, &request).await?;
    let viewer = answer::viewer(&session);
    let boost = app.site.boost(&account, &id, &viewer).await?;
    let boost = boost.ok_or_else(|| Problem::not_found().for_request(&request))?;
    if wants_html(&request) {
        return Ok(answer::see(&app.site.urls.profile(&account.username)));
    }
    Ok(answer::activity(&app.site.boost_document(&account, &boost), &viewer))
}
