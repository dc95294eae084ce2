//! Why a step did not go through, and who acts.

use std::time::Duration;

use crate::{
    model::collection::CollectionKind,
    port::error::{AdapterError, Disposition},
    store::StoreError,
};

/// A step's failure.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The person asked for something that cannot be; the sentence tells them why.
    #[error("{0}")]
    Refused(String),
    /// The source or the host.
    #[error(transparent)]
    Adapter(#[from] AdapterError),
    /// Our database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Any of these, while one list was read.
    #[error("{}: {}", .0.as_str(), .1)]
    During(CollectionKind, Box<Self>),
}

/// Result of a step.
pub type TransferResult<T> = Result<T, TransferError>;

impl TransferError {
    /// What failed, and while which list was read, where that is known.
    pub fn apart(self) -> (Option<CollectionKind>, Self) {
        match self {
            Self::During(kind, error) => (Some(kind), error.apart().1),
            error => (None, error),
        }
    }

    /// Who acts.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::During(_, error) => error.disposition(),
            Self::Refused(_) | Self::Store(StoreError::Conflict(_) | StoreError::Missing(_)) => {
                Disposition::StopTransfer
            }
            Self::Adapter(error) => match error.disposition() {
                Disposition::SkipItem => Disposition::StopTransfer,
                other => other,
            },
            // Room is made by people; they need minutes.
            Self::Store(StoreError::Disk(_)) => Disposition::Retry { after: Duration::from_mins(1) },
            Self::Store(_) => Disposition::Retry { after: Duration::from_secs(10) },
        }
    }
}
