//! What a transfer brings into the built-in server's tables: keyed, and on trial until released.

use super::{
    Connection, Store, StoreResult,
    belongings::{self, BelongingRow},
    count,
};

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
        .write(move |c| {
            Box::pin(async move {
                let mut written = Vec::with_capacity(batch.len());
                for copied in batch {
                    written.push(write_one(c, &owner, now, copied).await?);
                }
                Ok(written)
            })
        })
        .await
}

pub(super) async fn write_one(
    c: &mut Connection,
    owner: &Owner,
    now: i64,
    copied: CopiedRow,
) -> StoreResult<bool> {
    match copied {
        CopiedRow::Post(post) => write_post(c, owner, post).await.map(|()| true),
        CopiedRow::Medium(medium) => write_medium(c, owner, None, &medium).await.map(|()| true),
        CopiedRow::Boost(boost) => {
            run!(
                c,
                "insert into boosts (id, account_id, object_url, visibility, published, previously, \
                 transfer_id, is_trial) values ($1, $2, $3, $4, $5, $6, $7, true) on conflict (id) do nothing",
                boost.id,
                &owner.account,
                boost.object_url,
                boost.visibility,
                boost.published,
                boost.previously,
                &owner.transfer,
            )?;
            Ok(true)
        }
        CopiedRow::Pointer(pointer) => write_pointer(c, owner, pointer).await,
        CopiedRow::Follow(actor) => {
            run!(
                c,
                "insert into following (account_id, actor, inbox, follow_id, state, since, transfer_id) \
                 values ($1, $2, '', '', 'kept', $3, $4) on conflict (account_id, actor) do nothing",
                &owner.account,
                &actor,
                now,
                &owner.transfer,
            )?;
            let found = row!(
                c,
                (Option<String>,),
                "select transfer_id from following where account_id = $1 and actor = $2",
                &owner.account,
                &actor,
            )?;
            Ok(found.is_some_and(|(transfer,)| transfer.as_ref() == Some(&owner.transfer)))
        }
        CopiedRow::Block(actor) => {
            run!(
                c,
                "insert into blocks (account_id, actor, since, transfer_id) values ($1, $2, $3, $4) \
                 on conflict (account_id, actor) do nothing",
                &owner.account,
                &actor,
                now,
                &owner.transfer,
            )?;
            let found = row!(
                c,
                (Option<String>,),
                "select transfer_id from blocks where account_id = $1 and actor = $2",
                &owner.account,
                &actor,
            )?;
            Ok(found.is_some_and(|(transfer,)| transfer.as_ref() == Some(&owner.transfer)))
        }
        CopiedRow::Belonging(row, members) => belongings::copy_in(c, owner, now, row, members).await,
        CopiedRow::Nothing => Ok(true),
    }
}

async fn write_post(c: &mut Connection, owner: &Owner, post: PostRow) -> StoreResult<()> {
    run!(
        c,
        "insert into posts (id, account_id, object, visibility, published_at, in_reply_to, is_reply, \
         transfer_id, is_trial) values ($1, $2, $3, $4, $5, $6, $7, $8, true) on conflict (id) do nothing",
        &post.id,
        &owner.account,
        post.object,
        post.visibility,
        post.published_at,
        &post.in_reply_to,
        post.in_reply_to.is_some(),
        &owner.transfer,
    )?;
    for tag in post.tags {
        run!(
            c,
            "insert into post_tags (tag, post_id) values ($1, $2) on conflict (tag, post_id) do nothing",
            tag,
            &post.id,
        )?;
    }
    for medium in &post.media {
        write_medium(c, owner, Some(&post.id), medium).await?;
    }
    Ok(())
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

async fn write_pointer(c: &mut Connection, owner: &Owner, pointer: PointerRow) -> StoreResult<bool> {
    run!(
        c,
        "insert into pointers (id, account_id, kind, object_url, published, transfer_id, is_trial) \
         values ($1, $2, $3, $4, $5, $6, true) on conflict do nothing",
        &pointer.id,
        &owner.account,
        pointer.kind,
        pointer.object_url,
        pointer.published,
        &owner.transfer,
    )?;
    let own = row!(
        c,
        (String,),
        "select id from pointers where id = $1 and account_id = $2 and transfer_id = $3",
        &pointer.id,
        &owner.account,
        &owner.transfer,
    )?;
    Ok(own.is_some())
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
