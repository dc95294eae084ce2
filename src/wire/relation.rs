//! Elements of following, blocked, liked and bookmarks: an id, an object with one, or an activity about one.

use serde_json::{Value, json};
use url::Url;

use super::lenient;
use crate::model::{item::Reference, moment::Moment};

/// The id an element is about: its `object` when it is an activity, itself otherwise.
fn subject(value: &Value) -> Option<Url> {
    let is_activity =
        ["Block", "Follow", "Like", "Add", "Mute", "Pin"].iter().any(|kind| lenient::is_type(value, kind));
    let subject = if is_activity { lenient::field(value, "object").next()? } else { value };
    lenient::reference(lenient::id(subject)?)
}

/// Reads a followed or blocked actor.
///
/// # Errors
/// A sentence that says what is missing.
pub fn read_actor(value: &Value) -> Result<Url, String> {
    let named = subject(value).filter(url::Url::has_host);
    named.ok_or_else(|| "the entry does not name an account".to_owned())
}

/// Reads a like or bookmark.
///
/// # Errors
/// A sentence that says what is missing.
pub fn read_reference(value: &Value) -> Result<Reference, String> {
    let object = subject(value).ok_or_else(|| "the entry does not name a post".to_owned())?;
    let published = lenient::text(value, "published").and_then(|text| Moment::parse(&text).ok());
    Ok(Reference { object, published })
}

/// Writes a like or bookmark: the bare id where there is no time to tell.
pub fn write_reference(kind: &str, actor: &Url, reference: &Reference) -> Value {
    match &reference.published {
        None => json!(reference.object),
        Some(published) => {
            json!({"type": kind, "actor": actor, "object": reference.object, "published": published})
        }
    }
}

/// Writes a block as FEP-c648 wants it.
pub fn write_block(actor: &Url, blocked: &Url) -> Value {
    json!({"type": "Block", "actor": actor, "object": blocked})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_may_be_an_id_an_object_or_an_activity() {
        let id = "https://b.example/users/bob";
        for entry in [json!(id), json!({"id": id, "type": "Person"}), json!({"type": "Block", "object": id})]
        {
            assert_eq!(read_actor(&entry).unwrap().as_str(), id);
        }
        assert!(read_actor(&json!({"type": "Block"})).is_err());
    }
}
