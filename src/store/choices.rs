//! What of an account its owner wants: kept with the transfer, and what of it follows for items.

use super::{
    Connection, Store, StoreResult, from_json,
    keyed::{rows_of, run_for},
    to_json, transfers,
};
use crate::model::{
    choices::{Choices, Span},
    collection::CollectionKind,
    id::{ItemKey, TransferId},
    item::ItemKind,
    transfer::TransferState,
};

/// Keeps what is wanted, and whether the transfer rests after its survey until that is said again.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep(store: &Store, id: &TransferId, choices: Choices, waits: bool) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update transfers set choices = $2, waits_for_choice = $3 where id = $1",
                    id.as_str(),
                    to_json(&choices),
                    waits,
                )?;
                Ok(())
            })
        })
        .await
}

/// What is wanted; everything where nothing was chosen.
///
/// # Errors
/// [`super::StoreError`].
pub async fn find(store: &Store, id: &TransferId) -> StoreResult<Choices> {
    let mut c = store.reader().await?;
    let found: Option<(Option<String>,)> =
        row!(&mut c, (Option<String>,), "select choices from transfers where id = $1", id.as_str())?;
    let chosen = found.and_then(|(text,)| text).map(|text| from_json("choices", &text)).transpose()?;
    Ok(chosen.unwrap_or_default())
}

/// Whether the transfer rests after its survey.
///
/// # Errors
/// [`super::StoreError`].
pub async fn waits(store: &Store, id: &TransferId) -> StoreResult<bool> {
    let mut c = store.reader().await?;
    let sql = "select waits_for_choice from transfers where id = $1";
    let found: Option<(bool,)> = row!(&mut c, (bool,), sql, id.as_str())?;
    Ok(found.is_some_and(|(waits,)| waits))
}

/// The owner has chosen: the copying begins, in the same transaction.
///
/// # Errors
/// [`super::StoreError::Conflict`] when the transfer does not wait for that.
pub async fn begin(store: &Store, id: &TransferId, choices: Choices, now: i64) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let (from, to) = (TransferState::AwaitingChoice, TransferState::Fetching);
                run!(
                    c,
                    "update transfers set choices = $2, waits_for_choice = false where id = $1 and state = $3",
                    id.as_str(),
                    to_json(&choices),
                    from.as_str(),
                )?;
                transfers::step_in(c, &id, from, to, now).await
            })
        })
        .await
}

/// Notes that a collection is not read, and how much the source says is in it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn leave_collection(
    store: &Store,
    transfer: &TransferId,
    collection: CollectionKind,
    counted: Option<u64>,
) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into transfer_cursors (transfer_id, collection, next_cursor, announced, is_done) \
                     values ($1, $2, null, $3, true) on conflict (transfer_id, collection) do update set \
                     announced = coalesce(excluded.announced, transfer_cursors.announced)",
                    transfer.as_str(),
                    collection.as_str(),
                    counted.and_then(|n| i64::try_from(n).ok()),
                )?;
                Ok(())
            })
        })
        .await
}

/// Leaves out what was made at another time, where its time is known.
///
/// # Errors
/// [`super::StoreError`].
pub async fn decline_outside(store: &Store, transfer: &TransferId, span: Span, why: &str) -> StoreResult<()> {
    let (transfer, why) = (transfer.clone(), why.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update items set state = 'declined', why = $4 where transfer_id = $1 \
                     and state = 'fetched' and published_at <> 0 and (published_at < $2 or published_at >= $3)",
                    transfer.as_str(),
                    span.from,
                    span.before,
                    &why,
                )?;
                Ok(())
            })
        })
        .await
}

/// Leaves these out, if they still wait.
///
/// # Errors
/// [`super::StoreError`].
pub async fn decline(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    keys: Vec<ItemKey>,
    why: &str,
) -> StoreResult<()> {
    let (transfer, why) = (transfer.clone(), why.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                let sql = "update items set state = 'declined', why = $3 \
                           where transfer_id = $1 and kind = $2 and state = 'fetched' and key in ({keys})";
                for_keys(c, sql, (&transfer, kind, &why), &keys).await
            })
        })
        .await
}

/// Takes these in again that were left out for this reason.
///
/// # Errors
/// [`super::StoreError`].
pub async fn take_in(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    keys: Vec<ItemKey>,
    why: &str,
) -> StoreResult<()> {
    let (transfer, why) = (transfer.clone(), why.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                let sql = "update items set state = 'fetched', why = null where transfer_id = $1 \
                           and kind = $2 and state = 'declined' and why = $3 and key in ({keys})";
                for_keys(c, sql, (&transfer, kind, &why), &keys).await
            })
        })
        .await
}

/// Runs a statement about some items of a kind and one reason.
async fn for_keys(
    c: &mut Connection,
    sql: &'static str,
    (transfer, kind, why): (&TransferId, ItemKind, &str),
    keys: &[ItemKey],
) -> StoreResult<()> {
    let keys: Vec<&str> = keys.iter().map(ItemKey::as_str).collect();
    run_for(c, sql, &[Some(transfer.as_str()), Some(kind.as_str()), Some(why)], &keys).await
}

/// The person's own posts among these addresses: address, key, and why the post was left out.
///
/// # Errors
/// [`super::StoreError`].
pub async fn own_posts(
    store: &Store,
    transfer: &TransferId,
    addresses: &[&str],
) -> StoreResult<Vec<(String, String, Option<String>)>> {
    let mut c = store.reader().await?;
    let sql = "select a.address, i.key, case when i.state = 'declined' then i.why else null end \
               from old_addresses a join items i \
               on i.transfer_id = a.transfer_id and i.kind = a.kind and i.key = a.key \
               where a.transfer_id = $1 and a.address in ({keys})";
    rows_of(&mut c, sql, &[transfer.as_str()], addresses).await
}
