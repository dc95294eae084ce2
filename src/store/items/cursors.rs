//! How far each collection of a transfer was read.

use std::collections::BTreeMap;

use crate::{
    model::{
        collection::{CollectionKind, Cursor},
        id::TransferId,
    },
    store::{Store, StoreResult, count},
};

/// How far a collection was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Where to go on; `None` before the first page.
    pub next: Option<Cursor>,
    /// Whether the last page was read.
    pub is_done: bool,
}

/// How far a collection was read.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn progress(
    store: &Store,
    transfer: &TransferId,
    collection: CollectionKind,
) -> StoreResult<Progress> {
    let mut c = store.reader().await?;
    let found: Option<(Option<String>, bool)> = row!(
        &mut c,
        (Option<String>, bool),
        "select next_cursor, is_done from transfer_cursors where transfer_id = $1 and collection = $2",
        transfer.as_str(),
        collection.as_str(),
    )?;
    Ok(found.map_or(Progress { next: None, is_done: false }, |(next, is_done)| Progress {
        next: next.map(Cursor),
        is_done,
    }))
}

/// What the source announced, by collection.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn announced(store: &Store, transfer: &TransferId) -> StoreResult<BTreeMap<String, u64>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, Option<i64>),
        "select collection, announced from transfer_cursors where transfer_id = $1",
        transfer.as_str(),
    )?;
    Ok(found.into_iter().filter_map(|(name, n)| Some((name, count(n?)))).collect())
}
