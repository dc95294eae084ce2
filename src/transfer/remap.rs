//! Rewrites one item for its new home: a pure function of the item and the map.
//!
//! Everything unmapped stays as it is; doing it twice is doing it once.

use std::collections::BTreeMap;

use url::Url;

mod typed;

use crate::{
    model::{
        belonging::Belonging,
        earlier::Earlier,
        item::{Boost, Item},
        mapping::Reservation,
        media::Attachment,
        object::{Breadcrumb, Object, SourceText, TagKind, Visibility},
    },
    port::host::HostAccount,
    wire::audience,
};

/// Who the account was and is.
#[derive(Debug, Clone)]
pub struct Sides {
    /// The actor at the source.
    pub source_actor: Url,
    /// The account at the destination.
    pub account: HostAccount,
}

impl Sides {
    fn followers(&self) -> Option<Url> {
        let mut url = self.account.actor.clone();
        url.path_segments_mut().ok()?.push("followers");
        Some(url)
    }
}

/// Where things that an item points at live now.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Own posts by any of their old addresses.
    pub posts: BTreeMap<String, Reservation>,
    /// Files by the address in the attachment.
    pub files: BTreeMap<String, Url>,
}

/// Every address an item points at that may be one of the person's own posts.
pub fn addresses(item: &Item) -> Vec<String> {
    let mut found: Vec<String> = match item {
        Item::Post(object) => {
            let said = object.earlier.iter().map(|earlier| (&earlier.content, &earlier.source));
            let linked = said.chain([(&object.content, &object.source)]).flat_map(|(html, source)| {
                let typed = source.as_ref().map(|source| typed::links(&source.content)).unwrap_or_default();
                links(html).into_iter().chain(typed).map(|(_, _, address)| address)
            });
            let named = object.in_reply_to.iter().chain(&object.quote).chain(&object.answers);
            named.map(Url::to_string).chain(linked).collect()
        }
        Item::Boost(boost) => vec![boost.object.to_string()],
        Item::Like(reference) | Item::Bookmark(reference) => vec![reference.object.to_string()],
        Item::Belonging(Belonging::Pin { object, .. }) => vec![object.to_string()],
        Item::Follow { .. } | Item::Block { .. } | Item::Media(_) | Item::Belonging(_) => Vec::new(),
    };
    found.sort();
    found.dedup();
    found
}

/// Gives an item its new id, its new author, and the new addresses of whatever it points at.
pub fn remap(item: &Item, reservation: &Reservation, sides: &Sides, known: &Known) -> Item {
    match item {
        Item::Post(object) => Item::Post(Box::new(remap_post(object, reservation, sides, known))),
        Item::Boost(boost) => Item::Boost(Boost {
            id: reservation.url.clone(),
            object: moved(&boost.object, known),
            previously: with_breadcrumb(&boost.id, &boost.previously, sides),
            ..boost.clone()
        }),
        Item::Like(reference) => {
            let mut reference = reference.clone();
            reference.object = moved(&reference.object, known);
            Item::Like(reference)
        }
        Item::Bookmark(reference) => {
            let mut reference = reference.clone();
            reference.object = moved(&reference.object, known);
            Item::Bookmark(reference)
        }
        Item::Belonging(Belonging::Pin { object, position }) => {
            Item::Belonging(Belonging::Pin { object: moved(object, known), position: *position })
        }
        Item::Follow { .. } | Item::Block { .. } | Item::Media(_) | Item::Belonging(_) => item.clone(),
    }
}

fn remap_post(object: &Object, reservation: &Reservation, sides: &Sides, known: &Known) -> Object {
    let mut post = object.clone();
    post.id = reservation.url.clone();
    post.url.clone_from(&reservation.page);
    post.other_urls = Vec::new();
    post.attributed_to = sides.account.actor.clone();
    post.previously = with_breadcrumb(&object.id, &object.previously, sides);
    post.in_reply_to = object.in_reply_to.as_ref().map(|url| moved(url, known));
    post.quote = object.quote.as_ref().map(|url| moved(url, known));
    // One's own answers are found by what they answer, as everywhere.
    post.answers.retain(|answer| !known.posts.contains_key(answer.as_str()));
    post.content = remap_links(&object.content, known);
    post.source = object.source.as_ref().map(|source| remap_source(source, known));
    post.earlier = object.earlier.iter().map(|earlier| remap_earlier(earlier, known)).collect();
    remap_files(&mut post.attachments, known);
    for tag in &mut post.tags {
        let is_self = tag.href.as_deref() == Some(sides.source_actor.as_str());
        if tag.kind == TagKind::Mention && is_self {
            tag.href = Some(sides.account.actor.to_string());
        }
    }
    if let Some(poll) = &mut post.poll
        && poll.closed.is_none()
    {
        poll.closed = Some(poll.ends.clone().unwrap_or_else(|| object.published.clone()));
    }
    (post.to, post.cc) = readdressed(object, sides);
    post
}

fn remap_earlier(earlier: &Earlier, known: &Known) -> Earlier {
    let mut version = earlier.clone();
    version.content = remap_links(&earlier.content, known);
    version.source = earlier.source.as_ref().map(|source| remap_source(source, known));
    remap_files(&mut version.attachments, known);
    version
}

fn remap_source(source: &SourceText, known: &Known) -> SourceText {
    SourceText { content: remap_at(&source.content, typed::links(&source.content), known), ..source.clone() }
}

/// Files that arrived have their new addresses; the others are not shown.
fn remap_files(attachments: &mut Vec<Attachment>, known: &Known) {
    attachments.retain(|attachment| known.files.contains_key(&attachment.url));
    for attachment in attachments {
        if let Some(url) = known.files.get(&attachment.url) {
            attachment.url = url.to_string();
        }
    }
}

/// The audience at the new home: the same width, its own followers instead of the old ones, and of the
/// people named those who could see the original. Derived from the visibility, so that it can never
/// become wider.
fn readdressed(object: &Object, sides: &Sides) -> (Vec<String>, Vec<String>) {
    let Some(followers) = sides.followers() else { return (Vec::new(), Vec::new()) };
    let is_for_all = matches!(object.visibility, Visibility::Public | Visibility::Unlisted);
    let addressed = |href: &String| object.to.contains(href) || object.cc.contains(href);
    let mentioned: Vec<String> = object
        .tags
        .iter()
        .filter(|tag| tag.kind == TagKind::Mention)
        .filter_map(|tag| tag.href.clone())
        // To be spoken about is not to be spoken to.
        .filter(|href| is_for_all || addressed(href))
        .map(|href| if href == sides.source_actor.as_str() { sides.account.actor.to_string() } else { href })
        .collect();
    audience::addressing(object.visibility, &followers, &mentioned)
}

/// Old entries below a new one on top; an entry that stands already is not added again.
fn with_breadcrumb(old: &Url, previously: &[Breadcrumb], sides: &Sides) -> Vec<Breadcrumb> {
    let mut crumbs = previously.to_vec();
    if !crumbs.iter().any(|crumb| crumb.id == *old) {
        crumbs.insert(0, Breadcrumb { actor: Some(sides.source_actor.clone()), id: old.clone() });
    }
    crumbs
}

fn moved(url: &Url, known: &Known) -> Url {
    known.posts.get(url.as_str()).map_or_else(|| url.clone(), |post| post.url.clone())
}

/// Rewrites links to own posts; a reader gets the page, not the document.
fn remap_links(html: &str, known: &Known) -> String {
    remap_at(html, links(html), known)
}

/// Puts new addresses in the places of old ones.
fn remap_at(text: &str, links: Vec<(usize, usize, String)>, known: &Known) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (start, end, address) in links {
        let Some(post) = known.posts.get(&address) else { continue };
        let target = post.page.as_ref().unwrap_or(&post.url);
        out.push_str(text.get(done..start).unwrap_or_default());
        // An address of ours has neither, so that it is the same in markup and in plain text.
        out.push_str(&target.as_str().replace('&', "&amp;").replace('"', "&quot;"));
        done = end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// The `href`s of an HTML text: where the value starts and ends, and the address it means.
fn links(html: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = html.get(from..).and_then(|rest| rest.find("href=")) {
        let quote_at = from + at + "href=".len();
        from = quote_at;
        let Some(quote) = html.get(quote_at..).and_then(|rest| rest.chars().next()) else { break };
        if quote != '"' && quote != '\'' {
            continue;
        }
        let start = quote_at + 1;
        let Some(length) = html.get(start..).and_then(|rest| rest.find(quote)) else { break };
        let end = start + length;
        let raw = html.get(start..end).unwrap_or_default();
        let address = raw.replace("&amp;", "&").replace("&#39;", "'").replace("&quot;", "\"");
        if let Ok(url) = Url::parse(&address) {
            found.push((start, end, url.to_string()));
        }
        from = end;
    }
    found
}

/// The text of an HTML fragment, for samples and searches.
pub fn without_markup(html: &str) -> String {
    let mut out = String::new();
    let mut is_tag = false;
    for c in html.chars() {
        match c {
            '<' => is_tag = true,
            '>' => {
                is_tag = false;
                out.push(' ');
            }
            c if !is_tag => out.push(c),
            _ => {}
        }
    }
    let text = out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&amp;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
