//! Profiles that came for accounts of the server beside us, and wait until their owners keep the copy.

use super::{Store, StoreResult, from_json, to_json};
use crate::{model::actor::Profile, port::destination::StoredBlob};

/// A profile that waits, or waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostProfile {
    /// Whose account.
    pub account: String,
    /// Name, biography, fields.
    pub profile: Profile,
    /// Picture.
    pub avatar: Option<StoredBlob>,
    /// Picture across the top.
    pub header: Option<StoredBlob>,
    /// When the copy was released, if it was.
    pub released_at: Option<i64>,
}

/// Puts a profile aside; a second one replaces the first as long as nothing is released.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep(store: &Store, transfer: &str, waiting: HostProfile) -> StoreResult<()> {
    let transfer = transfer.to_owned();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into host_profiles (transfer_id, account_id, profile, avatar, header) \
                     values ($1, $2, $3, $4, $5) on conflict (transfer_id) do update set \
                     profile = excluded.profile, avatar = excluded.avatar, header = excluded.header \
                     where host_profiles.released_at is null",
                    transfer,
                    waiting.account,
                    to_json(&waiting.profile),
                    waiting.avatar.map(|blob| to_json(&blob)),
                    waiting.header.map(|blob| to_json(&blob)),
                )?;
                Ok(())
            })
        })
        .await
}

/// What waits, or waited, for a transfer.
///
/// # Errors
/// [`super::StoreError`].
pub async fn find(store: &Store, transfer: &str) -> StoreResult<Option<HostProfile>> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (String, String, Option<String>, Option<String>, Option<i64>),
        "select account_id, profile, avatar, header, released_at from host_profiles where transfer_id = $1",
        transfer,
    )?;
    let Some((account, profile, avatar, header, released_at)) = found else { return Ok(None) };
    let blob = |text: Option<String>| text.map(|text| from_json("profile picture", &text)).transpose();
    Ok(Some(HostProfile {
        account,
        profile: from_json("waiting profile", &profile)?,
        avatar: blob(avatar)?,
        header: blob(header)?,
        released_at,
    }))
}

/// Notes that a transfer was released, whether it had a profile or not.
///
/// # Errors
/// [`super::StoreError`].
pub async fn released(store: &Store, transfer: &str, account: &str, now: i64) -> StoreResult<()> {
    let (transfer, account) = (transfer.to_owned(), account.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into host_profiles (transfer_id, account_id, profile, released_at) \
                     values ($1, $2, $3, $4) on conflict (transfer_id) do update set \
                     released_at = coalesce(host_profiles.released_at, excluded.released_at)",
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

/// Whether anything stands in an account's tables that came with a copy its owner has not kept yet.
///
/// # Errors
/// [`super::StoreError`].
pub async fn is_on_trial(store: &Store, account: &str) -> StoreResult<bool> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (i64,),
        "select cast(1 as bigint) from transfers t where t.account_id = $1 and not exists ( \
         select 1 from host_profiles p where p.transfer_id = t.id and p.released_at is not null) and exists ( \
         select 1 from host_rows r where r.transfer_id = t.id and r.place = 'statuses' and r.state = 'written') \
         limit 1",
        account,
    )?;
    Ok(found.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_profile_is_replaced_until_the_copy_is_released() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let profile = |name: &str| HostProfile {
            account: "7".into(),
            profile: Profile { name: name.into(), ..Profile::default() },
            avatar: Some(StoredBlob { sha256: "a".into(), bytes: 1, media_type: "image/png".into() }),
            header: None,
            released_at: None,
        };
        for name in ["one", "two"] {
            keep(&store, "t1", profile(name)).await.unwrap();
        }
        assert_eq!(find(&store, "t1").await.unwrap(), Some(profile("two")));
        for now in [5, 9] {
            released(&store, "t1", "7", now).await.unwrap();
        }
        keep(&store, "t1", profile("three")).await.unwrap();
        let found = find(&store, "t1").await.unwrap().unwrap();
        assert_eq!((found.profile.name.as_str(), found.released_at), ("two", Some(5)));
        released(&store, "t2", "7", 5).await.unwrap();
        assert_eq!(find(&store, "t2").await.unwrap().unwrap().profile, Profile::default());
    }
}
