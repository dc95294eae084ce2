//! An actor document, read. (Ours are written by `site::documents`.)

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use super::lenient;
use crate::model::actor::{Actor, Endpoints, Profile, ProfileField, PublicKey};

/// Collections at the top level of an actor that we may read.
const COLLECTIONS: [&str; 7] =
    ["outbox", "followers", "following", "liked", "featured", "blocked", "bookmarks"];

/// The property that holds the addresses of the portability collections. Spec: LOLA 0.3, Discovery.
pub const PORTABILITY: &str = "migration";

/// Types that are actors.
const ACTOR_TYPES: [&str; 5] = ["Person", "Service", "Application", "Group", "Organization"];

/// Reads an actor, names of LOLA 0.3 first and those of 0.2 after.
///
/// # Errors
/// A sentence that says what is missing.
pub fn read(value: &Value) -> Result<Actor, String> {
    let kind = ACTOR_TYPES
        .iter()
        .find(|name| lenient::is_type(value, name))
        .ok_or_else(|| format!("type {} is not an actor", value["type"]))?;
    let id = lenient::text(value, "id")
        .and_then(|id| lenient::web_url(&id))
        .ok_or("the actor has no id that is a web address")?;
    let inbox = lenient::url(value, "inbox").ok_or("the actor has no inbox")?;
    let nothing = Value::Null;
    let endpoints = value.get("endpoints").unwrap_or(&nothing);
    let old_name = lenient::url(value, "accountPortabilityOauth");
    let mut portability: BTreeMap<String, Url> = BTreeMap::new();
    if let Some(collections) = value.get(PORTABILITY).and_then(Value::as_object) {
        for (name, address) in collections {
            if let Some(url) = address.as_str().and_then(lenient::web_url) {
                portability.insert(name.clone(), url);
            }
        }
    }
    Ok(Actor {
        kind: (*kind).to_owned(),
        username: lenient::text(value, "preferredUsername").unwrap_or_default(),
        name: lenient::text(value, "name"),
        url: lenient::url(value, "url"),
        inbox,
        shared_inbox: lenient::url(endpoints, "sharedInbox"),
        followers: lenient::url(value, "followers"),
        also_known_as: lenient::ids(value, "alsoKnownAs")
            .iter()
            .filter_map(|id| lenient::web_url(id))
            .collect(),
        moved_to: lenient::url(value, "movedTo"),
        public_key: lenient::field(value, "publicKey").find_map(public_key),
        endpoints: Endpoints {
            portability: lenient::url(endpoints, "oauthMigrationEndpoint").or(old_name),
            token: lenient::url(endpoints, "oauthTokenEndpoint"),
            start: lenient::url(endpoints, "startMigration"),
            finish: lenient::url(endpoints, "finishMigration"),
            hand_over: lenient::url(endpoints, "godwitHandOver"),
            withdraw: lenient::url(endpoints, "godwitWithdraw"),
            status: lenient::url(endpoints, "godwitStatus"),
            onward: lenient::url(endpoints, "godwitOnward"),
            onward_page: lenient::url(endpoints, "godwitOnwardPage"),
        },
        portability,
        collections: COLLECTIONS
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), lenient::url(value, name)?)))
            .collect(),
        id,
    })
}

fn public_key(value: &Value) -> Option<PublicKey> {
    Some(PublicKey {
        id: lenient::text(value, "id")?,
        owner: lenient::text(value, "owner").or_else(|| lenient::text(value, "controller"))?,
        pem: lenient::text(value, "publicKeyPem")?,
    })
}

/// Reads what a person says about themselves.
pub fn profile(value: &Value) -> Profile {
    Profile {
        name: lenient::text(value, "name").unwrap_or_default(),
        summary: lenient::text(value, "summary").unwrap_or_default(),
        fields: lenient::field(value, "attachment")
            .filter(|field| lenient::is_type(field, "PropertyValue"))
            .filter_map(|field| {
                Some(ProfileField {
                    name: lenient::text(field, "name")?,
                    value: lenient::text(field, "value")?,
                })
            })
            .collect(),
    }
}

/// The address of a picture: `icon` for the avatar, `image` for the header.
pub fn picture(value: &Value, field: &str) -> Option<(String, String)> {
    let picture = lenient::field(value, field).next()?;
    let url = picture.as_str().map(str::to_owned).or_else(|| {
        lenient::field(picture, "url")
            .find_map(|one| one.as_str().or_else(|| one.get("href").and_then(Value::as_str)))
            .map(str::to_owned)
    })?;
    Some((url, lenient::text(picture, "mediaType").unwrap_or_else(|| "application/octet-stream".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_names_of_both_drafts_are_read() {
        let bare =
            json!({"id": "https://a.example/u", "type": "Person", "inbox": "https://a.example/u/inbox"});
        let mut newer = bare.clone();
        newer["endpoints"] = json!({"oauthMigrationEndpoint": "https://a.example/auth"});
        let mut older = bare.clone();
        older["accountPortabilityOauth"] = json!("https://a.example/auth");
        for document in [newer, older] {
            let actor = read(&document).unwrap();
            assert_eq!(actor.endpoints.portability.unwrap().path(), "/auth");
        }
        assert!(read(&bare).unwrap().endpoints.portability.is_none());
    }

    #[test]
    fn an_actor_without_inbox_is_refused() {
        assert!(read(&json!({"id": "https://a.example/u", "type": "Person"})).is_err());
    }
}
