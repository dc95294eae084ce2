//! Rows of posts put into words, on a thread of its own: a page takes milliseconds, in which the database is listened to.

use std::sync::Arc;

use url::Url;

use super::{
    belonging_to_posts::Belonging,
    posts::{Found, PostRow, audience_of, moment},
    text::{self, Links},
    window::Entry,
};
use crate::{
    adapters::mastodon_database::place::{Posts, is_same_origin},
    model::{
        item::Item,
        object::{Object, SourceText, TagKind},
    },
    port::error::AdapterError,
    wire::audience,
};

/// What is the same for all posts of an account.
pub(super) struct Wording {
    /// The origin of the server's addresses.
    pub(super) web: Url,
    /// The account's posts.
    pub(super) posts: Posts,
    /// The account.
    pub(super) actor: Url,
    /// Its followers.
    pub(super) followers: Url,
    /// What pages of topics begin with.
    pub(super) topics: Url,
}

/// Posts as they are given out, in the order of their rows.
///
/// # Errors
/// [`AdapterError::Fatal`] when the daemon is ending, or fell over it.
pub(super) async fn in_words(wording: &Arc<Wording>, found: Found) -> Result<Vec<Entry>, AdapterError> {
    let wording = Arc::clone(wording);
    let said = tokio::task::spawn_blocking(move || {
        let Found { rows, mut belonging } = found;
        let post = |row: PostRow| {
            let key = row.id.to_string();
            (key, Ok(Item::Post(Box::new(object(&wording, row, &mut belonging)))))
        };
        rows.into_iter().map(post).collect()
    });
    said.await.map_err(|error| AdapterError::fatal("reading posts", error))
}

fn object(wording: &Wording, row: PostRow, belonging: &mut Belonging) -> Object {
    let usual = wording.posts.id(row.id);
    let stated = row.uri.as_deref().filter(|uri| *uri != usual.as_str()).and_then(|uri| Url::parse(uri).ok());
    // An id on another server cannot be this account's.
    let id = stated.filter(|url| is_same_origin(url, &wording.web)).unwrap_or(usual);
    let visibility = audience_of(row.visibility);
    let people = belonging.people.remove(&row.id).unwrap_or_default();
    let versions = belonging.versions.remove(&row.id).unwrap_or_default();
    let files = belonging.files(row.id, row.shown.as_deref());
    let poll = row.poll_id.and_then(|poll| belonging.polls.remove(&poll));
    let text = row.text.unwrap_or_default();
    let summary = row.spoiler_text.filter(|text| !text.is_empty());
    let links = Links {
        people: people.iter().flat_map(|person| person.spellings.iter().cloned()).collect(),
        topics: Some(wording.topics.clone()),
    };
    let mut tags: Vec<_> = people.into_iter().map(|person| person.tag).collect();
    let named: Vec<String> = tags.iter().filter_map(|tag| tag.href.clone()).collect();
    tags.extend(belonging.topics.remove(&row.id).unwrap_or_default());
    tags.extend(belonging.emoji_of(&[&text, summary.as_deref().unwrap_or_default()]));
    debug_assert!(tags.iter().take(named.len()).all(|tag| tag.kind == TagKind::Mention));
    let (to, cc) = audience::addressing(visibility, &wording.followers, &named);
    let html = |text: &str| text::html(text, &links);
    let earlier = versions.into_iter().map(|version| version.carried(&files, html)).collect();
    let parent = row.parent.and_then(|parent| belonging.parents.get(&parent));
    Object {
        url: Some(wording.posts.page(row.id)),
        other_urls: Vec::new(),
        kind: if poll.is_some() { "Question" } else { "Note" }.to_owned(),
        attributed_to: wording.actor.clone(),
        name: None,
        content: html(&text),
        source: Some(SourceText { content: text, media_type: "text/plain".to_owned() }),
        summary,
        is_sensitive: row.sensitive,
        language: row.language.filter(|tag| !tag.is_empty() && tag.len() <= 35),
        published: moment(row.created),
        updated: row.edited.map(moment),
        visibility,
        to,
        cc,
        in_reply_to: parent.and_then(|parent| Url::parse(parent).ok()),
        quote: belonging.quotes.remove(&row.id),
        tags,
        attachments: files.into_iter().map(|(_, attachment)| attachment).collect(),
        poll,
        previously: Vec::new(),
        tallies: belonging.tallies.remove(&row.id).unwrap_or_default(),
        answers: Vec::new(),
        earlier,
        id,
    }
}
