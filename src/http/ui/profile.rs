//! The page of an account.

use actix_web::HttpResponse;
use maud::{Markup, PreEscaped, html};

use super::{
    layout::{self, Home},
    post::{self, Author},
    words,
};
use crate::words::{say, text};
use crate::{
    app::App,
    site::{
        accounts::Account,
        clean,
        files::Picture,
        lists::{Entry, Part, Shelf},
        posts::Post,
        sessions::Session,
    },
};

/// What a profile page shows.
pub struct Shown<'a> {
    /// Whose page.
    pub account: &'a Account,
    /// Whether they look at it themselves.
    pub is_own: bool,
    /// Whether it is the first page of the list.
    pub is_first_page: bool,
    /// Which posts.
    pub shelf: Shelf,
    /// The posts and boosts.
    pub part: &'a Part<Entry>,
    /// Pinned posts, on the first page only.
    pub pinned: &'a [Post],
    /// Topics the owner put here.
    pub topics: &'a [String],
    /// Posts the viewer may see.
    pub posts: u64,
    /// Followers.
    pub followers: u64,
    /// Followed accounts.
    pub following: u64,
}

/// A profile with a part of its posts.
pub fn page(app: &App, session: Option<&Session>, shown: &Shown<'_>) -> HttpResponse {
    let author = Author::of(app, shown.account);
    let name = &shown.account.username;
    let body = html! {
        @if let Some(target) = &shown.account.moved_to {
            div.warning role="note" {
                p { strong { (say!("site-has-moved-to", name = author.name)) } " "
                    a href=(target) { (Author::elsewhere(target).handle) } "." }
                @if shown.is_own {
                    p { (say!("site-visitors-are-sent-there-only-you-still")) }
                } @else {
                    p { (say!("site-new-posts-appear-there-what-was")) }
                }
            }
        }
        (face(app, &author, shown))
        nav.tabs aria-label=(say!("site-posts")) {
            (tab(&format!("/@{name}"), &text!("site-posts"), shown.shelf == Shelf::WithoutReplies))
            (tab(&format!("/@{name}/with_replies"), &text!("site-with-replies"), shown.shelf == Shelf::Everything))
            (tab(&format!("/@{name}/media"), &text!("site-pictures"), shown.shelf == Shelf::Media))
            a href={ "/@" (name) ".rss" } { (say!("site-feed")) }
        }
        @for post in shown.pinned {
            p.context { (say!("site-pinned")) }
            (post::card(app, &author, &post.object, post.is_trial))
        }
        @for entry in &shown.part.items {
            @match entry {
                Entry::Post(post) => (post::card(app, &author, &post.object, post.is_trial)),
                Entry::Boost(_, boost, is_trial) => (post::boost_line(app, &author, boost, *is_trial)),
            }
        }
        @if shown.part.items.is_empty() {
            p.note { @if shown.is_first_page { (say!("site-nothing-here-yet")) } @else { (say!("site-that-was-all")) } }
        }
        (pager(shown))
    };
    layout::page(
        app,
        session,
        Home::Plain,
        &text!("site-title-of-a-profile", name = author.name, handle = author.handle),
        &body,
    )
}

/// Pictures, name, biography, fields, numbers.
fn face(app: &App, author: &Author, shown: &Shown<'_>) -> Markup {
    let account = shown.account;
    let header = app.site.picture_url(account, Picture::Header).map(|url| post::link(app, &url));
    html! {
        section.profile.card aria-label=(say!("site-profile")) {
            @if let Some(address) = header { img.across src=(address) alt=""; } @else { div.across {} }
            (post::avatar(author))
            h1 { (author.name) }
            p.handle { (author.handle) }
            @for former in &account.also_known_as {
                p.handle { (say!("site-formerly", link = html! { a href=(former) rel="nofollow noreferrer" { (Author::elsewhere(former).handle) } })) }
            }
            @if !account.profile.summary.is_empty() {
                div.content dir="auto" { (PreEscaped(clean::html(&account.profile.summary))) }
            }
            @if !account.profile.fields.is_empty() {
                dl.fields {
                    @for field in &account.profile.fields {
                        dt { (clean::words(&field.name)) }
                        dd { (PreEscaped(clean::html(&field.value))) }
                    }
                }
            }
            @if !shown.topics.is_empty() {
                p { (say!("site-topics")) " " @for topic in shown.topics { a href={ "/tags/" (topic) } { "#" (topic) } " " } }
            }
            ul.counts {
                li { (say!("site-count-posts", n = shown.posts)) }
                li { (say!("site-count-followers", n = shown.followers)) }
                li { (say!("site-following", following = words::number(shown.following))) }
            }
            @if shown.is_own {
                p.note { (say!("site-this-is-your-own-page-you-also")) }
            }
        }
    }
}

fn tab(address: &str, words: &str, is_here: bool) -> Markup {
    html! { a href=(address) aria-current=[is_here.then_some("page")] { (words) } }
}

fn pager(shown: &Shown<'_>) -> Markup {
    html! {
        @if !shown.is_first_page || shown.part.next.is_some() {
            nav.actions aria-label=(say!("site-more")) {
                @if !shown.is_first_page { a.button href="?" { (say!("site-newest")) } }
                @if let Some(next) = &shown.part.next {
                    a.button rel="next" href={ "?cursor=" (next) } { (say!("site-older-posts")) }
                }
            }
        }
    }
}
