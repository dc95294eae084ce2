//! What a transfer brings into the built-in server's tables: keyed, and on trial until released.

use super::{Connection, Store, StoreResult, belongings::BelongingRow, copying, count};

/// A copied post with its topics and files.
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct PostRow {
    pub id: String,
    pub object: String,
    pub visibility: &'static str,
    pub published_at: i64,
    pub in_reply_to: Option<String>,
    pub tags: Vec<String>,
    pub media: Vec<MediumRow>,
}

/// A copied file.
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct MediumRow {
    pub id: String,
    pub sha256: String,
    pub bytes: u64,
    pub media_type: String,
    pub file_name: String,
}

/// A copied boost.
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct BoostRow {
    pub id: String,
    pub object_url: String,
    pub visibility: &'static str,
    pub published: String,
    pub previously: String,
}

/// A copied like or bookmark.
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct PointerRow {
    pub id: String,
    pub kind: &'static str,
    pub object_url: String,
    pub published: Option<String>,
}

/// One row (with what hangs on it) that a transfer brings.
pub enum CopiedRow {
    /// A post.
    Post(PostRow),
    /// A file whose post is not written yet.
    Medium(MediumRow),
    /// A boost.
    Boost(BoostRow),
    /// A like or bookmark.
    Pointer(PointerRow),
    /// A followed actor; nothing is sent to it.
    Follow(String),
    /// A blocked actor.
    Block(String),
    /// Something the owner set up for themselves, with the people on it where it is a list.
    Belonging(BelongingRow, Vec<String>),
    /// Something that leaves no row of its own.
    Nothing,
}

/// Whose rows are written.
#[derive(Clone)]
pub struct Owner {
    /// The transfer that brings them.
    pub transfer: String,
    /// The account that receives them.
    pub account: String,
}

/// Writes a batch in one transaction. For each row: whether it stands here because of this
/// transfer; `false` when the account had it already.
///
/// # Errors
/// [`super::StoreError`].
pub async fn write(store: &Store, owner: Owner, now: i64, batch: Vec<CopiedRow>) -> StoreResult<Vec<bool>> {
    store
        .write_repeatable(move |c| Box::pin(async move { copying::write(c, &owner, now, &batch).await }))
        .await
}

/// Writes one row as a batch of its own.
pub(super) async fn write_one(
    c: &mut Connection,
    owner: &Owner,
    now: i64,
    copied: CopiedRow,
) -> StoreResult<bool> {
    let stands = copying::write(c, owner, now, &[copied]).await?;
    Ok(stands == [true])
}

/// A file that two posts show stays with the first of them: its visibility never widens afterwards.
pub(super) async fn write_medium(
    c: &mut Connection,
    owner: &Owner,
    post: Option<&str>,
    medium: &MediumRow,
) -> StoreResult<()> {
    run!(
        c,
        "insert into media (id, account_id, post_id, sha256, bytes, media_type, file_name, transfer_id, is_trial) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, true) \
         on conflict (id) do update set post_id = coalesce(media.post_id, excluded.post_id) \
         where media.transfer_id = excluded.transfer_id and media.account_id = excluded.account_id",
        &medium.id,
        &owner.account,
        post,
        &medium.sha256,
        i64::try_from(medium.bytes).unwrap_or(i64::MAX),
        &medium.media_type,
        &medium.file_name,
        &owner.transfer,
    )?;
    Ok(())
}

/// Counts what stands here of a transfer: word of the kind and number, for every kind that has rows.
///
/// # Errors
/// [`super::StoreError`].
pub async fn counts(store: &Store, transfer: &str) -> StoreResult<Vec<(String, u64)>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, i64),
        "select 'posts', cast(count(*) as bigint) from posts where transfer_id = $1 and deleted_at is null \
         union all select 'boosts', cast(count(*) as bigint) from boosts where transfer_id = $1 \
         union all select kind, cast(count(*) as bigint) from pointers where transfer_id = $1 group by kind \
         union all select 'media', cast(count(*) as bigint) from media \
             where transfer_id = $1 and post_id is not null \
         union all select 'profile_images', cast(count(avatar) + count(header) as bigint) \
             from waiting_profiles where transfer_id = $1 \
         union all select 'following', cast(count(*) as bigint) from following where transfer_id = $1 \
         union all select 'blocked', cast(count(*) as bigint) from blocks where transfer_id = $1 \
         union all select kind, cast(count(*) as bigint) from belongings where transfer_id = $1 group by kind",
        transfer,
    )?;
    Ok(found.into_iter().map(|(kind, number)| (kind, count(number))).collect())
}
