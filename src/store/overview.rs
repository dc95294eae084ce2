//! Reads across tables for pages: numbers of relations, usage of the server, a person's timeline.

use std::collections::BTreeMap;

use super::{Store, StoreResult, keyed};

/// How many accounts live here (those that moved away left out) and how many open posts they wrote.
///
/// # Errors
/// [`super::StoreError`].
pub async fn usage(store: &Store) -> StoreResult<(u64, u64)> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (i64, i64),
        "select (select cast(count(*) as bigint) from accounts where moved_to is null \
          and id not in (select account_id from held_names)), \
         (select cast(count(*) as bigint) from posts where deleted_at is null and not is_trial \
          and visibility in ('public', 'unlisted') \
          and account_id in (select id from accounts where moved_to is null))"
    )?;
    Ok(found.map_or((0, 0), |(accounts, posts)| (super::count(accounts), super::count(posts))))
}

/// How many followers an account has, and how many accounts agreed to be followed by it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn relations(store: &Store, account: &str) -> StoreResult<(u64, u64)> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (i64, i64),
        "select (select cast(count(*) as bigint) from followers where account_id = $1), \
         (select cast(count(*) as bigint) from following where account_id = $1 and state = 'accepted')",
        account,
    )?;
    Ok(found.map_or((0, 0), |(followers, following)| (super::count(followers), super::count(following))))
}

/// A post of another server as it was received.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct RemotePostRow {
    pub id: String,
    pub actor: String,
    pub document: String,
    pub published_at: i64,
}

/// Posts of the actors an account follows, newest first, before a time.
///
/// # Errors
/// [`super::StoreError`].
pub async fn timeline(
    store: &Store,
    account: &str,
    before: i64,
    limit: i64,
) -> StoreResult<Vec<RemotePostRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        RemotePostRow,
        "select id, actor, document, published_at from remote_posts where published_at < $2 and actor in \
         (select actor from following where account_id = $1 and state = 'accepted') \
         order by published_at desc limit $3",
        account,
        before,
        limit,
    )?)
}

/// Posts of the actors on a list whom the account follows, newest first, before a time.
///
/// # Errors
/// [`super::StoreError`].
pub async fn list_timeline(
    store: &Store,
    account: &str,
    list: &str,
    before: i64,
    limit: i64,
) -> StoreResult<Vec<RemotePostRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        RemotePostRow,
        "select id, actor, document, published_at from remote_posts where published_at < $3 and actor in \
         (select f.actor from following f join list_members m \
          on m.account_id = f.account_id and m.actor = f.actor \
          where f.account_id = $1 and f.state = 'accepted' and m.list = $2) \
         order by published_at desc limit $4",
        account,
        list,
        before,
        limit,
    )?)
}

/// Who wrote which of these posts of other servers, as far as we hold them.
///
/// # Errors
/// [`super::StoreError`].
pub async fn remote_authors(store: &Store, ids: &[&str]) -> StoreResult<BTreeMap<String, String>> {
    let mut c = store.reader().await?;
    let sql = "select id, actor from remote_posts where id in ({keys})";
    let found: Vec<(String, String)> = keyed::rows_of(&mut c, sql, &[], ids).await?;
    Ok(found.into_iter().collect())
}

/// Who wrote a post of another server, if we hold it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn remote_author(store: &Store, id: &str) -> StoreResult<Option<String>> {
    let mut c = store.reader().await?;
    let found = row!(&mut c, (String,), "select actor from remote_posts where id = $1", id)?;
    Ok(found.map(|(actor,)| actor))
}
