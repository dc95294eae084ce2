//! Finding where to ask: from an actor and its server's metadata to the endpoints, all on one origin.

use serde_json::Value;
use url::Url;

use super::scope::Scope;
use crate::model::actor::{Actor, authority};

/// Where an account's owner is asked and tokens are had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// What `iss` must say in the answer, where the server says it at all.
    pub issuer: Option<String>,
    /// Where the owner is sent.
    pub authorization: Url,
    /// Where codes are redeemed.
    pub token: Url,
    /// Where tokens are given back, if anywhere.
    pub revocation: Option<Url>,
}

/// Whether a server says anywhere that accounts can be handed over.
pub fn offers(actor: &Actor, metadata: Option<&Value>) -> bool {
    actor.endpoints.portability.is_some() || metadata.is_some_and(hands_over)
}

/// Whether a server's metadata say where accounts are handed over.
pub fn hands_over(metadata: &Value) -> bool {
    metadata.get("activitypub_account_portability").is_some_and(Value::is_string)
}

/// Whether a server's metadata say that a list of new addresses is taken there.
pub fn takes_map(metadata: &Value) -> bool {
    let scopes = metadata.get("scopes_supported").and_then(Value::as_array);
    scopes.is_some_and(|scopes| scopes.iter().any(|scope| scope.as_str() == Some(Scope::HandOver.as_str())))
}

/// Finds them. What the actor says goes before what its server says.
///
/// # Errors
/// A sentence that names the server and what it lacks.
pub fn find(actor: &Actor, metadata: Option<&Value>) -> Result<Endpoints, String> {
    let host = authority(&actor.id);
    let stated = |name: &str| metadata?.get(name)?.as_str();
    let address = |name: &str| stated(name).and_then(|text| Url::parse(text).ok());
    let own = |url: Url| {
        if url.origin() == actor.id.origin() && url.username().is_empty() && url.password().is_none() {
            Ok(url)
        } else {
            Err(format!(
                "{host} names {} for its consents, which is another server; nothing is asked there",
                authority(&url)
            ))
        }
    };
    let authorization = actor
        .endpoints
        .portability
        .clone()
        .or_else(|| address("activitypub_account_portability"))
        .ok_or_else(|| {
            format!("{host} does not offer to hand accounts over yet; use its export file instead")
        })?;
    let token = address("token_endpoint")
        .or_else(|| actor.endpoints.token.clone())
        .ok_or_else(|| format!("{host} does not say where a consent is redeemed"))?;
    let issuer = stated("issuer").map(str::to_owned);
    if let Some(issuer) = &issuer {
        own(Url::parse(issuer).map_err(|_| format!("{host} calls itself something that is no address"))?)?;
    }
    Ok(Endpoints {
        issuer,
        authorization: own(authorization)?,
        token: own(token)?,
        revocation: address("revocation_endpoint").and_then(|url| own(url).ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn actor(portability: Option<&str>) -> Actor {
        serde_json::from_value(json!({
            "id": "https://old.example/users/ann", "kind": "Person", "username": "ann",
            "inbox": "https://old.example/inbox", "also_known_as": [], "portability": {}, "collections": {},
            "endpoints": {"portability": portability}
        }))
        .unwrap()
    }

    #[test]
    fn our_own_metadata_is_enough() {
        let metadata = super::super::metadata::server(&Url::parse("https://old.example").unwrap());
        let metadata = serde_json::to_value(metadata).unwrap();
        let found = find(&actor(None), Some(&metadata)).unwrap();
        assert_eq!(found.token.as_str(), "https://old.example/godwit/oauth/token");
        assert_eq!(found.issuer.as_deref(), Some("https://old.example"));
    }

    #[test]
    fn endpoints_on_another_origin_are_refused() {
        let metadata = json!({"token_endpoint": "https://evil.example/token"});
        assert!(
            find(&actor(Some("https://old.example/a")), Some(&metadata))
                .unwrap_err()
                .contains("evil.example")
        );
        let metadata = json!({"token_endpoint": "https://old.example/token"});
        assert!(find(&actor(Some("https://old.example:444/a")), Some(&metadata)).is_err());
    }

    #[test]
    fn a_server_without_endpoint_is_named_with_the_way_out() {
        assert!(find(&actor(None), None).unwrap_err().contains("export file"));
    }
}
