//! Table `leases`: who works on what. A work that is taken has an epoch no other taking ever had, and
//! every write of its holder checks in its own transaction that this still stands.

use super::{Connection, Store, StoreError, StoreResult};

tokio::task_local! {
    /// Under which lease the current task writes.
    static HELD: Lease;
}

/// A work that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    work: String,
    epoch: i64,
}

/// Runs a future whose writes are refused once another has taken the work over.
pub async fn holding<F: Future>(lease: Lease, future: F) -> F::Output {
    HELD.scope(lease, future).await
}

/// The lease of the current task.
pub(super) fn held() -> Option<Lease> {
    HELD.try_with(Clone::clone).ok()
}

/// Refuses a write under a lease that is lost.
///
/// # Errors
/// [`StoreError::Superseded`].
pub(super) async fn check_in(c: &mut Connection, lease: &Lease) -> StoreResult<()> {
    let found = row!(
        c,
        (i64,),
        "select epoch from leases where work = $1 and epoch = $2",
        lease.work.as_str(),
        lease.epoch,
    )?;
    found.map(drop).ok_or(StoreError::Superseded)
}

/// Takes a work until `until`, unless another holds it now.
///
/// # Errors
/// [`StoreError`].
pub async fn take(
    store: &Store,
    work: String,
    holder: String,
    now: i64,
    until: i64,
) -> StoreResult<Option<Lease>> {
    store
        .write(move |c| {
            Box::pin(async move {
                let other =
                    row!(c, (i64,), "select until from leases where work = $1 and until > $2", &work, now)?;
                if other.is_some() {
                    return Ok(None);
                }
                let epoch = row!(
                    c,
                    (i64,),
                    "insert into counters (name, value) values ('epoch', 1) \
                     on conflict (name) do update set value = counters.value + 1 returning value",
                )?;
                let (epoch,) = epoch.ok_or(StoreError::Missing("epoch"))?;
                run!(
                    c,
                    "insert into leases (work, holder, epoch, until) values ($1, $2, $3, $4) \
                     on conflict (work) do update set holder = excluded.holder, epoch = excluded.epoch, \
                     until = excluded.until",
                    &work,
                    holder,
                    epoch,
                    until,
                )?;
                Ok(Some(Lease { work, epoch }))
            })
        })
        .await
}

/// Keeps a work until `until`; `false` when another has taken it over.
///
/// # Errors
/// [`StoreError`].
pub async fn renew(store: &Store, lease: Lease, until: i64) -> StoreResult<bool> {
    store
        .write(move |c| {
            Box::pin(async move {
                let renewed = run!(
                    c,
                    "update leases set until = $3 where work = $1 and epoch = $2",
                    lease.work,
                    lease.epoch,
                    until,
                )?;
                Ok(renewed == 1)
            })
        })
        .await
}

/// Gives a work back. One that another has taken over stays theirs.
///
/// # Errors
/// [`StoreError`].
pub async fn give_back(store: &Store, lease: Lease) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "delete from leases where work = $1 and epoch = $2", lease.work, lease.epoch)?;
                Ok(())
            })
        })
        .await
}

/// Gives everything back that a holder has: at the start what a killed one left, at the end the rest.
///
/// # Errors
/// [`StoreError`].
pub async fn give_all_back(store: &Store, holder: String) -> StoreResult<u64> {
    store
        .write(move |c| Box::pin(async move { Ok(run!(c, "delete from leases where holder = $1", holder)?) }))
        .await
}

/// What others hold at this time, and until when.
///
/// # Errors
/// [`StoreError`].
pub async fn of_others(store: &Store, holder: &str, now: i64) -> StoreResult<Vec<(String, i64)>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        (String, i64),
        "select work, until from leases where holder <> $1 and until > $2",
        holder,
        now,
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::seen;

    async fn store() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        (dir, store)
    }

    async fn take_for(store: &Store, holder: &str, now: i64) -> Option<Lease> {
        take(store, "transfer t".into(), holder.into(), now, now + 15).await.unwrap()
    }

    async fn write(store: &Store) -> StoreResult<bool> {
        store.write(|c| Box::pin(async move { seen::mark_in(c, "x", 1).await })).await
    }

    #[tokio::test]
    async fn a_work_is_held_by_one_until_its_time_is_over() {
        let (_dir, store) = store().await;
        let first = take_for(&store, "a", 0).await.unwrap();
        assert_eq!(take_for(&store, "b", 14).await, None);
        assert!(renew(&store, first, 29).await.unwrap());
        assert_eq!(take_for(&store, "b", 15).await, None);
        assert_eq!(of_others(&store, "b", 15).await.unwrap(), [("transfer t".to_owned(), 29)]);
        assert!(take_for(&store, "b", 29).await.is_some());
    }

    #[tokio::test]
    async fn who_wakes_up_after_its_work_was_taken_over_writes_nothing() {
        let (_dir, store) = store().await;
        let stalled = take_for(&store, "a", 0).await.unwrap();
        let next = take_for(&store, "b", 15).await.unwrap();
        let late = holding(stalled.clone(), write(&store)).await;
        assert!(matches!(late, Err(StoreError::Superseded)));
        assert!(!renew(&store, stalled.clone(), 99).await.unwrap());
        give_back(&store, stalled).await.unwrap();
        assert!(holding(next, write(&store)).await.unwrap(), "nothing stood, and the lease still holds");
    }

    #[tokio::test]
    async fn a_lease_that_was_given_back_is_never_valid_again() {
        let (_dir, store) = store().await;
        let before = take_for(&store, "a", 0).await.unwrap();
        assert_eq!(give_all_back(&store, "a".into()).await.unwrap(), 1);
        let again = take_for(&store, "a", 0).await.unwrap();
        assert!(matches!(holding(before, write(&store)).await, Err(StoreError::Superseded)));
        give_back(&store, again.clone()).await.unwrap();
        assert!(holding(again, write(&store)).await.is_err());
        assert!(write(&store).await.unwrap(), "a person's word needs no lease");
    }
}
