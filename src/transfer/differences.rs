//! New home: what Old home states beside what was found there last. What is new, changed or gone is
//! asked for by its key and waits here to be followed; nothing of the copy is touched yet.

use super::{
    Engine, TransferError, TransferResult,
    compare::{Batch, Comparison, tally_here},
};
use crate::{
    model::{
        actor::authority,
        collection::CollectionKind,
        id::ItemKey,
        inventory::{KindInventory, Tally},
        item::{Item, ItemKind},
        pass::Found,
        transfer::Transfer,
    },
    port::source::{MOST_KEYS, Source, Stated, Statement},
    store::{choices, deltas, items, stated},
    words::text,
};

/// Asks for the inventory of this number and notes what differs; `None` when Old home has no inventories.
///
/// Kinds that Old home states as it did when they were last compared cost nothing.
///
/// # Errors
/// [`TransferError`] with its disposition; noting again notes the rest.
pub(super) async fn find(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
    number: u32,
) -> TransferResult<Option<Found>> {
    let stated = match source.inventory(number).await? {
        Statement::Silent => return Ok(None),
        Statement::Unbelieved(why) => {
            tracing::warn!(transfer.id = %transfer.id, why, "Old home's statement is not believed");
            return Err(unbelieved(source));
        }
        Statement::Signed(stated) => stated,
    };
    let wanted = choices::find(&engine.store, &transfer.id).await?;
    let (mut found, mut is_same) = (Found::default(), true);
    for collection in source.collections().into_iter().filter(|one| wanted.wants(*one)) {
        if !items::progress(&engine.store, &transfer.id, collection).await?.is_done {
            continue;
        }
        for kind in collection.yields() {
            let theirs = stated.inventory.kinds.get(kind).copied();
            let theirs = theirs.unwrap_or_else(|| Tally::default().total());
            let before = stated::tally(&engine.store, &transfer.id, *kind).await?;
            if before.is_some_and(|tally| tally.total() == theirs) {
                continue;
            }
            is_same = false;
            found = found.and(one_kind(engine, transfer, source, (collection, *kind), number, theirs).await?);
        }
    }
    if !is_same {
        keep(engine, transfer, number, &stated).await?;
    }
    Ok(Some(found))
}

fn unbelieved(source: &dyn Source) -> TransferError {
    let old = authority(source.actor());
    TransferError::Refused(text!("refusals-statement-is-not-believed", old = old))
}

async fn keep(engine: &Engine, transfer: &Transfer, pass: u32, stated: &Stated) -> TransferResult<()> {
    let kept = stated::Kept {
        pass,
        document: Some(stated.document.clone()),
        key_pem: Some(stated.key_pem.clone()),
        trouble: None,
        is_compared: true,
    };
    Ok(stated::keep(&engine.store, &transfer.id, kept, engine.clock.now_micros()).await?)
}

async fn one_kind(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
    of: (CollectionKind, ItemKind),
    number: u32,
    theirs: KindInventory,
) -> TransferResult<Found> {
    let kind = of.1;
    let here = tally_here(engine, &transfer.id, kind, theirs.bits).await?;
    let buckets = if here.total() == theirs {
        here.clone()
    } else if theirs.count == 0 {
        Tally::new(theirs.bits)
    } else {
        source.buckets(number, kind).await?
    };
    if buckets.total() != theirs {
        tracing::warn!(transfer.id = %transfer.id, "Old home's buckets are not the ones it signed");
        return Err(unbelieved(source));
    }
    let mut found = Found::default();
    let mut walk = Comparison::new(engine, &transfer.id, source, kind, (&here, &buckets));
    while let Some(batch) = walk.next().await? {
        found = found.and(note(engine, transfer, source, of, batch).await?);
    }
    // What waits here now is followed sooner or later, so these buckets need no second look.
    stated::keep_tally(&engine.store, &transfer.id, kind, number, &buckets).await?;
    Ok(found)
}

async fn note(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
    (collection, kind): (CollectionKind, ItemKind),
    batch: Batch,
) -> TransferResult<Found> {
    let mut found = Found::default();
    let differing = batch.missing.into_iter().chain(batch.changed).map(|entry| entry.key);
    for keys in differing.collect::<Vec<_>>().chunks(MOST_KEYS) {
        let mut page = source.items(collection, keys).await?;
        page.items.retain(|item| item.kind() == kind && keys.contains(&item.key()));
        found = found.and(deltas::take(&engine.store, &transfer.id, page.items).await?);
    }
    for keys in batch.gone.chunks(MOST_KEYS) {
        // A list may be read while it changes: only what is not given out either is gone.
        let still: Vec<ItemKey> = source.items(collection, keys).await?.items.iter().map(Item::key).collect();
        let gone = keys.iter().filter(|key| !still.contains(key)).cloned().collect();
        found.gone += deltas::mark_gone(&engine.store, &transfer.id, kind, gone).await?;
    }
    Ok(found)
}
