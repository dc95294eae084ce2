//! Table `audit`: who did what with an account, one line each, never with content or secrets.

use super::{Store, StoreResult};

/// One line.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct AuditRow {
    pub id: String,
    pub at: i64,
    pub account_id: Option<String>,
    pub what: String,
    pub detail: String,
}

/// Adds a line.
///
/// # Errors
/// [`super::StoreError`].
pub async fn insert(store: &Store, line: AuditRow) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into audit (id, at, account_id, what, detail) values ($1, $2, $3, $4, $5)",
                    line.id,
                    line.at,
                    line.account_id,
                    line.what,
                    line.detail,
                )?;
                Ok(())
            })
        })
        .await
}

/// The latest lines about an account, newest first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn of_account(store: &Store, account: &str, limit: i64) -> StoreResult<Vec<AuditRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        AuditRow,
        "select * from audit where account_id = $1 order by id desc limit $2",
        account,
        limit,
    )?)
}
