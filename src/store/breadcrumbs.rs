//! Former places of things that two copies brought: the second adds where it had them.

use super::{Connection, Store, StoreResult, from_json, to_json};
use crate::model::{
    id::{AccountId, TransferId},
    item::ItemKind,
    object::{Breadcrumb, Object},
};

/// A thing that is here and what a transfer knows of where it was.
#[derive(Debug, Clone)]
pub struct Former {
    /// Posts or boosts; others have no such list.
    pub kind: ItemKind,
    /// Key of the item in the transfer, after which the next page begins.
    pub key: String,
    /// Our key of the thing.
    pub local_id: String,
}

/// The next things of a kind that a transfer found here already for this reason, after a key.
///
/// # Errors
/// [`super::StoreError`].
pub async fn found_here(
    store: &Store,
    transfer: &TransferId,
    (kind, why): (ItemKind, &str),
    after: &str,
    limit: i64,
) -> StoreResult<Vec<Former>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, String),
        "select o.key, m.local_id from originals o join url_map m \
         on m.transfer_id = o.transfer_id and m.kind = o.kind and m.key = o.key \
         join items i on i.transfer_id = o.transfer_id and i.kind = o.kind and i.key = o.key \
         where o.transfer_id = $1 and o.kind = $2 and o.key > $3 and i.why = $4 order by o.key limit $5",
        transfer.as_str(),
        kind.as_str(),
        after,
        why,
        limit,
    )?;
    Ok(found.into_iter().map(|(key, local_id)| Former { kind, key, local_id }).collect())
}

/// Adds or takes away former places of an account's own things. Doing it again changes nothing.
///
/// # Errors
/// [`super::StoreError`].
pub async fn set(
    store: &Store,
    account: &AccountId,
    crumbs: Vec<(ItemKind, String, Breadcrumb)>,
    is_there: bool,
) -> StoreResult<()> {
    let account = account.as_str().to_owned();
    store
        .write(move |c| {
            Box::pin(async move {
                for (kind, id, crumb) in &crumbs {
                    match kind {
                        ItemKind::Posts => set_of_post(c, &account, id, crumb, is_there).await?,
                        ItemKind::Boosts => set_of_boost(c, &account, id, crumb, is_there).await?,
                        _ => {}
                    }
                }
                Ok(())
            })
        })
        .await
}

async fn set_of_post(
    c: &mut Connection,
    account: &str,
    id: &str,
    crumb: &Breadcrumb,
    is_there: bool,
) -> StoreResult<()> {
    let sql = "select object from posts where id = $1 and account_id = $2 and deleted_at is null";
    let Some((text,)) = row!(&mut *c, (String,), sql, id, account)? else { return Ok(()) };
    let mut object: Object = from_json("post", &text)?;
    if change(&mut object.previously, crumb, is_there) {
        run!(c, "update posts set object = $2 where id = $1", id, to_json(&object))?;
    }
    Ok(())
}

async fn set_of_boost(
    c: &mut Connection,
    account: &str,
    id: &str,
    crumb: &Breadcrumb,
    is_there: bool,
) -> StoreResult<()> {
    let sql = "select previously from boosts where id = $1 and account_id = $2";
    let Some((text,)) = row!(&mut *c, (String,), sql, id, account)? else { return Ok(()) };
    let mut previously: Vec<Breadcrumb> = from_json("previously", &text)?;
    if change(&mut previously, crumb, is_there) {
        run!(c, "update boosts set previously = $2 where id = $1", id, to_json(&previously))?;
    }
    Ok(())
}

/// Whether that changed anything. What came first stays first.
fn change(previously: &mut Vec<Breadcrumb>, crumb: &Breadcrumb, is_there: bool) -> bool {
    let is_known = previously.iter().any(|known| known.id == crumb.id);
    match (is_there, is_known) {
        (true, false) => previously.push(crumb.clone()),
        (false, true) => previously.retain(|known| known.id != crumb.id),
        _ => return false,
    }
    true
}
