//! Table `boosts`: what accounts passed on.

use super::{
    Connection, Store, StoreResult,
    posts::{LAST, Sight},
};

/// A boost as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct BoostRow {
    pub id: String,
    pub account_id: String,
    pub object_url: String,
    pub visibility: String,
    pub published: String,
    pub previously: String,
    pub transfer_id: Option<String>,
    pub is_trial: bool,
    pub hides_origin: bool,
}

/// What a reader (`$1` their account, `$2` whether they are an admin) may see.
macro_rules! seen {
    () => {
        "(account_id = $1 or (visibility in ('public', 'unlisted') and (not is_trial or $2)))"
    };
}

/// Adds a boost inside a write; `false` when it is already there.
///
/// # Errors
/// [`super::StoreError`].
pub async fn insert_in(c: &mut Connection, new: BoostRow) -> StoreResult<bool> {
    let added = run!(
        c,
        "insert into boosts (id, account_id, object_url, visibility, published, previously, transfer_id, \
         is_trial) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing",
        new.id,
        new.account_id,
        new.object_url,
        new.visibility,
        new.published,
        new.previously,
        new.transfer_id,
        new.is_trial,
    )?;
    Ok(added == 1)
}

/// Finds a boost the reader may see.
///
/// # Errors
/// [`super::StoreError`].
pub async fn visible(store: &Store, sight: &Sight, id: &str) -> StoreResult<Option<BoostRow>> {
    let mut c = store.reader().await?;
    let sql = concat!("select * from boosts where ", seen!(), " and id = $3");
    Ok(row!(&mut c, BoostRow, sql, &sight.viewer, sight.is_admin, id)?)
}

/// An account's boosts, newest first, before a cursor.
///
/// # Errors
/// [`super::StoreError`].
pub async fn before(
    store: &Store,
    sight: &Sight,
    account: &str,
    cursor: Option<&str>,
    limit: i64,
) -> StoreResult<Vec<BoostRow>> {
    let mut c = store.reader().await?;
    let sql = concat!(
        "select * from boosts where ",
        seen!(),
        " and account_id = $3 and id < $4 order by id desc limit $5"
    );
    Ok(rows!(&mut c, BoostRow, sql, &sight.viewer, sight.is_admin, account, cursor.unwrap_or(LAST), limit)?)
}

/// An account's boosts, oldest first, after a cursor.
///
/// # Errors
/// [`super::StoreError`].
pub async fn after(
    store: &Store,
    sight: &Sight,
    account: &str,
    cursor: Option<&str>,
    limit: i64,
) -> StoreResult<Vec<BoostRow>> {
    let mut c = store.reader().await?;
    let sql = concat!(
        "select * from boosts where ",
        seen!(),
        " and account_id = $3 and id > $4 order by id limit $5"
    );
    let cursor = cursor.unwrap_or_default();
    Ok(rows!(&mut c, BoostRow, sql, &sight.viewer, sight.is_admin, account, cursor, limit)?)
}

/// How many boosts of an account the reader may see.
///
/// # Errors
/// [`super::StoreError`].
pub async fn count(store: &Store, sight: &Sight, account: &str) -> StoreResult<u64> {
    let mut c = store.reader().await?;
    let sql = concat!("select cast(count(*) as bigint) from boosts where ", seen!(), " and account_id = $3");
    let found = row!(&mut c, (i64,), sql, &sight.viewer, sight.is_admin, account)?;
    Ok(found.map_or(0, |(number,)| super::count(number)))
}
