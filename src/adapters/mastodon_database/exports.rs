//! All accounts of the server beside us, opened for reading by their owners.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use url::Url;

use super::{Database, MastodonSource, Place, destination::ours};
use crate::{
    model::id::AccountId,
    port::{
        error::{AdapterError, Cause},
        source::{Exports, Source},
    },
    store::{Store, host_profiles},
    words::text,
};

/// How soon an account is opened again in which a copy is on trial.
const WHILE_ON_TRIAL: Duration = Duration::from_hours(1);

/// The accounts of the server at one place.
pub struct MastodonExports {
    database: Database,
    place: Place,
    base: Url,
    store: Option<Store>,
}

impl MastodonExports {
    /// Those of the server at `place`, served by us under `base`.
    pub fn new(database: Database, place: Place, base: Url) -> Self {
        Self { database, place, base, store: None }
    }

    /// Does not give out what is on trial, which `store` knows: to the server it is a post that only its owner
    /// sees, and another home would take it for one.
    #[must_use]
    pub fn knowing(self, store: Store) -> Self {
        Self { store: Some(store), ..self }
    }
}

#[async_trait]
impl Exports for MastodonExports {
    async fn open(
        &self,
        account: &AccountId,
        includes_private: bool,
    ) -> Result<Arc<dyn Source>, AdapterError> {
        let (database, place) = (self.database.clone(), self.place.clone());
        let source = MastodonSource::open(database, place, self.base.clone(), account, includes_private);
        let source = source.await?;
        // After the moment that is read: whatever came into it was noted before.
        if let Some(store) = self.store.as_ref().filter(|_| includes_private)
            && host_profiles::is_on_trial(store, account.as_str()).await.map_err(ours)?
        {
            return Err(AdapterError::Busy {
                doing: "opening the account".to_owned(),
                why: text!("reasons-a-copy-is-on-trial-in-it"),
                after: WHILE_ON_TRIAL,
                cause: Cause::Beside,
            });
        }
        Ok(Arc::new(source))
    }
}
