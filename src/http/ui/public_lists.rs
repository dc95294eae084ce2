//! Pages over all accounts: topics and search.

use actix_web::HttpResponse;
use maud::{Markup, html};

use super::{
    layout::{self, Home},
    post::{self, Author},
};
use crate::words::{say, text};
use crate::{
    app::App,
    site::{accounts::Account, posts::Post, sessions::Session},
};

/// Public posts with a topic.
pub fn tag(
    app: &App,
    session: Option<&Session>,
    tag: &str,
    posts: &[(Account, Post)],
    next: Option<&str>,
) -> HttpResponse {
    let title = format!("#{}", tag.trim_start_matches('#'));
    let body = html! {
        h1 { (title) }
        (list(app, posts))
        @if posts.is_empty() { p.note { (say!("site-no-public-post-here-has-this-topic")) } }
        @if let Some(next) = next {
            nav.actions aria-label=(say!("site-more")) { a.button rel="next" href={ "?cursor=" (next) } { (say!("site-older-posts")) } }
        }
    };
    layout::page(app, session, Home::Plain, &title, &body)
}

/// Public posts that say something.
pub fn search(app: &App, session: Option<&Session>, query: &str, posts: &[(Account, Post)]) -> HttpResponse {
    let is_asked = !query.trim().is_empty();
    let body = html! {
        h1 { (say!("site-search")) }
        form.card role="search" method="get" action="/search" {
            label for="q" { (say!("site-words-in-public-posts-of-this-server")) }
            input #q type="search" name="q" value=(query) required;
            p.actions { button type="submit" { (say!("site-search")) } }
        }
        @if is_asked && posts.is_empty() { p.note { (say!("site-nothing-found-try-a-single-word")) } }
        (list(app, posts))
    };
    let title = if is_asked { text!("site-search-2", query = query) } else { text!("site-search") };
    layout::page(app, session, Home::Plain, &title, &body)
}

fn list(app: &App, posts: &[(Account, Post)]) -> Markup {
    html! {
        @for (author, post) in posts {
            (post::card(app, &Author::of(app, author), &post.object, post.is_trial))
        }
    }
}
