//! The built-in server's side of hiding: what a copy brought shows to its owner alone, as before it was kept, and
//! is shown again exactly as it was.

use std::collections::BTreeSet;

use super::{Connection, Store, StoreResult, copies::Owner, from_json, to_json};
use crate::model::actor::Profile;

/// What stands open to others of what a copy brings; what an owner set up for themselves alone stays in force.
const TABLES: [&str; 5] = [
    "update posts set is_trial = $3 where transfer_id = $1 and account_id = $2",
    "update boosts set is_trial = $3 where transfer_id = $1 and account_id = $2",
    "update pointers set is_trial = $3 where transfer_id = $1 and account_id = $2",
    "update media set is_trial = $3 where transfer_id = $1 and account_id = $2",
    "update belongings set is_trial = $3 where transfer_id = $1 and account_id = $2 \
     and kind in ('pins', 'featured_tags')",
];

/// Takes a released copy out of sight, or shows it again. Doing it twice does it once; of a copy that was never
/// released nothing is in sight.
///
/// # Errors
/// [`super::StoreError`].
pub async fn hide(store: &Store, owner: Owner, is_hidden: bool) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(
                async move { if is_hidden { hide_in(c, &owner).await } else { show_in(c, &owner).await } },
            )
        })
        .await
}

/// One at a time with whoever releases the same copy.
pub(super) async fn hold_in(c: &mut Connection, transfer: &str) -> StoreResult<()> {
    run!(c, "update transfers set next_at = next_at where id = $1", transfer)?;
    Ok(())
}

/// Whether a released copy is out of sight.
pub(super) async fn is_hidden_in(c: &mut Connection, owner: &Owner) -> StoreResult<bool> {
    Ok(matches!(released_in(c, owner).await?, Some((.., Some(_)))))
}

/// The waiting profile of a released copy: its text, which of it was filled in, and what is taken off.
type Waiting = (String, Option<String>, Option<String>, Option<String>, Option<String>);

async fn released_in(c: &mut Connection, owner: &Owner) -> StoreResult<Option<Waiting>> {
    Ok(row!(
        c,
        (String, Option<String>, Option<String>, Option<String>, Option<String>),
        "select profile, avatar, header, filled, taken_off from waiting_profiles \
         where transfer_id = $1 and account_id = $2 and released_at is not null",
        &owner.transfer,
        &owner.account,
    )?)
}

async fn hide_in(c: &mut Connection, owner: &Owner) -> StoreResult<()> {
    hold_in(c, &owner.transfer).await?;
    let Some((profile, avatar, header, filled, None)) = released_in(c, owner).await? else { return Ok(()) };
    set_trial(c, owner, true).await?;
    let profile: Profile = from_json("waiting profile", &profile)?;
    let filled: BTreeSet<String> =
        filled.map(|text| from_json("filled", &text)).transpose()?.unwrap_or_default();
    let standing = row!(
        c,
        (String, String, String, Option<String>, Option<String>),
        "select name, summary, fields, avatar, header from accounts where id = $1",
        &owner.account,
    )?;
    let Some(standing) = standing else { return Ok(()) };
    // What its owner has changed since is theirs.
    let taken: Vec<&str> = [
        ("name", standing.0 == profile.name),
        ("summary", standing.1 == profile.summary),
        ("fields", standing.2 == to_json(&profile.fields)),
        ("avatar", standing.3 == avatar),
        ("header", standing.4 == header),
    ]
    .into_iter()
    .filter(|(word, stands)| *stands && filled.contains(*word))
    .map(|(word, _)| word)
    .collect();
    let is_taken = |word: &str| taken.contains(&word);
    run!(
        c,
        "update accounts set name = case when $2 then '' else name end, \
         summary = case when $3 then '' else summary end, fields = case when $4 then '[]' else fields end, \
         avatar = case when $5 then null else avatar end, header = case when $6 then null else header end \
         where id = $1",
        &owner.account,
        is_taken("name"),
        is_taken("summary"),
        is_taken("fields"),
        is_taken("avatar"),
        is_taken("header"),
    )?;
    run!(
        c,
        "update waiting_profiles set taken_off = $2 where transfer_id = $1",
        &owner.transfer,
        to_json(&taken),
    )?;
    Ok(())
}

/// Shows a copy again, inside a transaction.
pub(super) async fn show_in(c: &mut Connection, owner: &Owner) -> StoreResult<()> {
    hold_in(c, &owner.transfer).await?;
    let Some((profile, avatar, header, _, Some(taken))) = released_in(c, owner).await? else { return Ok(()) };
    set_trial(c, owner, false).await?;
    let profile: Profile = from_json("waiting profile", &profile)?;
    let taken: BTreeSet<String> = from_json("taken off", &taken)?;
    let was = |word: &str| taken.contains(word);
    run!(
        c,
        "update accounts set name = case when $2 and name = '' then $3 else name end, \
         summary = case when $4 and summary = '' then $5 else summary end, \
         fields = case when $6 and fields = '[]' then $7 else fields end, \
         avatar = case when $8 then coalesce(avatar, $9) else avatar end, \
         header = case when $10 then coalesce(header, $11) else header end where id = $1",
        &owner.account,
        was("name"),
        profile.name,
        was("summary"),
        profile.summary,
        was("fields"),
        to_json(&profile.fields),
        was("avatar"),
        avatar,
        was("header"),
        header,
    )?;
    run!(c, "update waiting_profiles set taken_off = null where transfer_id = $1", &owner.transfer)?;
    Ok(())
}

async fn set_trial(c: &mut Connection, owner: &Owner, is_trial: bool) -> StoreResult<()> {
    for sql in TABLES {
        run!(c, sql, &owner.transfer, &owner.account, is_trial)?;
    }
    Ok(())
}
