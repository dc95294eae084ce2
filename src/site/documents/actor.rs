//! Actor documents: of accounts and of the server itself.

use serde_json::{Value, json};

use crate::{
    model::{belonging::SettingName, moment::Moment},
    site::{Site, SiteResult, accounts::Account, clean, files::Picture, urls::Urls},
    wire,
};

/// Name of the server's own actor.
pub const HOST_NAME: &str = "godwit.host";

/// Where an account can be delivered to, asked for and moved away. Spec: LOLA 0.3, Discovery.
pub fn endpoints(urls: &Urls, name: &str) -> Value {
    let authorize = urls.at(&["godwit", "oauth", "authorize"]);
    let lola = |last: &str| urls.at(&["godwit", "lola", name, last]);
    json!({
        "sharedInbox": urls.shared_inbox(),
        "oauthAuthorizationEndpoint": authorize,
        "oauthMigrationEndpoint": authorize,
        "oauthTokenEndpoint": urls.at(&["godwit", "oauth", "token"]),
        "startMigration": lola("start"),
        "finishMigration": urls.at(&["departures", name, "finish"]),
        "godwitHandOver": lola("map"),
        "godwitStatus": lola("status"),
        "godwitWithdraw": lola("withdraw"),
        "godwitOnward": lola("onward"),
        "godwitOnwardPage": urls.at(&["departures", name, "onward"]),
    })
}

impl Site {
    /// The actor document of an account, as strangers see it.
    ///
    /// # Errors
    /// [`crate::site::SiteError::Store`].
    pub async fn actor_document(&self, account: &Account) -> SiteResult<Value> {
        let settings = self.settings(account).await?;
        let name = account.username.as_str();
        let of = |collection: &str| self.urls.of_actor(name, collection);
        let id = self.urls.actor(name);
        let shown = if account.profile.name.is_empty() { name } else { &account.profile.name };
        let fields: Vec<Value> = account
            .profile
            .fields
            .iter()
            .map(|field| {
                json!({"type": "PropertyValue", "name": field.name, "value": clean::html(&field.value)})
            })
            .collect();
        let mut out = json!({
            "@context": wire::context(),
            "id": id,
            "type": "Person",
            "preferredUsername": name,
            "webfinger": format!("{name}@{}", self.urls.domain()),
            "name": shown,
            "summary": clean::html(&account.profile.summary),
            "url": self.urls.profile(name),
            "inbox": of("inbox"),
            "outbox": of("outbox"),
            "followers": of("followers"),
            "following": of("following"),
            "liked": of("liked"),
            "featured": of("featured"),
            (wire::actor::PORTABILITY): of(wire::actor::PORTABILITY),
            "moves": of("moves"),
            "featuredTags": of("topics"),
            "manuallyApprovesFollowers": settings.is(SettingName::ApprovesFollowers),
            "published": Moment::from_micros(account.created_at),
            "publicKey": {
                "id": format!("{id}#main-key"),
                "owner": id,
                "publicKeyPem": account.public_key_pem,
            },
            "endpoints": endpoints(&self.urls, name),
            "attachment": fields,
        });
        if let Some(map) = out.as_object_mut() {
            for name in [SettingName::Discoverable, SettingName::Indexable] {
                if let Some(choice) = settings.choice(name) {
                    map.insert(name.as_str().into(), json!(choice));
                }
            }
            if !account.also_known_as.is_empty() {
                map.insert("alsoKnownAs".into(), json!(account.also_known_as));
            }
            if let Some(target) = &account.moved_to {
                map.insert("movedTo".into(), json!(target));
            } else if !account.copied_to.is_empty() {
                // Never both: a reader could not tell whether anybody still lives here.
                map.insert("copiedTo".into(), json!(account.copied_to));
            }
            let pictures =
                [("icon", Picture::Avatar, &account.avatar), ("image", Picture::Header, &account.header)];
            for (field, picture, blob) in pictures {
                if let (Some(url), Some(blob)) = (self.picture_url(account, picture), blob) {
                    map.insert(
                        field.into(),
                        json!({"type": "Image", "mediaType": blob.media_type, "url": url}),
                    );
                }
            }
        }
        Ok(out)
    }

    /// The actor of the server itself, which signs what no account asks for.
    ///
    /// # Errors
    /// [`crate::site::SiteError::Store`].
    pub async fn host_actor_document(&self) -> SiteResult<Value> {
        let (_, public_pem) = self.host_key().await?;
        let id = self.urls.host_actor();
        Ok(json!({
            "@context": wire::context(),
            "id": id,
            "type": "Application",
            "preferredUsername": HOST_NAME,
            "webfinger": format!("{HOST_NAME}@{}", self.urls.domain()),
            "name": self.urls.domain(),
            "summary": "The server itself: it fetches what its accounts look up.",
            "url": self.urls.base(),
            "inbox": self.urls.at(&["godwit", "actor", "inbox"]),
            "outbox": self.urls.at(&["godwit", "actor", "outbox"]),
            "manuallyApprovesFollowers": true,
            "publicKey": {"id": format!("{id}#main-key"), "owner": id, "publicKeyPem": public_pem},
            "endpoints": {"sharedInbox": self.urls.shared_inbox()},
        }))
    }
}
