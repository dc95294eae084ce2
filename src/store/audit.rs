//! Table `audit`: who did what, one line each, never with content or secrets. Lines are added and never changed.

use super::{Connection, Store, StoreResult};

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
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
    store.write(move |c| Box::pin(async move { insert_in(c, &line).await })).await
}

/// As [`insert`], in the transaction of what it tells.
///
/// # Errors
/// [`super::StoreError`].
pub async fn insert_in(c: &mut Connection, line: &AuditRow) -> StoreResult<()> {
    run!(
        c,
        "insert into audit (id, at, account_id, what, detail) values ($1, $2, $3, $4, $5)",
        &line.id,
        line.at,
        line.account_id.as_deref(),
        &line.what,
        &line.detail,
    )?;
    Ok(())
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

/// Lines after `after`, oldest first: the whole book, a page at a time.
///
/// # Errors
/// [`super::StoreError`].
pub async fn after(store: &Store, after: &str, limit: i64) -> StoreResult<Vec<AuditRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(&mut c, AuditRow, "select * from audit where id > $1 order by id limit $2", after, limit)?)
}

/// The latest lines, newest first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn latest(store: &Store, limit: i64) -> StoreResult<Vec<AuditRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(&mut c, AuditRow, "select * from audit order by id desc limit $1", limit)?)
}
