//! Table `notifications`: what an account's owner is told.

use super::{Connection, Store, StoreResult};

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct NotificationRow {
    pub id: String,
    pub account_id: String,
    pub kind: String,
    pub actor: String,
    pub subject: Option<String>,
    pub created_at: i64,
}

/// Adds a notification.
///
/// # Errors
/// [`super::StoreError`].
pub async fn add_in(c: &mut Connection, new: &NotificationRow) -> StoreResult<()> {
    run!(
        &mut *c,
        "insert into notifications (id, account_id, kind, actor, subject, created_at) \
         values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing",
        new.id.as_str(),
        new.account_id.as_str(),
        new.kind.as_str(),
        new.actor.as_str(),
        new.subject.as_deref(),
        new.created_at,
    )?;
    Ok(())
}

/// Takes back what an actor caused with a subject that is gone.
///
/// # Errors
/// [`super::StoreError`].
pub async fn remove_about_in(c: &mut Connection, actor: &str, subject: &str) -> StoreResult<()> {
    run!(&mut *c, "delete from notifications where actor = $1 and subject = $2", actor, subject)?;
    Ok(())
}

/// An account's notifications, newest first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn of_account(store: &Store, account_id: &str, limit: i64) -> StoreResult<Vec<NotificationRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        NotificationRow,
        "select * from notifications where account_id = $1 order by id desc limit $2",
        account_id,
        limit,
    )?)
}
