//! Table `remote_actors`: actors of other servers as they were last fetched.

use super::{Connection, Store, StoreResult, from_json, to_json};
use crate::model::actor::Actor;

/// An actor and when it was fetched, in microseconds since 1970.
///
/// # Errors
/// [`super::StoreError`].
pub async fn find(store: &Store, id: &str) -> StoreResult<Option<(Actor, i64)>> {
    let mut c = store.reader().await?;
    row!(&mut c, (String, i64), "select document, fetched_at from remote_actors where id = $1", id)?
        .map(|(document, at)| Ok((from_json("remote actor", &document)?, at)))
        .transpose()
}

/// Keeps a freshly fetched actor; those who follow or are followed by it get its inboxes.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep(store: &Store, actor: Actor, now: i64) -> StoreResult<()> {
    store.write(move |c| Box::pin(async move { keep_in(c, &actor, now).await })).await
}

/// As [`keep`], inside a larger work.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep_in(c: &mut Connection, actor: &Actor, now: i64) -> StoreResult<()> {
    let (id, inbox) = (actor.id.as_str(), actor.inbox.as_str());
    let shared = actor.shared_inbox.as_ref().map(url::Url::as_str);
    run!(
        &mut *c,
        "insert into remote_actors (id, document, fetched_at) values ($1, $2, $3) \
         on conflict (id) do update set document = excluded.document, fetched_at = excluded.fetched_at",
        id,
        to_json(actor),
        now,
    )?;
    run!(&mut *c, "update followers set inbox = $2, shared_inbox = $3 where actor = $1", id, inbox, shared)?;
    run!(&mut *c, "update following set inbox = $2 where actor = $1", id, inbox)?;
    Ok(())
}

/// Removes an actor that is no more, with everything it left here. Blocks stay.
///
/// # Errors
/// [`super::StoreError`].
pub async fn erase(store: &Store, id: String) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                let id = id.as_str();
                run!(&mut *c, "delete from followers where actor = $1", id)?;
                run!(&mut *c, "delete from following where actor = $1", id)?;
                run!(&mut *c, "delete from notifications where actor = $1", id)?;
                run!(&mut *c, "delete from remote_posts where actor = $1", id)?;
                run!(&mut *c, "delete from answers where actor = $1", id)?;
                run!(&mut *c, "delete from remote_actors where id = $1", id)?;
                Ok(())
            })
        })
        .await
}
