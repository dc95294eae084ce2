//! Table `notes`: what was odd about a transfer without being lost.

use super::{Connection, Store, StoreResult, count};
use crate::model::id::TransferId;

/// Notes something odd about a kind that lost nothing. Noting it again changes nothing.
///
/// # Errors
/// [`super::StoreError`].
pub async fn note(
    store: &Store,
    transfer: &TransferId,
    kind: &str,
    times: u64,
    why: &str,
) -> StoreResult<()> {
    let (transfer, kind, why) = (transfer.clone(), kind.to_owned(), why.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into notes (transfer_id, kind, why, count) values ($1, $2, $3, $4) \
                     on conflict (transfer_id, kind, why) do update set count = excluded.count",
                    transfer.as_str(),
                    kind,
                    why,
                    i64::try_from(times).unwrap_or(i64::MAX),
                )?;
                Ok(())
            })
        })
        .await
}

/// Notes one more of something, in the transaction that met it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn count_in(c: &mut Connection, transfer: &TransferId, kind: &str, why: &str) -> StoreResult<()> {
    run!(
        c,
        "insert into notes (transfer_id, kind, why, count) values ($1, $2, $3, 1) \
         on conflict (transfer_id, kind, why) do update set count = notes.count + 1",
        transfer.as_str(),
        kind,
        why,
    )?;
    Ok(())
}

/// All notes.
///
/// # Errors
/// [`super::StoreError`].
pub async fn notes(store: &Store, transfer: &TransferId) -> StoreResult<Vec<(String, u64, String)>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, i64, String),
        "select kind, count, why from notes where transfer_id = $1 order by kind, why",
        transfer.as_str(),
    )?;
    Ok(found.into_iter().map(|(kind, n, why)| (kind, count(n), why)).collect())
}
