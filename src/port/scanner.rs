//! Somebody who looks at files before anybody else can.

use std::path::Path;

use async_trait::async_trait;

use super::error::AdapterError;

/// Looks at files that have come and are not yet kept.
#[async_trait]
pub trait Scanner: Send + Sync {
    /// Looks at the file at `path`; a reason: it is not taken.
    ///
    /// # Errors
    /// [`AdapterError::Busy`] when nobody could look: nothing is taken unseen.
    async fn look(&self, path: &Path, media_type: &str) -> Result<Option<String>, AdapterError>;
}
