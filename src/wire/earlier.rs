//! Earlier versions of an object. Spec: none that is agreed; the property `formerRepresentations`, a collection
//! of objects with the newest first, is what some of the field's servers write.

use serde_json::{Map, Value, json};

use super::{lenient, object};
use crate::model::{
    earlier::{Earlier, MOST_EARLIER},
    moment::Moment,
};

/// The property.
pub const FORMER: &str = "formerRepresentations";

/// Reads all of an object's, oldest first. One without a time is none.
pub fn read(value: &Value) -> Vec<Earlier> {
    let Some(former) = value.get(FORMER) else { return Vec::new() };
    let listed = ["orderedItems", "items"].iter().find_map(|field| former.get(field)).unwrap_or(former);
    let mut all: Vec<Earlier> = lenient::many(listed).take(MOST_EARLIER).filter_map(one).collect();
    all.reverse();
    all
}

fn one(value: &Value) -> Option<Earlier> {
    let written = ["updated", "published"].iter().find_map(|field| lenient::text(value, field))?;
    let options = ["oneOf", "anyOf"].iter().flat_map(|field| lenient::field(value, field));
    Some(Earlier {
        written: Moment::parse(&written).ok()?,
        content: object::content(value),
        source: object::source(value),
        summary: lenient::text(value, "summary"),
        is_sensitive: value.get("sensitive").and_then(Value::as_bool).unwrap_or(false),
        attachments: lenient::field(value, "attachment").filter_map(object::attachment).collect(),
        options: options.filter_map(|option| lenient::text(option, "name")).collect(),
    })
}

/// Writes all of an object's, given oldest first; null where there are none.
pub fn write(all: &[Earlier]) -> Value {
    if all.is_empty() {
        return Value::Null;
    }
    let items: Vec<Value> = all.iter().rev().map(write_one).collect();
    json!({"type": "OrderedCollection", "totalItems": items.len(), "orderedItems": items})
}

fn write_one(earlier: &Earlier) -> Value {
    let mut out = Map::new();
    let mut put = |field: &str, value: Value| drop(out.insert(field.to_owned(), value));
    put("type", json!(if earlier.options.is_empty() { "Note" } else { "Question" }));
    put("updated", json!(earlier.written));
    put("content", json!(earlier.content));
    if let Some(source) = &earlier.source {
        put("source", object::write_source(source));
    }
    if let Some(summary) = &earlier.summary {
        put("summary", json!(summary));
    }
    put("sensitive", json!(earlier.is_sensitive));
    if !earlier.attachments.is_empty() {
        put("attachment", earlier.attachments.iter().map(object::write_attachment).collect());
    }
    if !earlier.options.is_empty() {
        put("oneOf", earlier.options.iter().map(|name| json!({"type": "Note", "name": name})).collect());
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(day: u8, text: &str) -> Value {
        json!({
            "type": "Question", "updated": format!("2022-05-{day:02}T07:08:09Z"), "content": format!("<p>{text}</p>"),
            "source": {"content": text, "mediaType": "text/plain"}, "summary": "food", "sensitive": true,
            "attachment": [{"type": "Document", "mediaType": "image/png", "url": "/a.png", "name": "as it was"}],
            "oneOf": [{"type": "Note", "name": "tea"}],
        })
    }

    #[test]
    fn versions_come_newest_first_and_stand_oldest_first() {
        let value = json!({FORMER: {"orderedItems": [version(2, "second"), version(1, "first")]}});
        let read_once = read(&value);
        let words: Vec<&str> = read_once.iter().map(|one| one.content.as_str()).collect();
        assert_eq!(words, ["<p>first</p>", "<p>second</p>"]);
        assert_eq!(read(&json!({FORMER: write(&read_once)})), read_once);
        assert_eq!(read_once[0].options, ["tea"]);
    }

    #[test]
    fn what_is_no_version_is_none_and_there_are_never_more_than_are_carried() {
        for nothing in [json!({}), json!({FORMER: null}), json!({FORMER: ["x", {"content": "when?"}]})] {
            assert!(read(&nothing).is_empty(), "{nothing}");
        }
        let many: Vec<Value> = (0..300).map(|_| version(1, "again")).collect();
        assert_eq!(read(&json!({FORMER: many})).len(), MOST_EARLIER);
        assert_eq!(write(&[]), Value::Null);
    }
}
