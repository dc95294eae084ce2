//! A post as an AS2 object. Spec: ActivityStreams 2.0; LOLA 0.3, Saving Content.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, json};
use url::Url;

use super::{audience, earlier, lenient};
use crate::model::{
    media::Attachment,
    moment::Moment,
    object::{Breadcrumb, MOST_ANSWERS, Object, Poll, PollOption, SourceText, Tag, TagKind, Tallies},
};

/// Types that are content; anything else in a content collection is left out with its reason.
const CONTENT_TYPES: [&str; 9] =
    ["Note", "Question", "Article", "Page", "Audio", "Video", "Image", "Document", "Event"];

/// Longest address of an answer that is carried.
const LONGEST_ADDRESS: usize = 2048;

/// Reads an object.
///
/// `followers` is the author's followers collection where it is known; it decides visibility. Who
/// wrote it stands in `attributedTo`; some say `actor`, as of an activity.
///
/// # Errors
/// A sentence that says what is missing, for the report.
pub fn read(value: &Value, followers: Option<&Url>) -> Result<Object, String> {
    let kind = CONTENT_TYPES
        .iter()
        .find(|name| lenient::is_type(value, name))
        .ok_or_else(|| format!("type {} is not content that can be carried", value["type"]))?;
    let id = lenient::text(value, "id")
        .and_then(|id| lenient::web_url(&id))
        .ok_or("it has no id that is a web address")?;
    let author = ["attributedTo", "actor"]
        .iter()
        .find_map(|field| lenient::field(value, field).find_map(lenient::id))
        .and_then(lenient::web_url)
        .ok_or("it does not say who wrote it")?;
    let published = lenient::text(value, "published").ok_or("it has no date")?;
    let published = Moment::parse(&published).map_err(|_| "its date cannot be read".to_owned())?;
    let (to, cc) = (lenient::ids(value, "to"), lenient::ids(value, "cc"));
    let mut other_urls: Vec<Url> = ["atomUri", "uri"]
        .iter()
        .filter_map(|field| lenient::text(value, field))
        .filter_map(|text| lenient::web_url(&text))
        .filter(|url| *url != id)
        .collect();
    other_urls.dedup();
    Ok(Object {
        url: lenient::url(value, "url"),
        other_urls,
        kind: (*kind).to_owned(),
        name: lenient::text(value, "name"),
        content: content(value),
        source: source(value),
        summary: lenient::text(value, "summary"),
        is_sensitive: value.get("sensitive").and_then(Value::as_bool).unwrap_or(false),
        language: language(value),
        published,
        updated: lenient::text(value, "updated").and_then(|text| Moment::parse(&text).ok()),
        visibility: audience::visibility(&to, &cc, &author, followers),
        to,
        cc,
        in_reply_to: lenient::field(value, "inReplyTo").find_map(lenient::id).and_then(lenient::web_url),
        quote: ["quote", "quoteUrl", "quoteUri", "_misskey_quote"]
            .iter()
            .find_map(|field| lenient::url(value, field)),
        tags: lenient::field(value, "tag").filter_map(tag).collect(),
        attachments: lenient::field(value, "attachment").filter_map(attachment).collect(),
        poll: poll(value),
        previously: lenient::field(value, "previously").filter_map(breadcrumb).collect(),
        tallies: Tallies {
            replies: lenient::total(value, "replies").unwrap_or(0),
            likes: lenient::total(value, "likes").unwrap_or(0),
            shares: lenient::total(value, "shares").unwrap_or(0),
        },
        answers: answers(value),
        earlier: earlier::read(value),
        id,
        attributed_to: author,
    })
}

/// Addresses in the part of the `replies` that stands in the object itself; nothing is fetched. What is
/// there as a whole object counts only if it is open to everybody: it may have been meant for few.
fn answers(value: &Value) -> Vec<Url> {
    let Some(replies) = value.get("replies") else { return Vec::new() };
    let first = replies.get("first").unwrap_or(&Value::Null);
    let listed = [(replies, "items"), (replies, "orderedItems"), (first, "items"), (first, "orderedItems")];
    let mut found: Vec<Url> = Vec::new();
    for one in listed.into_iter().flat_map(|(list, name)| lenient::field(list, name)) {
        if found.len() >= MOST_ANSWERS {
            break;
        }
        let is_open = !one.is_object() || is_open(one);
        let url =
            lenient::id(one).filter(|id| is_open && id.len() <= LONGEST_ADDRESS).and_then(lenient::web_url);
        found.extend(url.filter(|url| !found.contains(url)));
    }
    found
}

fn is_open(answer: &Value) -> bool {
    let (to, cc) = (lenient::ids(answer, "to"), lenient::ids(answer, "cc"));
    let author = lenient::field(answer, "attributedTo").find_map(lenient::id).and_then(lenient::web_url);
    author.is_some_and(|author| audience::visibility(&to, &cc, &author, None).is_open())
}

/// HTML of the object: `content`, or the first of `contentMap`.
pub(super) fn content(value: &Value) -> String {
    lenient::text(value, "content")
        .or_else(|| value.get("contentMap")?.as_object()?.values().find_map(Value::as_str).map(str::to_owned))
        .unwrap_or_default()
}

fn language(value: &Value) -> Option<String> {
    value.get("contentMap")?.as_object()?.keys().next().cloned().filter(|tag| tag.len() <= 35)
}

pub(super) fn source(value: &Value) -> Option<SourceText> {
    let source = value.get("source")?;
    Some(SourceText {
        content: lenient::text(source, "content")?,
        media_type: lenient::text(source, "mediaType").unwrap_or_else(|| "text/plain".to_owned()),
    })
}

fn tag(value: &Value) -> Option<Tag> {
    let kind = if lenient::is_type(value, "Mention") {
        TagKind::Mention
    } else if lenient::is_type(value, "Hashtag") {
        TagKind::Hashtag
    } else if lenient::is_type(value, "Emoji") {
        TagKind::Emoji
    } else {
        return None;
    };
    let href = match kind {
        TagKind::Emoji => value.get("icon").and_then(|icon| lenient::url(icon, "url")).map(String::from),
        _ => lenient::text(value, "href"),
    };
    Some(Tag { kind, name: lenient::text(value, "name").or_else(|| href.clone())?, href })
}

pub(super) fn attachment(value: &Value) -> Option<Attachment> {
    if lenient::is_type(value, "Link") || lenient::is_type(value, "PropertyValue") {
        return None;
    }
    let pixels = |field: &str| value.get(field).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let focal = value
        .get("focalPoint")
        .and_then(Value::as_array)
        .and_then(|point| Some((point.first()?.as_f64()?, point.get(1)?.as_f64()?)));
    // An archive has paths where a server has addresses, so this is text and not yet an address.
    let url = lenient::field(value, "url")
        .find_map(|one| one.as_str().or_else(|| one.get("href").and_then(Value::as_str)))?;
    Some(Attachment {
        url: url.to_owned(),
        media_type: lenient::text(value, "mediaType")
            .unwrap_or_else(|| "application/octet-stream".to_owned()),
        alt: lenient::text(value, "name").or_else(|| lenient::text(value, "summary")),
        blurhash: lenient::text(value, "blurhash"),
        focal_point: focal,
        width: pixels("width"),
        height: pixels("height"),
    })
}

fn poll(value: &Value) -> Option<Poll> {
    let (field, is_multiple) =
        if value.get("anyOf").is_some_and(Value::is_array) { ("anyOf", true) } else { ("oneOf", false) };
    let options: Vec<PollOption> = value
        .get(field)?
        .as_array()?
        .iter()
        .filter_map(|option| {
            Some(PollOption {
                name: lenient::text(option, "name")?,
                votes: lenient::total(option, "replies").unwrap_or(0),
            })
        })
        .collect();
    let time = |field: &str| lenient::text(value, field).and_then(|text| Moment::parse(&text).ok());
    Some(Poll {
        options,
        is_multiple,
        ends: time("endTime"),
        closed: time("closed"),
        voters: value.get("votersCount").and_then(Value::as_u64),
    })
}

/// Reads one entry of `previously`: a pair, or the bare string that half of the draft's examples use.
pub fn breadcrumb(value: &Value) -> Option<Breadcrumb> {
    let id = lenient::web_url(lenient::id(value)?)?;
    Some(Breadcrumb { actor: lenient::text(value, "actor").and_then(|text| lenient::web_url(&text)), id })
}

/// Writes a breadcrumb as the pair.
pub fn write_breadcrumb(crumb: &Breadcrumb) -> Value {
    match &crumb.actor {
        Some(actor) => json!({"actor": actor, "id": crumb.id}),
        None => json!({"id": crumb.id}),
    }
}

/// Writes an object, without `@context`. Fields that are empty are left out.
pub fn write(object: &Object) -> Value {
    serde_json::to_value(Written(object)).unwrap_or_default()
}

/// An object as [`write`] writes it, straight into whatever is being written: a page holds hundreds, and a
/// tree of each would take longer than all the rest of it.
pub(super) struct Written<'o>(pub(super) &'o Object);

/// The fields that are written so far.
struct Fields<M>(M);

impl<M: SerializeMap> Fields<M> {
    fn put(&mut self, field: &str, value: &impl Serialize) -> Result<(), M::Error> {
        self.0.serialize_entry(field, value)
    }

    fn some<T: Serialize>(&mut self, field: &str, value: Option<&T>) -> Result<(), M::Error> {
        value.map_or(Ok(()), |value| self.put(field, value))
    }

    fn list<T: Serialize>(&mut self, field: &str, values: &[T]) -> Result<(), M::Error> {
        if values.is_empty() { Ok(()) } else { self.put(field, &values) }
    }

    fn poll(&mut self, poll: &Poll) -> Result<(), M::Error> {
        let option = |option: &PollOption| {
            let replies = json!({"type": "Collection", "totalItems": option.votes});
            json!({"type": "Note", "name": option.name, "replies": replies})
        };
        let options: Vec<Value> = poll.options.iter().map(option).collect();
        self.list(if poll.is_multiple { "anyOf" } else { "oneOf" }, &options)?;
        self.some("endTime", poll.ends.as_ref())?;
        self.some("closed", poll.closed.as_ref())?;
        self.some("votersCount", poll.voters.as_ref())
    }
}

/// A collection of which only the number is told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tally {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    total_items: u64,
}

impl Tally {
    fn of(id: Option<String>, total_items: u64) -> Self {
        Self { id, kind: "Collection", total_items }
    }
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let object = self.0;
        let mut out = Fields(serializer.serialize_map(None)?);
        out.put("id", &object.id)?;
        out.put("type", &object.kind)?;
        out.put("attributedTo", &object.attributed_to)?;
        out.some("url", object.url.as_ref())?;
        out.some("name", object.name.as_ref())?;
        out.some("summary", object.summary.as_ref())?;
        out.put("content", &object.content)?;
        if let Some(language) = &object.language {
            out.put("contentMap", &BTreeMap::from([(language, &object.content)]))?;
        }
        out.some("source", object.source.as_ref().map(write_source).as_ref())?;
        out.put("sensitive", &object.is_sensitive)?;
        out.put("published", &object.published)?;
        out.some("updated", object.updated.as_ref())?;
        out.list("to", &object.to)?;
        out.list("cc", &object.cc)?;
        out.some("inReplyTo", object.in_reply_to.as_ref())?;
        out.some("quote", object.quote.as_ref())?;
        out.list("tag", &object.tags.iter().map(WrittenTag).collect::<Vec<_>>())?;
        out.list("attachment", &object.attachments.iter().map(write_attachment).collect::<Vec<_>>())?;
        if let Some(poll) = &object.poll {
            out.poll(poll)?;
        }
        if !object.earlier.is_empty() {
            out.put(earlier::FORMER, &earlier::write(&object.earlier))?;
        }
        out.list("previously", &object.previously.iter().map(write_breadcrumb).collect::<Vec<_>>())?;
        out.put("likes", &Tally::of(None, object.tallies.likes))?;
        out.put("shares", &Tally::of(None, object.tallies.shares))?;
        let address = format!("{}/replies", object.id);
        if object.answers.is_empty() {
            out.put("replies", &Tally::of(Some(address), object.tallies.replies))?;
        } else {
            let first = json!({"type": "CollectionPage", "partOf": address, "items": object.answers});
            let total = object.tallies.replies;
            out.put(
                "replies",
                &json!({"id": address, "type": "Collection", "totalItems": total, "first": first}),
            )?;
        }
        out.0.end()
    }
}

/// A tag as it is written.
struct WrittenTag<'t>(&'t Tag);

impl Serialize for WrittenTag<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Tag { kind, name, href } = self.0;
        let mut out = Fields(serializer.serialize_map(None)?);
        let word = match kind {
            TagKind::Mention => "Mention",
            TagKind::Hashtag => "Hashtag",
            TagKind::Emoji => "Emoji",
        };
        out.put("type", &word)?;
        out.put("name", name)?;
        match kind {
            TagKind::Emoji => out.put("icon", &json!({"type": "Image", "url": href}))?,
            TagKind::Mention | TagKind::Hashtag => out.put("href", href)?,
        }
        out.0.end()
    }
}

pub(super) fn write_source(source: &SourceText) -> Value {
    json!({"content": source.content, "mediaType": source.media_type})
}

pub(super) fn write_attachment(attachment: &Attachment) -> Value {
    let mut out = json!({
        "type": "Document",
        "mediaType": attachment.media_type,
        "url": attachment.url,
        "name": attachment.alt,
    });
    if let Some(fields) = out.as_object_mut() {
        if let Some(hash) = &attachment.blurhash {
            fields.insert("blurhash".into(), json!(hash));
        }
        if let Some((x, y)) = attachment.focal_point {
            fields.insert("focalPoint".into(), json!([x, y]));
        }
        if let (Some(width), Some(height)) = (attachment.width, attachment.height) {
            fields.insert("width".into(), json!(width));
            fields.insert("height".into(), json!(height));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::object::Visibility;

    fn question() -> Value {
        json!({
            "id": "https://old.example/users/ann/statuses/11",
            "type": "Question",
            "attributedTo": "https://old.example/users/ann",
            "published": "2022-05-06T07:08:09Z",
            "to": "https://www.w3.org/ns/activitystreams#Public",
            "cc": ["https://old.example/users/ann/followers"],
            "url": "https://old.example/@ann/11",
            "summary": "food",
            "sensitive": true,
            "contentMap": {"en": "<p>soup?</p>"},
            "oneOf": [{"type": "Note", "name": "yes", "replies": {"totalItems": 3}}],
            "tag": {"type": "Mention", "href": "https://b.example/users/bob", "name": "@bob@b.example"},
            "attachment": [
                {"type": "Document", "mediaType": "image/png", "url": "/media/1.png", "name": "a bowl"},
                {"type": "Link", "href": "https://example.org"}
            ],
            "previously": ["https://older.example/1", {"actor": "https://a.example/u", "id": "https://a.example/1"}],
            "likes": {"totalItems": 4},
            "formerRepresentations": {"orderedItems": [{"content": "soap?", "updated": "2022-05-06T07:08:09Z"}]}
        })
    }

    #[test]
    fn an_object_written_reads_back_equal() {
        let read_once = read(&question(), None).unwrap();
        let read_twice = read(&write(&read_once), None).unwrap();
        assert_eq!(read_once, read_twice);
    }

    #[test]
    fn one_value_stands_for_a_list_of_one() {
        let object = read(&question(), None).unwrap();
        assert_eq!(object.visibility, Visibility::Public);
        assert_eq!(object.tags.len(), 1);
        assert_eq!(object.attachments.len(), 1, "a link preview is not a medium");
        assert_eq!(object.previously.len(), 2);
        assert_eq!(object.tallies.likes, 4);
        assert_eq!(object.earlier[0].content, "soap?");
    }

    #[test]
    fn an_object_without_date_or_author_is_refused_with_the_reason() {
        for (field, word) in [("published", "date"), ("attributedTo", "who wrote"), ("id", "id")] {
            let mut broken = question();
            broken.as_object_mut().unwrap().remove(field);
            assert!(read(&broken, None).unwrap_err().contains(word), "{field}");
        }
    }

    #[test]
    fn an_author_may_stand_where_an_activity_has_its_actor() {
        let mut other = question();
        let author = other.as_object_mut().unwrap().remove("attributedTo").unwrap();
        other["actor"] = author;
        assert_eq!(read(&other, None).unwrap().attributed_to.path(), "/users/ann");
    }

    #[test]
    fn activities_and_tombstones_are_not_content() {
        for kind in ["Create", "Tombstone", "Flag"] {
            assert!(read(&json!({"type": kind}), None).is_err());
        }
    }
    #[test]
    fn answers_are_addresses_of_what_is_open_and_no_more_than_bound() {
        let open = json!({"id": "https://c.example/2", "attributedTo": "https://c.example/cid",
                          "to": "https://www.w3.org/ns/activitystreams#Public", "content": "their words"});
        let hidden = json!({"id": "https://c.example/3", "attributedTo": "https://c.example/cid",
                            "to": "https://old.example/users/ann", "content": "between us"});
        let many: Vec<Value> = (0..100)
            .map(|n| json!(format!("https://d.example/{n}")))
            .chain([json!("javascript:1")])
            .collect();
        let mut post = json!({
            "id": "https://old.example/1", "type": "Note", "attributedTo": "https://old.example/users/ann",
            "published": "2023-01-01T00:00:00Z", "content": "",
            "replies": {"type": "Collection", "first": {"items": ["https://b.example/1", open, hidden, "no address"]}},
        });
        let read = |post: &Value| read(post, None).unwrap().answers;
        let urls: Vec<String> = read(&post).into_iter().map(String::from).collect();
        assert_eq!(urls, ["https://b.example/1", "https://c.example/2"]);
        let written = write(&super::read(&post, None).unwrap());
        assert!(!written.to_string().contains("their words"));
        assert_eq!(read(&written).len(), 2, "it comes back");
        post["replies"] = json!({"items": many});
        assert_eq!(read(&post).len(), MOST_ANSWERS);
    }
}
