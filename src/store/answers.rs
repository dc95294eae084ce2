//! Table `answers`: where others answered posts of ours. An address, whose it is, and nothing they said.

use super::{Connection, Store, StoreResult, keyed::rows_of};

/// Answers that are remembered of one post at most.
const MOST: i64 = 200;

/// Remembers an answer, unless there are many already.
///
/// # Errors
/// [`super::StoreError`].
pub async fn add_in(
    c: &mut Connection,
    answer: &str,
    post_id: &str,
    actor: &str,
    now: i64,
) -> StoreResult<()> {
    run!(
        c,
        "insert into answers (answer, post_id, actor, heard_at) select $1, $2, $3, $4 \
         where (select count(*) from answers where post_id = $2) < $5 \
         and exists (select 1 from posts where id = $2 and not is_trial and deleted_at is null) \
         on conflict (answer) do nothing",
        answer,
        post_id,
        actor,
        now,
        MOST,
    )?;
    Ok(())
}

/// Forgets an answer, if it is this actor's.
///
/// # Errors
/// [`super::StoreError`].
pub async fn remove_in(c: &mut Connection, answer: &str, actor: &str) -> StoreResult<()> {
    run!(c, "delete from answers where answer = $1 and actor = $2", answer, actor)?;
    Ok(())
}

/// As [`remove_in`], in a transaction of its own.
///
/// # Errors
/// [`super::StoreError`].
pub async fn remove(store: &Store, answer: String, actor: String) -> StoreResult<()> {
    store.write(move |c| Box::pin(async move { remove_in(c, &answer, &actor).await })).await
}

/// Posts with their answers, oldest first, but for those of whom `account` has blocked.
///
/// # Errors
/// [`super::StoreError`].
pub async fn of(store: &Store, account: &str, posts: &[&str]) -> StoreResult<Vec<(String, String)>> {
    let mut c = store.reader().await?;
    let sql = "select a.post_id, a.answer from answers a where a.post_id in ({keys}) and not exists \
               (select 1 from blocks b where b.account_id = $1 and b.actor = a.actor) \
               order by a.post_id, a.heard_at, a.answer";
    rows_of(&mut c, sql, &[account], posts).await
}

/// Whether anything was answered at all.
///
/// # Errors
/// [`super::StoreError`].
pub async fn are_any(store: &Store) -> StoreResult<bool> {
    let mut c = store.reader().await?;
    Ok(row!(&mut c, (String,), "select answer from answers limit 1")?.is_some())
}
