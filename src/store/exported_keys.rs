//! What an account's owner may carry away, by key instead of by page, under the rules of [`super::exports`].

use super::{
    Store, StoreResult,
    exports::{BoostRow, MediumRow, PostRow, Scope},
    keyed::rows_of,
};
use crate::model::object::Visibility;

/// Those of these posts that may be carried away.
///
/// # Errors
/// [`super::StoreError`].
pub async fn posts(store: &Store, scope: Scope<'_>, ids: &[&str]) -> StoreResult<Vec<PostRow>> {
    let mut c = store.reader().await?;
    let sql = "select id, object, visibility, hides_origin from posts where account_id = $1 and not is_trial \
               and deleted_at is null and id in ({keys})";
    let mut found: Vec<PostRow> = rows_of(&mut c, sql, &[scope.account], ids).await?;
    found.retain(|post| is_included(scope, &post.visibility));
    Ok(found)
}

/// Those of these boosts that may be carried away.
///
/// # Errors
/// [`super::StoreError`].
pub async fn boosts(store: &Store, scope: Scope<'_>, ids: &[&str]) -> StoreResult<Vec<BoostRow>> {
    let mut c = store.reader().await?;
    let sql = "select id, object_url, visibility, published, \
               case when hides_origin then '[]' else previously end as previously \
               from boosts where account_id = $1 and not is_trial and id in ({keys})";
    let mut found: Vec<BoostRow> = rows_of(&mut c, sql, &[scope.account], ids).await?;
    found.retain(|boost| is_included(scope, &boost.visibility));
    Ok(found)
}

/// Those of these files that may be carried away.
///
/// # Errors
/// [`super::StoreError`].
pub async fn media(store: &Store, scope: Scope<'_>, ids: &[&str]) -> StoreResult<Vec<MediumRow>> {
    let mut found = Vec::new();
    for id in ids {
        found.extend(super::exports::medium(store, scope, id).await?);
    }
    Ok(found)
}

fn is_included(scope: Scope<'_>, visibility: &str) -> bool {
    scope.includes_private || Visibility::from_word(visibility).is_open()
}
