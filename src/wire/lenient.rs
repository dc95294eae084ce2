//! Small readers for JSON that other people wrote: one value or many, a string or an object.

use serde_json::Value;
use url::Url;

/// The text of a field, if it is a non-empty string.
pub fn text(value: &Value, field: &str) -> Option<String> {
    value.get(field).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// An id: the string itself or the `id` of an object.
pub fn id(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("id").and_then(Value::as_str))
}

/// The first web address in a field that holds a string, a Link or a list of them.
pub fn url(value: &Value, field: &str) -> Option<Url> {
    many(value.get(field)?).find_map(|one| {
        let text = one.as_str().or_else(|| one.get("href").and_then(Value::as_str)).or_else(|| id(one))?;
        web_url(text)
    })
}

/// Parses an http(s) address; anything else is none.
pub fn web_url(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some())
}

/// Parses what may be pointed at without being fetched: a web address, or the `tag:` and `urn:` names
/// that posts had before they had addresses.
pub fn reference(text: &str) -> Option<Url> {
    web_url(text).or_else(|| Url::parse(text).ok().filter(|url| matches!(url.scheme(), "tag" | "urn")))
}

/// The elements of a list, or the one value that stands in its place; nothing for null.
pub fn many(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Null => Box::new(std::iter::empty()),
        Value::Array(list) => Box::new(list.iter()),
        one => Box::new(std::iter::once(one)),
    }
}

/// The elements of a field, however many there are.
pub fn field<'a>(value: &'a Value, name: &str) -> Box<dyn Iterator<Item = &'a Value> + 'a> {
    value.get(name).map_or_else(|| -> Box<dyn Iterator<Item = &Value>> { Box::new(std::iter::empty()) }, many)
}

/// Whether the `type` of a value is or contains `name`.
pub fn is_type(value: &Value, name: &str) -> bool {
    field(value, "type").any(|kind| kind.as_str() == Some(name))
}

/// The ids in an addressing field.
pub fn ids(value: &Value, name: &str) -> Vec<String> {
    field(value, name).filter_map(id).map(str::to_owned).collect()
}

/// `totalItems` of a collection that stands in a field.
pub fn total(value: &Value, name: &str) -> Option<u64> {
    value.get(name)?.get("totalItems")?.as_u64()
}
