//! What an account's owner may carry away, page by page: released and live rows only, oldest first.
//!
//! Every question takes the same [`Scope`], so that counts and pages cannot disagree about it.

use super::{Connection, Store, StoreError, StoreResult, belongings, count};
use crate::model::collection::CollectionKind;

/// Whose things, and whether those that strangers cannot see are among them.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The account.
    pub account: &'a str,
    /// Whether posts and boosts for followers or single people are included.
    pub includes_private: bool,
}

/// Where a page starts and how much it holds.
#[derive(Debug, Clone, Copy)]
pub struct Window<'a> {
    /// The last key of the page before; empty at the start.
    pub after: &'a str,
    /// Rows at most.
    pub limit: i64,
}

/// A post.
#[derive(sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct PostRow {
    pub id: String,
    pub object: String,
    pub visibility: String,
    pub hides_origin: bool,
}

/// A boost.
#[derive(sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct BoostRow {
    pub id: String,
    pub object_url: String,
    pub visibility: String,
    pub published: String,
    pub previously: String,
}

/// A like or bookmark.
#[derive(sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct PointerRow {
    pub id: String,
    pub object_url: String,
    pub published: Option<String>,
}

/// A file of a post.
#[derive(sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct MediumRow {
    pub id: String,
    pub sha256: String,
    pub bytes: i64,
    pub media_type: String,
    pub file_name: String,
}

/// A page of posts.
///
/// # Errors
/// [`super::StoreError`].
pub async fn posts(store: &Store, scope: Scope<'_>, window: Window<'_>) -> StoreResult<Vec<PostRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        PostRow,
        "select id, object, visibility, hides_origin from posts where account_id = $1 and id > $2 and not is_trial \
         and deleted_at is null and ($3 or visibility in ('public', 'unlisted')) order by id limit $4",
        scope.account,
        window.after,
        scope.includes_private,
        window.limit,
    )?)
}

/// A page of boosts.
///
/// # Errors
/// [`super::StoreError`].
pub async fn boosts(store: &Store, scope: Scope<'_>, window: Window<'_>) -> StoreResult<Vec<BoostRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        BoostRow,
        "select id, object_url, visibility, published, \
         case when hides_origin then '[]' else previously end as previously \
         from boosts where account_id = $1 and id > $2 and not is_trial and ($3 or visibility in ('public', 'unlisted')) order by id limit $4",
        scope.account,
        window.after,
        scope.includes_private,
        window.limit,
    )?)
}

/// A page of `likes` or `bookmarks`.
///
/// # Errors
/// [`super::StoreError`].
pub async fn pointers(
    store: &Store,
    kind: &str,
    scope: Scope<'_>,
    window: Window<'_>,
) -> StoreResult<Vec<PointerRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        PointerRow,
        "select id, object_url, published from pointers where account_id = $1 and kind = $2 and id > $3 \
         and not is_trial order by id limit $4",
        scope.account,
        kind,
        window.after,
        window.limit,
    )?)
}

/// A page of files that posts show; the posts decide what is included.
///
/// # Errors
/// [`super::StoreError`].
pub async fn media(store: &Store, scope: Scope<'_>, window: Window<'_>) -> StoreResult<Vec<MediumRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        MediumRow,
        "select m.id, m.sha256, m.bytes, m.media_type, m.file_name from media m join posts p on p.id = m.post_id \
         where m.account_id = $1 and p.account_id = $1 and m.id > $2 and not m.is_trial and not p.is_trial \
         and p.deleted_at is null and ($3 or p.visibility in ('public', 'unlisted')) order by m.id limit $4",
        scope.account,
        window.after,
        scope.includes_private,
        window.limit,
    )?)
}

/// One file by key, under the same rules as [`media`].
///
/// # Errors
/// [`super::StoreError`].
pub async fn medium(store: &Store, scope: Scope<'_>, id: &str) -> StoreResult<Option<MediumRow>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        MediumRow,
        "select m.id, m.sha256, m.bytes, m.media_type, m.file_name from media m join posts p on p.id = m.post_id \
         where m.account_id = $1 and p.account_id = $1 and m.id = $2 and not m.is_trial and not p.is_trial \
         and p.deleted_at is null and ($3 or p.visibility in ('public', 'unlisted'))",
        scope.account,
        id,
        scope.includes_private,
    )?)
}

/// A page of followed actors. Those of a copy count from its release on; those who block the account
/// are left out, so that nobody is asked to follow them and nobody learns of it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn following(store: &Store, scope: Scope<'_>, window: Window<'_>) -> StoreResult<Vec<(String,)>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        (String,),
        "select f.actor from following f where f.account_id = $1 and f.actor > $2 \
         and (f.state <> 'kept' or f.transfer_id is null or exists (select 1 from waiting_profiles w \
             where w.transfer_id = f.transfer_id and w.released_at is not null)) \
         and not exists (select 1 from blocked_by x where x.account_id = f.account_id and x.actor = f.actor) \
         order by f.actor limit $3",
        scope.account,
        window.after,
        window.limit,
    )?)
}

/// A page of blocked actors. Those of a copy count from its release on.
///
/// # Errors
/// [`super::StoreError`].
pub async fn blocks(store: &Store, scope: Scope<'_>, window: Window<'_>) -> StoreResult<Vec<(String,)>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        (String,),
        "select b.actor from blocks b where b.account_id = $1 and b.actor > $2 \
         and (b.transfer_id is null or exists (select 1 from waiting_profiles w \
             where w.transfer_id = b.transfer_id and w.released_at is not null)) \
         order by b.actor limit $3",
        scope.account,
        window.after,
        window.limit,
    )?)
}

/// How many rows the pages of a collection yield together.
///
/// # Errors
/// [`super::StoreError`].
pub async fn number(store: &Store, kind: CollectionKind, scope: Scope<'_>) -> StoreResult<u64> {
    let mut c = store.reader().await?;
    let (account, private) = (scope.account, scope.includes_private);
    let found = match kind {
        CollectionKind::Content => row!(
            &mut c,
            (i64,),
            "select cast(count(*) as bigint) from posts where account_id = $1 and not is_trial \
             and deleted_at is null and ($2 or visibility in ('public', 'unlisted'))",
            account,
            private,
        ),
        CollectionKind::Outbox => row!(
            &mut c,
            (i64,),
            "select cast(count(*) as bigint) from boosts where account_id = $1 and not is_trial \
             and ($2 or visibility in ('public', 'unlisted'))",
            account,
            private,
        ),
        CollectionKind::Media => row!(
            &mut c,
            (i64,),
            "select cast(count(*) as bigint) from media m join posts p on p.id = m.post_id \
             where m.account_id = $1 and p.account_id = $1 and not m.is_trial and not p.is_trial \
             and p.deleted_at is null and ($2 or p.visibility in ('public', 'unlisted'))",
            account,
            private,
        ),
        CollectionKind::Liked => return pointer_number(&mut c, account, "likes").await,
        CollectionKind::Bookmarks => return pointer_number(&mut c, account, "bookmarks").await,
        CollectionKind::Following => row!(
            &mut c,
            (i64,),
            "select cast(count(*) as bigint) from following f where f.account_id = $1 \
             and (f.state <> 'kept' or f.transfer_id is null or exists (select 1 from waiting_profiles w \
                 where w.transfer_id = f.transfer_id and w.released_at is not null)) \
             and not exists (select 1 from blocked_by x where x.account_id = f.account_id and x.actor = f.actor)",
            account,
        ),
        CollectionKind::Blocked => row!(
            &mut c,
            (i64,),
            "select cast(count(*) as bigint) from blocks b where b.account_id = $1 \
             and (b.transfer_id is null or exists (select 1 from waiting_profiles w \
                 where w.transfer_id = b.transfer_id and w.released_at is not null))",
            account,
        ),
        own => {
            drop(c);
            return belongings::number(store, account, own.main_item().as_str()).await;
        }
    };
    found?.map(|(number,)| count(number)).ok_or(StoreError::Missing("count"))
}

async fn pointer_number(c: &mut Connection, account: &str, kind: &str) -> StoreResult<u64> {
    row!(
        c,
        (i64,),
        "select cast(count(*) as bigint) from pointers where account_id = $1 and kind = $2 and not is_trial",
        account,
        kind,
    )?
    .map(|(number,)| count(number))
    .ok_or(StoreError::Missing("count"))
}
