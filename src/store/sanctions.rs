//! Table `sanctions`: accounts under one, and whether they may take their data along.

use super::{Store, StoreResult, audit::AuditRow};

/// A sanction.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Sanction {
    /// Why.
    pub reason: String,
    /// Whether the data may leave; as the rules say where nothing is said.
    pub may_leave: Option<bool>,
}

/// The sanction of an account.
///
/// # Errors
/// [`super::StoreError`].
pub async fn find(store: &Store, account: &str) -> StoreResult<Option<Sanction>> {
    let mut c = store.reader().await?;
    let sql = "select reason, may_leave from sanctions where account_id = $1";
    Ok(row!(&mut c, Sanction, sql, account)?)
}

/// Accounts under a sanction, the latest first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn all(store: &Store, limit: i64) -> StoreResult<Vec<(String, Sanction)>> {
    let mut c = store.reader().await?;
    let sql =
        "select account_id, reason, may_leave from sanctions order by made_at desc, account_id limit $1";
    let found = rows!(&mut c, (String, String, Option<bool>), sql, limit)?;
    Ok(found.into_iter().map(|(id, reason, may_leave)| (id, Sanction { reason, may_leave })).collect())
}

/// Puts an account under a sanction, or (none) lifts it; the line says who did so.
///
/// # Errors
/// [`super::StoreError`].
pub async fn set(
    store: &Store,
    account: &str,
    sanction: Option<Sanction>,
    line: AuditRow,
) -> StoreResult<()> {
    let account = account.to_owned();
    store
        .write(move |c| {
            Box::pin(async move {
                match sanction {
                    None => run!(c, "delete from sanctions where account_id = $1", account)?,
                    Some(one) => run!(
                        c,
                        "insert into sanctions (account_id, reason, may_leave, made_by, made_at) \
                         values ($1, $2, $3, $4, $5) on conflict (account_id) do update set \
                         reason = excluded.reason, may_leave = excluded.may_leave",
                        account,
                        one.reason,
                        one.may_leave,
                        line.account_id.as_deref().unwrap_or("command line"),
                        line.at,
                    )?,
                };
                super::audit::insert_in(c, &line).await
            })
        })
        .await
}
