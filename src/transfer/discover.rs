//! Finds out how a person's old home lets accounts leave. Spec: LOLA 0.3, Discovery; RFC 8414.

use url::Url;

use super::{Engine, TransferError, TransferResult};
use crate::{
    model::actor::Actor,
    oauth::discovery::{self, Discovered},
    port::remote::Request,
};

/// Finds the authorization and token endpoints for an actor.
///
/// # Errors
/// [`TransferError::Refused`] with a sentence when the old home offers no way to leave.
pub async fn discover(engine: &Engine, actor: &Actor) -> TransferResult<Discovered> {
    let metadata = metadata(engine, &actor.id).await;
    discovery::find(actor, metadata.as_ref()).map_err(TransferError::Refused)
}

/// The RFC 8414 document of the actor's origin; a server without one is not at fault.
async fn metadata(engine: &Engine, actor: &Url) -> Option<serde_json::Value> {
    let url = actor.join("/.well-known/oauth-authorization-server").ok()?;
    let request = Request::get(url).accepting("application/json").signed(engine.signer.clone());
    let response = engine.remote.send(request).await.ok()?;
    if !response.is_success() {
        return None;
    }
    response.json().await.ok()
}
