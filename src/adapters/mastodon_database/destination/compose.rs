//! A post as the server beside us keeps it: plain text, its own numbers, its own names.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use url::Url;

use super::{
    known::Person,
    names,
    plain::{self, Named as Handles},
};
use crate::model::{
    actor::authority,
    digest::Digest,
    object::{Object, Poll, SourceText, Tag, TagKind, Visibility},
};

/// Visibility as the server's numbers: everybody, unlisted, followers, those named.
pub(super) fn number_of(visibility: Visibility) -> i32 {
    match visibility {
        Visibility::Public => 0,
        Visibility::Unlisted => 1,
        Visibility::Followers => 2,
        Visibility::Direct => OWNER_ONLY,
    }
}

/// Visible to those named, and while nobody is named to its owner alone.
pub(super) const OWNER_ONLY: i32 = 3;

/// A post in the server's words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Composed {
    /// Plain text.
    pub(super) text: String,
    /// Plain text before which it is folded.
    pub(super) warning: String,
    /// Language.
    pub(super) language: Option<String>,
    /// Whether media are hidden at first.
    pub(super) is_sensitive: bool,
    /// Topics: as compared, and as typed.
    pub(super) tags: Vec<(String, String)>,
    /// Keys of people who are named.
    pub(super) mentions: Vec<i64>,
    /// The poll's columns, without its keys.
    pub(super) poll: Option<Value>,
}

/// Everybody a post names, by actor.
pub(super) fn named(object: &Object) -> impl Iterator<Item = &str> {
    mentions(object).filter_map(|tag| tag.href.as_deref())
}

fn mentions(object: &Object) -> impl Iterator<Item = &Tag> {
    object.tags.iter().filter(|tag| tag.kind == TagKind::Mention)
}

/// Puts a post into the server's words. `known` are the people it names whom the server knows.
pub(super) fn compose(object: &Object, known: &BTreeMap<String, Person>, now: i64) -> Composed {
    let mut text = typed(object.source.as_ref(), &object.content, object, known);
    if let Some(title) = object.name.as_deref().filter(|title| !title.trim().is_empty()) {
        text = format!("{title}\n\n{text}");
    }
    Composed {
        text: storable(&text),
        warning: storable(object.summary.as_deref().unwrap_or_default()),
        language: object.language.as_deref().and_then(language),
        is_sensitive: object.is_sensitive,
        tags: tags(object),
        mentions: told(object, known),
        poll: object
            .poll
            .as_ref()
            .filter(|poll| !poll.options.is_empty())
            .map(|poll| closed(poll, object, now)),
    }
}

/// A text of a post as it would be typed here: names in full.
pub(super) fn typed(
    source: Option<&SourceText>,
    html: &str,
    object: &Object,
    known: &BTreeMap<String, Person>,
) -> String {
    let handles = handles(object, known);
    let text = match source {
        Some(source) if source.media_type.starts_with("text/plain") => {
            names::in_full(&source.content, &bare(object, &handles))
        }
        _ => plain::from_html(html, &handles),
    };
    storable(&text)
}

/// The full handle of everybody a post names.
fn handles(object: &Object, known: &BTreeMap<String, Person>) -> Handles {
    let mut handles = Handles::new();
    for tag in mentions(object) {
        let Some(href) = &tag.href else { continue };
        let handle = match known.get(href) {
            Some(person) => person.handle.clone(),
            None => match Url::parse(href) {
                Ok(url) => {
                    let name = tag.name.trim().trim_start_matches('@');
                    let (name, host) = name.split_once('@').unwrap_or((name, ""));
                    let host = if host.is_empty() { authority(&url) } else { host.to_owned() };
                    format!("@{name}@{host}")
                }
                Err(_) => continue,
            },
        };
        handles.insert(href.clone(), handle);
    }
    handles
}

/// The names that could be typed without a server where the post was written: those of that server.
fn bare(object: &Object, handles: &Handles) -> BTreeMap<String, String> {
    let home = object.previously.first().and_then(|crumb| crumb.actor.as_ref().or(Some(&crumb.id)));
    let home = home.map(authority);
    let mut bare = BTreeMap::new();
    for tag in mentions(object) {
        let Some((href, handle)) = tag.href.as_ref().and_then(|href| Some((href, handles.get(href)?))) else {
            continue;
        };
        let name = tag.name.trim().trim_start_matches('@');
        let (name, host) = name.split_once('@').map_or((name, None), |(name, host)| (name, Some(host)));
        let lived = Url::parse(href).ok().map(|url| authority(&url));
        // Their own mention of themselves leads to the account here by now.
        let is_self = *href == object.attributed_to.as_str();
        if host.is_none() || is_self || host == home.as_deref() || (lived.is_some() && lived == home) {
            bare.insert(name.to_lowercase(), handle.clone());
        }
    }
    bare
}

/// Whom a mention makes a reader, or links. Who is not addressed is not made a reader of something that
/// only its readers see.
fn told(object: &Object, known: &BTreeMap<String, Person>) -> Vec<i64> {
    let is_addressed = |href: &str| object.to.iter().chain(&object.cc).any(|address| address == href);
    let is_read_by_others = object.visibility.is_open();
    let mut told: Vec<i64> = named(object)
        .filter(|href| is_read_by_others || is_addressed(href))
        .filter_map(|href| known.get(href).map(|person| person.id))
        .collect();
    told.sort_unstable();
    told.dedup();
    told
}

/// Topics, once each.
fn tags(object: &Object) -> Vec<(String, String)> {
    let mut tags: BTreeMap<String, String> = BTreeMap::new();
    for tag in object.tags.iter().filter(|tag| tag.kind == TagKind::Hashtag) {
        let typed = tag.name.trim().trim_start_matches('#');
        let name = topic(typed);
        if !name.is_empty() {
            tags.entry(name).or_insert_with(|| storable(typed));
        }
    }
    tags.into_iter().collect()
}

/// A topic as the server compares it: composed forms made one, lower case, Latin letters without their
/// marks, and nothing but letters, digits and a few signs.
pub(super) fn topic(typed: &str) -> String {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    let mut out = String::with_capacity(typed.len());
    let mut is_latin = false;
    for c in typed.nfkc().flat_map(char::to_lowercase).nfd() {
        if is_combining_mark(c) && is_latin {
            continue;
        }
        is_latin = c.is_ascii_alphabetic();
        let is_sign = matches!(c, '_' | '\u{b7}' | '\u{30fb}' | '\u{200c}');
        if c.is_alphanumeric() || is_sign || is_combining_mark(c) {
            out.push(c);
        }
    }
    out.nfc().collect()
}

/// A poll that is over, with the votes counted so far.
fn closed(poll: &Poll, object: &Object, now: i64) -> Value {
    let ended = [&poll.closed, &poll.ends].into_iter().flatten().map(|at| at.micros().min(now)).min();
    let options: Vec<String> = poll.options.iter().map(|option| storable(&option.name)).collect();
    let tallies: Vec<i64> = poll.options.iter().map(|option| number(option.votes)).collect();
    json!({
        "options": options,
        "tallies": tallies,
        "votes": tallies.iter().fold(0_i64, |sum, votes| sum.saturating_add(*votes)),
        "voters": poll.voters.map(number),
        "multiple": poll.is_multiple,
        "ended": ended.unwrap_or_else(|| object.published.micros().min(now)),
        "made": object.published.micros(),
    })
}

/// A count that fits the server's columns.
pub(super) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A language as the server names it: two or three letters, with a region for Chinese only.
fn language(tag: &str) -> Option<String> {
    let mut parts = tag.split(['-', '_']);
    let primary = parts.next()?.to_ascii_lowercase();
    let fits = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
    let region = parts.next().map(str::to_ascii_uppercase);
    match region.as_deref() {
        _ if !fits => None,
        Some(region @ ("TW" | "HK" | "CN")) if primary == "zh" => Some(format!("zh-{region}")),
        _ => Some(primary),
    }
}

/// Text without the one character PostgreSQL does not store.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "")
}

/// What a post says, in short: whether somebody changed it since shows in it.
pub(super) fn print(text: &str, warning: &str, is_sensitive: bool, edited_micros: Option<i64>) -> String {
    let said = format!("{text}\0{warning}\0{is_sensitive}\0{edited_micros:?}");
    Digest::of(said.as_bytes()).hex().chars().take(32).collect()
}
