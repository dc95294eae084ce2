//! What this side remembers of an authorization at a live source.

use serde::{Deserialize, Serialize};
use url::Url;

/// What an authorization is for; each is a consent of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Reading the account.
    Read,
    /// Giving the URL map back.
    HandOver,
}

/// What this server is registered as at a server that was never told about it. Its secrets never show in `Debug`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Client {
    /// What we are called there.
    pub id: String,
    /// What proves it.
    pub secret: String,
    /// What may be read, in that server's words.
    pub scope: String,
    /// Whether that server compares a PKCE challenge.
    pub takes_pkce: bool,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// An authorization under way or granted. Its secrets never show in `Debug`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Login {
    /// What for.
    pub purpose: Purpose,
    /// The issuer this login belongs to.
    pub issuer: String,
    /// Where the person is asked.
    pub authorization_endpoint: Url,
    /// Where codes and refresh tokens are exchanged.
    pub token_endpoint: Url,
    /// Where tokens are given back.
    pub revocation_endpoint: Option<Url>,
    /// Whether the issuer promises to name itself in the callback.
    pub must_name_issuer: bool,
    /// The actor typed by the person, later the one the source names.
    pub actor: Url,
    /// Hash of the `state` that stands in the callback; empty once used.
    pub state_hash: String,
    /// PKCE verifier; empty once used.
    pub verifier: String,
    /// The access token, once granted.
    pub access_token: Option<String>,
    /// The refresh token, if the source gives one.
    pub refresh_token: Option<String>,
    /// When the access token ends, in microseconds since 1970.
    pub expires_at: Option<i64>,
    /// What we are registered as, where we had to be.
    #[serde(default)]
    pub client: Option<Client>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login")
            .field("purpose", &self.purpose)
            .field("issuer", &self.issuer)
            .field("actor", &self.actor.as_str())
            .finish_non_exhaustive()
    }
}
