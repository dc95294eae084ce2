//! One element of the archive's lists, read for the account it belongs to.

use serde_json::Value;
use url::Url;

use crate::{
    model::{
        collection::{CollectionKind, Unreadable},
        item::{Item, ItemKind},
    },
    wire::{activity, lenient, object, relation},
    words::text,
};

/// Whose archive it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The actor.
    pub actor: Url,
    /// Its followers collection, where the archive names it; it decides visibility.
    pub followers: Option<Url>,
}

/// Which of the archive's documents a collection is read from.
pub fn document(kind: CollectionKind) -> Option<&'static str> {
    match kind {
        CollectionKind::Content | CollectionKind::Outbox => Some("outbox.json"),
        CollectionKind::Liked => Some("likes.json"),
        CollectionKind::Bookmarks => Some("bookmarks.json"),
        _ => None,
    }
}

/// Reads the element at `position` of the document a collection is read from.
///
/// # Errors
/// The same element as one that cannot be read, with the reason.
pub fn read(kind: CollectionKind, element: &Value, position: u64, owner: &Owner) -> Result<Item, Unreadable> {
    let (expected, read) = match kind {
        CollectionKind::Liked => (ItemKind::Likes, relation::read_reference(element).map(Item::Like)),
        CollectionKind::Bookmarks => {
            (ItemKind::Bookmarks, relation::read_reference(element).map(Item::Bookmark))
        }
        _ if lenient::is_type(element, "Announce") => (ItemKind::Boosts, boost(element, owner)),
        _ => (ItemKind::Posts, post(element, owner)),
    };
    read.map_err(|why| Unreadable { kind: expected, key: key(kind, element, position), why })
}

/// The id of what could not be read, or where it stands.
fn key(kind: CollectionKind, element: &Value, position: u64) -> String {
    let inner = lenient::field(element, "object").find_map(lenient::id);
    let id = if lenient::is_type(element, "Create") { inner } else { None };
    id.or_else(|| lenient::id(element))
        .filter(|id| !id.is_empty() && id.len() <= 2048)
        .map_or_else(|| format!("{}#{position}", document(kind).unwrap_or_default()), str::to_owned)
}

fn boost(element: &Value, owner: &Owner) -> Result<Item, String> {
    check_actor(element, owner)?;
    let boost = activity::read_announce(element, owner.followers.as_ref())?
        .ok_or_else(|| text!("archive-it-is-not-a-boost"))?;
    check_place(&boost.id, owner)?;
    Ok(Item::Boost(boost))
}

fn post(element: &Value, owner: &Owner) -> Result<Item, String> {
    let object = if lenient::is_type(element, "Create") {
        check_actor(element, owner)?;
        let object =
            lenient::field(element, "object").next().ok_or_else(|| text!("archive-it-holds-no-post"))?;
        if object.is_string() {
            return Err(text!("archive-only-its-address"));
        }
        object
    } else {
        element
    };
    let post = object::read(object, owner.followers.as_ref())?;
    if post.attributed_to != owner.actor {
        return Err(text!("archive-somebody-else-wrote-it"));
    }
    check_place(&post.id, owner)?;
    Ok(Item::Post(Box::new(post)))
}

/// An activity must say that the archive's owner did it.
fn check_actor(element: &Value, owner: &Owner) -> Result<(), String> {
    match actor(element) {
        Some(actor) if actor == owner.actor => Ok(()),
        Some(_) => Err(text!("archive-somebody-else-did-it")),
        None => Err(text!("archive-does-not-say-who-did-it")),
    }
}

/// Who did an activity.
pub fn actor(element: &Value) -> Option<Url> {
    lenient::field(element, "actor").find_map(lenient::id).and_then(lenient::web_url)
}

/// An account's things live on the account's server. A file that says otherwise would claim
/// somebody else's address for the redirects.
fn check_place(id: &Url, owner: &Owner) -> Result<(), String> {
    if id.host() == owner.actor.host() && id.port() == owner.actor.port() {
        Ok(())
    } else {
        Err(text!("archive-its-address-is-elsewhere"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn owner() -> Owner {
        Owner { actor: Url::parse("https://old.example/users/ann").unwrap(), followers: None }
    }

    fn create() -> Value {
        json!({"type": "Create", "id": "https://old.example/users/ann/statuses/1/activity",
            "actor": "https://old.example/users/ann",
            "object": {"type": "Note", "id": "https://old.example/users/ann/statuses/1",
                "attributedTo": "https://old.example/users/ann", "published": "2022-05-06T07:08:09Z"}})
    }

    fn why(element: &Value) -> String {
        read(CollectionKind::Content, element, 7, &owner()).unwrap_err().why
    }

    #[test]
    fn what_somebody_else_did_or_wrote_is_left_out() {
        assert!(read(CollectionKind::Content, &create(), 0, &owner()).is_ok());
        let mut other = create();
        other["actor"] = json!("https://old.example/users/bob");
        assert!(why(&other).contains("somebody else did"));
        let mut other = create();
        other["object"]["attributedTo"] = json!("https://old.example/users/bob");
        assert!(why(&other).contains("somebody else wrote"));
        let mut other = create();
        other["object"]["id"] = json!("https://bank.example/1");
        assert!(why(&other).contains("another server"));
    }

    #[test]
    fn other_activities_are_left_out_with_their_type() {
        for kind in ["Delete", "Update", "Move"] {
            assert!(why(&json!({"type": kind, "id": "https://old.example/1"})).contains(kind));
        }
    }

    #[test]
    fn an_element_without_an_id_is_known_by_its_position() {
        let unreadable = read(CollectionKind::Content, &json!(5), 7, &owner()).unwrap_err();
        assert_eq!(unreadable.key, "outbox.json#7");
        let unreadable = read(CollectionKind::Liked, &json!({}), 3, &owner()).unwrap_err();
        assert_eq!((unreadable.kind, unreadable.key.as_str()), (ItemKind::Likes, "likes.json#3"));
    }

    #[test]
    fn what_has_only_a_name_from_before_web_addresses_is_kept_as_a_reference() {
        let element = json!({"type": "Announce", "id": "https://old.example/users/ann/statuses/2/activity",
            "actor": "https://old.example/users/ann", "published": "2017-05-06T07:08:09Z",
            "object": "tag:b.example,2017-03-31:objectId=1:objectType=Status"});
        assert!(read(CollectionKind::Outbox, &element, 0, &owner()).is_ok());
        assert!(read(CollectionKind::Liked, &element["object"], 0, &owner()).is_ok());
    }

    #[test]
    fn a_boost_may_carry_the_whole_post_it_passes_on() {
        let element = json!({"type": "Announce", "id": "https://old.example/users/ann/statuses/2/activity",
            "actor": "https://old.example/users/ann", "published": "2022-05-06T07:08:09Z",
            "object": {"type": "Note", "id": "https://old.example/users/ann/statuses/1"}});
        let Item::Boost(boost) = read(CollectionKind::Outbox, &element, 0, &owner()).unwrap() else {
            panic!()
        };
        assert_eq!(boost.object.as_str(), "https://old.example/users/ann/statuses/1");
    }
}
