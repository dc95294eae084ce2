//! Table `sessions`.

use super::{Store, StoreResult};
use crate::model::id::AccountId;

/// A session as it is stored.
#[derive(sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct SessionRow {
    pub account_id: String,
    pub csrf: String,
    pub fresh_until: i64,
}

/// Opens a session.
///
/// # Errors
/// [`super::StoreError`].
pub async fn open(
    store: &Store,
    token_hash: String,
    account: AccountId,
    csrf: String,
    now: i64,
    fresh_until: i64,
) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into sessions (token_hash, account_id, csrf, created_at, fresh_until) \
                     values ($1, $2, $3, $4, $5)",
                    token_hash,
                    account.as_str(),
                    csrf,
                    now,
                    fresh_until,
                )?;
                Ok(())
            })
        })
        .await
}

/// Finds a session opened after `since`.
///
/// # Errors
/// [`super::StoreError`].
pub async fn find(store: &Store, token_hash: &str, since: i64) -> StoreResult<Option<SessionRow>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        SessionRow,
        "select account_id, csrf, fresh_until from sessions where token_hash = $1 and created_at > $2",
        token_hash,
        since,
    )?)
}

/// Moves the time until which the password counts as fresh.
///
/// # Errors
/// [`super::StoreError`].
pub async fn refresh(store: &Store, token_hash: String, fresh_until: i64) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update sessions set fresh_until = $2 where token_hash = $1",
                    token_hash,
                    fresh_until
                )?;
                Ok(())
            })
        })
        .await
}

/// Closes a session; closing twice closes once.
///
/// # Errors
/// [`super::StoreError`].
pub async fn close(store: &Store, token_hash: String) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "delete from sessions where token_hash = $1", token_hash)?;
                Ok(())
            })
        })
        .await
}
