//! Table `trials`: when a trial ends, and whether its owner was told.

use super::{Store, StoreResult, letters};
use crate::model::id::TransferId;

/// A trial's calendar, in microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Trial {
    /// When it ends.
    pub ends_at: i64,
    /// When its owner was told that it ends soon.
    pub told_at: Option<i64>,
}

/// The calendar of a trial, where it has one.
///
/// # Errors
/// [`super::StoreError`].
pub async fn find(store: &Store, id: &TransferId) -> StoreResult<Option<Trial>> {
    let mut c = store.reader().await?;
    Ok(row!(&mut c, Trial, "select ends_at, told_at from trials where transfer_id = $1", id.as_str())?)
}

/// Lets it end at `ends_at` unless that is settled already.
///
/// # Errors
/// [`super::StoreError`].
pub async fn begin(store: &Store, id: &TransferId, ends_at: i64) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into trials (transfer_id, ends_at) values ($1, $2) on conflict (transfer_id) do nothing",
                    id.as_str(),
                    ends_at,
                )?;
                Ok(())
            })
        })
        .await
}

/// Lets it end later, and its owner be told anew; never earlier. The queue looks at it again at once.
///
/// # Errors
/// [`super::StoreError`].
pub async fn extend(store: &Store, id: &TransferId, ends_at: i64) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into trials (transfer_id, ends_at) values ($1, $2) on conflict (transfer_id) do update \
                     set ends_at = excluded.ends_at, told_at = null where trials.ends_at < excluded.ends_at",
                    id.as_str(),
                    ends_at,
                )?;
                run!(c, "update transfers set next_at = 0 where id = $1 and state = 'trial'", id.as_str())?;
                Ok(())
            })
        })
        .await
}

/// Lets it go on beyond its end, of which its owner has been told: it is no new end to be told of.
///
/// # Errors
/// [`super::StoreError`].
pub async fn go_on(store: &Store, id: &TransferId, ends_at: i64) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let sql = "update trials set ends_at = $2 where transfer_id = $1 and ends_at < $2";
                run!(c, sql, id.as_str(), ends_at)?;
                Ok(())
            })
        })
        .await
}

/// Tells its owner that it ends soon, once for each end.
///
/// # Errors
/// [`super::StoreError`].
pub async fn tell(store: &Store, id: &TransferId, day: String, now: i64) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let changed = run!(
                    c,
                    "update trials set told_at = $2 where transfer_id = $1 and told_at is null",
                    id.as_str(),
                    now,
                )?;
                if changed == 1 {
                    letters::about_transfer_in(c, id.as_str(), letters::kind::TRIAL_ENDS, &day, now).await?;
                }
                Ok(())
            })
        })
        .await
}
