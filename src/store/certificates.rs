//! Tables `certificates` and `acceptances`: what was signed about a transfer, and which differences
//! the person has accepted.

use super::{Store, StoreResult, count, from_json, to_json};
use crate::{
    model::{certificate::Occasion, id::TransferId},
    wire::seal::Sealed,
};

/// Keeps a certificate; one of the same occasion is replaced.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep(
    store: &Store,
    transfer: &TransferId,
    occasion: Occasion,
    document: &Sealed,
    now: i64,
) -> StoreResult<()> {
    let (transfer, text) = (transfer.clone(), to_json(document));
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into certificates (transfer_id, occasion, issued_at, document) \
                     values ($1, $2, $3, $4) on conflict (transfer_id, occasion) do update set \
                     issued_at = excluded.issued_at, document = excluded.document",
                    transfer.as_str(),
                    occasion.as_str(),
                    now,
                    text,
                )?;
                Ok(())
            })
        })
        .await
}

/// The last certificate of a transfer.
///
/// # Errors
/// [`super::StoreError`].
pub async fn last(store: &Store, transfer: &TransferId) -> StoreResult<Option<Sealed>> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (String,),
        "select document from certificates where transfer_id = $1 order by issued_at desc, occasion limit 1",
        transfer.as_str(),
    )?;
    found.map(|(text,)| from_json("certificate", &text)).transpose()
}

/// Notes that the person has seen and accepted this many differences.
///
/// # Errors
/// [`super::StoreError`].
pub async fn accept(store: &Store, transfer: &TransferId, differences: u64, now: i64) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into acceptances (transfer_id, differences, accepted_at) values ($1, $2, $3) \
                     on conflict (transfer_id) do update set differences = excluded.differences, \
                     accepted_at = excluded.accepted_at",
                    transfer.as_str(),
                    i64::try_from(differences).unwrap_or(i64::MAX),
                    now,
                )?;
                Ok(())
            })
        })
        .await
}

/// How many differences the person has accepted.
///
/// # Errors
/// [`super::StoreError`].
pub async fn accepted(store: &Store, transfer: &TransferId) -> StoreResult<u64> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (i64,),
        "select differences from acceptances where transfer_id = $1",
        transfer.as_str(),
    )?;
    Ok(found.map_or(0, |(differences,)| count(differences)))
}
