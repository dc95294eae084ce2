//! The two documents we publish: this server as one that gives accounts, and as one that asks for them.

use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use super::scope::Scope;
use crate::model::actor::authority;

/// Where this server publishes itself as a client.
pub const CLIENT_PATH: &str = "/godwit/client.json";
/// Where it is called back.
pub const CALLBACK_PATH: &str = "/godwit/callback";
/// Where codes are redeemed.
pub const TOKEN_PATH: &str = "/godwit/oauth/token";
/// Where tokens are given back.
pub const REVOKE_PATH: &str = "/godwit/oauth/revoke";
/// Where all this is published. Spec: RFC 8414.
pub const METADATA_PATH: &str = "/.well-known/oauth-authorization-server";
/// The same beside another server, whose own document stands there.
pub const METADATA_BESIDE_PATH: &str = "/.well-known/oauth-authorization-server/godwit";
/// Where an owner is asked.
pub const AUTHORIZE_PATH: &str = "/godwit/oauth/authorize";

/// The name of this server as an issuer: its origin, without a slash.
pub fn issuer(base: &Url) -> String {
    base.origin().ascii_serialization()
}

/// Who this server is as a client: the address of its metadata document.
pub fn client_id(base: &Url) -> String {
    format!("{}{CLIENT_PATH}", issuer(base))
}

/// Where old homes send people back to.
pub fn redirect_uri(base: &Url) -> String {
    format!("{}{CALLBACK_PATH}", issuer(base))
}

/// What this server offers to clients. Spec: RFC 8414; LOLA 0.3, Discovery.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServerMetadata {
    /// This server's origin.
    issuer: String,
    /// Where an owner is asked.
    authorization_endpoint: String,
    /// Where codes and refresh tokens are redeemed.
    token_endpoint: String,
    /// Where tokens are given back.
    revocation_endpoint: String,
    /// What can be asked for; one at a time.
    scopes_supported: [&'static str; 2],
    /// `code`.
    response_types_supported: [&'static str; 1],
    /// `authorization_code` and `refresh_token`.
    grant_types_supported: [&'static str; 2],
    /// `S256`.
    code_challenge_methods_supported: [&'static str; 1],
    /// `none`: a client is the document at its id.
    token_endpoint_auth_methods_supported: [&'static str; 1],
    /// A client id is the address of a document.
    client_id_metadata_document_supported: bool,
    /// The answer names its issuer. Spec: RFC 9207.
    authorization_response_iss_parameter_supported: bool,
    /// The authorization endpoint once more, under LOLA's name.
    activitypub_account_portability: String,
}

/// This server as a client of others. Spec: OAuth Client ID Metadata Document (draft).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClientMetadata {
    /// The address of this document.
    client_id: String,
    /// The server's host name.
    client_name: String,
    /// The server's origin.
    client_uri: String,
    /// Where people are sent back to.
    redirect_uris: [String; 1],
    /// `authorization_code` and `refresh_token`.
    grant_types: [&'static str; 2],
    /// `code`.
    response_types: [&'static str; 1],
    /// What it may ask for, one at a time.
    scope: String,
    /// `none`.
    token_endpoint_auth_method: &'static str,
}

/// The document at [`METADATA_PATH`].
pub fn server(base: &Url) -> ServerMetadata {
    let issuer = issuer(base);
    ServerMetadata {
        authorization_endpoint: format!("{issuer}{AUTHORIZE_PATH}"),
        token_endpoint: format!("{issuer}{TOKEN_PATH}"),
        revocation_endpoint: format!("{issuer}{REVOKE_PATH}"),
        scopes_supported: Scope::ALL.map(Scope::as_str),
        response_types_supported: ["code"],
        grant_types_supported: ["authorization_code", "refresh_token"],
        code_challenge_methods_supported: ["S256"],
        token_endpoint_auth_methods_supported: ["none"],
        client_id_metadata_document_supported: true,
        authorization_response_iss_parameter_supported: true,
        activitypub_account_portability: format!("{issuer}{AUTHORIZE_PATH}"),
        issuer,
    }
}

/// The document at [`CLIENT_PATH`].
pub fn client(base: &Url) -> ClientMetadata {
    let issuer = issuer(base);
    ClientMetadata {
        client_id: format!("{issuer}{CLIENT_PATH}"),
        client_name: authority(base),
        redirect_uris: [format!("{issuer}{CALLBACK_PATH}")],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        scope: Scope::ALL.map(Scope::as_str).join(" "),
        token_endpoint_auth_method: "none",
        client_uri: issuer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_client_document_passes_our_own_reading() {
        let base = Url::parse("http://new.localhost:4002").unwrap();
        let id = Url::parse("http://new.localhost:4002/godwit/client.json").unwrap();
        let client =
            super::super::client_metadata::read(&serde_json::to_value(client(&base)).unwrap(), &id).unwrap();
        assert!(client.redirect("http://new.localhost:4002/godwit/callback").is_ok());
    }
}
