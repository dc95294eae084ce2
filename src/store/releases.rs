//! The end of a trial: a copy is released to its recorded visibility, or taken back without trace.

use std::collections::BTreeSet;

use super::{
    Connection, Store, StoreError, StoreResult, belongings,
    blobs::{Blobs, Removing},
    copies::Owner,
    from_json, hidden_imports, hiding, to_json,
};
use crate::{model::actor::Profile, port::destination::StoredBlob, words::text};

/// A profile that waits for its release.
pub struct WaitingProfile {
    /// Name, biography, fields.
    pub profile: Profile,
    /// Picture.
    pub avatar: Option<StoredBlob>,
    /// Picture across the top.
    pub header: Option<StoredBlob>,
}

/// Puts a profile aside; a second one replaces the first as long as nothing is released. One that says
/// the same is not written.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep_profile(store: &Store, owner: Owner, waiting: WaitingProfile) -> StoreResult<()> {
    let newer = (
        to_json(&waiting.profile),
        waiting.avatar.map(|blob| to_json(&blob)),
        waiting.header.map(|blob| to_json(&blob)),
    );
    let mut c = store.reader().await?;
    let sql = "select profile, avatar, header from waiting_profiles where transfer_id = $1";
    let standing = row!(&mut c, (String, Option<String>, Option<String>), sql, &owner.transfer)?;
    drop(c);
    if standing.as_ref() == Some(&newer) {
        return Ok(());
    }
    let (profile, avatar, header) = newer;
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into waiting_profiles (transfer_id, account_id, profile, avatar, header) \
                     values ($1, $2, $3, $4, $5) on conflict (transfer_id) do update set \
                     profile = excluded.profile, avatar = excluded.avatar, header = excluded.header \
                     where waiting_profiles.released_at is null",
                    owner.transfer,
                    owner.account,
                    profile,
                    avatar,
                    header,
                )?;
                Ok(())
            })
        })
        .await
}

/// Ends the trial of everything a transfer brought and fills what its owner left empty in the
/// profile. Releasing twice fills once: what the owner emptied since stays empty, and what came later
/// becomes visible.
///
/// # Errors
/// [`super::StoreError`].
pub async fn release(store: &Store, owner: Owner, now: i64) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                hiding::hold_in(c, &owner.transfer).await?;
                // What an admin has hidden since is not shown by this either.
                if hiding::is_hidden_in(c, &owner).await? {
                    return Ok(());
                }
                let is_released = is_released(c, &owner.transfer).await?;
                if !is_released && hidden_imports::holds_in(c, &owner.transfer).await? {
                    return Err(StoreError::Conflict(text!("refusals-the-admins-have-taken-it-out-of-sight")));
                }
                let (transfer, account) = (&owner.transfer, &owner.account);
                belongings::release_in(c, &owner).await?;
                run!(
                    c,
                    "update posts set is_trial = false where transfer_id = $1 and account_id = $2 and is_trial",
                    transfer,
                    account
                )?;
                run!(
                    c,
                    "update boosts set is_trial = false where transfer_id = $1 and account_id = $2 and is_trial",
                    transfer,
                    account
                )?;
                run!(
                    c,
                    "update pointers set is_trial = false where transfer_id = $1 and account_id = $2 and is_trial",
                    transfer,
                    account
                )?;
                run!(
                    c,
                    "update media set is_trial = false where transfer_id = $1 and account_id = $2 and is_trial",
                    transfer,
                    account
                )?;
                // Whom its owner blocked before, nobody lets follow them here.
                run!(
                    c,
                    "delete from followers where account_id = $2 and actor in \
                     (select actor from blocks where transfer_id = $1 and account_id = $2)",
                    transfer,
                    account
                )?;
                if is_released {
                    return Ok(());
                }
                fill_profile(c, &owner).await?;
                run!(
                    c,
                    "insert into waiting_profiles (transfer_id, account_id, profile, released_at) \
                     values ($1, $2, $3, $4) \
                     on conflict (transfer_id) do update set released_at = excluded.released_at \
                     where waiting_profiles.account_id = excluded.account_id",
                    transfer,
                    account,
                    to_json(&Profile::default()),
                    now,
                )?;
                Ok(())
            })
        })
        .await
}

/// Says or keeps to itself where everything of a transfer was before.
///
/// # Errors
/// [`super::StoreError`].
pub async fn hide_origin(store: &Store, owner: Owner, is_hidden: bool) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update posts set hides_origin = $3 where transfer_id = $1 and account_id = $2",
                    &owner.transfer,
                    &owner.account,
                    is_hidden,
                )?;
                run!(
                    c,
                    "update boosts set hides_origin = $3 where transfer_id = $1 and account_id = $2",
                    &owner.transfer,
                    &owner.account,
                    is_hidden,
                )?;
                Ok(())
            })
        })
        .await
}

async fn is_released(c: &mut Connection, transfer: &str) -> StoreResult<bool> {
    let found = row!(
        c,
        (String,),
        "select transfer_id from waiting_profiles where transfer_id = $1 and released_at is not null",
        transfer,
    )?;
    Ok(found.is_some())
}

/// What of a profile its owner left empty.
async fn empty_fields(c: &mut Connection, account: &str) -> StoreResult<Vec<&'static str>> {
    let found = row!(
        c,
        (bool, bool, bool, bool, bool),
        "select name = '', summary = '', fields = '[]', avatar is null, header is null from accounts where id = $1",
        account,
    )?;
    let Some((name, summary, fields, avatar, header)) = found else { return Ok(Vec::new()) };
    let words =
        [(name, "name"), (summary, "summary"), (fields, "fields"), (avatar, "avatar"), (header, "header")];
    Ok(words.into_iter().filter(|(is_empty, _)| *is_empty).map(|(_, word)| word).collect())
}

async fn fill_profile(c: &mut Connection, owner: &Owner) -> StoreResult<()> {
    let waiting = row!(
        c,
        (String, Option<String>, Option<String>),
        "select profile, avatar, header from waiting_profiles where transfer_id = $1 and account_id = $2",
        &owner.transfer,
        &owner.account,
    )?;
    let Some((profile, avatar, header)) = waiting else { return Ok(()) };
    let profile: Profile = from_json("waiting profile", &profile)?;
    let filled = empty_fields(c, &owner.account).await?;
    run!(
        c,
        "update waiting_profiles set filled = $2 where transfer_id = $1",
        &owner.transfer,
        to_json(&filled),
    )?;
    run!(
        c,
        "update accounts set name = case when name = '' then $2 else name end, \
         summary = case when summary = '' then $3 else summary end, \
         fields = case when fields = '[]' then $4 else fields end, \
         avatar = coalesce(avatar, $5), header = coalesce(header, $6) where id = $1",
        &owner.account,
        profile.name,
        profile.summary,
        to_json(&profile.fields),
        avatar,
        header,
    )?;
    Ok(())
}

/// Takes back everything a transfer brought, files included; `false` when it was released before,
/// and then nothing is touched. Doing it twice, or again after a crash, does it once.
///
/// # Errors
/// [`super::StoreError`]; [`super::StoreError::Conflict`] when the disk refuses to remove a file.
pub async fn discard(store: &Store, blobs: Blobs, owner: Owner) -> StoreResult<bool> {
    let removing = blobs.removing().await;
    let is_taken_back = store
        .write(move |c| {
            Box::pin(async move {
                if is_released(c, &owner.transfer).await? {
                    return Ok(false);
                }
                discard_in(c, &removing, &owner).await?;
                Ok(true)
            })
        })
        .await?;
    blobs.sweep().await?;
    Ok(is_taken_back)
}

/// Takes back what is on trial of a transfer, with its files, inside a transaction.
pub(super) async fn discard_in(c: &mut Connection, removing: &Removing, owner: &Owner) -> StoreResult<()> {
    let candidates = brought_blobs(c, owner).await?;
    delete_rows(c, owner).await?;
    // Files go before the commit: after a crash in between the rows are still here and
    // name what is left to remove. The other way round the files would be forgotten.
    let needed = needed_pictures(c, &owner.transfer).await?;
    for sha256 in candidates.difference(&needed) {
        if row!(c, (String,), "select id from media where sha256 = $1 limit 1", sha256)?.is_some() {
            continue;
        }
        removing.remove_in(c, sha256).await?;
    }
    Ok(())
}

/// Hashes of all files that came with a transfer, also of those fetched and not yet written.
async fn brought_blobs(c: &mut Connection, owner: &Owner) -> StoreResult<BTreeSet<String>> {
    let media = rows!(
        c,
        (String,),
        "select sha256 from media where transfer_id = $1 and account_id = $2 and is_trial",
        &owner.transfer,
        &owner.account,
    )?;
    let described = rows!(
        c,
        (String,),
        "select blob from items where transfer_id = $1 and blob is not null \
         union select avatar from waiting_profiles where transfer_id = $1 and avatar is not null \
         union select header from waiting_profiles where transfer_id = $1 and header is not null",
        &owner.transfer,
    )?;
    Ok(media.into_iter().map(|(sha256,)| sha256).chain(described.iter().filter_map(hash_in)).collect())
}

/// Hashes that profiles and other unfinished transfers still rely on.
pub(super) async fn needed_pictures(c: &mut Connection, transfer: &str) -> StoreResult<BTreeSet<String>> {
    let described = rows!(
        c,
        (String,),
        "select avatar from accounts where avatar is not null \
         union select header from accounts where header is not null \
         union select avatar from waiting_profiles where avatar is not null \
         union select header from waiting_profiles where header is not null \
         union select i.blob from items i join transfers t on t.id = i.transfer_id \
             where i.transfer_id <> $1 and i.blob is not null and t.state not in ('done', 'discarded')",
        transfer,
    )?;
    Ok(described.iter().filter_map(hash_in).collect())
}

/// The hash in the stored description of a file.
fn hash_in((text,): &(String,)) -> Option<String> {
    from_json::<StoredBlob>("file", text).ok().map(|blob| blob.sha256)
}

async fn delete_rows(c: &mut Connection, owner: &Owner) -> StoreResult<()> {
    let (transfer, account) = (&owner.transfer, &owner.account);
    run!(
        c,
        "delete from post_tags where post_id in \
         (select id from posts where transfer_id = $1 and account_id = $2 and is_trial)",
        transfer,
        account,
    )?;
    run!(
        c,
        "delete from answers where post_id in \
         (select id from posts where transfer_id = $1 and account_id = $2 and is_trial)",
        transfer,
        account,
    )?;
    run!(c, "delete from media where transfer_id = $1 and account_id = $2 and is_trial", transfer, account)?;
    run!(c, "delete from posts where transfer_id = $1 and account_id = $2 and is_trial", transfer, account)?;
    run!(c, "delete from boosts where transfer_id = $1 and account_id = $2 and is_trial", transfer, account)?;
    run!(
        c,
        "delete from pointers where transfer_id = $1 and account_id = $2 and is_trial",
        transfer,
        account
    )?;
    run!(
        c,
        "delete from following where transfer_id = $1 and account_id = $2 and state = 'kept'",
        transfer,
        account,
    )?;
    // Whom the person followed for real meanwhile, they follow for real.
    run!(
        c,
        "update following set transfer_id = null where transfer_id = $1 and account_id = $2",
        transfer,
        account
    )?;
    run!(c, "delete from blocks where transfer_id = $1 and account_id = $2", transfer, account)?;
    belongings::discard_in(c, owner).await?;
    run!(c, "delete from waiting_profiles where transfer_id = $1 and account_id = $2", transfer, account)?;
    Ok(())
}
