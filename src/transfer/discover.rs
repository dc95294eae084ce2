//! Finds out how a person's old home lets accounts leave. Spec: LOLA 0.3, Discovery; RFC 8414.

use url::Url;

use super::{Engine, TransferError, TransferResult};
use crate::{
    model::actor::Actor,
    oauth::{discovery, metadata},
    port::{lookup, remote::Request},
};

/// Where an old home asks its people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// The name it gives itself as an issuer; its origin where it gives none.
    pub issuer: String,
    /// Whether it promises to name itself in the callback. Spec: RFC 9207.
    pub names_issuer: bool,
    /// Where the person is asked.
    pub authorization_endpoint: Url,
    /// Where codes and refresh tokens are exchanged.
    pub token_endpoint: Url,
    /// Where tokens are given back.
    pub revocation_endpoint: Option<Url>,
}

/// Whether an actor's server hands accounts over.
///
/// # Errors
/// [`TransferError`] when it is busy.
pub async fn hands_over(engine: &Engine, actor: &Actor) -> TransferResult<bool> {
    if discovery::offers(actor, None) {
        return Ok(true);
    }
    let document = document(engine, &actor.id).await?;
    Ok(discovery::offers(actor, document.as_ref()))
}

/// Whether an actor's server takes the list of new addresses and has a page for the last word. Where two servers
/// share an origin, strangers are shown the actor of the one that knows nothing of it; then the other one's
/// metadata tell.
///
/// # Errors
/// [`TransferError`] when it is busy.
pub async fn takes_map(engine: &Engine, actor: &Actor) -> TransferResult<bool> {
    if actor.endpoints.hand_over.is_some() && actor.endpoints.finish.is_some() {
        return Ok(true);
    }
    Ok(document(engine, &actor.id).await?.as_ref().is_some_and(discovery::takes_map))
}

/// Finds the authorization and token endpoints for an actor.
///
/// # Errors
/// [`TransferError::Refused`] with a sentence when the old home offers no way to leave.
pub async fn discover(engine: &Engine, actor: &Actor) -> TransferResult<Discovered> {
    let document = document(engine, &actor.id).await?;
    let found = discovery::find(actor, document.as_ref()).map_err(TransferError::Refused)?;
    let promise = "authorization_response_iss_parameter_supported";
    Ok(Discovered {
        issuer: found.issuer.unwrap_or_else(|| metadata::issuer(&actor.id)),
        names_issuer: document.and_then(|d| d.get(promise)?.as_bool()).unwrap_or(false),
        authorization_endpoint: found.authorization,
        token_endpoint: found.token,
        revocation_endpoint: found.revocation,
    })
}

/// What the actor's origin says of consents. Where two servers share it, the usual address may be the
/// other one's, who knows nothing of accounts that leave.
async fn document(engine: &Engine, actor: &Url) -> TransferResult<Option<serde_json::Value>> {
    let usual = document_at(engine, actor, metadata::METADATA_PATH).await?;
    if usual.as_ref().is_some_and(discovery::hands_over) {
        return Ok(usual);
    }
    let beside = document_at(engine, actor, metadata::METADATA_BESIDE_PATH).await?;
    Ok(beside.filter(discovery::hands_over).or(usual))
}

/// An RFC 8414 document; a server without one is not at fault, a busy one is asked again.
async fn document_at(engine: &Engine, actor: &Url, path: &str) -> TransferResult<Option<serde_json::Value>> {
    let Ok(url) = actor.join(path) else { return Ok(None) };
    let request = Request::get(url).accepting("application/json").signed(engine.signer.clone());
    let Ok(response) = engine.remote.send(request).await else { return Ok(None) };
    if let Some(busy) = lookup::busy(&response, "asking Old home how accounts leave it", "Old home") {
        return Err(busy.into());
    }
    if !response.is_success() {
        return Ok(None);
    }
    Ok(response.json().await.ok())
}
