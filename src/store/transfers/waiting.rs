//! When a transfer is taken up again, and what the person reads meanwhile.

use crate::{
    model::{id::TransferId, transfer::TransferState},
    store::{Store, StoreResult},
};

/// Puts a transfer off until `next_at` and says why; returns how often that happened in a row.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn put_off(store: &Store, id: &TransferId, why: Option<String>, next_at: i64) -> StoreResult<i64> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let attempts: Option<(i64,)> = row!(
                    c,
                    (i64,),
                    "update transfers set problem = $2, next_at = $3, attempts = attempts + 1 where id = $1 \
                     returning attempts",
                    id.as_str(),
                    why,
                    next_at,
                )?;
                Ok(attempts.map_or(0, |(n,)| n))
            })
        })
        .await
}

/// Waits for something whose time is known: asking early is no failure, so nothing is counted.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn wait_for(store: &Store, id: &TransferId, what: String, next_at: i64) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update transfers set problem = $2, next_at = $3, attempts = 0 where id = $1",
                    id.as_str(),
                    what,
                    next_at,
                )?;
                Ok(())
            })
        })
        .await
}

/// How often the present step was put off.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn attempts(store: &Store, id: &TransferId) -> StoreResult<i64> {
    let mut c = store.reader().await?;
    let found: Option<(i64,)> =
        row!(&mut c, (i64,), "select attempts from transfers where id = $1", id.as_str())?;
    Ok(found.map_or(0, |(attempts,)| attempts))
}

/// Makes a transfer due at once.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn wake(store: &Store, id: &TransferId) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "update transfers set next_at = 0 where id = $1 and next_at > 0", id.as_str())?;
                Ok(())
            })
        })
        .await
}

/// Later than any clock: for a transfer that rests until somebody does something.
pub const NEVER: i64 = 253_402_300_799_000_000;

/// Lets a transfer rest until `next_at`, and forgets how often it was put off. If it is no longer in that
/// state, somebody has taken it on meanwhile, and it is not put to sleep.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn rest_until(
    store: &Store,
    id: &TransferId,
    state: TransferState,
    next_at: i64,
) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update transfers set next_at = $3, attempts = 0 where id = $1 and state = $2",
                    id.as_str(),
                    state.as_str(),
                    next_at,
                )?;
                Ok(())
            })
        })
        .await
}

/// Makes all transfers in a state due at once.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn wake_all(store: &Store, state: TransferState) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "update transfers set next_at = 0 where state = $1 and next_at > 0", state.as_str())?;
                Ok(())
            })
        })
        .await
}

/// Says something to the person without changing the state.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn remark(store: &Store, id: &TransferId, why: String) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "update transfers set problem = $2 where id = $1", id.as_str(), why)?;
                Ok(())
            })
        })
        .await
}
