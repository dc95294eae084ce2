//! Pages over all accounts: the start page, topics, search.

use actix_web::{
    HttpResponse,
    web::{Data, Path, Query},
};
use serde::Deserialize;

use super::answer::{self, Paging};
use crate::{
    app::App,
    http::{extract::MaybeSignedIn, problem::Problem, ui},
    site::{accounts::Account, posts::Post},
};

/// Posts on one page.
const POSTS: usize = 20;

/// What is looked for.
#[derive(Debug, Deserialize)]
pub(super) struct Search {
    /// Words.
    #[serde(default)]
    q: String,
}

/// `GET /`.
pub(super) async fn start(app: Data<App>, session: MaybeSignedIn) -> HttpResponse {
    let viewer = answer::viewer(&session);
    let session = session.0.as_ref().map(|(session, _)| session);
    answer::kept(ui::start::page(&app, session), &viewer)
}

/// `GET /tags/{tag}`.
pub(super) async fn tag(
    app: Data<App>,
    path: Path<String>,
    paging: Query<Paging>,
    session: MaybeSignedIn,
) -> Result<HttpResponse, Problem> {
    let viewer = answer::viewer(&session);
    let part = app.site.tagged(&path, &viewer, paging.cursor.as_deref(), POSTS).await?;
    let posts = with_authors(&app, part.items).await?;
    let session = session.0.as_ref().map(|(session, _)| session);
    let response = ui::public_lists::tag(&app, session, &path, &posts, part.next.as_deref());
    Ok(answer::kept(response, &viewer))
}

/// `GET /search?q=`.
pub(super) async fn search(
    app: Data<App>,
    search: Query<Search>,
    session: MaybeSignedIn,
) -> Result<HttpResponse, Problem> {
    let viewer = answer::viewer(&session);
    let found = app.site.search(&search.q, &viewer, POSTS).await?;
    let posts = with_authors(&app, found).await?;
    let session = session.0.as_ref().map(|(session, _)| session);
    Ok(answer::kept(ui::public_lists::search(&app, session, &search.q, &posts), &viewer))
}

async fn with_authors(app: &App, posts: Vec<Post>) -> Result<Vec<(Account, Post)>, Problem> {
    let mut known: Vec<Account> = Vec::new();
    let mut shown = Vec::with_capacity(posts.len());
    for post in posts {
        let author = match known.iter().find(|account| account.id == post.account) {
            Some(account) => Some(account.clone()),
            None => app.site.account(&post.account).await?,
        };
        if let Some(author) = author {
            known.push(author.clone());
            shown.push((author, post));
        }
    }
    Ok(shown)
}
