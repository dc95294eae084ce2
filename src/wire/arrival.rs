//! The lists of an account that arrived: which object lives where now, and which accounts moved here.
//! Written strictly, read leniently; reading believes nothing.
//!
//! Spec: FEP-1580, `migration` and `moves`. It writes an object's move as `origin` and `target` in its
//! examples and as `object` and `target` in its text; both are read.

use serde_json::{Value, json};
use url::Url;

use super::{actor::PORTABILITY, collection, lenient, put};

/// Where an object was and is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Whose it was, where that is said.
    pub actor: Option<Url>,
    /// Where it was.
    pub old: Url,
    /// Where it is.
    pub new: Url,
}

/// Writes one.
pub fn write(arrival: &Arrival) -> Value {
    let mut out = json!({"type": "Move", "origin": arrival.old, "target": arrival.new});
    if let Some(actor) = &arrival.actor {
        put(&mut out, "actor", json!(actor));
    }
    out
}

/// Reads one; `None` when it is something else or names no two web addresses.
pub fn read(value: &Value) -> Option<Arrival> {
    if !lenient::is_type(value, "Move") {
        return None;
    }
    let of = |field: &str| lenient::field(value, field).find_map(lenient::id).and_then(lenient::web_url);
    Some(Arrival { actor: of("actor"), old: of("origin").or_else(|| of("object"))?, new: of("target")? })
}

/// The root of the list of objects.
pub fn root(id: &Url, owner: &Url, first: &Url, moves: &Url, is_complete: bool) -> Value {
    let mut out: Value = collection::root(id, None, Some(first)).into();
    put(&mut out, "attributedTo", json!(owner));
    put(&mut out, "migrationComplete", json!(is_complete));
    put(&mut out, "moves", json!(moves));
    out
}

/// The list of accounts that moved here.
pub fn moves(id: &Url, owner: &Url, old: &[Url]) -> Value {
    let moved =
        |old: &Url| json!({"type": "Move", "actor": old, "object": old, "origin": old, "target": owner});
    let items: Vec<Value> = old.iter().map(moved).collect();
    let mut out: Value = collection::whole(id, items).into();
    put(&mut out, "attributedTo", json!(owner));
    out
}

/// Where an actor lists what arrived. The same key holds an object of addresses for the holder of a
/// token; one that is a collection itself is read as such.
pub fn list_of(actor: &Value) -> Option<Url> {
    let listed = actor.get(PORTABILITY)?;
    listed.as_str().or_else(|| listed.get("id").and_then(Value::as_str)).and_then(lenient::web_url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_move_are_read_and_nothing_else() {
        let arrival = Arrival {
            actor: Some(Url::parse("https://a.example/u").unwrap()),
            old: Url::parse("https://a.example/1").unwrap(),
            new: Url::parse("https://b.example/1").unwrap(),
        };
        assert_eq!(read(&write(&arrival)).as_ref(), Some(&arrival));
        let prose = json!({"type": ["Move"], "actor": {"id": "https://a.example/u"},
            "object": "https://a.example/1", "target": "https://b.example/1"});
        assert_eq!(read(&prose), Some(arrival));
        for other in [
            json!({"type": "Note", "origin": "https://a.example/1", "target": "https://b.example/1"}),
            json!({"type": "Move", "origin": "https://a.example/1"}),
            json!({"type": "Move", "origin": "javascript:1", "target": "https://b.example/1"}),
            json!("https://a.example/1"),
            Value::Null,
        ] {
            assert_eq!(read(&other), None, "{other}");
        }
    }

    #[test]
    fn a_list_for_the_holder_of_a_token_is_not_taken_for_one_of_arrivals() {
        let with = |listed: Value| list_of(&json!({PORTABILITY: listed}));
        assert_eq!(with(json!({"outbox": "https://a.example/o"})), None);
        for listed in [json!("https://a.example/m"), json!({"id": "https://a.example/m", "type": "X"})] {
            assert_eq!(with(listed).unwrap().as_str(), "https://a.example/m");
        }
    }
}
