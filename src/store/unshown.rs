//! Table `items`: what could not be read or shown here, with its text. It is kept for its owner, and
//! offered again to a newer software.

use super::{
    Connection, Store, StoreResult,
    keyed::{rows_of, run_for},
};
use crate::model::{
    collection::Page,
    id::{ItemKey, TransferId},
    item::ItemKind,
    listing::Unshown,
    transfer::TransferState,
};

/// Keeps what the unreadable elements of a page said.
pub(super) async fn keep_texts(c: &mut Connection, transfer: &TransferId, page: &Page) -> StoreResult<()> {
    for lost in &page.unreadable {
        let Some(text) = page.texts.get(&lost.key) else { continue };
        run!(
            &mut *c,
            "update items set raw = $4 where transfer_id = $1 and kind = $2 and key = $3 and item = 'null'",
            transfer.as_str(),
            lost.kind.as_str(),
            lost.key.as_str(),
            text,
        )?;
    }
    Ok(())
}

/// As `keep_texts`, in a transaction of its own.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep(store: &Store, transfer: &TransferId, page: Page) -> StoreResult<()> {
    if page.texts.is_empty() {
        return Ok(());
    }
    let transfer = transfer.clone();
    store.write(move |c| Box::pin(async move { keep_texts(c, &transfer, &page).await })).await
}

/// Notes that these items were left out because `software` cannot show them.
///
/// # Errors
/// [`super::StoreError`].
pub async fn note(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    keys: Vec<ItemKey>,
    software: &str,
) -> StoreResult<()> {
    let (transfer, software) = (transfer.clone(), software.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                let keys: Vec<&str> = keys.iter().map(ItemKey::as_str).collect();
                let fixed = [Some(transfer.as_str()), Some(kind.as_str()), Some(software.as_str())];
                let sql = "update items set unshown_by = $3 where transfer_id = $1 and kind = $2 \
                           and state = 'skipped' and key in ({keys})";
                run_for(c, sql, &fixed, &keys).await
            })
        })
        .await
}

/// Lets everything that another software could not show wait for being written again.
///
/// # Errors
/// [`super::StoreError`].
pub async fn offer(store: &Store, transfer: &TransferId, software: &str) -> StoreResult<u64> {
    let sql = "update items set state = 'fetched', why = null, unshown_by = null where transfer_id = $1 \
               and state = 'skipped' and unshown_by is not null and unshown_by <> $2";
    all_of(store, transfer, software, sql).await
}

/// Transfers in one of these states with something that another software could not show.
///
/// # Errors
/// [`super::StoreError`].
pub async fn staying(
    store: &Store,
    software: &str,
    states: &[TransferState],
) -> StoreResult<Vec<TransferId>> {
    let mut c = store.reader().await?;
    let states: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
    let sql = "select distinct i.transfer_id from items i join transfers t on t.id = i.transfer_id \
               where i.unshown_by is not null and i.unshown_by <> $1 and t.state in ({keys})";
    let found: Vec<(String,)> = rows_of(&mut c, sql, &[software], &states).await?;
    Ok(found.into_iter().map(|(id,)| TransferId::from(id)).collect())
}

/// As [`offer`], for a copy that is visible: it stays noted who could not show it, so that after a crash
/// somebody goes on.
///
/// # Errors
/// [`super::StoreError`].
pub async fn offer_staying(store: &Store, transfer: &TransferId, software: &str) -> StoreResult<u64> {
    let sql = "update items set state = 'fetched', why = null where transfer_id = $1 and state = 'skipped' \
               and unshown_by is not null and unshown_by <> $2";
    all_of(store, transfer, software, sql).await
}

/// Notes that what another software could not show is shown, or was left out for another reason.
///
/// # Errors
/// [`super::StoreError`].
pub async fn close(store: &Store, transfer: &TransferId, software: &str) -> StoreResult<u64> {
    let sql = "update items set unshown_by = null where transfer_id = $1 and state <> 'fetched' \
               and unshown_by is not null and unshown_by <> $2";
    all_of(store, transfer, software, sql).await
}

async fn all_of(store: &Store, transfer: &TransferId, software: &str, sql: &'static str) -> StoreResult<u64> {
    let (transfer, software) = (transfer.clone(), software.to_owned());
    store.write(move |c| Box::pin(async move { Ok(run!(c, sql, transfer.as_str(), software)?) })).await
}

/// Whether there is anything that another software could not show.
///
/// # Errors
/// [`super::StoreError`].
pub async fn is_open(store: &Store, transfer: &TransferId, software: &str) -> StoreResult<bool> {
    let mut c = store.reader().await?;
    let sql = "select key from items where transfer_id = $1 and state = 'skipped' \
               and unshown_by is not null and unshown_by <> $2 limit 1";
    Ok(row!(&mut c, (String,), sql, transfer.as_str(), software)?.is_some())
}

/// What could not be read or shown, by kind and key after `after`, with its text as far as it is known.
///
/// # Errors
/// [`super::StoreError`].
pub async fn page(
    store: &Store,
    transfer: &TransferId,
    after: &(String, String),
    limit: i64,
) -> StoreResult<Vec<Unshown>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, String, String, String, Option<String>),
        "select kind, key, coalesce(why, ''), item, raw from items where transfer_id = $1 \
         and (state = 'failed' or (state = 'skipped' and unshown_by is not null)) \
         and (kind, key) > ($2, $3) order by kind, key limit $4",
        transfer.as_str(),
        &after.0,
        &after.1,
        limit,
    )?;
    let unshown = |(kind, key, why, item, raw): (_, _, _, String, Option<String>)| {
        let text = if item == "null" { raw } else { Some(item) };
        Unshown { kind, key, why, text }
    };
    Ok(found.into_iter().map(unshown).collect())
}
