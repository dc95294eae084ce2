//! Tables `blocks` and `blocked_by`: whom accounts of ours block, and who told us that they block one of ours.

use super::{Connection, Store, StoreResult};

/// Writes a block of the owner's own; one that came with a copy becomes their own.
///
/// # Errors
/// [`super::StoreError`].
pub async fn add_in(c: &mut Connection, account: &str, actor: &str, now: i64) -> StoreResult<()> {
    run!(
        c,
        "insert into blocks (account_id, actor, since) values ($1, $2, $3) \
         on conflict (account_id, actor) do update set transfer_id = null",
        account,
        actor,
        now,
    )?;
    Ok(())
}

/// Takes a block back; `false` when there was none.
///
/// # Errors
/// [`super::StoreError`].
pub async fn remove_in(c: &mut Connection, account: &str, actor: &str) -> StoreResult<bool> {
    Ok(run!(c, "delete from blocks where account_id = $1 and actor = $2", account, actor)? > 0)
}

/// Whom an account blocks, newest first; a copy on trial included.
///
/// # Errors
/// [`super::StoreError`].
pub async fn of(store: &Store, account: &str) -> StoreResult<Vec<String>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String,),
        "select actor from blocks where account_id = $1 order by since desc, actor",
        account
    )?;
    Ok(found.into_iter().map(|(actor,)| actor).collect())
}

/// Notes that somebody blocks an account of ours. It is shown to nobody and never leaves this server.
///
/// # Errors
/// [`super::StoreError`].
pub async fn suffered_in(c: &mut Connection, account: &str, actor: &str, now: i64) -> StoreResult<()> {
    run!(
        c,
        "insert into blocked_by (account_id, actor, since) values ($1, $2, $3) \
         on conflict (account_id, actor) do nothing",
        account,
        actor,
        now,
    )?;
    Ok(())
}

/// Notes that they do so no longer.
///
/// # Errors
/// [`super::StoreError`].
pub async fn forgiven_in(c: &mut Connection, account: &str, actor: &str) -> StoreResult<()> {
    run!(c, "delete from blocked_by where account_id = $1 and actor = $2", account, actor)?;
    Ok(())
}
