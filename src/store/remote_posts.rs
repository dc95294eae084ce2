//! Table `remote_posts`: posts of others that somebody here follows or is named in.

use super::{Connection, Store, StoreResult};

/// A post as it was received; its document is cleaned when it is shown.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct RemotePostRow {
    pub id: String,
    pub actor: String,
    pub document: String,
    pub published_at: i64,
    pub received_at: i64,
}

/// Keeps a post; `true` when it was not there yet. One that is there stays as it is.
///
/// # Errors
/// [`super::StoreError`].
pub async fn add_in(c: &mut Connection, new: &RemotePostRow) -> StoreResult<bool> {
    let added = run!(
        &mut *c,
        "insert into remote_posts (id, actor, document, published_at, received_at) \
         values ($1, $2, $3, $4, $5) on conflict (id) do nothing",
        new.id.as_str(),
        new.actor.as_str(),
        new.document.as_str(),
        new.published_at,
        new.received_at,
    )?;
    Ok(added == 1)
}

/// Replaces the document of a post that is here, if it is this actor's.
///
/// # Errors
/// [`super::StoreError`].
pub async fn replace(store: &Store, id: String, actor: String, document: String) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update remote_posts set document = $3 where id = $1 and actor = $2",
                    id,
                    actor,
                    document
                )?;
                Ok(())
            })
        })
        .await
}

/// Removes a post, if it is this actor's.
///
/// # Errors
/// [`super::StoreError`].
pub async fn remove_in(c: &mut Connection, id: &str, actor: &str) -> StoreResult<()> {
    run!(&mut *c, "delete from remote_posts where id = $1 and actor = $2", id, actor)?;
    Ok(())
}

/// Finds a post.
///
/// # Errors
/// [`super::StoreError`].
pub async fn find(store: &Store, id: &str) -> StoreResult<Option<RemotePostRow>> {
    let mut c = store.reader().await?;
    Ok(row!(&mut c, RemotePostRow, "select * from remote_posts where id = $1", id)?)
}

/// The newest posts of those an account follows. Who may see each is decided by its addressing
/// (`Site::remote_timeline`), never by this list.
///
/// # Errors
/// [`super::StoreError`].
pub async fn of_followed(store: &Store, account_id: &str, limit: i64) -> StoreResult<Vec<RemotePostRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        RemotePostRow,
        "select p.* from remote_posts p join following f on f.actor = p.actor \
         where f.account_id = $1 and f.state = 'accepted' order by p.published_at desc, p.id limit $2",
        account_id,
        limit,
    )?)
}
