//! The page of one post: what it answers, itself, what answers it.

use actix_web::HttpResponse;
use maud::{Markup, html};

use super::{
    layout::{self, Home},
    post::{self, Author},
    write_form,
};
use crate::words::{say, text};
use crate::{
    app::App,
    model::{actor::authority, object::Visibility, provenance::Provenance},
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
    /// How far it is vouched for, where it was copied and says so.
    pub provenance: Option<Provenance>,
    /// What answers it, oldest first.
    pub answers: &'a [(Account, Post)],
}

/// The badge of a copied post, in words.
fn vouched(grade: Provenance, origin: &str) -> Markup {
    let (badge, words) = match grade {
        Provenance::Confirmed => {
            (text!("site-grade-confirmed"), say!("site-copied-and-confirmed", origin = origin))
        }
        Provenance::Served => {
            (text!("site-grade-served"), say!("site-copied-and-not-signed", origin = origin))
        }
        Provenance::AsClient => {
            (text!("site-grade-as-client"), say!("site-read-as-a-client", origin = origin))
        }
        Provenance::File => (text!("site-grade-file"), say!("site-from-an-archive-file", origin = origin)),
    };
    html! { span.badge { (badge) } " " (words) }
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
        @if let (Some(grade), Some(origin)) = (thread.provenance, object.previously.first()) {
            p.provenance { (vouched(grade, &authority(&origin.id))) }
        }
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
