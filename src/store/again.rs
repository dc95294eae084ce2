//! Table `items`: what failed and is tried again, until it has come or has failed once more.

use super::{Store, StoreResult, keyed::run_for};
use crate::model::{
    id::{ItemKey, TransferId},
    item::ItemKind,
};

/// Whether anything of a transfer has failed.
///
/// # Errors
/// [`super::StoreError`].
pub async fn has_failed(store: &Store, transfer: &TransferId) -> StoreResult<bool> {
    let mut c = store.reader().await?;
    let sql = "select key from items where transfer_id = $1 and state = 'failed' limit 1";
    Ok(row!(&mut c, (String,), sql, transfer.as_str())?.is_some())
}

/// Lets the files that could not be had be asked for once more; gives how many.
///
/// # Errors
/// [`super::StoreError`].
pub async fn offer_files(store: &Store, transfer: &TransferId) -> StoreResult<u64> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                Ok(run!(
                    c,
                    "update items set is_again = true where transfer_id = $1 and state = 'failed' \
                     and kind in ('media', 'profile_images') and item <> 'null'",
                    transfer.as_str(),
                )?)
            })
        })
        .await
}

/// Keys after `after` of failed items of a kind of which nothing but the key is known.
///
/// # Errors
/// [`super::StoreError`].
pub async fn unread(
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
        "select key from items where transfer_id = $1 and kind = $2 and state = 'failed' and item = 'null' \
         and key > $3 order by key limit $4",
        transfer.as_str(),
        kind.as_str(),
        after,
        limit,
    )?;
    Ok(found.into_iter().map(|(key,)| ItemKey::from(key)).collect())
}

/// Notes why items failed once more.
///
/// # Errors
/// [`super::StoreError`].
pub async fn fail_again(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    failed: Vec<(String, String)>,
) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                for (key, why) in &failed {
                    run!(
                        &mut *c,
                        "update items set why = $4 where transfer_id = $1 and kind = $2 and key = $3 \
                         and state = 'failed'",
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

/// Whether a file is to be asked for again, or has come and is not shown yet.
///
/// # Errors
/// [`super::StoreError`].
pub async fn is_open(store: &Store, transfer: &TransferId) -> StoreResult<bool> {
    let mut c = store.reader().await?;
    let sql = "select key from items where transfer_id = $1 and state in ('failed', 'fetched') \
               and is_again = true limit 1";
    Ok(row!(&mut c, (String,), sql, transfer.as_str())?.is_some())
}

/// Files of posts that have come this time.
///
/// # Errors
/// [`super::StoreError`].
pub async fn came(store: &Store, transfer: &TransferId, limit: i64) -> StoreResult<Vec<ItemKey>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String,),
        "select key from items where transfer_id = $1 and kind = 'media' and state = 'fetched' \
         and is_again = true and blob is not null order by key limit $2",
        transfer.as_str(),
        limit,
    )?;
    Ok(found.into_iter().map(|(key,)| ItemKey::from(key)).collect())
}

/// Lets these posts be written once more, because files that they show have come.
///
/// # Errors
/// [`super::StoreError`].
pub async fn write_again(store: &Store, transfer: &TransferId, posts: Vec<ItemKey>) -> StoreResult<()> {
    let sql = "update items set state = 'changed' where transfer_id = $1 and kind = 'posts' \
               and state = 'written' and key in ({keys})";
    for_keys(store, transfer, posts, sql).await
}

/// Notes that the posts that show these files are known.
///
/// # Errors
/// [`super::StoreError`].
pub async fn close(store: &Store, transfer: &TransferId, files: Vec<ItemKey>) -> StoreResult<()> {
    let sql =
        "update items set is_again = null where transfer_id = $1 and kind = 'media' and key in ({keys})";
    for_keys(store, transfer, files, sql).await
}

async fn for_keys(
    store: &Store,
    transfer: &TransferId,
    keys: Vec<ItemKey>,
    sql: &'static str,
) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let keys: Vec<&str> = keys.iter().map(ItemKey::as_str).collect();
                run_for(c, sql, &[Some(transfer.as_str())], &keys).await?;
                Ok(())
            })
        })
        .await
}
