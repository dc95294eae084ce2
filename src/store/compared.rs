//! Table `items` once more: what is held of a kind, for comparing it with what the source states, and
//! what a comparison changes.

use std::collections::BTreeMap;

use super::{Store, StoreResult, from_json, items::save, keyed::rows_of, notes, to_json};
use crate::model::{
    digest::Digest,
    id::{ItemKey, TransferId},
    inventory::{Entry, content_hash_of},
    item::{Item, ItemKind},
};

/// An element of which nothing but its key is known.
const NOTHING: &str = "null";

fn entry(key: String, item: &str) -> StoreResult<Option<Entry>> {
    if item == NOTHING {
        return Ok(None);
    }
    let content = content_hash_of(from_json("item", item)?);
    Ok(Some(Entry { key: ItemKey::from(key), content }))
}

/// The lines of what is held of a kind, in the order of keys after `after`; with the last key looked
/// at, `None` at the end.
///
/// # Errors
/// [`super::StoreError`].
pub async fn entries(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    after: &str,
    limit: i64,
) -> StoreResult<(Vec<Entry>, Option<String>)> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, String),
        "select key, item from items where transfer_id = $1 and kind = $2 and key > $3 \
         and state not in ('gone', 'own') order by key limit $4",
        transfer.as_str(),
        kind.as_str(),
        after,
        limit,
    )?;
    let last = found.last().map(|(key, _)| key.clone());
    let read = found.into_iter().filter_map(|(key, item)| entry(key, &item).transpose());
    Ok((read.collect::<StoreResult<_>>()?, last))
}

/// Keys of what is held of a kind, in their order after `after`.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keys(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    after: &str,
    limit: i64,
) -> StoreResult<Vec<ItemKey>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String,),
        "select key from items where transfer_id = $1 and kind = $2 and key > $3 and item <> 'null' \
         and state not in ('gone', 'own') order by key limit $4",
        transfer.as_str(),
        kind.as_str(),
        after,
        limit,
    )?;
    Ok(found.into_iter().map(|(key,)| ItemKey::from(key)).collect())
}

/// The content hashes of those of these keys that are held.
///
/// # Errors
/// [`super::StoreError`].
pub async fn contents(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    keys: &[&str],
) -> StoreResult<BTreeMap<ItemKey, Digest>> {
    let mut c = store.reader().await?;
    let sql = "select key, item from items where transfer_id = $1 and kind = $2 \
               and state not in ('gone', 'own') and key in ({keys})";
    let found: Vec<(String, String)> =
        rows_of(&mut c, sql, &[transfer.as_str(), kind.as_str()], keys).await?;
    let mut held = BTreeMap::new();
    for (key, item) in found {
        if let Some(Entry { key, content }) = entry(key, &item)? {
            held.insert(key, content);
        }
    }
    Ok(held)
}

/// Takes items that a comparison brought: new ones wait like those of a page, others are replaced as
/// long as nothing was written of them.
///
/// # Errors
/// [`super::StoreError`].
pub async fn take(store: &Store, transfer: &TransferId, brought: Vec<Item>) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let (mut position,): (i64,) = row!(
                    c,
                    (i64,),
                    "select cast(coalesce(max(position), 0) as bigint) from items where transfer_id = $1",
                    transfer.as_str()
                )?
                .unwrap_or((0,));
                for item in &brought {
                    if save(c, &transfer, item, position + 1).await? {
                        position += 1;
                        continue;
                    }
                    run!(
                        c,
                        "update items set item = $4, published_at = $5, state = 'fetched', why = null, \
                         blob = null where transfer_id = $1 and kind = $2 and key = $3 \
                         and state in ('fetched', 'failed')",
                        transfer.as_str(),
                        item.kind().as_str(),
                        item.key().as_str(),
                        to_json(item),
                        item.published().map_or(0, crate::model::moment::Moment::micros),
                    )?;
                }
                Ok(())
            })
        })
        .await
}

/// Notes items that the source states and does not give out.
///
/// # Errors
/// [`super::StoreError`].
pub async fn lose(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    lost: Vec<(ItemKey, String)>,
) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                for (key, why) in &lost {
                    run!(
                        c,
                        "insert into items (transfer_id, kind, key, position, item, state, why) values \
                         ($1, $2, $3, (select cast(coalesce(max(i.position), 0) + 1 as bigint) from items i \
                         where i.transfer_id = $1), 'null', 'failed', $4) \
                         on conflict (transfer_id, kind, key) do nothing",
                        transfer.as_str(),
                        kind.as_str(),
                        key.as_str(),
                        why,
                    )?;
                }
                Ok(())
            })
        })
        .await
}

/// Forgets items of which nothing was written, and notes why.
///
/// # Errors
/// [`super::StoreError`].
pub async fn forget(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    gone: Vec<ItemKey>,
    why: &'static str,
) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                for key in &gone {
                    run!(
                        c,
                        "delete from old_addresses where transfer_id = $1 and kind = $2 and key = $3",
                        transfer.as_str(),
                        kind.as_str(),
                        key.as_str(),
                    )?;
                    let forgotten = run!(
                        c,
                        "delete from items where transfer_id = $1 and kind = $2 and key = $3 \
                         and state in ('fetched', 'failed')",
                        transfer.as_str(),
                        kind.as_str(),
                        key.as_str(),
                    )?;
                    if forgotten == 1 {
                        notes::count_in(c, &transfer, kind.as_str(), why).await?;
                    }
                }
                Ok(())
            })
        })
        .await
}

/// Forgets what is noted as lost for one of these reasons, so that it is looked for again.
///
/// # Errors
/// [`super::StoreError`].
pub async fn forget_lost(
    store: &Store,
    transfer: &TransferId,
    whys: &'static [&'static str],
) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                for why in whys {
                    run!(
                        c,
                        "delete from items where transfer_id = $1 and item = 'null' and state = 'failed' \
                         and why = $2",
                        transfer.as_str(),
                        *why,
                    )?;
                }
                Ok(())
            })
        })
        .await
}
