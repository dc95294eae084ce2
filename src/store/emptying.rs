//! Everything an owner left behind is taken away, with its files. The account stays as a shell that proves
//! and leads on: its actor and key, who follows it, where each of its addresses went.

use std::collections::BTreeSet;

use super::{Connection, Store, StoreResult, blobs::Blobs, from_json, releases};
use crate::port::destination::StoredBlob;

/// What was taken away, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Emptied {
    /// Posts that went.
    pub posts: u64,
    /// Files that went.
    pub files: u64,
    /// When.
    pub at: i64,
}

/// What of an account goes, in an order that keeps references whole. Followers stay: who asks for their
/// number finds what was there before.
const GOING: [&str; 20] = [
    "delete from answers where post_id in (select id from posts where account_id = $1)",
    "delete from post_tags where post_id in (select id from posts where account_id = $1)",
    "delete from media where account_id = $1",
    "delete from posts where account_id = $1",
    "delete from boosts where account_id = $1",
    "delete from pointers where account_id = $1",
    "delete from list_members where account_id = $1",
    "delete from belongings where account_id = $1",
    "delete from blocks where account_id = $1",
    "delete from blocked_by where account_id = $1",
    "delete from following where account_id = $1",
    "delete from refollows where account_id = $1",
    "delete from notifications where account_id = $1",
    "delete from waiting_profiles where account_id = $1",
    // What earlier copies into this account had gathered. The map of addresses stays with the transfer, and of what
    // stands in it that it was written: earlier homes lead on by it.
    "delete from items where transfer_id in (select id from transfers where account_id = $1 \
     and state in ('kept', 'done', 'removed', 'discarded')) and not exists (select 1 from url_map m \
     where m.transfer_id = items.transfer_id and m.kind = items.kind and m.key = items.key)",
    "update items set item = '{}', content = null, blob = null where transfer_id in (select id from transfers \
     where account_id = $1 and state in ('kept', 'done', 'removed', 'discarded'))",
    "delete from notes where transfer_id in (select id from transfers where account_id = $1 \
     and state in ('kept', 'done', 'removed', 'discarded'))",
    "update applications set names = '[]', question = null, answer = null where transfer_id in \
     (select id from transfers where account_id = $1)",
    "update transfers set survey = null where account_id = $1 and state in ('kept', 'done', 'removed', 'discarded')",
    "delete from letters where account_id = $1",
];

/// Empties an account in one transaction. Doing it twice, or again after a crash, does it once.
///
/// # Errors
/// [`super::StoreError`]; [`super::StoreError::Conflict`] when the disk refuses to remove a file.
pub async fn empty(store: &Store, blobs: Blobs, account: String, now: i64) -> StoreResult<()> {
    let removing = blobs.removing().await;
    store
        .write(move |c| {
            Box::pin(async move {
                let files = rows!(c, (String,), "select sha256 from media where account_id = $1", &account)?;
                let gathered = rows!(
                    c,
                    (String,),
                    "select distinct blob from items where blob is not null and transfer_id in \
                     (select id from transfers where account_id = $1)",
                    &account,
                )?;
                let (posts,) = row!(
                    &mut *c,
                    (i64,),
                    "select cast(count(*) as bigint) from posts where account_id = $1 and deleted_at is null",
                    &account,
                )?
                .unwrap_or_default();
                run!(
                    &mut *c,
                    "insert into emptied (account_id, posts, files, emptied_at) values ($1, $2, $3, $4) \
                     on conflict (account_id) do update set posts = emptied.posts + excluded.posts, \
                     files = emptied.files + excluded.files, emptied_at = excluded.emptied_at",
                    &account,
                    posts,
                    i64::try_from(files.len()).unwrap_or(i64::MAX),
                    now,
                )?;
                take_away(c, &account).await?;
                // Files go before the commit, as when a copy is discarded.
                let mut needed = releases::needed_pictures(c, "").await?;
                let all = "select distinct blob from items where blob is not null";
                needed.extend(hashes_of(rows!(c, (String,), all)?)?);
                let mut hashes: BTreeSet<String> = files.into_iter().map(|(sha256,)| sha256).collect();
                hashes.extend(hashes_of(gathered)?);
                for sha256 in hashes.difference(&needed) {
                    if row!(c, (String,), "select id from media where sha256 = $1 limit 1", sha256)?.is_some()
                    {
                        continue;
                    }
                    removing.remove_in(c, sha256).await?;
                }
                Ok(())
            })
        })
        .await?;
    blobs.sweep().await
}

/// The hashes of files that were gathered.
fn hashes_of(blobs: Vec<(String,)>) -> StoreResult<Vec<String>> {
    let hash = |(text,): (String,)| Ok(from_json::<StoredBlob>("blob", &text)?.sha256);
    blobs.into_iter().map(hash).collect()
}

async fn take_away(c: &mut Connection, account: &str) -> StoreResult<()> {
    for statement in GOING {
        run!(&mut *c, statement, account)?;
    }
    Ok(())
}

/// Whether an account was emptied, and of what.
///
/// # Errors
/// [`super::StoreError`].
pub async fn of(store: &Store, account: &str) -> StoreResult<Option<Emptied>> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (i64, i64, i64),
        "select posts, files, emptied_at from emptied where account_id = $1",
        account,
    )?;
    Ok(found.map(|(posts, files, at)| Emptied {
        posts: u64::try_from(posts).unwrap_or(0),
        files: u64::try_from(files).unwrap_or(0),
        at,
    }))
}
