//! Errors that cross the waist say who acts.

use std::time::Duration;

/// What the engine does about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Try the same again, not before this long.
    Retry {
        /// Waiting time; the source's own wish where it states one.
        after: Duration,
    },
    /// Leave this item out with its reason and go on.
    SkipItem,
    /// Stop the transfer and tell the person.
    StopTransfer,
}

/// A failure at a foreign system.
#[derive(Debug, thiserror::Error)]
pub enum AdapterError {
    /// It is busy or away for a while.
    #[error("{doing}: {why}")]
    Busy {
        /// What was being done.
        doing: String,
        /// What was answered.
        why: String,
        /// When it may be tried again.
        after: Duration,
    },
    /// One item cannot be had or written.
    #[error("{why}")]
    Item {
        /// A sentence for the report.
        why: String,
    },
    /// It does not make sense to go on.
    #[error("{doing}: {why}")]
    Fatal {
        /// What was being done.
        doing: String,
        /// A sentence for the person: cause, side at fault, next step.
        why: String,
    },
}

impl AdapterError {
    /// Who acts.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Busy { after, .. } => Disposition::Retry { after: *after },
            Self::Item { .. } => Disposition::SkipItem,
            Self::Fatal { .. } => Disposition::StopTransfer,
        }
    }

    /// A failure that ends the transfer.
    pub fn fatal(doing: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Self::Fatal { doing: doing.into(), why: why.to_string() }
    }

    /// A failure of one item.
    pub fn item(why: impl std::fmt::Display) -> Self {
        Self::Item { why: why.to_string() }
    }
}
