//! The public document of an account, as the server itself shows it.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Place,
    place::Named,
    schema::{Schema, Version},
    source::{Role, html, line, path_of_picture},
};
use crate::{
    model::moment::Moment,
    wire::{self, actor::PORTABILITY},
};

/// An account's row, as far as strangers see it.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "the table has them as columns")]
pub(super) struct Shown {
    pub(super) id: i64,
    pub(super) username: String,
    is_numeric: bool,
    display_name: String,
    note: String,
    fields: Option<String>,
    actor_type: Option<String>,
    locked: bool,
    discoverable: Option<bool>,
    indexable: bool,
    memorial: bool,
    created: i64,
    public_key: Option<String>,
    key_name: Option<String>,
    pub(super) also_known_as: Option<Vec<String>>,
    pub(super) moved_to: Option<String>,
    avatar_file_name: Option<String>,
    avatar_content_type: Option<String>,
    header_file_name: Option<String>,
    header_content_type: Option<String>,
}

/// One line of the profile's table.
#[derive(Deserialize)]
struct Field {
    #[serde(default)]
    name: String,
    #[serde(default)]
    value: String,
}

impl Shown {
    /// The question for it: accounts in use that somebody signs in to.
    pub(super) fn question(schema: Schema, condition: &str) -> String {
        let numeric = |alias: &str| {
            if schema.is_at_least(Version::V4_5) {
                format!("coalesce({alias}.id_scheme, 0) = 1")
            } else {
                "false".to_owned()
            }
        };
        // Since 4.7 own keys have rows of their own; the oldest that is in force is the one in use.
        let key = if schema.is_at_least(Version::V4_7) {
            "left join lateral (select k.public_key::text, k.local_fragment::text from keypairs k \
             where k.account_id = a.id and k.uri is null and not k.revoked \
             and (k.expires_at is null or k.expires_at > now()) order by k.id limit 1) k on true"
        } else {
            "left join lateral (select null::text as public_key, null::text as local_fragment) k on true"
        };
        format!(
            "select a.id, a.username::text, {numeric} as is_numeric, a.display_name::text, a.note, \
             a.fields::text as fields, a.actor_type::text, a.locked, a.discoverable, a.indexable, a.memorial, \
             floor(extract(epoch from a.created_at))::bigint as created, \
             coalesce(k.public_key, nullif(a.public_key, '')) as public_key, k.local_fragment as key_name, \
             a.also_known_as::text[], nullif(m.uri, '')::text as moved_to, \
             a.avatar_file_name::text, a.avatar_content_type::text, \
             a.header_file_name::text, a.header_content_type::text \
             from accounts a left join accounts m on m.id = a.moved_to_account_id {key} \
             where {condition} and a.domain is null and a.suspended_at is null \
             and exists (select from users u where u.account_id = a.id)",
            numeric = numeric("a"),
        )
    }

    /// As addresses name it.
    pub(super) fn named(&self) -> Named {
        Named { id: self.id, username: self.username.clone(), is_numeric: self.is_numeric }
    }
}

/// The document.
pub(super) fn actor(place: &Place, shown: &Shown) -> Map<String, Value> {
    let named = shown.named();
    let id = place.actor(&named);
    let below = |last: &str| format!("{id}/{last}");
    let fields: Vec<Field> =
        shown.fields.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let field =
        |field: Field| json!({"type": "PropertyValue", "name": field.name, "value": line(&field.value)});
    let mut shared = place.web.clone();
    shared.set_path("/inbox");
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
    put("@context", wire::context());
    put("id", json!(id));
    put("type", json!(shown.actor_type.as_deref().unwrap_or("Person")));
    put("preferredUsername", json!(shown.username));
    put("webfinger", json!(format!("{}@{}", shown.username, place.domain)));
    put("name", json!(shown.display_name));
    put("summary", json!(html(&shown.note)));
    put("url", json!(place.page(&named)));
    for name in ["inbox", "outbox", "followers", "following"] {
        put(name, json!(below(name)));
    }
    put("featured", json!(below("collections/featured")));
    put("featuredTags", json!(below("collections/tags")));
    put("manuallyApprovesFollowers", json!(shown.locked));
    put("discoverable", json!(shown.discoverable.unwrap_or(false)));
    put("indexable", json!(shown.indexable));
    put("memorial", json!(shown.memorial));
    put("published", json!(Moment::from_micros(shown.created.saturating_mul(1_000_000))));
    put("endpoints", json!({"sharedInbox": shared}));
    put("attachment", fields.into_iter().map(field).collect());
    if let Some(pem) = &shown.public_key {
        let name = shown.key_name.as_deref().unwrap_or("#main-key");
        put("publicKey", json!({"id": format!("{id}{name}"), "owner": id, "publicKeyPem": pem}));
    }
    if let Some(others) = shown.also_known_as.as_ref().filter(|others| !others.is_empty()) {
        put("alsoKnownAs", json!(others));
    }
    if let Some(target) = &shown.moved_to {
        put("movedTo", json!(target));
    }
    for (name, role, file, kind) in [
        ("icon", Role::Avatar, &shown.avatar_file_name, &shown.avatar_content_type),
        ("image", Role::Header, &shown.header_file_name, &shown.header_content_type),
    ] {
        if let Some(file) = file.as_ref().filter(|name| !name.is_empty()) {
            let url = place.file(&path_of_picture(role, shown.id, file));
            put(name, json!({"type": "Image", "mediaType": kind, "url": url}));
        }
    }
    debug_assert!(!out.contains_key(PORTABILITY), "strangers see no addresses for the owner");
    out
}
