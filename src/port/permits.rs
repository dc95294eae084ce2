//! What owners allow in their name at a server beside us that does things for its own people only.

use async_trait::async_trait;
use url::Url;

use super::{client_api::Applicant, error::AdapterError, remote::Remote};
use crate::model::id::AccountId;

/// Permissions of owners, each for as long as somebody waits for it.
#[async_trait]
pub trait Permits: Send + Sync {
    /// Whether an owner gave theirs.
    ///
    /// # Errors
    /// [`AdapterError`] when it cannot be told.
    async fn is_given(&self, account: &AccountId) -> Result<bool, AdapterError>;

    /// Where an owner is sent to be asked. Asking again makes the last question void.
    ///
    /// # Errors
    /// [`AdapterError`] when the server cannot be asked now, or refuses.
    async fn way(
        &self,
        remote: &dyn Remote,
        account: &AccountId,
        us: &Applicant,
    ) -> Result<Url, AdapterError>;

    /// Takes what an owner came back with.
    ///
    /// # Errors
    /// [`AdapterError`] when it is not what they were asked for, or somebody else's.
    async fn take(
        &self,
        remote: &dyn Remote,
        account: &AccountId,
        state: &str,
        code: &str,
    ) -> Result<(), AdapterError>;

    /// Gives it back: nothing more can be done with it. Without one nothing happens.
    ///
    /// # Errors
    /// [`AdapterError`] when the server cannot be told; it is forgotten here all the same.
    async fn give_back(&self, remote: &dyn Remote, account: &AccountId) -> Result<(), AdapterError>;
}
