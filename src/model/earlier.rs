//! How an object was before it was edited.

use serde::{Deserialize, Serialize};

use super::{media::Attachment, moment::Moment, object::SourceText};

/// Versions of one object that are carried at most; of more, the newest.
pub const MOST_EARLIER: usize = 100;

/// One version that was replaced by a later one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Earlier {
    /// When this version was written.
    pub written: Moment,
    /// HTML.
    pub content: String,
    /// What the author typed, if known.
    pub source: Option<SourceText>,
    /// Content warning.
    pub summary: Option<String>,
    /// Whether media were hidden behind a click.
    pub is_sensitive: bool,
    /// Media in order, as they were described then.
    pub attachments: Vec<Attachment>,
    /// The choices of its poll.
    pub options: Vec<String>,
}
