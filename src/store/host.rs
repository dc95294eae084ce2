//! What announcing and forwarding ask of the built-in server's tables.

use std::collections::BTreeMap;

use super::{Store, StoreError, StoreResult, from_json, keyed::rows_of, to_json};
use crate::model::{
    item::ItemKind,
    object::{Breadcrumb, Object},
};

/// A live thing of the server: whose it is, and who may see it.
#[derive(sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct FoundRow {
    pub id: String,
    pub account_id: String,
    pub username: String,
    pub visibility: String,
    /// Name of the file; empty for anything else.
    pub file_name: String,
}

/// Live things of one kind by their ids: posts that are neither on trial nor deleted, boosts that are
/// not on trial, files that are not on trial. A file is as visible as its post; without a post it is
/// its owner's alone, and with a deleted one it is gone.
///
/// # Errors
/// [`super::StoreError`].
pub async fn things(store: &Store, kind: ItemKind, ids: &[&str]) -> StoreResult<Vec<FoundRow>> {
    let sql = match kind {
        ItemKind::Posts => {
            "select p.id, p.account_id, a.username, p.visibility, '' as file_name from posts p \
             join accounts a on a.id = p.account_id \
             where p.id in ({keys}) and not p.is_trial and p.deleted_at is null"
        }
        ItemKind::Boosts => {
            "select b.id, b.account_id, a.username, b.visibility, '' as file_name from boosts b \
             join accounts a on a.id = b.account_id where b.id in ({keys}) and not b.is_trial"
        }
        ItemKind::Media => {
            "select m.id, m.account_id, a.username, coalesce(p.visibility, 'direct') as visibility, \
             m.file_name from media m \
             join accounts a on a.id = m.account_id left join posts p on p.id = m.post_id \
             where m.id in ({keys}) and not m.is_trial and p.deleted_at is null \
             and not coalesce(p.is_trial, false)"
        }
        _ => return Ok(Vec::new()),
    };
    let mut c = store.reader().await?;
    rows_of(&mut c, sql, &[], ids).await
}

/// What live posts say, by their ids.
///
/// # Errors
/// [`super::StoreError`].
pub async fn objects(store: &Store, ids: &[&str]) -> StoreResult<BTreeMap<String, Object>> {
    let sql = "select id, object, hides_origin from posts \
               where id in ({keys}) and not is_trial and deleted_at is null";
    let mut c = store.reader().await?;
    let found: Vec<(String, String, bool)> = rows_of(&mut c, sql, &[], ids).await?;
    let read = |(id, text, hides_origin): (String, String, bool)| {
        let mut object: Object = from_json("post", &text)?;
        if hides_origin {
            object.previously.clear();
        }
        Ok((id, object))
    };
    found.into_iter().map(read).collect()
}

/// Where live boosts were before, by their ids.
///
/// # Errors
/// [`super::StoreError`].
pub async fn boosted(store: &Store, ids: &[&str]) -> StoreResult<BTreeMap<String, Vec<Breadcrumb>>> {
    let sql = "select id, previously from boosts where id in ({keys}) and not is_trial and not hides_origin";
    let mut c = store.reader().await?;
    let found: Vec<(String, String)> = rows_of(&mut c, sql, &[], ids).await?;
    found.into_iter().map(|(id, text)| Ok((id, from_json("previously", &text)?))).collect()
}

/// The distinct inboxes that reach all followers, shared ones where there are any.
///
/// # Errors
/// [`super::StoreError`].
pub async fn follower_inboxes(store: &Store, account: &str) -> StoreResult<Vec<(String,)>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        (String,),
        "select distinct coalesce(shared_inbox, inbox) from followers where account_id = $1 order by 1",
        account,
    )?)
}

/// Sets or clears where an account has moved.
///
/// # Errors
/// [`StoreError::Missing`] when there is no such account.
pub async fn set_moved_to(store: &Store, account: String, target: Option<String>) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                let touched = run!(c, "update accounts set moved_to = $2 where id = $1", account, target)?;
                if touched == 0 { Err(StoreError::Missing("account")) } else { Ok(()) }
            })
        })
        .await
}

/// Takes an alias away from an account.
///
/// # Errors
/// [`StoreError::Missing`] when there is no such account.
pub async fn remove_alias(store: &Store, account: String, alias: String) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                let (aliases,) =
                    row!(c, (String,), "select also_known_as from accounts where id = $1", &account)?
                        .ok_or(StoreError::Missing("account"))?;
                let mut aliases: Vec<String> = from_json("also_known_as", &aliases)?;
                aliases.retain(|known| *known != alias);
                run!(c, "update accounts set also_known_as = $2 where id = $1", account, to_json(&aliases))?;
                Ok(())
            })
        })
        .await
}

/// Adds an actor to the copies of an account, once, or takes it away.
///
/// # Errors
/// [`StoreError::Missing`] when there is no such account.
pub async fn set_copied_to(store: &Store, account: String, copy: String, is_copy: bool) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                let (copies,) = row!(c, (String,), "select copied_to from accounts where id = $1", &account)?
                    .ok_or(StoreError::Missing("account"))?;
                let mut copies: Vec<String> = from_json("copied_to", &copies)?;
                copies.retain(|known| *known != copy);
                if is_copy {
                    copies.push(copy);
                }
                run!(c, "update accounts set copied_to = $2 where id = $1", account, to_json(&copies))?;
                Ok(())
            })
        })
        .await
}

/// Adds an alias to an account, once.
///
/// # Errors
/// [`StoreError::Missing`] when there is no such account.
pub async fn add_alias(store: &Store, account: String, alias: String) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                let (aliases,) =
                    row!(c, (String,), "select also_known_as from accounts where id = $1", &account)?
                        .ok_or(StoreError::Missing("account"))?;
                let mut aliases: Vec<String> = from_json("also_known_as", &aliases)?;
                if !aliases.contains(&alias) {
                    aliases.push(alias);
                    run!(
                        c,
                        "update accounts set also_known_as = $2 where id = $1",
                        account,
                        to_json(&aliases)
                    )?;
                }
                Ok(())
            })
        })
        .await
}
