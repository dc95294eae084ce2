//! Table `guest_sessions`.

use crate::store::{Store, StoreResult};

/// A session as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct GuestRow {
    pub token_hash: String,
    pub account_id: String,
    pub csrf: String,
    pub means: String,
    pub created_at: i64,
    pub fresh_until: i64,
}

/// Opens a session; those that began before `since` go.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn open(store: &Store, row: GuestRow, since: i64) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "delete from guest_sessions where created_at < $1", since)?;
                run!(
                    c,
                    "insert into guest_sessions (token_hash, account_id, csrf, means, created_at, fresh_until) \
                     values ($1, $2, $3, $4, $5, $6)",
                    row.token_hash,
                    row.account_id,
                    row.csrf,
                    row.means,
                    row.created_at,
                    row.fresh_until,
                )?;
                Ok(())
            })
        })
        .await
}

/// Finds a session opened after `since`.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn find(store: &Store, token_hash: &str, since: i64) -> StoreResult<Option<GuestRow>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        GuestRow,
        "select token_hash, account_id, csrf, means, created_at, fresh_until from guest_sessions \
         where token_hash = $1 and created_at > $2",
        token_hash,
        since,
    )?)
}

/// Notes until when a session counts as fresh.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn refresh(store: &Store, token_hash: String, fresh_until: i64) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                let sql = "update guest_sessions set fresh_until = $2 where token_hash = $1";
                run!(c, sql, token_hash, fresh_until)?;
                Ok(())
            })
        })
        .await
}

/// Uses the freshness of a session up; `false` when there was none. Of two at once one succeeds.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn spend(store: &Store, token_hash: String, now: i64) -> StoreResult<bool> {
    store
        .write(move |c| {
            Box::pin(async move {
                let sql =
                    "update guest_sessions set fresh_until = 0 where token_hash = $1 and fresh_until > $2";
                Ok(run!(c, sql, token_hash, now)? == 1)
            })
        })
        .await
}

/// Closes a session; closing twice closes once.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn close(store: &Store, token_hash: String) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "delete from guest_sessions where token_hash = $1", token_hash)?;
                Ok(())
            })
        })
        .await
}

/// Closes all sessions of an account but one.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn close_all(store: &Store, account_id: String, but: String) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                let sql = "delete from guest_sessions where account_id = $1 and token_hash <> $2";
                run!(c, sql, account_id, but)?;
                Ok(())
            })
        })
        .await
}
