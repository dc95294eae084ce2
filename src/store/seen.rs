//! Table `seen_activities`: what was already acted upon, so that hearing it again does nothing.

use super::{Connection, Store, StoreResult};

/// Marks an id; `true` when it is new.
///
/// # Errors
/// [`super::StoreError`].
pub async fn mark_in(c: &mut Connection, id: &str, now: i64) -> StoreResult<bool> {
    let added = run!(
        &mut *c,
        "insert into seen_activities (id, seen_at) values ($1, $2) on conflict (id) do nothing",
        id,
        now,
    )?;
    Ok(added == 1)
}

/// When an id was marked.
///
/// # Errors
/// [`super::StoreError`].
pub async fn marked_at_in(c: &mut Connection, id: &str) -> StoreResult<Option<i64>> {
    Ok(row!(&mut *c, (i64,), "select seen_at from seen_activities where id = $1", id)?.map(|(at,)| at))
}

/// Forgets an id, so that it counts as new.
///
/// # Errors
/// [`super::StoreError`].
pub async fn forget_in(c: &mut Connection, id: &str) -> StoreResult<()> {
    run!(&mut *c, "delete from seen_activities where id = $1", id)?;
    Ok(())
}

/// Forgets whatever was marked before a time.
///
/// # Errors
/// [`super::StoreError`].
pub async fn forget_before(store: &Store, time: i64) -> StoreResult<u64> {
    store
        .write(move |c| {
            Box::pin(async move { Ok(run!(c, "delete from seen_activities where seen_at < $1", time)?) })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_id_is_new_once_until_it_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let news = store
            .write(|c| {
                Box::pin(async move {
                    let mut news = vec![mark_in(c, "one", 5).await?, mark_in(c, "one", 6).await?];
                    assert_eq!(marked_at_in(c, "one").await?, Some(5));
                    forget_in(c, "one").await?;
                    news.push(mark_in(c, "one", 7).await?);
                    Ok(news)
                })
            })
            .await
            .unwrap();
        assert_eq!(news, [true, false, true]);
        assert_eq!(forget_before(&store, 7).await.unwrap(), 0);
        assert_eq!(forget_before(&store, 8).await.unwrap(), 1);
    }
}
