//! The files among the items, and where their bytes are.

use std::collections::{BTreeMap, BTreeSet};

use super::{Waiting, pages::went_on, read};
use crate::{
    model::{
        id::{ItemKey, TransferId},
        item::ItemKind,
    },
    port::destination::StoredBlob,
    store::{
        Store, StoreResult, from_json,
        keyed::rows_of,
        many::{self, Value},
        to_json,
    },
};

/// Files that were announced and not yet fetched, in the order of reading after `after`.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError).
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
         and state in ('fetched', 'changed', 'failed') and (state <> 'failed' or is_again = true) \
         and blob is null and position > $2 order by position limit $3",
        transfer.as_str(),
        after,
        limit,
    )?;
    found
        .into_iter()
        .map(|(key, item, position)| {
            Ok(Waiting {
                key: ItemKey::from(key),
                item: read(ItemKind::Media, &item)?,
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
/// [`StoreError`](crate::store::StoreError).
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
/// [`StoreError`](crate::store::StoreError).
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

/// Notes that the bytes of some files are here; all in one transaction.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError).
pub async fn keep_blobs(
    store: &Store,
    transfer: &TransferId,
    kept: Vec<(ItemKind, ItemKey, StoredBlob)>,
) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let bytes = kept.iter().map(|(.., blob)| blob.bytes).fold(0, u64::saturating_add);
                // What came is counted with it: it is what the account was promised room for.
                run!(
                    c,
                    "update applications set taken_bytes = taken_bytes + $2 where transfer_id = $1",
                    transfer.as_str(),
                    i64::try_from(bytes).unwrap_or(i64::MAX),
                )?;
                let kept: Vec<_> = kept.iter().map(|(kind, key, blob)| (kind, key, to_json(blob))).collect();
                let rows: Vec<_> = kept
                    .iter()
                    .map(|(kind, key, blob)| {
                        [transfer.as_str(), kind.as_str(), key.as_str(), blob].map(Value::Text)
                    })
                    .collect();
                let sql = "update items set blob = came.column4, \
                           why = case when items.state <> 'failed' then items.why end, \
                           state = case when items.state = 'failed' then 'fetched' else items.state end \
                           from (values {rows}) as came where items.transfer_id = came.column1 \
                           and items.kind = came.column2 and items.key = came.column3";
                many::insert(c, sql, &rows).await?;
                went_on(c, &transfer).await
            })
        })
        .await
}

/// Files of a transfer that nothing else here refers to any more.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError).
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
