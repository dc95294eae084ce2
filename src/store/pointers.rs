//! Table `pointers`: likes and bookmarks. Only their owner ever reads them.

use super::{Connection, Store, StoreResult, posts::LAST};

/// A like or bookmark as it is stored; `kind` is `likes` or `bookmarks`.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct PointerRow {
    pub id: String,
    pub account_id: String,
    pub kind: String,
    pub object_url: String,
    pub published: Option<String>,
    pub transfer_id: Option<String>,
    pub is_trial: bool,
}

/// Adds a pointer inside a write; `false` when the account already points there.
///
/// # Errors
/// [`super::StoreError`].
pub async fn insert_in(c: &mut Connection, new: PointerRow) -> StoreResult<bool> {
    let added = run!(
        c,
        "insert into pointers (id, account_id, kind, object_url, published, transfer_id, is_trial) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        new.id,
        new.account_id,
        new.kind,
        new.object_url,
        new.published,
        new.transfer_id,
        new.is_trial,
    )?;
    Ok(added == 1)
}

/// An account's pointers of a kind, newest first, before a cursor.
///
/// # Errors
/// [`super::StoreError`].
pub async fn before(
    store: &Store,
    account: &str,
    kind: &str,
    cursor: Option<&str>,
    limit: i64,
) -> StoreResult<Vec<PointerRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        PointerRow,
        "select * from pointers where account_id = $1 and kind = $2 and id < $3 order by id desc limit $4",
        account,
        kind,
        cursor.unwrap_or(LAST),
        limit,
    )?)
}

/// How many pointers of a kind an account has.
///
/// # Errors
/// [`super::StoreError`].
pub async fn count(store: &Store, account: &str, kind: &str) -> StoreResult<u64> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (i64,),
        "select cast(count(*) as bigint) from pointers where account_id = $1 and kind = $2",
        account,
        kind,
    )?;
    Ok(found.map_or(0, |(number,)| super::count(number)))
}
