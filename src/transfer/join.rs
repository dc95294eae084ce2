//! New home, when a copy brings what is here already from elsewhere: the thing that stands here says that
//! it was there as well, or Old home would find nothing that speaks for its address.

use url::Url;

use super::{Engine, TransferResult, recognize::brought_before, status::old_actor};
use crate::{
    model::{item::ItemKind, object::Breadcrumb, transfer::Transfer},
    store::breadcrumbs,
};

/// Things looked at in one go.
const BATCH: i64 = 200;

/// Says of everything a transfer found here that it was at Old home, too, or no longer says so. Doing it
/// again changes nothing.
///
/// # Errors
/// [`super::TransferError`] with its disposition.
pub(super) async fn join(engine: &Engine, transfer: &Transfer, is_there: bool) -> TransferResult<()> {
    let Some(old) = old_actor(transfer) else { return Ok(()) };
    let why = brought_before();
    for kind in [ItemKind::Posts, ItemKind::Boosts] {
        let (of, mut after) = ((kind, why.as_str()), String::new());
        loop {
            let batch = breadcrumbs::found_here(&engine.store, &transfer.id, of, &after, BATCH).await?;
            let Some(last) = batch.last() else { break };
            after.clone_from(&last.key);
            let crumbs = batch.into_iter().filter_map(|former| {
                let id = Url::parse(&former.key).ok()?;
                (id.origin() == old.origin())
                    .then(|| (kind, former.local_id, Breadcrumb { id, actor: Some(old.clone()) }))
            });
            let crumbs = crumbs.collect();
            engine.destination.set_former(&transfer.account, crumbs, is_there).await?;
        }
    }
    Ok(())
}
