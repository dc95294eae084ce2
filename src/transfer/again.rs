//! New home, during a trial: what failed is tried again. Files are asked for once more, things that Old
//! home could not give out are asked for by their keys, and what the software here could not show is
//! offered to a newer one. What comes takes the way of anything new.

use std::collections::BTreeSet;

use super::{Engine, TransferResult, prepare::shown};
use crate::{
    model::{
        collection::CollectionKind,
        id::ItemKey,
        item::{Item, ItemKind},
        transfer::{Origin, Transfer},
    },
    port::source::{MOST_KEYS, Source},
    store::{
        again, deltas,
        items::{self, ItemState},
        unshown,
    },
};

/// Files whose posts are looked for in one walk.
const FILES: i64 = 1000;
/// Posts looked at in one go.
const BATCH: i64 = 200;

/// Whether something failed that a live Old home may give after all.
///
/// # Errors
/// [`super::TransferError::Store`].
pub async fn can_try(engine: &Engine, transfer: &Transfer) -> TransferResult<bool> {
    let is_live = matches!(transfer.origin, Origin::Live { .. });
    Ok(is_live && again::has_failed(&engine.store, &transfer.id).await?)
}

/// Asks for what failed and is known by its key alone, and lets files be asked for again. What `gives`
/// single items can be asked for them.
///
/// # Errors
/// [`super::TransferError`] with its disposition; doing it again asks for the rest.
pub(super) async fn offer(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
    gives: bool,
) -> TransferResult<()> {
    again::offer_files(&engine.store, &transfer.id).await?;
    unshown::offer(&engine.store, &transfer.id, &engine.destination.software()).await?;
    if !gives {
        return Ok(());
    }
    let has = source.collections();
    for collection in CollectionKind::ALL.into_iter().filter(|kind| has.contains(kind)) {
        for kind in collection.yields() {
            ask(engine, transfer, source, (collection, *kind)).await?;
        }
    }
    Ok(())
}

async fn ask(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
    (collection, kind): (CollectionKind, ItemKind),
) -> TransferResult<()> {
    let most = i64::try_from(MOST_KEYS).unwrap_or(1);
    let mut after = String::new();
    loop {
        let keys = again::unread(&engine.store, &transfer.id, kind, &after, most).await?;
        let Some(last) = keys.last() else { return Ok(()) };
        last.as_str().clone_into(&mut after);
        let mut page = source.items(collection, &keys).await?;
        page.items.retain(|item| item.kind() == kind && keys.contains(&item.key()));
        deltas::take(&engine.store, &transfer.id, std::mem::take(&mut page.items)).await?;
        unshown::keep(&engine.store, &transfer.id, page.clone()).await?;
        let failed = page.unreadable.into_iter().filter(|one| one.kind == kind).map(|one| (one.key, one.why));
        again::fail_again(&engine.store, &transfer.id, kind, failed.collect()).await?;
    }
}

/// Lets the posts be written once more that show files which have come this time.
///
/// # Errors
/// [`super::TransferError::Store`].
pub(super) async fn show(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    loop {
        let files = again::came(&engine.store, &transfer.id, FILES).await?;
        if files.is_empty() {
            return Ok(());
        }
        let wanted: BTreeSet<&str> = files.iter().map(ItemKey::as_str).collect();
        let mut after = (i64::MIN, 0);
        loop {
            engine.goes_on().await?;
            let of = (ItemKind::Posts, ItemState::Written);
            let batch = items::in_state(&engine.store, &transfer.id, of, after, BATCH).await?;
            let Some(last) = batch.last() else { break };
            after = (last.published_at, last.position);
            let shows = |item: &Item| shown(item).any(|file| wanted.contains(file));
            let posts: Vec<ItemKey> =
                batch.iter().filter(|one| shows(&one.item)).map(|one| one.key.clone()).collect();
            if !posts.is_empty() {
                again::write_again(&engine.store, &transfer.id, posts).await?;
            }
        }
        again::close(&engine.store, &transfer.id, files).await?;
    }
}
