//! One post, as it stands in every list.

use maud::{Markup, PreEscaped, html};
use url::Url;

use super::words;
use crate::words::{say, text};
use crate::{
    app::App,
    model::{
        actor::authority,
        item::Boost,
        media::Attachment,
        object::{Object, Poll, Visibility},
    },
    site::{accounts::Account, clean, files::Picture, timeline::Seen, urls::Meaning},
};

/// Who wrote a post, as it is shown.
pub struct Author {
    /// Display name.
    pub name: String,
    /// `@name@host`.
    pub handle: String,
    /// Their page.
    pub page: String,
    /// Address of their picture, ours only.
    pub avatar: Option<String>,
}

impl Author {
    /// Somebody of this server.
    pub fn of(app: &App, account: &Account) -> Self {
        let handle = format!("@{}@{}", account.username, app.config.domain());
        let name = if account.profile.name.is_empty() { &account.username } else { &account.profile.name };
        Self {
            name: name.clone(),
            handle,
            page: format!("/@{}", account.username),
            avatar: app.site.picture_url(account, Picture::Avatar).map(|url| link(app, &url)),
        }
    }

    /// Somebody of another server, as much as their address tells.
    pub fn elsewhere(actor: &Url) -> Self {
        let name = actor.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or("somebody");
        let name = name.trim_start_matches('@').to_owned();
        let handle = format!("@{name}@{}", authority(actor));
        Self { name, handle, page: actor.to_string(), avatar: None }
    }
}

/// An address for a page of ours: a path when it is ours, so that the page works under any name.
pub fn link(app: &App, url: &Url) -> String {
    if url.origin() != app.config.server.base_url.origin() {
        return url.to_string();
    }
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

/// An address as text: where it leads, without what only computers need.
pub fn shortened(url: &Url) -> String {
    let text = format!("{}{}", url.host_str().unwrap_or_default(), url.path());
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// The picture of an author, or their first letter.
pub fn avatar(author: &Author) -> Markup {
    html! {
        @if let Some(address) = &author.avatar {
            img.avatar src=(address) alt="" width="48" height="48" loading="lazy";
        } @else {
            span.avatar aria-hidden="true" { (author.name.chars().next().unwrap_or('?').to_uppercase()) }
        }
    }
}

/// A post. `is_trial` marks a copy only its owner sees.
pub fn card(app: &App, author: &Author, object: &Object, is_trial: bool) -> Markup {
    let page = link(app, object.url.as_ref().unwrap_or(&object.id));
    html! {
        article.card.post lang=[object.language.as_deref()] {
            header {
                a.author href=(author.page) {
                    (avatar(author))
                    span { strong { (author.name) } " " span.handle { (author.handle) } }
                }
            }
            p.badges {
                a.when href=(page) { (words::day(&object.published)) }
                @if is_trial { span.badge.trial { (say!("site-copy-only-you-see-this")) } }
                @if let Some(words) = audience(object.visibility) { span.badge { (words) } }
            }
            @if let Some(parent) = &object.in_reply_to {
                p.context { (say!("site-answers", link = html! { a href=(link(app, parent)) rel="nofollow noreferrer" { (place(app, parent)) } })) }
            }
            (body(app, object))
            @if let Some(quoted) = &object.quote {
                p.context { (say!("site-quotes", link = html! { a href=(link(app, quoted)) rel="nofollow noreferrer" { (place(app, quoted)) } })) }
            }
            @if let Some(origin) = object.previously.first() {
                p.context { (say!("site-first-written-at", id = authority(&origin.id))) @if let Some(then) = then(object) { ": " (then) } }
            }
        }
    }
}

/// What others did about a post where it was before: numbers of then, which do not grow any more.
fn then(object: &Object) -> Option<String> {
    let tallies = &object.tallies;
    let (replies, likes, boosts) = (tallies.replies, tallies.likes, tallies.shares);
    let said: Vec<String> = [
        (replies > 0).then(|| text!("site-tally-replies", n = replies)),
        (likes > 0).then(|| text!("site-tally-likes", n = likes)),
        (boosts > 0).then(|| text!("site-tally-boosts", n = boosts)),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!said.is_empty()).then(|| text!("site-then", tallies = said.join(", ")))
}

/// A post of a timeline, folded where a filter says so.
pub fn seen(app: &App, seen: &Seen) -> Markup {
    let author = Author::elsewhere(&seen.object.attributed_to);
    screened(seen.folded.as_deref(), &card(app, &author, &seen.object, seen.is_trial))
}

/// What a filter folded, under its name.
pub fn screened(filter: Option<&str>, markup: &Markup) -> Markup {
    html! {
        @if let Some(filter) = filter {
            details.card.warned { summary { (say!("site-filtered", filter = filter)) } (markup) }
        } @else { (markup) }
    }
}

/// Text, files and poll, behind the warning where there is one.
fn body(app: &App, object: &Object) -> Markup {
    let title = html! { @if let Some(name) = &object.name { h3 { (name) } } };
    let text = html! { div.content dir="auto" { (PreEscaped(clean::html(&object.content))) } };
    let files = gallery(app, &object.attachments);
    let poll = html! { @if let Some(poll) = &object.poll { (results(poll)) } };
    html! {
        @if let Some(warning) = &object.summary {
            (title)
            details.warned { summary { (clean::words(warning)) } (text) (poll) (files) }
        } @else if object.is_sensitive && !object.attachments.is_empty() {
            (title) (text) (poll)
            details.warned { summary { (say!("site-sensitive-pictures-or-films")) } (files) }
        } @else {
            (title) (text) (poll) (files)
        }
    }
}

fn gallery(app: &App, attachments: &[Attachment]) -> Markup {
    html! {
        @if !attachments.is_empty() {
            div.gallery { @for attachment in attachments { (figure(app, attachment)) } }
        }
    }
}

/// A file. What lies on another server is linked, never loaded: readers are nobody's business.
fn figure(app: &App, attachment: &Attachment) -> Markup {
    let alt = attachment.alt.as_deref().unwrap_or_default();
    let url = Url::parse(&attachment.url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let is_ours =
        url.as_ref().is_some_and(|url| matches!(app.site.urls.meaning(url), Some(Meaning::Thing { .. })));
    let address = url.as_ref().map(|url| link(app, url)).unwrap_or_default();
    let kind = attachment.media_type.split('/').next().unwrap_or_default();
    let shown = if alt.is_empty() { "without description" } else { alt };
    html! {
        figure {
            @if !is_ours {
                a href=(address) rel="nofollow noreferrer" { (say!("site-file-on-another-server", shown = shown)) }
            } @else if kind == "image" {
                a href=(address) {
                    img src=(address) alt=(if alt.is_empty() { text!("site-picture-without-description") } else { alt.to_owned() })
                        width=[attachment.width] height=[attachment.height] loading="lazy";
                }
            } @else if kind == "video" {
                video controls preload="metadata" src=(address) aria-label=(shown) {}
            } @else if kind == "audio" {
                audio controls preload="none" src=(address) aria-label=(shown) {}
            } @else {
                a href=(address) { (say!("site-file", shown = shown)) }
            }
        }
    }
}

fn results(poll: &Poll) -> Markup {
    let votes: u64 = poll.options.iter().map(|option| option.votes).sum();
    html! {
        table.poll {
            caption { (say!("site-poll")) @if let Some(voters) = poll.voters { " " (say!("site-voted", voters = text!("site-people", n = voters))) } }
            @for option in &poll.options {
                tr {
                    th scope="row" { (option.name) }
                    td { meter min="0" max=(votes.max(1)) value=(option.votes) { (option.votes) } }
                    td.number { (option.votes) }
                }
            }
        }
    }
}

/// A boost: one line with the address of what was passed on.
pub fn boost_line(app: &App, author: &Author, boost: &Boost, is_trial: bool) -> Markup {
    html! {
        article.card.boost {
            p {
                (say!("site-boosted", name = author.name, link = html! { a href=(link(app, &boost.object)) rel="nofollow noreferrer" { (place(app, &boost.object)) } }))
            }
            p.badges {
                (words::day(&boost.published))
                @if is_trial { span.badge.trial { (say!("site-copy-only-you-see-this")) } }
                @if let Some(words) = audience(boost.visibility) { span.badge { (words) } }
            }
        }
    }
}

/// What a person calls an audience; nothing for everybody.
fn audience(visibility: Visibility) -> Option<String> {
    (visibility != Visibility::Public).then(|| words::audience(visibility))
}

/// Where an address lies, for a sentence.
fn place(app: &App, url: &Url) -> String {
    if url.origin() == app.config.server.base_url.origin() {
        "a post here".to_owned()
    } else {
        format!("a post at {}", authority(url))
    }
}
