//! The page of one post: what it answers, itself, what answers it.

use actix_web::HttpResponse;
use maud::html;
use url::Url;

use super::{
    layout::{self, Home},
    post::{self, Author},
    write_form,
};
use crate::words::{say, text};
use crate::{
    app::App,
    model::object::Visibility,
    site::{accounts::Account, clean, posts::Post, sessions::Session},
};

/// Longest title of a page, in characters.
const TITLE: usize = 60;

/// What a post's page shows.
pub struct Thread<'a> {
    /// Its author.
    pub account: &'a Account,
    /// The post.
    pub post: &'a Post,
    /// What it answers, where that is ours and may be seen.
    pub parent: Option<&'a (Account, Post)>,
    /// The audience the viewer chose for new posts.
    pub usual: Visibility,
    /// What answers it, oldest first.
    pub answers: &'a [(Account, Post)],
    /// Where others answered it.
    pub elsewhere: &'a [Url],
}

/// A post's page.
pub fn page(app: &App, session: Option<&Session>, thread: &Thread<'_>) -> HttpResponse {
    let author = Author::of(app, thread.account);
    let object = &thread.post.object;
    let words = match &object.summary {
        Some(warning) => clean::words(warning),
        None => clean::words(&object.content),
    };
    let is_own = session.is_some_and(|session| session.account.id == thread.account.id);
    let body = html! {
        h1.quiet { (say!("site-post-by", link = html! { a href=(author.page) { (author.name) } })) }
        @if let Some((parent_author, parent)) = thread.parent {
            (post::card(app, &Author::of(app, parent_author), &parent.object, parent.is_trial))
            p.thread aria-hidden="true" { "↓" }
        }
        div.focus { (post::card(app, &author, object, thread.post.is_trial)) }
        @if is_own {
            @if let Some(session) = session {
                p.actions { a.button href={ "/posts/" (thread.post.id) "/edit" } { (say!("site-edit")) } }
                details.quiet {
                    summary { (say!("site-delete-this-post")) }
                    form method="post" action={ "/posts/" (thread.post.id) "/delete" } {
                        (layout::csrf(session))
                        p { @if thread.post.is_trial { (say!("site-it-leaves-your-copy-for-good-old")) }
                            @else { (say!("site-it-disappears-here-at-once-and-other")) } }
                        button.danger type="submit" { (say!("site-delete-for-good")) }
                    }
                }
            }
        }
        @if !thread.answers.is_empty() {
            h2 { (say!("site-replies")) }
            @for (author, answer) in thread.answers {
                (post::card(app, &Author::of(app, author), &answer.object, answer.is_trial))
            }
        }
        @if !thread.elsewhere.is_empty() {
            h2 { (say!("site-answers-elsewhere")) }
            ul.quiet {
                @for answer in thread.elsewhere {
                    li { a href=(answer) rel="nofollow noopener noreferrer ugc" { (post::shortened(answer)) } }
                }
            }
        }
        @if let Some(session) = session {
            @if !thread.post.is_trial {
                h2 { (say!("site-reply")) }
                (write_form::form(session, Some(object), thread.usual))
            }
        }
    };
    let title = text!("site-title-of-a-post", author = author.name, words = clean::excerpt(&words, TITLE));
    layout::page(app, session, Home::Plain, &title, &body)
}
