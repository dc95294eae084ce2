//! Actors of other servers: fetched when needed, remembered for a day.

use url::Url;

use super::{Site, SiteError, SiteResult};
use crate::{
    model::actor::Actor,
    port::{error::AdapterError, lookup, remote::Remote},
    store::remote_actors as rows,
};

/// How long a fetched actor counts as current, in microseconds: a day.
const CURRENT_MICROS: i64 = 24 * 3600 * 1_000_000;

/// How long the key of a fetched actor is believed, in microseconds: a week.
const KEY_MICROS: i64 = 7 * CURRENT_MICROS;

impl Site {
    /// An actor, from memory when it was fetched within a day.
    ///
    /// # Errors
    /// [`SiteError::Refused`] with a sentence when it cannot be had.
    pub async fn remote_actor(&self, remote: &dyn Remote, id: &Url) -> SiteResult<Actor> {
        if let Some((actor, fetched_at)) = rows::find(&self.store, id.as_str()).await?
            && fetched_at > self.clock.now_micros() - CURRENT_MICROS
        {
            return Ok(actor);
        }
        self.fetch_actor(remote, id).await?.map_err(|error| SiteError::Refused(error.to_string()))
    }

    /// An actor as its server shows it now; remembered.
    ///
    /// # Errors
    /// The outer error is our own ([`SiteError::Store`]), the inner one the other server's.
    pub async fn fetch_actor(
        &self,
        remote: &dyn Remote,
        id: &Url,
    ) -> SiteResult<Result<Actor, AdapterError>> {
        let signer = self.host_signer().await?;
        match lookup::actor(remote, &signer, id, None).await {
            Err(error) => Ok(Err(error)),
            Ok((actor, _)) => {
                rows::keep(&self.store, actor.clone(), self.clock.now_micros()).await?;
                Ok(Ok(actor))
            }
        }
    }

    /// An actor from memory, however old.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn known_actor(&self, id: &str) -> SiteResult<Option<Actor>> {
        Ok(rows::find(&self.store, id).await?.map(|(actor, _)| actor))
    }

    /// An actor from memory, and whether it was fetched so long ago that its key is asked for anew before it is
    /// believed: who has changed a key because it was stolen has done so within a week.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn known_key(&self, id: &str) -> SiteResult<Option<(Actor, bool)>> {
        let oldest = self.clock.now_micros() - KEY_MICROS;
        Ok(rows::find(&self.store, id).await?.map(|(actor, at)| (actor, at < oldest)))
    }

    /// Remembers an actor that was just fetched.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn keep_actor(&self, actor: Actor) -> SiteResult<()> {
        Ok(rows::keep(&self.store, actor, self.clock.now_micros()).await?)
    }
}
