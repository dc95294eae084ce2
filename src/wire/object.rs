//! A post as an AS2 object. Spec: ActivityStreams 2.0; LOLA 0.3, Saving Content.

use serde_json::{Map, Value, json};
use url::Url;

use super::{audience, earlier, lenient};
use crate::model::{
    media::Attachment,
    moment::Moment,
    object::{Breadcrumb, Object, Poll, PollOption, SourceText, Tag, TagKind, Tallies},
};

/// Types that are content; anything else in a content collection is left out with its reason.
const CONTENT_TYPES: [&str; 9] =
    ["Note", "Question", "Article", "Page", "Audio", "Video", "Image", "Document", "Event"];

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
        earlier: earlier::read(value),
        id,
        attributed_to: author,
    })
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
    let mut out = Map::new();
    let mut put = |field: &str, value: Value| {
        let is_empty = match &value {
            Value::Null => true,
            Value::Array(list) => list.is_empty(),
            _ => false,
        };
        if !is_empty {
            out.insert(field.to_owned(), value);
        }
    };
    put("id", json!(object.id));
    put("type", json!(object.kind));
    put("attributedTo", json!(object.attributed_to));
    put("url", json!(object.url));
    put("name", json!(object.name));
    put("summary", json!(object.summary));
    put("content", json!(object.content));
    if let Some(language) = &object.language {
        put("contentMap", json!({ language.as_str(): object.content }));
    }
    put("source", object.source.as_ref().map_or(Value::Null, write_source));
    put("sensitive", json!(object.is_sensitive));
    put("published", json!(object.published));
    put("updated", json!(object.updated));
    put("to", json!(object.to));
    put("cc", json!(object.cc));
    put("inReplyTo", json!(object.in_reply_to));
    put("quote", json!(object.quote));
    put("tag", object.tags.iter().map(write_tag).collect());
    put("attachment", object.attachments.iter().map(write_attachment).collect());
    if let Some(poll) = &object.poll {
        let options: Value = poll
            .options
            .iter()
            .map(|option| {
                let replies = json!({"type": "Collection", "totalItems": option.votes});
                json!({"type": "Note", "name": option.name, "replies": replies})
            })
            .collect();
        put(if poll.is_multiple { "anyOf" } else { "oneOf" }, options);
        put("endTime", json!(poll.ends));
        put("closed", json!(poll.closed));
        put("votersCount", json!(poll.voters));
    }
    put(earlier::FORMER, earlier::write(&object.earlier));
    put("previously", object.previously.iter().map(write_breadcrumb).collect());
    put("likes", json!({"type": "Collection", "totalItems": object.tallies.likes}));
    put("shares", json!({"type": "Collection", "totalItems": object.tallies.shares}));
    put(
        "replies",
        json!({
            "id": format!("{}/replies", object.id),
            "type": "Collection",
            "totalItems": object.tallies.replies
        }),
    );
    Value::Object(out)
}

fn write_tag(tag: &Tag) -> Value {
    match tag.kind {
        TagKind::Mention => json!({"type": "Mention", "name": tag.name, "href": tag.href}),
        TagKind::Hashtag => json!({"type": "Hashtag", "name": tag.name, "href": tag.href}),
        TagKind::Emoji => {
            json!({"type": "Emoji", "name": tag.name, "icon": {"type": "Image", "url": tag.href}})
        }
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
}
