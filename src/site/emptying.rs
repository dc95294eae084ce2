//! What an owner left behind when they moved away, deleted for good.

use super::{Site, SiteResult, accounts::Account};
use crate::store::emptying::{self as rows, Emptied};

impl Site {
    /// Deletes everything of an account but what proves it and leads on from it. Nobody is told.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn empty(&self, account: &Account) -> SiteResult<()> {
        let now = self.clock.now_micros();
        Ok(rows::empty(&self.store, self.blobs.clone(), account.id.to_string(), now).await?)
    }

    /// Whether that was done, and to how much.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn emptied(&self, account: &Account) -> SiteResult<Option<Emptied>> {
        Ok(rows::of(&self.store, account.id.as_str()).await?)
    }
}
