//! Who sent a request: from the signature's claim to the actor whose key fits, from memory or anew.

use std::{collections::BTreeMap, time::Duration};

use tokio::sync::Semaphore;
use url::Url;

use super::App;
use crate::{
    federation::{inbound, verify},
    model::actor::Actor,
    port::error::AdapterError,
    site::SiteError,
};

/// Keys fetched at the same time; further unknown senders wait. Known senders never do.
static DESK: Semaphore = Semaphore::const_new(8);
/// How long an unknown sender waits for a place before it is asked to come back.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why it is not known who sent a request.
#[derive(Debug, thiserror::Error)]
pub enum Unverified {
    /// The signature is missing, wrong or another's; the sentence goes back.
    #[error("{0}")]
    Refused(String),
    /// The key cannot be had now; the sender should repeat it.
    #[error("{0}")]
    Later(String),
    /// We ourselves cannot.
    #[error(transparent)]
    Ours(#[from] SiteError),
}

impl App {
    /// Finds the actor that signed a request. `said_by` is whom the body claims to be from; it only saves
    /// a fetch, the key decides.
    ///
    /// # Shape
    /// `headers`: names in lower case, several values of one name joined by a comma.
    ///
    /// # Errors
    /// [`Unverified`].
    pub async fn verify(
        &self,
        method: &str,
        path_and_query: &str,
        headers: &BTreeMap<String, String>,
        body: &[u8],
        said_by: Option<&Url>,
    ) -> Result<Actor, Unverified> {
        let (domain, now) = (self.config.domain(), self.clock.now_micros());
        let claim = verify::claim(method, path_and_query, headers, body, &domain, now)
            .map_err(|refusal| Unverified::Refused(refusal.to_string()))?;
        let known = match said_by {
            Some(said_by) => self.site.known_key(said_by.as_str()).await?,
            None => None,
        };
        let known = known.filter(|(known, _)| inbound::check(known, &claim).is_ok());
        let old = match known {
            Some((known, false)) => return Ok(known),
            Some((old, true)) => Some(old),
            None => None,
        };
        let Ok(Ok(_place)) = tokio::time::timeout(PATIENCE, DESK.acquire()).await else {
            return Err(Unverified::Later("too many unknown senders at once".to_owned()));
        };
        let signer = self.site.host_signer().await?;
        let actor = match inbound::sender(self.remote.as_ref(), &signer, &claim, None).await {
            Ok(actor) => actor,
            Err(inbound::SenderError::Fetch(error @ AdapterError::Busy { .. })) => {
                // A server that is down for a while does not silence its people.
                return old.ok_or_else(|| Unverified::Later(error.to_string()));
            }
            Err(error) => return Err(Unverified::Refused(error.to_string())),
        };
        self.site.keep_actor(actor.clone()).await?;
        Ok(actor)
    }
}
