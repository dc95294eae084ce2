//! Table `recovery_codes`.

use crate::store::{Store, StoreResult};

/// A code as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct RecoveryRow {
    pub account_id: String,
    pub code_hash: String,
    pub created_at: i64,
    pub used_at: Option<i64>,
}

/// Keeps an account's code; an older one is good for nothing any more.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn keep_code(store: &Store, account_id: String, code_hash: String, now: i64) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into recovery_codes (account_id, code_hash, created_at) values ($1, $2, $3) \
                     on conflict (account_id) do update set code_hash = excluded.code_hash, \
                     created_at = excluded.created_at, used_at = null",
                    account_id,
                    code_hash,
                    now,
                )?;
                Ok(())
            })
        })
        .await
}

/// The code of an account.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn recovery_of(store: &Store, account_id: &str) -> StoreResult<Option<RecoveryRow>> {
    let mut c = store.reader().await?;
    let sql = "select account_id, code_hash, created_at, used_at from recovery_codes where account_id = $1";
    Ok(row!(&mut c, RecoveryRow, sql, account_id)?)
}

/// Notes that a code was used.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn use_code(store: &Store, account_id: String, now: i64) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "update recovery_codes set used_at = $2 where account_id = $1", account_id, now)?;
                Ok(())
            })
        })
        .await
}
