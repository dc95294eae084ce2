//! Tables `followers` and `following` (and the question whether somebody is blocked).

use url::Url;

use super::{Connection, Store, StoreResult};
use crate::model;

/// Somebody who follows an account of ours.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct FollowerRow {
    pub account_id: String,
    pub actor: String,
    pub inbox: String,
    pub shared_inbox: Option<String>,
    pub follow_id: String,
    pub since: i64,
}

/// Somebody an account of ours follows.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct FollowingRow {
    pub account_id: String,
    pub actor: String,
    pub inbox: String,
    pub follow_id: String,
    pub state: String,
    pub since: i64,
    pub transfer_id: Option<String>,
}

/// Adds or renews a follower; `true` when it is a new one.
///
/// # Errors
/// [`super::StoreError`].
pub async fn add_follower_in(c: &mut Connection, new: &FollowerRow) -> StoreResult<bool> {
    let known = row!(
        &mut *c,
        (String,),
        "select actor from followers where account_id = $1 and actor = $2",
        new.account_id.as_str(),
        new.actor.as_str(),
    )?;
    run!(
        &mut *c,
        "insert into followers (account_id, actor, inbox, shared_inbox, follow_id, since) \
         values ($1, $2, $3, $4, $5, $6) on conflict (account_id, actor) do update set \
         inbox = excluded.inbox, shared_inbox = excluded.shared_inbox, follow_id = excluded.follow_id",
        new.account_id.as_str(),
        new.actor.as_str(),
        new.inbox.as_str(),
        new.shared_inbox.as_deref(),
        new.follow_id.as_str(),
        new.since,
    )?;
    Ok(known.is_none())
}

/// Removes a follower of one account.
///
/// # Errors
/// [`super::StoreError`].
pub async fn remove_follower_in(c: &mut Connection, account_id: &str, actor: &str) -> StoreResult<()> {
    run!(&mut *c, "delete from followers where account_id = $1 and actor = $2", account_id, actor)?;
    Ok(())
}

/// Removes the follower row that a Follow made, for an Undo that names only its id.
///
/// # Errors
/// [`super::StoreError`].
pub async fn remove_follow_in(c: &mut Connection, actor: &str, follow_id: &str) -> StoreResult<()> {
    run!(&mut *c, "delete from followers where actor = $1 and follow_id = $2", actor, follow_id)?;
    Ok(())
}

/// The followers of an account, newest first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn followers(store: &Store, account_id: &str) -> StoreResult<Vec<FollowerRow>> {
    let mut c = store.reader().await?;
    let sql_rows = rows!(
        &mut c,
        FollowerRow,
        "select * from followers where account_id = $1 order by since desc, actor",
        account_id,
    )?;
    Ok(sql_rows)
}

/// Where an account's followers are told things: distinct inboxes, the shared one where there is one.
///
/// # Errors
/// [`super::StoreError`].
pub async fn inboxes(store: &Store, account_id: &str) -> StoreResult<Vec<String>> {
    inboxes_in(&mut store.reader().await?, account_id).await
}

/// As [`inboxes`], inside a larger work.
///
/// # Errors
/// [`super::StoreError`].
pub async fn inboxes_in(c: &mut Connection, account_id: &str) -> StoreResult<Vec<String>> {
    let found = rows!(
        &mut *c,
        (String,),
        "select distinct coalesce(shared_inbox, inbox) from followers where account_id = $1 order by 1",
        account_id,
    )?;
    Ok(found.into_iter().map(|(inbox,)| inbox).collect())
}

/// Writes down that an account follows somebody; an earlier row of the two is replaced.
///
/// # Errors
/// [`super::StoreError`].
pub async fn put_following_in(c: &mut Connection, new: &FollowingRow) -> StoreResult<()> {
    run!(
        &mut *c,
        "insert into following (account_id, actor, inbox, follow_id, state, since, transfer_id) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (account_id, actor) do update set \
         inbox = excluded.inbox, follow_id = excluded.follow_id, state = excluded.state, \
         since = excluded.since, transfer_id = excluded.transfer_id",
        new.account_id.as_str(),
        new.actor.as_str(),
        new.inbox.as_str(),
        new.follow_id.as_str(),
        new.state.as_str(),
        new.since,
        new.transfer_id.as_deref(),
    )?;
    Ok(())
}

/// One account's row about one actor.
///
/// # Errors
/// [`super::StoreError`].
pub async fn following_one_in(
    c: &mut Connection,
    account_id: &str,
    actor: &str,
) -> StoreResult<Option<FollowingRow>> {
    let found = row!(
        &mut *c,
        FollowingRow,
        "select * from following where account_id = $1 and actor = $2",
        account_id,
        actor,
    )?;
    Ok(found)
}

/// Every account of ours that follows an actor, in whatever state.
///
/// # Errors
/// [`super::StoreError`].
pub async fn who_follows_in(c: &mut Connection, actor: &str) -> StoreResult<Vec<FollowingRow>> {
    Ok(rows!(&mut *c, FollowingRow, "select * from following where actor = $1 order by account_id", actor)?)
}

/// Whom an account follows, newest first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn following(store: &Store, account_id: &str) -> StoreResult<Vec<FollowingRow>> {
    let mut c = store.reader().await?;
    let sql_rows = rows!(
        &mut c,
        FollowingRow,
        "select * from following where account_id = $1 order by since desc, actor",
        account_id,
    )?;
    Ok(sql_rows)
}

/// Notes that an actor accepted what it was asked, by the id of our Follow.
///
/// # Errors
/// [`super::StoreError`].
pub async fn accepted_in(c: &mut Connection, actor: &str, follow_id: &str) -> StoreResult<u64> {
    Ok(run!(
        &mut *c,
        "update following set state = 'accepted' where actor = $1 and follow_id = $2 and state = 'asked'",
        actor,
        follow_id,
    )?)
}

/// Removes what an actor refused (or ended), by the id of our Follow.
///
/// # Errors
/// [`super::StoreError`].
pub async fn rejected_in(c: &mut Connection, actor: &str, follow_id: &str) -> StoreResult<u64> {
    Ok(run!(
        &mut *c,
        "delete from following where actor = $1 and follow_id = $2 and state <> 'kept'",
        actor,
        follow_id,
    )?)
}

/// Ends that an account follows somebody.
///
/// # Errors
/// [`super::StoreError`].
pub async fn remove_following_in(c: &mut Connection, account_id: &str, actor: &str) -> StoreResult<()> {
    run!(&mut *c, "delete from following where account_id = $1 and actor = $2", account_id, actor)?;
    Ok(())
}

/// Whether an account blocks an actor, or the server it lives on.
/// A block that came with a copy waits until the copy is kept: before, refusing somebody would show it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn is_blocked_in(c: &mut Connection, account_id: &str, actor: &str) -> StoreResult<bool> {
    let url = Url::parse(actor).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let authority = url.as_ref().map(model::actor::authority).unwrap_or_default();
    let found = row!(
        &mut *c,
        (String,),
        "select b.actor from blocks b where b.account_id = $1 and b.actor = $2 \
         and (b.transfer_id is null or exists (select 1 from waiting_profiles w \
             where w.transfer_id = b.transfer_id and w.released_at is not null)) \
         union all select d.key from belongings d where d.account_id = $1 and d.kind = 'blocked_domains' \
         and d.key in ($3, $4) and not d.is_trial limit 1",
        account_id,
        actor,
        host,
        authority,
    )?;
    Ok(found.is_some())
}
