//! Table `hidden_imports`: which copies an admin has taken out of sight, why, and whether they go for good.
//!
//! A row is written before anything is hidden and goes after everything is shown, so that whatever is cut off in
//! between is found and ended.

use serde::Serialize;

use super::{Connection, Store, StoreError, StoreResult, audit, letters};
use crate::{model::id::TransferId, words::text};

/// A copy that an admin has taken out of sight.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, Serialize, utoipa::ToSchema)]
pub struct Hidden {
    /// Its transfer.
    pub transfer_id: String,
    /// Whose it is.
    pub account_id: String,
    /// `hiding`, `hidden`, `showing` or `removing`.
    pub state: String,
    /// Why; its owner reads it.
    pub why: String,
    /// The admin's account; absent where it was the command line.
    pub hidden_by: Option<String>,
    /// Since when, in microseconds since 1970.
    pub hidden_at: i64,
    /// When it is taken away for good; absent where it is only hidden.
    pub remove_at: Option<i64>,
}

impl Hidden {
    /// Whether it stays out of sight, as opposed to being shown again at this moment.
    pub fn holds(&self) -> bool {
        self.state != "showing"
    }
}

/// What an admin has done to a copy, if anything.
///
/// # Errors
/// [`StoreError`].
pub async fn find(store: &Store, id: &TransferId) -> StoreResult<Option<Hidden>> {
    let mut c = store.reader().await?;
    Ok(row!(&mut c, Hidden, "select * from hidden_imports where transfer_id = $1", id.as_str())?)
}

/// Copies that are out of sight, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn all(store: &Store, limit: i64) -> StoreResult<Vec<Hidden>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        Hidden,
        "select * from hidden_imports order by hidden_at desc, transfer_id limit $1",
        limit
    )?)
}

/// Notes that a copy goes out of sight, or for how long it may be called back; its owner is told in the same
/// transaction. Saying the same again changes the reason only.
///
/// # Errors
/// [`StoreError::Conflict`] when it is being taken away already.
pub async fn hide(store: &Store, hidden: Hidden, line: audit::AuditRow) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                let noted = run!(
                    c,
                    "insert into hidden_imports \
                     (transfer_id, account_id, state, why, hidden_by, hidden_at, remove_at) \
                     values ($1, $2, 'hiding', $3, $4, $5, $6) on conflict (transfer_id) do update set \
                     state = 'hiding', why = excluded.why, hidden_by = excluded.hidden_by, \
                     remove_at = excluded.remove_at where hidden_imports.state <> 'removing'",
                    &hidden.transfer_id,
                    &hidden.account_id,
                    &hidden.why,
                    hidden.hidden_by.as_deref(),
                    hidden.hidden_at,
                    hidden.remove_at,
                )?;
                if noted == 0 {
                    return Err(gone());
                }
                let kind =
                    if hidden.remove_at.is_some() { letters::kind::GOING } else { letters::kind::HIDDEN };
                letters::about_transfer_in(c, &hidden.transfer_id, kind, &hidden.why, line.at).await?;
                audit::insert_in(c, &line).await
            })
        })
        .await
}

/// Notes that a copy is shown again; its owner is told. `false` where nothing is hidden.
///
/// # Errors
/// [`StoreError::Conflict`] when it is being taken away already.
pub async fn show(store: &Store, id: &TransferId, line: audit::AuditRow) -> StoreResult<bool> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let found = row!(
                    c,
                    (String,),
                    "select state from hidden_imports where transfer_id = $1",
                    id.as_str()
                )?;
                match found.as_ref().map(|(state,)| state.as_str()) {
                    None => return Ok(false),
                    Some("removing") => return Err(gone()),
                    Some("showing") => return Ok(true),
                    Some(_) => {}
                }
                let sql =
                    "update hidden_imports set state = 'showing', remove_at = null where transfer_id = $1";
                run!(c, sql, id.as_str())?;
                letters::about_transfer_in(c, id.as_str(), letters::kind::SHOWN, "", line.at).await?;
                audit::insert_in(c, &line).await?;
                Ok(true)
            })
        })
        .await
}

fn gone() -> StoreError {
    StoreError::Conflict(text!("refusals-is-being-taken-away-already"))
}

/// A copy is out of sight now, if that is still meant.
///
/// # Errors
/// [`StoreError`].
pub async fn is_hidden(store: &Store, id: &TransferId) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let sql =
                    "update hidden_imports set state = 'hidden' where transfer_id = $1 and state = 'hiding'";
                run!(c, sql, id.as_str())?;
                Ok(())
            })
        })
        .await
}

/// A copy is in sight again, if that is still meant; what waited for it goes on.
///
/// # Errors
/// [`StoreError`].
pub async fn is_shown(store: &Store, id: &TransferId) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let sql = "delete from hidden_imports where transfer_id = $1 and state = 'showing'";
                if run!(c, sql, id.as_str())? > 0 {
                    let sql = "update transfers set next_at = 0 where id = $1 and next_at > 0";
                    run!(c, sql, id.as_str())?;
                }
                Ok(())
            })
        })
        .await
}

/// A copy whose time is over goes its way; the line is written once.
///
/// # Errors
/// [`StoreError`].
pub async fn let_go(store: &Store, id: &TransferId, line: audit::AuditRow) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let sql = "update hidden_imports set state = 'removing' where transfer_id = $1 and state = 'hidden'";
                if run!(c, sql, id.as_str())? > 0 {
                    audit::insert_in(c, &line).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Copies on which something is to be done: hidden or shown to the end, or taken away because their time is over.
///
/// # Errors
/// [`StoreError`].
pub async fn due(store: &Store, now: i64, limit: i64) -> StoreResult<Vec<Hidden>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        Hidden,
        "select * from hidden_imports where state in ('hiding', 'showing') \
         or (state = 'hidden' and remove_at <= $1) order by hidden_at limit $2",
        now,
        limit,
    )?)
}

/// When the next of them is due.
///
/// # Errors
/// [`StoreError`].
pub async fn next_due(store: &Store) -> StoreResult<Option<i64>> {
    let mut c = store.reader().await?;
    let found: Option<(Option<i64>,)> = row!(
        &mut c,
        (Option<i64>,),
        "select min(case when state = 'hidden' then remove_at else 0 end) from hidden_imports \
         where state in ('hiding', 'showing') or (state = 'hidden' and remove_at is not null)"
    )?;
    Ok(found.and_then(|(at,)| at))
}

/// Whether a copy is to stay out of sight, inside a transaction that also holds its transfer.
pub(super) async fn holds_in(c: &mut Connection, transfer: &str) -> StoreResult<bool> {
    let sql = "select transfer_id from hidden_imports where transfer_id = $1 and state <> 'showing'";
    Ok(row!(c, (String,), sql, transfer)?.is_some())
}
