//! Registration and consent: the owner is signed in and says yes to reading, and to nothing else.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use url::Url;

use super::{Answer, Asked, ClientServer, paging::field};

/// The name a client gets.
const CLIENT: &str = "client-of-ann";
/// What proves it.
pub const SECRET: &str = "the-clients-secret";

/// What was given out.
#[derive(Default)]
pub struct Tokens {
    given: BTreeSet<String>,
    challenge: Option<String>,
    scope: String,
    /// Tokens that were given back.
    pub revoked: BTreeSet<String>,
}

impl Tokens {
    pub fn is_good(&self, token: &str) -> bool {
        self.given.contains(token) && !self.revoked.contains(token)
    }

    /// Takes back all that was given so far.
    pub fn revoke_all(&mut self) {
        self.revoked.extend(self.given.iter().cloned());
    }

    /// A token from nowhere, for tests that need no consent.
    pub fn give(&mut self, token: &str) {
        self.given.insert(token.to_owned());
    }
}

pub fn answer(server: &mut ClientServer, asked: &Asked<'_>) -> Option<Answer> {
    let said = |name: &str| field(asked.body, name);
    let is_client =
        said("client_id").as_deref() == Some(CLIENT) && said("client_secret").as_deref() == Some(SECRET);
    Some(match (asked.method, asked.path) {
        ("GET", "/.well-known/oauth-authorization-server") if server.manner.publishes => {
            Answer::json(&json!({
                "issuer": format!("{}/", server.origin),
                "authorization_endpoint": format!("{}/oauth/authorize", server.origin),
                "token_endpoint": format!("{}/oauth/token", server.origin),
                "revocation_endpoint": format!("{}/oauth/revoke", server.origin),
                "scopes_supported": ["read", "write", "follow", "read:accounts", "read:statuses", "read:follows",
                    "read:blocks", "read:mutes", "read:lists", "read:filters", "read:bookmarks", "read:favourites"],
                "code_challenge_methods_supported": ["S256"],
            }))
        }
        ("POST", "/api/v1/apps") => {
            let scopes = said("scopes").unwrap_or_default();
            let is_reading = scopes.split(' ').all(|scope| scope == "read" || scope.starts_with("read:"));
            if !is_reading || said("redirect_uris").is_none() {
                return Some(Answer::error(422, "nobody but its owner writes here"));
            }
            Answer::json(
                &json!({"id": "1", "name": said("client_name"), "client_id": CLIENT, "client_secret": SECRET}),
            )
        }
        ("GET", "/oauth/authorize") => {
            let wish = |name: &str| field(asked.query, name).unwrap_or_default();
            if wish("client_id") != CLIENT || wish("response_type") != "code" {
                return Some(Answer::error(400, "unknown client"));
            }
            server.tokens.challenge = field(asked.query, "code_challenge");
            server.tokens.scope = wish("scope");
            let fields = [("code", "the-code"), ("state", &wish("state"))];
            let to = Url::parse_with_params(&wish("redirect_uri"), fields).unwrap();
            let mut answer = Answer::json(&json!({})).with("Location", to.to_string());
            answer.status = 302;
            answer
        }
        ("POST", "/oauth/token") => {
            let verifier = said("code_verifier").unwrap_or_default();
            let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
            let is_proven = server.tokens.challenge.take().is_none_or(|asked| asked == challenge);
            if !is_client || !is_proven || said("code").as_deref() != Some("the-code") {
                return Some(Answer::error(400, "invalid_grant"));
            }
            let token = format!("token-{}", server.tokens.given.len());
            server.tokens.give(&token);
            Answer::json(&json!({"access_token": token, "token_type": "Bearer", "scope": server.tokens.scope,
                "created_at": 1_700_000_000}))
        }
        ("POST", "/oauth/revoke") => {
            if !is_client {
                return Some(Answer::error(403, "unauthorized_client"));
            }
            server.tokens.revoked.extend(said("token"));
            Answer::json(&json!({}))
        }
        _ => return None,
    })
}
