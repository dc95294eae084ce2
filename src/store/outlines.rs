//! An account in a few numbers: the length of its files, its followers page by page.

use super::{Store, StoreResult, count, exports::Scope};

/// Length of all files that the pages of media list, in bytes.
///
/// # Errors
/// [`super::StoreError`].
pub async fn media_bytes(store: &Store, scope: Scope<'_>) -> StoreResult<u64> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (i64,),
        "select cast(coalesce(sum(m.bytes), 0) as bigint) from media m join posts p on p.id = m.post_id \
         where m.account_id = $1 and p.account_id = $1 and not m.is_trial and not p.is_trial \
         and p.deleted_at is null and ($2 or p.visibility in ('public', 'unlisted'))",
        scope.account,
        scope.includes_private,
    )?;
    Ok(found.map_or(0, |(bytes,)| count(bytes)))
}

/// Followers in the order of their names, from after one of them.
///
/// # Errors
/// [`super::StoreError`].
pub async fn followers_after(
    store: &Store,
    account: &str,
    after: &str,
    limit: i64,
) -> StoreResult<Vec<(String,)>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        (String,),
        "select actor from followers where account_id = $1 and actor > $2 order by actor limit $3",
        account,
        after,
        limit,
    )?)
}
