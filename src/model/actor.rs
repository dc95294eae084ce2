//! An ActivityPub actor as other servers show it, and the profile that travels with an account.

use serde::{Deserialize, Serialize};
use url::Url;

/// A remote or local actor, reduced to what a transfer needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The actor's id.
    pub id: Url,
    /// AS2 type, `Person` in the ordinary case.
    pub kind: String,
    /// Login name part of its handle.
    pub username: String,
    /// Display name.
    pub name: Option<String>,
    /// Page for people.
    pub url: Option<Url>,
    /// Where activities are delivered.
    pub inbox: Url,
    /// One inbox for many actors of the same server.
    pub shared_inbox: Option<Url>,
    /// Followers collection.
    pub followers: Option<Url>,
    /// Ids this actor says it is also known by.
    pub also_known_as: Vec<Url>,
    /// Where it has moved.
    pub moved_to: Option<Url>,
    /// Key id and PEM of its signing key.
    pub public_key: Option<PublicKey>,
    /// LOLA and OAuth endpoints.
    pub endpoints: Endpoints,
    /// Collections shown to the holder of a portability token, by name.
    pub portability: std::collections::BTreeMap<String, Url>,
    /// Other collections by their AS2 name (`outbox`, `liked`, `following` …).
    pub collections: std::collections::BTreeMap<String, Url>,
}

/// A signing key as an actor publishes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// Key id, `<actor>#main-key` with us.
    pub id: String,
    /// The actor the key says it belongs to.
    pub owner: String,
    /// The key in PEM.
    pub pem: String,
}

/// The `endpoints` object. Spec: LOLA 0.3, Discovery; ActivityPub 4.1.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    /// Portability authorization endpoint.
    pub portability: Option<Url>,
    /// Token endpoint.
    pub token: Option<Url>,
    /// Where the destination says who it is.
    pub start: Option<Url>,
    /// The page where the owner announces.
    pub finish: Option<Url>,
    /// Where the URL map is handed over (our extension).
    pub hand_over: Option<Url>,
    /// Where the destination says that the copy is gone (our extension).
    pub withdraw: Option<Url>,
    /// Counts of both sides (our extension).
    pub status: Option<Url>,
    /// Where the account's next home says that it has moved on (our extension).
    pub onward: Option<Url>,
    /// The page where the owner says so (our extension).
    pub onward_page: Option<Url>,
}

/// What a person wrote about themselves; travels with the account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Display name.
    pub name: String,
    /// Biography as HTML.
    pub summary: String,
    /// Label and HTML value of the profile's fields.
    pub fields: Vec<ProfileField>,
}

/// One line of a profile's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileField {
    /// Label.
    pub name: String,
    /// Value, HTML.
    pub value: String,
}

/// Host of an address, with the port where it is not the scheme's own: what stands in a handle.
pub fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
