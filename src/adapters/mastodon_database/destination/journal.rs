//! What is noted in our own database about rows of the server's.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    port::error::{AdapterError, Cause},
    store::{
        StoreError,
        host_rows::{HostRow, WRITTEN},
    },
};

/// Posts and boosts.
pub(super) const STATUSES: &str = "statuses";
/// Threads made for them: a note for each batch, named after the first, with all of them.
pub(super) const CONVERSATIONS: &str = "conversations";
/// Rows of files.
pub(super) const MEDIA: &str = "media_attachments";
/// Files on disk.
pub(super) const FILES: &str = "files";
/// Topics that were not there.
pub(super) const TAGS: &str = "tags";
/// What is written at the release only.
pub(super) const WAITING: &str = "waiting";

/// What the release needs to know of a post or boost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StatusDetail {
    /// Its true visibility, as the server's number.
    pub(super) visibility: i32,
    /// People it names who may see it, or are named in what others see.
    pub(super) mentions: Vec<i64>,
    /// Topics: as compared, and as typed.
    pub(super) tags: Vec<(String, String)>,
    /// Own post it answers, where that was not there yet.
    pub(super) parent: Option<i64>,
    /// Own post it quotes.
    pub(super) quote: Option<i64>,
    /// Whether its thread was made for it.
    pub(super) begins_thread: bool,
    /// What was written, to see whether its owner changed it.
    pub(super) print: String,
    /// What stood there before, while a newer version is being written.
    pub(super) before: Option<String>,
}

/// A row to be noted.
pub(super) fn row(
    place: &str,
    key: impl ToString,
    kind: &str,
    position: i64,
    detail: &impl Serialize,
) -> HostRow {
    HostRow {
        place: place.to_owned(),
        row_key: key.to_string(),
        kind: kind.to_owned(),
        position,
        state: WRITTEN.to_owned(),
        detail: serde_json::to_string(detail).unwrap_or_default(),
    }
}

/// Reads what was noted.
pub(super) fn detail<T: DeserializeOwned>(row: &HostRow) -> Result<T, AdapterError> {
    serde_json::from_str(&row.detail)
        .map_err(|error| AdapterError::fatal("reading what was noted of a copy", error))
}

/// A failure of our own database.
pub(in crate::adapters::mastodon_database) fn ours(error: StoreError) -> AdapterError {
    AdapterError::Busy {
        doing: "using godwit's database".to_owned(),
        why: error.to_string(),
        after: std::time::Duration::from_secs(10),
        cause: Cause::Database,
    }
}
