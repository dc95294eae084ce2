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

/// What lies behind a failure: enough to say it to a person in plain words. The exact words are for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Another server did not answer.
    Silent,
    /// Another server asks to come again later, or is in trouble itself.
    Strained,
    /// Another server takes the permission no more.
    Denied,
    /// Another server does not allow it, permission or not.
    Forbidden,
    /// Another server does not have what was asked for.
    Missing,
    /// What another server said cannot be understood, or contradicts itself.
    Nonsense,
    /// Another server leads to a place that is not gone to.
    Astray,
    /// Where files are kept here.
    Disk,
    /// A database here.
    Database,
    /// Whoever looks at files before they are taken.
    Scanner,
    /// The server this daemon stands beside.
    Beside,
    /// A file that somebody brought; the exact words are a sentence of ours about it.
    File,
    /// Nothing more is known than the exact words.
    Unknown,
}

impl Cause {
    /// What an answer with this status that is no success means.
    pub fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Denied,
            403 => Self::Forbidden,
            404 | 405 | 410 | 501 => Self::Missing,
            429 | 500..=599 => Self::Strained,
            300..=399 => Self::Astray,
            _ => Self::Nonsense,
        }
    }
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
        /// What lies behind it.
        cause: Cause,
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
        /// What happened.
        why: String,
        /// What lies behind it.
        cause: Cause,
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
        Self::Fatal { doing: doing.into(), why: why.to_string(), cause: Cause::Unknown }
    }

    /// The same, with what lies behind it.
    #[must_use]
    pub fn because(mut self, of: Cause) -> Self {
        if let Self::Busy { cause, .. } | Self::Fatal { cause, .. } = &mut self {
            *cause = of;
        }
        self
    }

    /// What lies behind it.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Busy { cause, .. } | Self::Fatal { cause, .. } => *cause,
            Self::Item { .. } => Cause::Unknown,
        }
    }

    /// A failure of one item.
    pub fn item(why: impl std::fmt::Display) -> Self {
        Self::Item { why: why.to_string() }
    }
}
