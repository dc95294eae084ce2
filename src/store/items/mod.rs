//! Tables `items` and `transfer_cursors`: what was read from a source and what became of it.

use super::{Store, StoreResult, count, from_json};
use crate::{
    model::{
        id::{ItemKey, TransferId},
        item::{Item, ItemKind},
    },
    port::destination::StoredBlob,
};

mod cursors;
mod files;
mod outcomes;
mod pages;
mod sketches;

pub use cursors::{Progress, announced, progress};
pub use files::{blobs, files_to_fetch, keep_blobs, unlisted_files, unreferenced_blobs};
pub use outcomes::{Outcome, end_rest, reasons, settle, skip_copied_before};
pub(super) use pages::save;
pub use pages::save_page;
pub use sketches::{PostSketch, Sketch, post_sketches, sketches};

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemState {
    /// Read, not yet written.
    Fetched,
    /// At the destination.
    Written,
    /// Left out, with a reason.
    Skipped,
    /// Left out because the person did not want it.
    Declined,
    /// Tried in vain, with a reason.
    Failed,
    /// At the destination, and newer at the source.
    Changed,
    /// At the destination, and gone at the source.
    Gone,
    /// Gone at the source; here because its owner made it their own.
    Own,
    /// Taken away at the destination by its owner.
    Removed,
}

impl ItemState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Fetched => "fetched",
            Self::Written => "written",
            Self::Skipped => "skipped",
            Self::Declined => "declined",
            Self::Failed => "failed",
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Own => "own",
            Self::Removed => "removed",
        }
    }

    fn from_word(word: &str) -> Self {
        use ItemState as S;
        [S::Fetched, S::Written, S::Skipped, S::Declined, S::Changed, S::Gone, S::Own, S::Removed]
            .into_iter()
            .find(|state| state.as_str() == word)
            .unwrap_or(Self::Failed)
    }
}

/// An item as it waits here.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its key.
    pub key: ItemKey,
    /// The thing itself.
    pub item: Item,
    /// Its original time in microseconds; 0 where the source does not say.
    pub published_at: i64,
    /// Order of reading.
    pub position: i64,
    /// Its bytes, for a file that was fetched.
    pub blob: Option<StoredBlob>,
}

/// Reads a stored item. Its kind says of which shape it is; looking for the word in it first would take
/// as long again.
pub(super) fn read(kind: ItemKind, text: &str) -> StoreResult<Item> {
    Ok(match kind {
        ItemKind::Posts => Item::Post(from_json("item", text)?),
        ItemKind::Media | ItemKind::ProfileImages => Item::Media(from_json("item", text)?),
        _ => from_json("item", text)?,
    })
}

/// Items of a kind that wait for being written, in the order of their original time.
///
/// `after` is the (time, position) of the last one seen.
///
/// # Errors
/// [`super::StoreError`].
pub async fn fetched(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    after: (i64, i64),
    limit: i64,
) -> StoreResult<Vec<Waiting>> {
    in_state(store, transfer, (kind, ItemState::Fetched), after, limit).await
}

/// As [`fetched`], for items of any state.
///
/// # Errors
/// [`super::StoreError`].
pub async fn in_state(
    store: &Store,
    transfer: &TransferId,
    (kind, state): (ItemKind, ItemState),
    after: (i64, i64),
    limit: i64,
) -> StoreResult<Vec<Waiting>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, String, i64, i64, Option<String>),
        "select key, item, published_at, position, blob from items \
         where transfer_id = $1 and kind = $2 and state = $3 and (published_at, position) > ($4, $5) \
         order by published_at, position limit $6",
        transfer.as_str(),
        kind.as_str(),
        state.as_str(),
        after.0,
        after.1,
        limit,
    )?;
    found
        .into_iter()
        .map(|(key, item, published_at, position, blob)| {
            Ok(Waiting {
                key: ItemKey::from(key),
                item: read(kind, &item)?,
                published_at,
                position,
                blob: blob.map(|text| from_json("blob", &text)).transpose()?,
            })
        })
        .collect()
}

/// Counts items by kind and state.
///
/// # Errors
/// [`super::StoreError`].
pub async fn counts(store: &Store, transfer: &TransferId) -> StoreResult<Vec<(ItemKind, ItemState, u64)>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, String, i64),
        "select kind, state, count(*) from items where transfer_id = $1 group by kind, state",
        transfer.as_str(),
    )?;
    Ok(found
        .into_iter()
        .filter_map(|(kind, state, n)| {
            Some((ItemKind::from_word(&kind)?, ItemState::from_word(&state), count(n)))
        })
        .collect())
}
