//! All accounts of the server beside us, opened for reading by their owners.

use std::sync::Arc;

use async_trait::async_trait;
use url::Url;

use super::{Database, MastodonSource, Place};
use crate::{
    model::id::AccountId,
    port::{
        error::AdapterError,
        source::{Exports, Source},
    },
};

/// The accounts of the server at one place.
pub struct MastodonExports {
    database: Database,
    place: Place,
    base: Url,
}

impl MastodonExports {
    /// Those of the server at `place`, served by us under `base`.
    pub fn new(database: Database, place: Place, base: Url) -> Self {
        Self { database, place, base }
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
        Ok(Arc::new(source.await?))
    }
}
