//! A post as the client interface gives it, as an object or a boost; with the files it shows.

use serde_json::Value;
use url::Url;

use super::files;
use crate::{
    model::{
        collection::{CollectionKind, Unreadable},
        item::Boost,
        media::MediaFile,
        moment::Moment,
        object::{Object, Poll, PollOption, SourceText, Tag, TagKind, Tallies, Visibility},
    },
    wire::{audience, lenient},
    words::text,
};

/// Whose posts are read.
pub struct Owner {
    /// Their actor.
    pub actor: Url,
    /// The collection of their followers.
    pub followers: Url,
    /// The server's own key of the account.
    pub id: String,
    /// Host as it stands in handles.
    pub host: String,
}

/// What one post of a list is.
pub enum Status {
    /// The owner wrote it; what it answers may still have to be asked for.
    Post(Box<Object>, Vec<MediaFile>),
    /// The owner passed it on.
    Boost(Box<Boost>),
}

/// Reads one.
///
/// # Errors
/// What it would have been, and a sentence for the report.
pub fn read(value: &Value, owner: &Owner) -> Result<Status, Unreadable> {
    let value = shown_by_others(value, owner).unwrap_or(value);
    let is_boost = value.get("reblog").is_some_and(|inner| !inner.is_null());
    let kind = if is_boost { CollectionKind::Outbox } else { CollectionKind::Content };
    let outcome = if is_boost { boost(value, owner) } else { post(value, owner) };
    outcome.map_err(|why| Unreadable { kind: kind.main_item(), key: key(value), why })
}

/// The owner's own post, where a server shows it inside somebody else's boost of it.
fn shown_by_others<'v>(value: &'v Value, owner: &Owner) -> Option<&'v Value> {
    let author = |value: &Value| value.get("account").and_then(|account| lenient::text(account, "id"));
    let inner = value.get("reblog").filter(|inner| !inner.is_null())?;
    let is_the_owners = author(inner).is_some_and(|author| author == owner.id);
    let is_passed_on = author(value).is_some_and(|author| author != owner.id);
    (is_the_owners && is_passed_on).then_some(inner)
}

/// What stands for a post that cannot be read.
pub fn key(value: &Value) -> String {
    let said = ["uri", "url", "id"].iter().find_map(|field| lenient::text(value, field));
    said.unwrap_or_else(|| value.to_string().chars().take(100).collect())
}

/// The address of a post, where the server says one that is an address.
pub fn address(value: &Value) -> Result<Url, String> {
    let said = lenient::text(value, "uri").ok_or_else(|| text!("reasons-does-not-say-its-address"))?;
    lenient::reference(&said).ok_or_else(|| text!("reasons-its-address-is-no-address"))
}

fn own_address(value: &Value, owner: &Owner) -> Result<Url, String> {
    let id = address(value)?;
    if id.origin() == owner.actor.origin() {
        Ok(id)
    } else {
        Err(text!("reasons-its-address-belongs-to-another-server"))
    }
}

fn time(value: &Value, field: &str) -> Option<Moment> {
    lenient::text(value, field).and_then(|text| Moment::parse(&text).ok())
}

fn is_the_owners(value: &Value, owner: &Owner) -> Result<(), String> {
    let author = value.get("account").and_then(|account| lenient::text(account, "id"));
    if author.is_none_or(|author| author == owner.id) {
        Ok(())
    } else {
        Err(text!("reasons-written-by-somebody-else"))
    }
}

fn boost(value: &Value, owner: &Owner) -> Result<Status, String> {
    is_the_owners(value, owner)?;
    let object = value.get("reblog").ok_or_else(|| text!("reasons-it-passes-on-nothing"))?;
    Ok(Status::Boost(Box::new(Boost {
        id: own_address(value, owner)?,
        object: address(object).map_err(|_| text!("reasons-does-not-say-what-it-passes-on"))?,
        published: time(value, "created_at").ok_or_else(|| text!("reasons-the-boost-has-no-date"))?,
        visibility: visibility(value),
        previously: Vec::new(),
    })))
}

fn post(value: &Value, owner: &Owner) -> Result<Status, String> {
    is_the_owners(value, owner)?;
    let id = own_address(value, owner)?;
    let tags = tags(value, owner);
    let visibility = visibility(value);
    let mentioned: Vec<String> =
        tags.iter().filter(|tag| tag.kind == TagKind::Mention).filter_map(|tag| tag.href.clone()).collect();
    let (to, cc) = audience::addressing(visibility, &owner.followers, &mentioned);
    let poll = value.get("poll").filter(|poll| !poll.is_null()).map(poll);
    let flag = |field: &str| value.get(field).and_then(Value::as_bool).unwrap_or(false);
    let number = |field: &str| value.get(field).and_then(Value::as_u64).unwrap_or(0);
    let (attachments, files): (Vec<_>, Vec<_>) =
        lenient::field(value, "media_attachments").filter_map(files::attached).unzip();
    let object = Object {
        url: lenient::url(value, "url").filter(|url| *url != id),
        other_urls: Vec::new(),
        kind: if poll.is_some() { "Question" } else { "Note" }.to_owned(),
        attributed_to: owner.actor.clone(),
        name: None,
        content: lenient::text(value, "content").unwrap_or_default(),
        source: source(value),
        summary: lenient::text(value, "spoiler_text"),
        is_sensitive: flag("sensitive"),
        language: lenient::text(value, "language").filter(|tag| tag.len() <= 35),
        published: time(value, "created_at").ok_or_else(|| text!("reasons-it-has-no-date"))?,
        // Some state the time of writing where nothing was edited.
        updated: time(value, "edited_at").filter(|edited| time(value, "created_at").as_ref() != Some(edited)),
        visibility,
        to,
        cc,
        in_reply_to: None,
        quote: quoted(value),
        tags,
        attachments,
        poll,
        previously: Vec::new(),
        tallies: Tallies {
            replies: number("replies_count"),
            likes: number("favourites_count"),
            shares: number("reblogs_count"),
        },
        answers: Vec::new(),
        earlier: Vec::new(),
        id,
    };
    Ok(Status::Post(Box::new(object), files))
}

/// The audience; a word that is not known is the most private one, and so is one that ends at Old home.
fn visibility(value: &Value) -> Visibility {
    if stays_inside(value) {
        return Visibility::Direct;
    }
    visibility_of(value.get("visibility").and_then(Value::as_str).unwrap_or_default())
}

/// Whether only people of Old home can see it, whatever else it says: no audience elsewhere means them.
pub fn stays_inside(value: &Value) -> bool {
    value.get("local_only").and_then(Value::as_bool).unwrap_or(false)
}

/// The audience a word of the interface stands for.
pub fn visibility_of(word: &str) -> Visibility {
    match word {
        "public" => Visibility::Public,
        "unlisted" => Visibility::Unlisted,
        "private" => Visibility::Followers,
        _ => Visibility::Direct,
    }
}

fn tags(value: &Value, owner: &Owner) -> Vec<Tag> {
    let mut tags = Vec::new();
    for mention in lenient::field(value, "mentions") {
        let Some(acct) = lenient::text(mention, "acct") else { continue };
        let is_owner = lenient::text(mention, "id").is_some_and(|id| id == owner.id);
        let href = if is_owner {
            Some(owner.actor.to_string())
        } else {
            lenient::url(mention, "url").map(String::from)
        };
        let name = if acct.contains('@') { format!("@{acct}") } else { format!("@{acct}@{}", owner.host) };
        tags.push(Tag { kind: TagKind::Mention, name, href });
    }
    for topic in lenient::field(value, "tags") {
        let Some(name) = lenient::text(topic, "name") else { continue };
        let href = lenient::url(topic, "url").map(String::from);
        tags.push(Tag { kind: TagKind::Hashtag, name: format!("#{}", name.trim_start_matches('#')), href });
    }
    for emoji in lenient::field(value, "emojis") {
        let Some(code) = lenient::text(emoji, "shortcode") else { continue };
        let href = lenient::url(emoji, "url").map(String::from);
        tags.push(Tag { kind: TagKind::Emoji, name: format!(":{code}:"), href });
    }
    tags
}

fn poll(value: &Value) -> Poll {
    let option = |option: &Value| PollOption {
        name: lenient::text(option, "title").unwrap_or_default(),
        votes: option.get("votes_count").and_then(Value::as_u64).unwrap_or(0),
    };
    let ends = time(value, "expires_at");
    let is_over = value.get("expired").and_then(Value::as_bool).unwrap_or(false);
    Poll {
        options: lenient::field(value, "options").map(option).collect(),
        is_multiple: value.get("multiple").and_then(Value::as_bool).unwrap_or(false),
        closed: ends.clone().filter(|_| is_over),
        ends,
        voters: value.get("voters_count").and_then(Value::as_u64),
    }
}

/// What was typed, where the list says it.
fn source(value: &Value) -> Option<SourceText> {
    let stated = value.pointer("/akkoma/source").filter(|source| !source.is_null());
    let (content, media_type) = if let Some(source) = stated {
        (lenient::text(source, "content"), lenient::text(source, "mediaType"))
    } else {
        let typed = lenient::text(value, "text").or_else(|| lenient::text(value, "content_text"));
        (typed, lenient::text(value, "content_type"))
    };
    let media_type = media_type.unwrap_or_else(|| "text/plain".to_owned());
    Some(SourceText { content: content?, media_type })
}

/// What it quotes: some say the post, some only its address.
fn quoted(value: &Value) -> Option<Url> {
    let post = [value.pointer("/quote/quoted_status"), value.get("quote")];
    let found = post.into_iter().flatten().find_map(|post| address(post).ok());
    found.or_else(|| lenient::url(value.get("pleroma")?, "quote_url"))
}
