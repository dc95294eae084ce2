//! Removing what a transfer brought after it was visible: exactly that, files included. What stood
//! open to everybody leaves a tombstone.

use std::collections::BTreeSet;

use super::{
    Connection, Store, StoreResult, blobs::Blobs, copies::Owner, count, from_json, hiding, keyed::rows_of,
    releases, to_json,
};
use crate::model::actor::Profile;

/// Removes everything a transfer brought. Doing it twice, or again after a crash, does it once.
///
/// # Errors
/// [`super::StoreError`]; [`super::StoreError::Conflict`] when the disk refuses to remove a file.
pub async fn remove(store: &Store, blobs: Blobs, owner: Owner, now: i64) -> StoreResult<()> {
    let removing = blobs.removing().await;
    store
        .write(move |c| {
            Box::pin(async move {
                // What was out of sight was in sight once, and leaves the same tombstones.
                hiding::show_in(c, &owner).await?;
                bury_in(c, &owner, now).await?;
                take_back_in(c, &owner).await?;
                empty_profile_in(c, &owner).await?;
                releases::discard_in(c, &removing, &owner).await
            })
        })
        .await
}

/// Leaves tombstones of what stood open.
async fn bury_in(c: &mut Connection, owner: &Owner, now: i64) -> StoreResult<()> {
    run!(
        c,
        "insert into tombstones (id, account_id, gone_at) select id, account_id, $3 from posts \
         where transfer_id = $1 and account_id = $2 and not is_trial and visibility in ('public', 'unlisted') \
         on conflict (id) do nothing",
        &owner.transfer,
        &owner.account,
        now,
    )?;
    Ok(())
}

/// Puts everything back on trial, from where it is discarded like a copy that nobody has seen.
async fn take_back_in(c: &mut Connection, owner: &Owner) -> StoreResult<()> {
    let (transfer, account) = (&owner.transfer, &owner.account);
    run!(
        c,
        "update posts set is_trial = true where transfer_id = $1 and account_id = $2",
        transfer,
        account
    )?;
    run!(
        c,
        "update boosts set is_trial = true where transfer_id = $1 and account_id = $2",
        transfer,
        account
    )?;
    run!(
        c,
        "update pointers set is_trial = true where transfer_id = $1 and account_id = $2",
        transfer,
        account
    )?;
    run!(
        c,
        "update media set is_trial = true where transfer_id = $1 and account_id = $2",
        transfer,
        account
    )?;
    Ok(())
}

/// Takes away what the copy filled in the profile, unless it is not as it came any more.
async fn empty_profile_in(c: &mut Connection, owner: &Owner) -> StoreResult<()> {
    let waiting = row!(
        c,
        (String, Option<String>, Option<String>, Option<String>),
        "select profile, avatar, header, filled from waiting_profiles \
         where transfer_id = $1 and account_id = $2",
        &owner.transfer,
        &owner.account,
    )?;
    let Some((profile, avatar, header, Some(filled))) = waiting else { return Ok(()) };
    let profile: Profile = from_json("waiting profile", &profile)?;
    let filled: BTreeSet<String> = from_json("filled", &filled)?;
    let came = |word: &str| filled.contains(word);
    run!(
        c,
        "update accounts set name = case when $2 and name = $3 then '' else name end, \
         summary = case when $4 and summary = $5 then '' else summary end, \
         fields = case when $6 and fields = $7 then '[]' else fields end, \
         avatar = case when $8 and avatar = $9 then null else avatar end, \
         header = case when $10 and header = $11 then null else header end where id = $1",
        &owner.account,
        came("name"),
        profile.name,
        came("summary"),
        profile.summary,
        came("fields"),
        to_json(&profile.fields),
        came("avatar"),
        avatar,
        came("header"),
        header,
    )?;
    run!(
        c,
        "update waiting_profiles set released_at = null, filled = null where transfer_id = $1",
        &owner.transfer,
    )?;
    Ok(())
}

/// How many posts that came with a transfer others have answered or passed on, as far as is known here.
///
/// # Errors
/// [`super::StoreError`].
pub async fn answered(store: &Store, owner: &Owner) -> StoreResult<u64> {
    let mut c = store.reader().await?;
    let here = rows!(
        &mut c,
        (String,),
        "select distinct m.new_url from url_map m join posts p on p.in_reply_to = m.new_url \
         where m.transfer_id = $1 and p.account_id <> $2 and p.deleted_at is null \
         union select distinct m.new_url from url_map m join boosts b on b.object_url = m.new_url \
         where m.transfer_id = $1 and b.account_id <> $2",
        &owner.transfer,
        &owner.account,
    )?;
    let told = rows!(
        &mut c,
        (String,),
        "select p.document from notifications n join remote_posts p on p.id = n.subject \
         where n.account_id = $1 and n.kind = 'reply'",
        &owner.account,
    )?;
    let parent = |(text,): &(String,)| {
        let document: serde_json::Value = from_json("remote post", text).ok()?;
        let parent = document.get("inReplyTo")?;
        parent.as_str().or_else(|| parent.get("id")?.as_str()).map(str::to_owned)
    };
    let parents: BTreeSet<String> = told.iter().filter_map(parent).collect();
    let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
    let sql = "select new_url from url_map where transfer_id = $1 and new_url in ({keys})";
    let elsewhere: Vec<(String,)> = rows_of(&mut c, sql, &[&owner.transfer], &parents).await?;
    let all: BTreeSet<String> = here.into_iter().chain(elsewhere).map(|(url,)| url).collect();
    Ok(u64::try_from(all.len()).unwrap_or(u64::MAX))
}

/// Whether a post of an account was open once and was taken away with what brought it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn is_buried(store: &Store, account: &str, id: &str) -> StoreResult<bool> {
    let mut c = store.reader().await?;
    let sql = "select cast(count(*) as bigint) from tombstones where id = $1 and account_id = $2";
    let found: Option<(i64,)> = row!(&mut c, (i64,), sql, id, account)?;
    Ok(found.is_some_and(|(number,)| count(number) > 0))
}
