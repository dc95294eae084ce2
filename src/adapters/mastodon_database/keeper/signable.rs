//! What is signed in the name of an account: that it moved, and its own document before that. Nothing that could
//! delete, follow or speak.

use serde_json::{Map, Value};
use url::Url;

/// All that such an activity may say.
const MEMBERS: [&str; 10] =
    ["@context", "id", "type", "actor", "object", "origin", "target", "to", "cc", "published"];
/// What an account may be.
const ACTORS: [&str; 5] = ["Person", "Service", "Group", "Organization", "Application"];

/// Whether an activity is one of these, of this very actor.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(activity: &str, actor: &Url) -> Result<(), String> {
    let activity: Map<String, Value> =
        serde_json::from_str(activity).map_err(|_| "it is no activity".to_owned())?;
    let is_text = |name: &str, wanted: &str| activity.get(name).and_then(Value::as_str) == Some(wanted);
    if let Some(other) = activity.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        return Err(format!("it says something about {other}"));
    }
    if !is_text("actor", actor.as_str()) {
        return Err("it is another account's".to_owned());
    }
    let id = activity.get("id").and_then(Value::as_str).and_then(|id| Url::parse(id).ok());
    if id.is_none_or(|id| id.origin() != actor.origin()) {
        return Err("its id is none of this server".to_owned());
    }
    match activity.get("type").and_then(Value::as_str) {
        Some("Move") => {
            let target = activity.get("target").and_then(Value::as_str).and_then(|to| Url::parse(to).ok());
            let is_elsewhere = target.is_some_and(|target| target.has_host() && target != *actor);
            let is_own = is_text("object", actor.as_str())
                && activity.get("origin").is_none_or(|origin| origin == actor.as_str());
            if is_own && is_elsewhere { Ok(()) } else { Err("it moves something else".to_owned()) }
        }
        Some("Update") => {
            let of = |name: &str| activity.get("object")?.get(name)?.as_str();
            let is_document = of("type").is_some_and(|kind| ACTORS.contains(&kind));
            if is_document && of("id") == Some(actor.as_str()) && !activity.contains_key("target") {
                Ok(())
            } else {
                Err("it changes something else than the account".to_owned())
            }
        }
        _ => Err("it is neither a Move nor an Update".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire;

    const ANN: &str = "https://old.example/users/ann";

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn checked(activity: &Value) -> Result<(), String> {
        check(&activity.to_string(), &url(ANN))
    }

    #[test]
    fn the_announcement_of_a_move_is_signed() {
        let (id, followers) = (url(&format!("{ANN}#move-1")), url(&format!("{ANN}/followers")));
        let there = url("https://new.example/users/ann");
        assert_eq!(checked(&wire::activity::move_actor(&id, &url(ANN), &followers, &there)), Ok(()));
        let document = json!({"id": ANN, "type": "Person", "movedTo": there});
        assert_eq!(checked(&wire::activity::update_actor(&id, &url(ANN), &followers, &document)), Ok(()));
    }

    #[test]
    fn nothing_else_is() {
        let good = json!({"id": format!("{ANN}#1"), "type": "Move", "actor": ANN, "object": ANN, "target": "https://new.example/u"});
        assert_eq!(checked(&good), Ok(()));
        let with = |name: &str, value: Value| {
            let mut activity = good.clone();
            activity[name] = value;
            activity
        };
        let bob = json!("https://old.example/users/bob");
        for bad in [
            with("type", json!("Delete")),
            with("type", json!(["Move", "Delete"])),
            with("actor", bob.clone()),
            with("object", bob),
            with("object", json!({"type": "Delete"})),
            with("target", json!(ANN)),
            with("target", json!(null)),
            with("id", json!("https://evil.example/1")),
            with("instrument", json!("x")),
            with("type", json!("Update")),
            json!({"id": format!("{ANN}#1"), "type": "Update", "actor": ANN, "object": {"type": "Note", "id": ANN}}),
            json!({"id": format!("{ANN}#1"), "type": "Create", "actor": ANN, "object": {"type": "Note"}}),
            json!([]),
        ] {
            assert!(checked(&bad).is_err(), "{bad}");
        }
    }
}
