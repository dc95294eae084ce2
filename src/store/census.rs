//! For tests: how many rows every table has, to see that something left no trace.

use super::Store;

/// Name and number of rows of every table.
pub(crate) async fn census(store: &Store) -> Vec<(String, i64)> {
    let mut c = store.reader().await.unwrap();
    let counted = rows!(
        &mut c,
        (String, i64),
        "select 'accounts', count(*) from accounts union all select 'host_keys', count(*) from host_keys \
         union all select 'sessions', count(*) from sessions union all select 'posts', count(*) from posts \
         union all select 'post_tags', count(*) from post_tags union all select 'boosts', count(*) from boosts \
         union all select 'pointers', count(*) from pointers union all select 'media', count(*) from media \
         union all select 'waiting_profiles', count(*) from waiting_profiles \
         union all select 'followers', count(*) from followers \
         union all select 'following', count(*) from following union all select 'blocks', count(*) from blocks \
         union all select 'blocked_by', count(*) from blocked_by \
         union all select 'refollows', count(*) from refollows \
         union all select 'belongings', count(*) from belongings \
         union all select 'list_members', count(*) from list_members \
         union all select 'remote_actors', count(*) from remote_actors \
         union all select 'remote_posts', count(*) from remote_posts \
         union all select 'notifications', count(*) from notifications \
         union all select 'seen_activities', count(*) from seen_activities \
         union all select 'deliveries', count(*) from deliveries \
         union all select 'transfers', count(*) from transfers union all select 'items', count(*) from items \
         union all select 'audit', count(*) from audit"
    );
    counted.unwrap()
}

/// Marks a post as deleted.
pub(crate) async fn delete_post(store: &Store, id: &str) {
    let id = id.to_owned();
    let deleted = store.write(move |c| {
        Box::pin(async move {
            run!(c, "update posts set deleted_at = 1 where id = $1", id)?;
            Ok(())
        })
    });
    deleted.await.unwrap();
}

/// Lets `actor` follow an account through `inbox` and `shared`.
pub(crate) async fn follower(store: &Store, account: &str, actor: &str, shared: Option<&str>) {
    let (account, actor, shared) = (account.to_owned(), actor.to_owned(), shared.map(str::to_owned));
    let added = store.write(move |c| {
        Box::pin(async move {
            run!(
                c,
                "insert into followers (account_id, actor, inbox, shared_inbox, follow_id, since) \
                 values ($1, $2, $3, $4, '', 0)",
                account,
                &actor,
                format!("{actor}/inbox"),
                shared,
            )?;
            Ok(())
        })
    });
    added.await.unwrap();
}

/// Begins a transfer, and gives its id.
pub(crate) async fn transfer(store: &Store) -> crate::model::id::TransferId {
    let added = store.write(|c| {
        Box::pin(async move {
            run!(
                c,
                "insert into transfers (id, account_id, asked_for, origin, state, attempts, next_at, created_at, \
                 changed_at) values ('here', 'x', '', '{}', 'fetching', 0, 0, 0, 0)"
            )?;
            Ok(())
        })
    });
    added.await.unwrap();
    crate::model::id::TransferId::from("here")
}

/// Lets another transfer have fetched a file that it has not written yet.
pub(crate) async fn fetched_elsewhere(store: &Store, sha256: &str) {
    let blob = format!(r#"{{"sha256":"{sha256}","bytes":1,"media_type":"image/png"}}"#);
    let added = store.write(move |c| {
        Box::pin(async move {
            run!(
                c,
                "insert into transfers (id, account_id, asked_for, origin, state, attempts, next_at, created_at, \
                 changed_at) values ('elsewhere', 'x', '', '{}', 'fetching', 0, 0, 0, 0)"
            )?;
            run!(
                c,
                "insert into items (transfer_id, kind, key, position, item, state, blob) \
                 values ('elsewhere', 'media', 'k', 0, '{}', 'fetched', $1)",
                blob,
            )?;
            Ok(())
        })
    });
    added.await.unwrap();
}
