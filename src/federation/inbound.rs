//! Who really sent a request: the actor whose published key made the signature.

use serde_json::Value;
use url::Url;

use super::verify::{Claim, Refusal};
use crate::{
    model::actor::Actor,
    port::{
        error::{AdapterError, Cause},
        lookup,
        remote::{Remote, Request, Signer},
    },
    wire::{self, lenient},
};

/// Why the sender is not known.
#[derive(Debug, thiserror::Error)]
pub enum SenderError {
    /// The signature is not believed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The key cannot be had; the error says whether it makes sense to try again.
    #[error("the sender's key could not be fetched: {0}")]
    Fetch(#[from] AdapterError),
}

/// Finds the actor that made a signature. A known actor's key is tried first; when it does not fit,
/// the key may have been changed, and is fetched once anew.
///
/// # Errors
/// [`SenderError::Refused`] when the key is another's or does not fit, [`SenderError::Fetch`] when it cannot be had.
pub async fn sender(
    remote: &dyn Remote,
    signer: &Signer,
    claim: &Claim,
    cached: Option<Actor>,
) -> Result<Actor, SenderError> {
    if let Some(actor) = cached
        && check(&actor, claim).is_ok()
    {
        return Ok(actor);
    }
    let actor = fetch_owner(remote, signer, claim.key_id()).await?;
    check(&actor, claim)?;
    Ok(actor)
}

/// Whether an actor publishes the key and the key made the signature.
///
/// # Errors
/// [`Refusal::KeyOfAnother`], [`Refusal::Key`] or [`Refusal::Wrong`].
pub fn check(actor: &Actor, claim: &Claim) -> Result<(), Refusal> {
    let key = actor
        .public_key
        .as_ref()
        .filter(|key| key.id == claim.key_id() && key.owner == actor.id.as_str())
        .ok_or_else(|| Refusal::KeyOfAnother(claim.key_id().to_owned()))?;
    claim.verify(&key.pem)
}

/// Fetches the actor a key belongs to: the key's own document, or the owner it names.
async fn fetch_owner(remote: &dyn Remote, signer: &Signer, key_id: &str) -> Result<Actor, SenderError> {
    let of_another = || Refusal::KeyOfAnother(key_id.to_owned());
    let mut url = lenient::web_url(key_id).ok_or_else(of_another)?;
    url.set_fragment(None);
    let doing = format!("fetching the key {key_id}");
    let response = remote
        .send(Request::get(url.clone()).signed(signer.clone()))
        .await
        .map_err(|error| error.into_adapter(&doing))?;
    if !response.is_success() {
        let why = format!("its server answered {}", response.status);
        return Err(SenderError::Fetch(match response.status {
            429 | 500..=599 => {
                let after = response.retry_after().unwrap_or(std::time::Duration::from_mins(1));
                AdapterError::Busy { doing, why, after, cause: Cause::Strained }
            }
            _ => AdapterError::fatal(doing, why),
        }));
    }
    let document = response.activity(&url).await.map_err(|error| error.into_adapter(&doing))?;
    if let Ok(actor) = wire::actor::read(&document)
        && actor.id == url
    {
        return Ok(actor);
    }
    let owner = owner(&document).ok_or_else(of_another)?;
    Ok(lookup::actor(remote, signer, &owner, None).await?.0)
}

/// Whom a key document (or a stub of an actor at the key's address) names as its actor.
fn owner(document: &Value) -> Option<Url> {
    let nested = lenient::field(document, "publicKey").next();
    [Some(document), nested]
        .into_iter()
        .flatten()
        .find_map(|key| lenient::url(key, "owner").or_else(|| lenient::url(key, "controller")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::{
        federation::{
            signing::{Message, Signatures},
            test_keys, verify,
        },
        port::fakes::FakeRemote,
    };

    const ANN: &str = "https://old.example/users/ann";
    const NOW: i64 = 1_780_000_000_000_000;

    fn claim_by(key_id: &str) -> Claim {
        let (mut signer, _) = test_keys::pair(ANN);
        signer.key_id = key_id.to_owned();
        let url = Url::parse("https://new.example/inbox").unwrap();
        let message =
            Message { url: &url, body: Some((b"{}", "application/activity+json")), now_micros: NOW };
        let mut headers: BTreeMap<String, String> = Signatures::default()
            .sign(&signer, message)
            .unwrap()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        headers.insert("host".into(), "new.example".into());
        headers.insert("content-type".into(), "application/activity+json".into());
        verify::claim("POST", "/inbox", &headers, b"{}", "new.example", NOW).unwrap()
    }

    fn document(actor: &str, key_id: &str, owner: &str, pem: &str) -> Value {
        json!({"id": actor, "type": "Person", "preferredUsername": "ann", "inbox": format!("{actor}/inbox"),
               "publicKey": {"id": key_id, "owner": owner, "publicKeyPem": pem}})
    }

    fn key() -> String {
        test_keys::pair(ANN).1
    }

    async fn find(remote: &FakeRemote, key_id: &str, cached: Option<Actor>) -> Result<Actor, SenderError> {
        sender(remote, &test_keys::pair("https://new.example/actor").0, &claim_by(key_id), cached).await
    }

    #[tokio::test]
    async fn the_actor_that_publishes_the_key_is_the_sender() {
        let remote = FakeRemote::default();
        let key_id = format!("{ANN}#main-key");
        remote.serve(ANN, &document(ANN, &key_id, ANN, &key()));
        assert_eq!(find(&remote, &key_id, None).await.unwrap().id.as_str(), ANN);
    }

    #[tokio::test]
    async fn a_bare_key_leads_to_its_owner() {
        let remote = FakeRemote::default();
        let key_id = format!("{ANN}/main-key");
        remote.serve(&key_id, &json!({"id": key_id, "owner": ANN, "publicKeyPem": key()}));
        remote.serve(ANN, &document(ANN, &key_id, ANN, &key()));
        assert_eq!(find(&remote, &key_id, None).await.unwrap().id.as_str(), ANN);
    }

    #[tokio::test]
    async fn a_key_that_the_named_owner_does_not_publish_is_refused() {
        let remote = FakeRemote::default();
        let key_id = "https://evil.example/key";
        remote.serve(key_id, &json!({"id": key_id, "owner": ANN, "publicKeyPem": key()}));
        remote.serve(ANN, &document(ANN, &format!("{ANN}#main-key"), ANN, &test_keys::another()));
        let refused = find(&remote, key_id, None).await;
        assert!(matches!(refused, Err(SenderError::Refused(Refusal::KeyOfAnother(_)))));
    }

    #[tokio::test]
    async fn a_key_whose_owner_is_somebody_else_is_refused() {
        let remote = FakeRemote::default();
        let key_id = format!("{ANN}#main-key");
        remote.serve(ANN, &document(ANN, &key_id, "https://old.example/users/bob", &key()));
        assert!(matches!(
            find(&remote, &key_id, None).await,
            Err(SenderError::Refused(Refusal::KeyOfAnother(_)))
        ));
    }

    #[tokio::test]
    async fn a_known_key_is_used_without_asking_and_a_changed_one_is_fetched_once() {
        let key_id = format!("{ANN}#main-key");
        let remote = FakeRemote::default();
        let known = wire::actor::read(&document(ANN, &key_id, ANN, &key())).unwrap();
        find(&remote, &key_id, Some(known)).await.unwrap();
        assert_eq!(remote.sent().len(), 0);

        let stale = wire::actor::read(&document(ANN, &key_id, ANN, &test_keys::another())).unwrap();
        remote.serve(ANN, &document(ANN, &key_id, ANN, &key()));
        find(&remote, &key_id, Some(stale.clone())).await.unwrap();
        assert_eq!(remote.sent().len(), 1);

        remote.serve(ANN, &document(ANN, &key_id, ANN, &test_keys::another()));
        let refused = find(&remote, &key_id, Some(stale)).await;
        assert!(matches!(refused, Err(SenderError::Refused(Refusal::Wrong))));
        assert_eq!(remote.sent().len(), 2);
    }

    #[tokio::test]
    async fn a_server_that_is_busy_may_be_asked_again_and_a_missing_key_not() {
        let remote = FakeRemote::default();
        let key_id = format!("{ANN}#main-key");
        for (status, is_busy) in [(503, true), (429, true), (410, false), (404, false)] {
            remote.answer(ANN, status, &[], "");
            let error = find(&remote, &key_id, None).await.unwrap_err();
            assert_eq!(matches!(error, SenderError::Fetch(AdapterError::Busy { .. })), is_busy, "{status}");
        }
    }
}
