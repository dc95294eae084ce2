//! How transfers end: what their owner wishes for, and what was agreed to.

use super::{Store, StoreResult};
use crate::model::{ending::Ending, id::TransferId};

/// Keeps what the owner wishes for while Old home is asked; nothing is decided by it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn wish(store: &Store, id: &TransferId, ending: Ending) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let sql = "update transfers set wanted_ending = $2 where id = $1";
                run!(c, sql, id.as_str(), ending.as_str())?;
                Ok(())
            })
        })
        .await
}

/// Old home has consented: what was wished for is decided.
///
/// # Errors
/// [`super::StoreError`].
pub async fn grant(store: &Store, id: &TransferId) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let sql = "update transfers set ending = coalesce(wanted_ending, 'announce') where id = $1";
                run!(c, sql, id.as_str())?;
                Ok(())
            })
        })
        .await
}

/// Decides without Old home, which has no part in it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn decide(store: &Store, id: &TransferId, ending: Ending) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let sql = "update transfers set ending = $2 where id = $1 and state = 'trial'";
                run!(c, sql, id.as_str(), ending.as_str())?;
                Ok(())
            })
        })
        .await
}
