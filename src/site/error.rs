//! What can go wrong in the built-in server.

use crate::store::StoreError;

/// A failure of the built-in server.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// Our database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the person gave cannot be taken; the sentence says why and is shown to them.
    #[error("{0}")]
    Refused(String),
    /// It was tried too often; the sentence says how long to wait.
    #[error("{0}")]
    TooMany(String),
    /// More came at once than is done at once; the sentence says when to come back.
    #[error("{0}")]
    Busy(String),
    /// Something inside cannot work.
    #[error("{0}")]
    Internal(String),
}

/// Result of a site function.
pub type SiteResult<T> = Result<T, SiteError>;

impl From<SiteError> for crate::port::error::AdapterError {
    fn from(error: SiteError) -> Self {
        let why = std::error::Error::source(&error)
            .map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
        match error {
            SiteError::Store(_) => Self::Busy {
                doing: "using this server's database".to_owned(),
                why,
                after: std::time::Duration::from_secs(10),
                cause: crate::port::error::Cause::Database,
            },
            SiteError::Refused(_) | SiteError::TooMany(_) | SiteError::Busy(_) => Self::Item { why },
            SiteError::Internal(_) => Self::fatal("using the built-in server", why),
        }
    }
}
