//! Tables `posts` and `post_tags`: every list is filtered by its reader in SQL.

use super::{Connection, Store, StoreResult, keyed};

/// Whose eyes rows are read with.
#[derive(Debug, Clone)]
pub struct Sight {
    /// Account of the reader, empty for strangers; sees everything of its own.
    pub viewer: String,
    /// Whether open posts that are still on trial are seen too.
    pub is_admin: bool,
}

/// What a reader (`$1` their account, `$2` whether they are an admin) may see.
macro_rules! seen {
    () => {
        "deleted_at is null and \
         (account_id = $1 or (visibility in ('public', 'unlisted') and (not is_trial or $2)))"
    };
}

/// As `seen!`, for lists over many accounts: unlisted posts stay out of them.
macro_rules! listed {
    () => {
        "deleted_at is null and (account_id = $1 or (visibility = 'public' and (not is_trial or $2)))"
    };
}

/// Sorts after every id in every collation.
pub(super) const LAST: &str = "zzzz";

/// A post as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct PostRow {
    pub id: String,
    pub account_id: String,
    pub object: String,
    pub visibility: String,
    pub published_at: i64,
    pub in_reply_to: Option<String>,
    pub is_reply: bool,
    pub transfer_id: Option<String>,
    pub is_trial: bool,
    pub deleted_at: Option<i64>,
    pub hides_origin: bool,
}

/// What a new post brings; `tags` in lower case without `#`.
#[expect(missing_docs, reason = "the columns are explained in the migration")]
#[derive(Debug, Clone)]
pub struct NewPost {
    pub id: String,
    pub account_id: String,
    pub object: String,
    pub visibility: String,
    pub published_at: i64,
    pub in_reply_to: Option<String>,
    pub transfer_id: Option<String>,
    pub is_trial: bool,
    pub tags: Vec<String>,
}

/// Which posts of an account a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shelf {
    /// All of them.
    #[default]
    Everything,
    /// Only those that answer nobody.
    WithoutReplies,
    /// Only those with files.
    Media,
}

/// Adds a post inside a write; `false` when it is already there.
///
/// # Errors
/// [`super::StoreError`].
pub async fn insert_in(c: &mut Connection, new: NewPost) -> StoreResult<bool> {
    let added = run!(
        &mut *c,
        "insert into posts (id, account_id, object, visibility, published_at, in_reply_to, is_reply, \
         transfer_id, is_trial) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing",
        &new.id,
        new.account_id,
        new.object,
        new.visibility,
        new.published_at,
        &new.in_reply_to,
        new.in_reply_to.is_some(),
        new.transfer_id,
        new.is_trial,
    )?;
    for tag in &new.tags {
        run!(
            &mut *c,
            "insert into post_tags (tag, post_id) values ($1, $2) on conflict (tag, post_id) do nothing",
            tag,
            &new.id,
        )?;
    }
    Ok(added == 1)
}

/// Adds a post; `false` when it is already there.
///
/// # Errors
/// [`super::StoreError`].
pub async fn insert(store: &Store, new: NewPost) -> StoreResult<bool> {
    store.write(move |c| Box::pin(insert_in(c, new))).await
}

/// A post as its owner rewrote it; `tags` in lower case without `#`.
#[expect(missing_docs, reason = "the columns are explained in the migration")]
#[derive(Debug, Clone)]
pub struct Rewritten {
    pub id: String,
    pub account_id: String,
    pub object: String,
    pub tags: Vec<String>,
    pub edited_at: i64,
}

/// Puts what its owner rewrote in the place of a post; `false` when there is no such post of theirs.
///
/// # Errors
/// [`super::StoreError`].
pub async fn rewrite(store: &Store, new: Rewritten) -> StoreResult<bool> {
    store
        .write(move |c| {
            Box::pin(async move {
                let touched = run!(
                    c,
                    "update posts set object = $3, edited_at = $4 \
                     where account_id = $1 and id = $2 and deleted_at is null",
                    new.account_id,
                    &new.id,
                    new.object,
                    new.edited_at,
                )?;
                if touched == 1 {
                    replace_tags_in(c, &new.id, &new.tags).await?;
                }
                Ok(touched == 1)
            })
        })
        .await
}

/// Gives a post other topics, inside a write.
///
/// # Errors
/// [`super::StoreError`].
pub async fn replace_tags_in(c: &mut Connection, id: &str, tags: &[String]) -> StoreResult<()> {
    run!(&mut *c, "delete from post_tags where post_id = $1", id)?;
    for tag in tags {
        run!(
            &mut *c,
            "insert into post_tags (tag, post_id) values ($1, $2) on conflict (tag, post_id) do nothing",
            tag,
            id,
        )?;
    }
    Ok(())
}

/// Finds a post whoever may see it, deleted ones too: the caller decides.
///
/// # Errors
/// [`super::StoreError`].
pub async fn by_id(store: &Store, id: &str) -> StoreResult<Option<PostRow>> {
    let mut c = store.reader().await?;
    Ok(row!(&mut c, PostRow, "select * from posts where id = $1", id)?)
}

/// Finds a post the reader may see.
///
/// # Errors
/// [`super::StoreError`].
pub async fn visible(store: &Store, sight: &Sight, id: &str) -> StoreResult<Option<PostRow>> {
    let mut c = store.reader().await?;
    let sql = concat!("select * from posts where ", seen!(), " and id = $3");
    Ok(row!(&mut c, PostRow, sql, &sight.viewer, sight.is_admin, id)?)
}

/// An account's posts, oldest first, after a cursor.
///
/// # Errors
/// [`super::StoreError`].
pub async fn after(
    store: &Store,
    sight: &Sight,
    account: &str,
    cursor: Option<&str>,
    limit: i64,
) -> StoreResult<Vec<PostRow>> {
    let mut c = store.reader().await?;
    let sql = concat!(
        "select * from posts where ",
        seen!(),
        " and account_id = $3 and id > $4 order by id limit $5"
    );
    let cursor = cursor.unwrap_or_default();
    Ok(rows!(&mut c, PostRow, sql, &sight.viewer, sight.is_admin, account, cursor, limit)?)
}

/// An account's posts, newest first, before a cursor.
///
/// # Errors
/// [`super::StoreError`].
pub async fn before(
    store: &Store,
    sight: &Sight,
    account: &str,
    shelf: Shelf,
    cursor: Option<&str>,
    limit: i64,
) -> StoreResult<Vec<PostRow>> {
    let mut c = store.reader().await?;
    let sql = concat!(
        "select * from posts where ",
        seen!(),
        " and account_id = $3 and id < $4 and (not $5 or not is_reply) and (not $6 or exists \
         (select 1 from media where media.post_id = posts.id)) order by id desc limit $7"
    );
    Ok(rows!(
        &mut c,
        PostRow,
        sql,
        &sight.viewer,
        sight.is_admin,
        account,
        cursor.unwrap_or(LAST),
        shelf == Shelf::WithoutReplies,
        shelf == Shelf::Media,
        limit,
    )?)
}

/// How many posts of an account the reader may see.
///
/// # Errors
/// [`super::StoreError`].
pub async fn count(store: &Store, sight: &Sight, account: &str) -> StoreResult<u64> {
    let mut c = store.reader().await?;
    let sql = concat!("select cast(count(*) as bigint) from posts where ", seen!(), " and account_id = $3");
    let found = row!(&mut c, (i64,), sql, &sight.viewer, sight.is_admin, account)?;
    Ok(found.map_or(0, |(number,)| super::count(number)))
}

/// Posts of this server that answer `parent` (an object id), oldest first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn replies(
    store: &Store,
    sight: &Sight,
    parent: &str,
    cursor: Option<&str>,
    limit: i64,
) -> StoreResult<Vec<PostRow>> {
    let mut c = store.reader().await?;
    let sql = concat!(
        "select * from posts where ",
        seen!(),
        " and in_reply_to = $3 and id > $4 order by id limit $5"
    );
    let cursor = cursor.unwrap_or_default();
    Ok(rows!(&mut c, PostRow, sql, &sight.viewer, sight.is_admin, parent, cursor, limit)?)
}

/// Posts with a tag (lower case), newest first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn tagged(
    store: &Store,
    sight: &Sight,
    tag: &str,
    cursor: Option<&str>,
    limit: i64,
) -> StoreResult<Vec<PostRow>> {
    let mut c = store.reader().await?;
    let sql = concat!(
        "select * from posts where ",
        listed!(),
        " and id in (select post_id from post_tags where tag = $3) and id < $4 order by id desc limit $5"
    );
    Ok(rows!(&mut c, PostRow, sql, &sight.viewer, sight.is_admin, tag, cursor.unwrap_or(LAST), limit)?)
}

/// Posts of an account by key, whoever may see them.
///
/// # Errors
/// [`super::StoreError`].
pub async fn of_account(store: &Store, account: &str, ids: &[&str]) -> StoreResult<Vec<PostRow>> {
    let mut c = store.reader().await?;
    let sql = "select * from posts where account_id = $1 and deleted_at is null and id in ({keys})";
    keyed::rows_of(&mut c, sql, &[account], ids).await
}

/// Public posts of others here with a topic that an account follows, newest first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn of_followed_topics(store: &Store, account: &str, limit: i64) -> StoreResult<Vec<PostRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        PostRow,
        "select * from posts where visibility = 'public' and not is_trial and deleted_at is null \
         and account_id <> $1 and id in (select t.post_id from post_tags t join belongings b on b.key = t.tag \
         where b.account_id = $1 and b.kind = 'followed_tags') order by id desc limit $2",
        account,
        limit,
    )?)
}

/// Posts whose stored form holds a piece of text in any case, newest first. A first sieve: the
/// caller looks at the text itself. `piece` has letters and digits only.
///
/// # Errors
/// [`super::StoreError`].
pub async fn holding(
    store: &Store,
    sight: &Sight,
    piece: &str,
    cursor: Option<&str>,
    limit: i64,
) -> StoreResult<Vec<PostRow>> {
    let mut c = store.reader().await?;
    let sql = concat!(
        "select * from posts where ",
        listed!(),
        " and lower(object) like $3 and id < $4 order by id desc limit $5"
    );
    let like = format!("%{piece}%");
    Ok(rows!(&mut c, PostRow, sql, &sight.viewer, sight.is_admin, like, cursor.unwrap_or(LAST), limit)?)
}
