//! Tables `items` and `transfer_cursors`: what was read from a source and what became of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Connection, Store, StoreResult, count, from_json, keyed::rows_of, notes, to_json};
use crate::{
    model::{
        collection::{CollectionKind, Cursor, Page},
        id::{AccountId, ItemKey, TransferId},
        item::{Item, ItemKind},
    },
    port::destination::StoredBlob,
};

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

/// How far a collection was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Where to go on; `None` before the first page.
    pub next: Option<Cursor>,
    /// Whether the last page was read.
    pub is_done: bool,
}

/// Saves one page: its items *and* the cursor behind it, in one transaction. Answers how many things
/// the transfer has now.
///
/// Items read before are left as they are, so that reading a page twice is reading it once.
///
/// # Errors
/// [`super::StoreError`].
pub async fn save_page(
    store: &Store,
    transfer: &TransferId,
    collection: CollectionKind,
    announced: Option<u64>,
    page: Page,
) -> StoreResult<u64> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let (mut position,): (i64,) = row!(
                    c,
                    (i64,),
                    "select coalesce(max(position), 0) from items where transfer_id = $1",
                    transfer.as_str()
                )?
                .unwrap_or((0,));
                for item in &page.items {
                    let (kind, key, text) = (item.kind(), item.key(), to_json(item));
                    if save(c, &transfer, item, position + 1).await? {
                        position += 1;
                    } else {
                        note_again(c, &transfer, kind, key.as_str(), &text).await?;
                    }
                }
                for lost in &page.unreadable {
                    let added = run!(
                        c,
                        "insert into items (transfer_id, kind, key, position, item, state, why) \
                         values ($1, $2, $3, $4, 'null', 'failed', $5) on conflict do nothing",
                        transfer.as_str(),
                        lost.kind.as_str(),
                        &lost.key,
                        position + 1,
                        &lost.why,
                    )?;
                    if added == 1 {
                        position += 1;
                    } else {
                        note_again(c, &transfer, lost.kind, &lost.key, "null").await?;
                    }
                }
                run!(
                    c,
                    "insert into transfer_cursors (transfer_id, collection, next_cursor, announced, is_done) \
                     values ($1, $2, $3, $4, $5) on conflict (transfer_id, collection) do update set \
                     next_cursor = excluded.next_cursor, is_done = excluded.is_done, \
                     announced = coalesce(excluded.announced, transfer_cursors.announced)",
                    transfer.as_str(),
                    collection.as_str(),
                    page.next.as_ref().map(|cursor| cursor.0.clone()),
                    announced.and_then(|n| i64::try_from(n).ok()),
                    page.next.is_none(),
                )?;
                went_on(c, &transfer).await?;
                Ok(count(position))
            })
        })
        .await
}

/// Only failures in a row are counted against a source: something arrived, so the row ends.
async fn went_on(c: &mut Connection, transfer: &TransferId) -> StoreResult<()> {
    run!(c, "update transfers set attempts = 0 where id = $1 and attempts > 0", transfer.as_str())?;
    Ok(())
}

/// Saves an item; `false` when one of its kind has this key already: the first stays.
pub(super) async fn save(
    c: &mut Connection,
    transfer: &TransferId,
    item: &Item,
    position: i64,
) -> StoreResult<bool> {
    let (kind, key) = (item.kind(), item.key());
    let added = run!(
        c,
        "insert into items (transfer_id, kind, key, position, published_at, item, state) \
         values ($1, $2, $3, $4, $5, $6, 'fetched') on conflict do nothing",
        transfer.as_str(),
        kind.as_str(),
        key.as_str(),
        position,
        item.published().map_or(0, crate::model::moment::Moment::micros),
        to_json(item),
    )?;
    if added == 1 {
        for crumb in item.previously() {
            run!(
                c,
                "insert into former_addresses (transfer_id, address, kind, key) values ($1, $2, $3, $4) \
                 on conflict do nothing",
                transfer.as_str(),
                crumb.id.as_str(),
                kind.as_str(),
                key.as_str(),
            )?;
        }
    }
    if let (1, Item::Post(object)) = (added, item) {
        // Also what it was called before, so that it is found by that, too.
        let before = object.previously.iter().map(|crumb| &crumb.id);
        for address in object.addresses().chain(before) {
            run!(
                c,
                "insert into old_addresses (transfer_id, address, kind, key) values ($1, $2, $3, $4) \
                 on conflict do nothing",
                transfer.as_str(),
                address.as_str(),
                kind.as_str(),
                key.as_str(),
            )?;
        }
    }
    Ok(added == 1)
}

/// Notes what a source listed again, so that one of two things does not vanish in numbers that agree.
async fn note_again(
    c: &mut Connection,
    transfer: &TransferId,
    kind: ItemKind,
    key: &str,
    text: &str,
) -> StoreResult<()> {
    let first = row!(
        c,
        (String,),
        "select item from items where transfer_id = $1 and kind = $2 and key = $3",
        transfer.as_str(),
        kind.as_str(),
        key,
    )?;
    let is_same = first.is_some_and(|(first,)| first == text);
    let why = if is_same {
        "Old home listed more than once what is carried once"
    } else {
        "Old home listed one address again with different content; the first is carried"
    };
    notes::count_in(c, transfer, kind.as_str(), why).await
}

/// How far a collection was read.
///
/// # Errors
/// [`super::StoreError`].
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
/// [`super::StoreError`].
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
                item: from_json("item", &item)?,
                published_at,
                position,
                blob: blob.map(|text| from_json("blob", &text)).transpose()?,
            })
        })
        .collect()
}

/// Files that were announced and not yet fetched, in the order of reading after `after`.
///
/// # Errors
/// [`super::StoreError`].
pub async fn files_to_fetch(
    store: &Store,
    transfer: &TransferId,
    after: i64,
    limit: i64,
) -> StoreResult<Vec<Waiting>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, String, i64),
        "select key, item, position from items where transfer_id = $1 and kind in ('media', 'profile_images') \
         and state in ('fetched', 'changed') and blob is null and position > $2 order by position limit $3",
        transfer.as_str(),
        after,
        limit,
    )?;
    found
        .into_iter()
        .map(|(key, item, position)| {
            Ok(Waiting {
                key: ItemKey::from(key),
                item: from_json("item", &item)?,
                published_at: 0,
                position,
                blob: None,
            })
        })
        .collect()
}

/// Those of these keys that no file of the transfer has, whatever became of it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn unlisted_files<'k>(
    store: &Store,
    transfer: &TransferId,
    keys: &[&'k str],
) -> StoreResult<Vec<&'k str>> {
    let mut c = store.reader().await?;
    let sql = "select key from items where transfer_id = $1 and kind = 'media' and key in ({keys})";
    let listed: Vec<(String,)> = rows_of(&mut c, sql, &[transfer.as_str()], keys).await?;
    let listed: BTreeSet<&str> = listed.iter().map(|(key,)| key.as_str()).collect();
    Ok(keys.iter().copied().filter(|key| !listed.contains(key)).collect())
}

/// The bytes of files by key, for those that were fetched.
///
/// # Errors
/// [`super::StoreError`].
pub async fn blobs(
    store: &Store,
    transfer: &TransferId,
    keys: &[&str],
) -> StoreResult<BTreeMap<String, StoredBlob>> {
    let mut c = store.reader().await?;
    let sql = "select key, blob from items \
               where transfer_id = $1 and kind = 'media' and blob is not null and key in ({keys})";
    let found: Vec<(String, String)> = rows_of(&mut c, sql, &[transfer.as_str()], keys).await?;
    found.into_iter().map(|(key, text)| Ok((key, from_json("blob", &text)?))).collect()
}

/// Notes that a file's bytes are here.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep_blob(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    key: &ItemKey,
    blob: &StoredBlob,
) -> StoreResult<()> {
    let (transfer, key, text) = (transfer.clone(), key.clone(), to_json(blob));
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update items set blob = $4 where transfer_id = $1 and kind = $2 and key = $3",
                    transfer.as_str(),
                    kind.as_str(),
                    key.as_str(),
                    text,
                )?;
                went_on(c, &transfer).await
            })
        })
        .await
}

/// Notes what became of items; all in one transaction.
///
/// # Errors
/// [`super::StoreError`].
pub async fn settle(
    store: &Store,
    transfer: &TransferId,
    outcomes: Vec<(ItemKind, ItemKey, ItemState, Option<String>)>,
) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                for (kind, key, state, why) in &outcomes {
                    run!(
                        c,
                        "update items set state = $4, why = $5 where transfer_id = $1 and kind = $2 and key = $3",
                        transfer.as_str(),
                        kind.as_str(),
                        key.as_str(),
                        state.as_str(),
                        why,
                    )?;
                }
                Ok(())
            })
        })
        .await
}

/// Ends every item of a kind that still waits, with one reason.
///
/// # Errors
/// [`super::StoreError`].
pub async fn skip_rest(store: &Store, transfer: &TransferId, kind: ItemKind, why: &str) -> StoreResult<()> {
    let (transfer, why) = (transfer.clone(), why.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update items set state = 'skipped', why = $3 \
                     where transfer_id = $1 and kind = $2 and state = 'fetched'",
                    transfer.as_str(),
                    kind.as_str(),
                    why,
                )?;
                Ok(())
            })
        })
        .await
}

/// Skips posts and boosts that an earlier copy brought to the same account, so that copying twice
/// writes once.
///
/// # Errors
/// [`super::StoreError`].
pub async fn skip_copied_before(
    store: &Store,
    transfer: &TransferId,
    account: &AccountId,
    why: &str,
) -> StoreResult<()> {
    let (transfer, account, why) = (transfer.clone(), account.clone(), why.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update items set state = 'skipped', why = $3 \
                     where transfer_id = $1 and kind in ('posts', 'boosts') and state = 'fetched' and exists ( \
                     select 1 from transfers t \
                     join url_map m on m.transfer_id = t.id and m.kind = items.kind and m.key = items.key \
                     join items i on i.transfer_id = t.id and i.kind = m.kind and i.key = m.key \
                     where t.account_id = $2 and t.id <> $1 and i.state = 'written' \
                     and t.state not in ('discarding', 'discarded', 'removing', 'removed'))",
                    transfer.as_str(),
                    account.as_str(),
                    why,
                )?;
                Ok(())
            })
        })
        .await
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

/// The reasons of everything that is not here, with how often each stands.
///
/// # Errors
/// [`super::StoreError`].
pub async fn reasons(store: &Store, transfer: &TransferId) -> StoreResult<Vec<(String, u64, String)>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, i64, String),
        "select kind, count(*), coalesce(why, 'no reason was noted') from items \
         where transfer_id = $1 and state in ('skipped', 'declined', 'failed', 'removed') group by kind, why order by kind, why",
        transfer.as_str(),
    )?;
    Ok(found.into_iter().map(|(kind, n, why)| (kind, count(n), why)).collect())
}

/// Files of a transfer that nothing else here refers to any more.
///
/// # Errors
/// [`super::StoreError`].
pub async fn unreferenced_blobs(store: &Store, transfer: &TransferId) -> StoreResult<BTreeSet<String>> {
    let mut c = store.reader().await?;
    let mine = rows!(
        &mut c,
        (String,),
        "select distinct blob from items where transfer_id = $1 and blob is not null",
        transfer.as_str(),
    )?;
    let described = rows!(
        &mut c,
        (String,),
        "select avatar from accounts where avatar is not null \
         union select header from accounts where header is not null \
         union select avatar from waiting_profiles where avatar is not null \
         union select header from waiting_profiles where header is not null \
         union select blob from items where transfer_id <> $1 and blob is not null",
        transfer.as_str(),
    )?;
    let mut left = hashes(mine)?;
    for held in hashes(described)? {
        left.remove(&held);
    }
    let wanted: Vec<&str> = left.iter().map(String::as_str).collect();
    let shown: Vec<(String,)> =
        rows_of(&mut c, "select sha256 from media where sha256 in ({keys})", &[], &wanted).await?;
    for (held,) in shown {
        left.remove(&held);
    }
    Ok(left)
}

fn hashes(described: Vec<(String,)>) -> StoreResult<BTreeSet<String>> {
    let hash = |(text,): (String,)| Ok(from_json::<StoredBlob>("blob", &text)?.sha256);
    described.into_iter().map(hash).collect()
}
