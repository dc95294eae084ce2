//! The two documents we publish: this server as one that gives accounts, and as one that asks for them.

use serde_json::{Value, json};
use url::Url;

use super::scope::Scope;
use crate::model::actor::authority;

/// Where this server publishes itself as a client.
pub const CLIENT_PATH: &str = "/godwit/client.json";
/// Where it is called back.
pub const CALLBACK_PATH: &str = "/godwit/callback";
/// Where an owner is asked.
pub const AUTHORIZE_PATH: &str = "/godwit/oauth/authorize";

/// The name of this server as an issuer: its origin, without a slash.
pub fn issuer(base: &Url) -> String {
    base.origin().ascii_serialization()
}

/// What this server offers to clients. Spec: RFC 8414; LOLA 0.3, Discovery.
pub fn server(base: &Url) -> Value {
    let issuer = issuer(base);
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}{AUTHORIZE_PATH}"),
        "token_endpoint": format!("{issuer}/godwit/oauth/token"),
        "revocation_endpoint": format!("{issuer}/godwit/oauth/revoke"),
        "scopes_supported": Scope::ALL.map(Scope::as_str),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "client_id_metadata_document_supported": true,
        "authorization_response_iss_parameter_supported": true,
        "activitypub_account_portability": format!("{issuer}{AUTHORIZE_PATH}"),
    })
}

/// This server as a client of others.
pub fn client(base: &Url) -> Value {
    let issuer = issuer(base);
    json!({
        "client_id": format!("{issuer}{CLIENT_PATH}"),
        "client_name": authority(base),
        "client_uri": issuer,
        "redirect_uris": [format!("{issuer}{CALLBACK_PATH}")],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": Scope::ALL.map(Scope::as_str).join(" "),
        "token_endpoint_auth_method": "none",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_client_document_passes_our_own_reading() {
        let base = Url::parse("http://new.localhost:4002").unwrap();
        let id = Url::parse("http://new.localhost:4002/godwit/client.json").unwrap();
        let client = super::super::client_metadata::read(&client(&base), &id).unwrap();
        assert!(client.redirect("http://new.localhost:4002/godwit/callback").is_ok());
    }
}
