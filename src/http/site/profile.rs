//! Pages of an account: its posts, one post, its feed.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};

use super::answer::{self, Paging};
use crate::words::text;
use crate::{
    app::App,
    http::{
        extract::{MaybeSignedIn, wants_activity},
        problem::{Problem, ProblemKind},
        ui,
    },
    model::object::Visibility,
    site::{lists::Shelf, posts::Found},
};

/// Entries on one page.
const ENTRIES: usize = 20;
/// Answers shown below a post.
const ANSWERS: usize = 50;

/// `GET /@{name}`: posts and boosts.
pub(super) async fn posts(
    request: HttpRequest,
    app: Data<App>,
    path: Path<String>,
    paging: Query<Paging>,
    session: MaybeSignedIn,
) -> Result<HttpResponse, Problem> {
    shelf(&request, &app, &path, &paging, &session, Shelf::WithoutReplies).await
}

/// `GET /@{name}/with_replies`: answers too.
pub(super) async fn with_replies(
    request: HttpRequest,
    app: Data<App>,
    path: Path<String>,
    paging: Query<Paging>,
    session: MaybeSignedIn,
) -> Result<HttpResponse, Problem> {
    shelf(&request, &app, &path, &paging, &session, Shelf::Everything).await
}

/// `GET /@{name}/media`: posts with files.
pub(super) async fn media(
    request: HttpRequest,
    app: Data<App>,
    path: Path<String>,
    paging: Query<Paging>,
    session: MaybeSignedIn,
) -> Result<HttpResponse, Problem> {
    shelf(&request, &app, &path, &paging, &session, Shelf::Media).await
}

async fn shelf(
    request: &HttpRequest,
    app: &App,
    name: &str,
    paging: &Paging,
    session: &MaybeSignedIn,
    shelf: Shelf,
) -> Result<HttpResponse, Problem> {
    let account = answer::account(app, name, request).await.map_err(Problem::page)?;
    let document = app.site.urls.actor(&account.username);
    if wants_activity(request) {
        return Ok(answer::see(&document));
    }
    let viewer = answer::viewer(session);
    let part = app.site.entries(&account, &viewer, shelf, paging.cursor.as_deref(), ENTRIES).await?;
    let (posts, _) = app.site.entry_counts(&account, &viewer).await?;
    let (followers, following) = app.site.relation_counts(&account).await?;
    let is_first_page = paging.cursor.is_none();
    let pinned = match shelf {
        Shelf::WithoutReplies if is_first_page => app.site.pinned(&account, &viewer).await?,
        _ => Vec::new(),
    };
    let topics = app.site.featured_topics(&account, &viewer).await?;
    let shown = ui::profile::Shown {
        account: &account,
        pinned: &pinned,
        topics: &topics,
        is_own: viewer.owns(&account),
        is_first_page,
        shelf,
        part: &part,
        posts,
        followers,
        following,
    };
    let response = ui::profile::page(app, session.0.as_ref().map(|(session, _)| session), &shown);
    Ok(answer::with_document(answer::kept(response, &viewer), &document))
}

/// `GET /@{name}/{id}`: one post with what it answers and what answers it.
pub(super) async fn post(
    request: HttpRequest,
    app: Data<App>,
    path: Path<(String, String)>,
    session: MaybeSignedIn,
) -> Result<HttpResponse, Problem> {
    let (name, id) = path.into_inner();
    let document = app.site.urls.post(&name, &id);
    if wants_activity(&request) {
        return Ok(answer::see(&document));
    }
    let account = answer::account(&app, &name, &request).await.map_err(Problem::page)?;
    let viewer = answer::viewer(&session);
    let post = match app.site.find_post(&account, &id, &viewer).await? {
        Found::Post(post) => *post,
        Found::Gone => {
            let why = text!("problems-this-post-was-deleted-by-its-author");
            return Err(Problem::new(ProblemKind::Gone, why).page());
        }
        Found::Nothing => return Err(Problem::not_found().page()),
    };
    let answers = app.site.replies(&post.object.id, &viewer, None, ANSWERS).await?;
    let parent = match &post.object.in_reply_to {
        Some(parent) => app.site.parent(parent, &viewer).await?,
        None => None,
    };
    let mut shown = Vec::with_capacity(answers.items.len());
    for answer in answers.items {
        if let Some(author) = app.site.account(&answer.account).await? {
            shown.push((author, answer));
        }
    }
    let session = session.0.as_ref().map(|(session, _)| session);
    let usual = match session {
        Some(session) => app.site.settings(&session.account).await?.audience(),
        None => Visibility::Public,
    };
    let thread = ui::thread::Thread {
        account: &account,
        post: &post,
        parent: parent.as_ref(),
        usual,
        provenance: app.site.provenance(&post.object).await?,
        answers: &shown,
    };
    let response = ui::thread::page(&app, session, &thread);
    Ok(answer::with_document(answer::kept(response, &viewer), &document))
}

/// `GET /@{name}.rss`: the feed.
pub(super) async fn feed(
    request: HttpRequest,
    app: Data<App>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let account = answer::account(&app, &path, &request).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/rss+xml; charset=utf-8")
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Cache-Control", "public, max-age=300"))
        .body(app.site.feed(&account).await?))
}
