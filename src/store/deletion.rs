//! A single post goes: its row says so, its files leave the disk unless somebody else shows them, and what it was
//! before is noted for whoever leads here.

use super::{
    Connection, Store, StoreResult,
    blobs::{Blobs, Removing},
    erasures, to_json,
};
use crate::port::destination::StoredBlob;

/// What goes.
pub struct Going {
    /// Whose it is.
    pub account: String,
    /// The post.
    pub id: String,
    /// The addresses it and its files were seen at by everybody; none where it was never open.
    pub addresses: Vec<String>,
}

/// Marks a post of an account as deleted and takes its files away; `false` when there is no such post of theirs.
/// Files of a trial stay: whoever goes on with it counts them.
///
/// # Errors
/// [`super::StoreError`]; a conflict when the disk refuses to remove a file.
pub async fn delete(store: &Store, blobs: &Blobs, going: Going, now: i64) -> StoreResult<bool> {
    let removing = blobs.removing().await;
    let is_gone = store
        .write(move |c| {
            Box::pin(async move {
                let touched = run!(
                    c,
                    "update posts set deleted_at = $3 where account_id = $1 and id = $2 and deleted_at is null",
                    &going.account,
                    &going.id,
                    now,
                )?;
                if touched == 0 {
                    return Ok(false);
                }
                erasures::note_in(c, &going.addresses, now).await?;
                remove_files_in(c, &removing, &going.id).await?;
                Ok(true)
            })
        })
        .await?;
    blobs.sweep().await?;
    Ok(is_gone)
}

/// Removes files that only this post showed. They go before the commit, as when a copy is discarded.
async fn remove_files_in(c: &mut Connection, removing: &Removing, post: &str) -> StoreResult<()> {
    let files = rows!(
        c,
        (String, i64, String),
        "select m.sha256, m.bytes, m.media_type from media m where m.post_id = $1 and (not m.is_trial or exists \
         (select 1 from waiting_profiles w where w.transfer_id = m.transfer_id and w.released_at is not null))",
        post,
    )?;
    for (sha256, bytes, media_type) in files {
        let blob = StoredBlob { sha256, bytes: super::count(bytes), media_type };
        if is_needed_in(c, &blob).await? {
            continue;
        }
        removing.remove_in(c, &blob.sha256).await?;
    }
    Ok(())
}

/// Whether a post that stands, a profile or a copy on its way relies on a file.
async fn is_needed_in(c: &mut Connection, blob: &StoredBlob) -> StoreResult<bool> {
    let found = row!(
        c,
        (i64,),
        "select cast(1 as bigint) from media m left join posts p on p.id = m.post_id \
         where m.sha256 = $1 and p.deleted_at is null \
         union all select cast(1 as bigint) from accounts where avatar = $2 or header = $2 \
         union all select cast(1 as bigint) from waiting_profiles where avatar = $2 or header = $2 \
         union all select cast(1 as bigint) from items i join transfers t on t.id = i.transfer_id \
         where i.blob = $2 and t.state not in ('kept', 'done', 'discarded', 'removed') limit 1",
        &blob.sha256,
        to_json(blob),
    )?;
    Ok(found.is_some())
}
