//! New home: after the last page, what it holds is compared with what Old home states and signs; what
//! differs is asked for again, and what still differs is listed with its reason.

use std::collections::BTreeSet;

use super::{
    Engine, TransferResult,
    compare::{Comparison, tally_here},
};
use crate::{
    model::{
        choices::Choices,
        collection::CollectionKind,
        id::ItemKey,
        inventory::{Entry, KindInventory, Tally, unreadable},
        item::{Item, ItemKind},
        transfer::Transfer,
    },
    port::source::{MOST_KEYS, Source, Stated, Statement},
    store::{
        compared,
        gaps::{self, Gap},
        stated, unshown,
    },
    words::text,
};

/// Inventories asked for at most: an account in use changes while it is counted.
const PASSES: u32 = 3;

/// Stated, and not given out.
pub fn withheld() -> String {
    text!("reasons-does-not-give-it-out")
}

/// Stated, and not readable there.
pub fn broken() -> String {
    text!("reasons-stored-in-a-form-it-cannot-read")
}

/// What one walk over one kind left.
struct Outcome {
    theirs: KindInventory,
    /// What is held, and what is listed as lost.
    explained: KindInventory,
    /// Whether both sides have the same.
    agrees: bool,
    /// What Old home's buckets are not.
    trouble: Option<String>,
}

/// Compares all kinds that were wanted, and mends what can be mended. Doing it again finds the same.
///
/// # Errors
/// [`super::TransferError`] with its disposition.
pub async fn reconcile(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
    choices: &Choices,
) -> TransferResult<()> {
    let store = &engine.store;
    let last = stated::last(store, &transfer.id).await?;
    if last.as_ref().is_some_and(|kept| kept.is_compared) && gaps::gaps(store, &transfer.id).await?.is_empty()
    {
        return Ok(());
    }
    let first = last.map_or(1, |kept| kept.pass);
    let mut differing = Vec::new();
    for pass in first..first.saturating_add(PASSES) {
        compared::forget_lost(store, &transfer.id, vec![withheld(), broken()]).await?;
        let statement = source.inventory(pass).await?;
        keep(engine, transfer, pass, &statement).await?;
        let stated = match statement {
            Statement::Silent => return Ok(()),
            Statement::Unbelieved(why) => {
                differing = vec![Gap { kind: "inventory".to_owned(), count: 1, why }];
                break;
            }
            Statement::Signed(stated) => stated,
        };
        differing = one_pass(engine, transfer, source, choices, &stated).await?;
        if differing.is_empty() {
            break;
        }
    }
    gaps::replace(store, &transfer.id, differing).await?;
    Ok(stated::compared(store, &transfer.id).await?)
}

/// Lets Old home count while files are still on their way, after the last page. Nothing depends on what it
/// answers: asked again, the same pass is the same inventory.
pub(super) async fn ask_ahead(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
) -> TransferResult<()> {
    let last = stated::last(&engine.store, &transfer.id).await?;
    if last.as_ref().is_some_and(|kept| kept.is_compared) {
        return Ok(());
    }
    if let Err(error) = source.inventory(last.map_or(1, |kept| kept.pass)).await {
        tracing::debug!(%error, "Old home does not count yet");
    }
    Ok(())
}

async fn keep(engine: &Engine, transfer: &Transfer, pass: u32, said: &Statement) -> TransferResult<()> {
    let nothing = stated::Kept { pass, document: None, key_pem: None, trouble: None, is_compared: false };
    let kept = match said {
        Statement::Silent => return Ok(()),
        Statement::Unbelieved(why) => stated::Kept { trouble: Some(why.clone()), ..nothing },
        Statement::Signed(stated) => stated::Kept {
            document: Some(stated.document.clone()),
            key_pem: Some(stated.key_pem.clone()),
            ..nothing
        },
    };
    Ok(stated::keep(&engine.store, &transfer.id, kept, engine.clock.now_micros()).await?)
}

/// One inventory, all kinds: the differences that no item explains.
async fn one_pass(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
    choices: &Choices,
    stated: &Stated,
) -> TransferResult<Vec<Gap>> {
    let mut left = Vec::new();
    for collection in source.collections().into_iter().filter(|kind| choices.wants(*kind)) {
        for kind in collection.yields() {
            let theirs = stated.inventory.kinds.get(kind).copied();
            let theirs = theirs.unwrap_or_else(|| Tally::default().total());
            let pass = stated.inventory.pass;
            let outcome = one_kind(engine, transfer, source, (collection, *kind), pass, theirs).await?;
            left.extend(gap(*kind, outcome));
        }
    }
    Ok(left)
}

fn gap(kind: ItemKind, outcome: Outcome) -> Option<Gap> {
    let (theirs, ours) = (outcome.theirs.count, outcome.explained.count);
    let why = match outcome.trouble {
        Some(trouble) => trouble,
        None if outcome.agrees || outcome.explained.digest == outcome.theirs.digest => return None,
        None if theirs > ours => text!("reasons-counts-more-than-it-lists"),
        None if theirs < ours => text!("reasons-lists-more-than-it-counts"),
        None => text!("reasons-gives-out-something-else"),
    };
    Some(Gap { kind: kind.as_str().to_owned(), count: theirs.abs_diff(ours).max(1), why })
}

async fn one_kind(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
    (collection, kind): (CollectionKind, ItemKind),
    pass: u32,
    theirs: KindInventory,
) -> TransferResult<Outcome> {
    let here = tally_here(engine, &transfer.id, kind, theirs.bits).await?;
    let agreed = |total| Outcome { theirs, explained: total, agrees: true, trouble: None };
    if here.total() == theirs {
        stated::keep_tally(&engine.store, &transfer.id, kind, pass, &here).await?;
        return Ok(agreed(theirs));
    }
    let buckets =
        if theirs.count == 0 { Tally::new(theirs.bits) } else { source.buckets(pass, kind).await? };
    if buckets.total() != theirs {
        let trouble = Some(text!("reasons-the-buckets-are-others"));
        return Ok(Outcome { theirs, explained: here.total(), agrees: false, trouble });
    }
    let mut lost = Tally::new(theirs.bits);
    let mut walk = Comparison::new(engine, &transfer.id, source, kind, (&here, &buckets));
    while let Some(batch) = walk.next().await? {
        let missing = batch.missing.into_iter().map(|entry| (entry, false));
        let asked: Vec<_> = missing.chain(batch.changed.into_iter().map(|entry| (entry, true))).collect();
        for some in asked.chunks(MOST_KEYS) {
            mend(engine, transfer, source, (collection, kind), some, &mut lost).await?;
        }
        for some in batch.gone.chunks(MOST_KEYS) {
            let_go(engine, transfer, source, (collection, kind), some).await?;
        }
    }
    let mut here = tally_here(engine, &transfer.id, kind, theirs.bits).await?;
    if here.total() == theirs {
        stated::keep_tally(&engine.store, &transfer.id, kind, pass, &here).await?;
        return Ok(agreed(theirs));
    }
    here.add_all(&lost);
    Ok(Outcome { theirs, explained: here.total(), agrees: false, trouble: None })
}

/// Asks for items by their keys; what is missing here and not given out is noted as lost.
async fn mend(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
    (collection, kind): (CollectionKind, ItemKind),
    asked: &[(Entry, bool)],
    lost: &mut Tally,
) -> TransferResult<()> {
    let keys: Vec<ItemKey> = asked.iter().map(|(entry, _)| entry.key.clone()).collect();
    let mut page = source.items(collection, &keys).await?;
    page.items.retain(|item| item.kind() == kind);
    let came: BTreeSet<ItemKey> = page.items.iter().map(Item::key).collect();
    let (unread_there, unseen) = (broken(), withheld());
    let mut reasons = Vec::new();
    for (entry, is_here) in asked {
        if *is_here || came.contains(&entry.key) {
            continue;
        }
        let unread = page.unreadable.iter().find(|one| one.key == entry.key.as_str());
        let why = match unread {
            Some(unread) => unread.why.clone(),
            None if entry.content == unreadable() => unread_there.clone(),
            None => unseen.clone(),
        };
        lost.add(kind, entry);
        reasons.push((entry.key.clone(), why));
    }
    compared::take(&engine.store, &engine.blobs, &transfer.id, std::mem::take(&mut page.items)).await?;
    compared::lose(&engine.store, &transfer.id, kind, reasons).await?;
    Ok(unshown::keep(&engine.store, &transfer.id, page).await?)
}

/// Lets go of what Old home neither lists nor gives out any more.
async fn let_go(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
    (collection, kind): (CollectionKind, ItemKind),
    keys: &[ItemKey],
) -> TransferResult<()> {
    let still: BTreeSet<ItemKey> =
        source.items(collection, keys).await?.items.iter().map(Item::key).collect();
    let gone = keys.iter().filter(|key| !still.contains(key)).cloned().collect();
    let why = text!("reasons-deleted-while-it-was-read");
    Ok(compared::forget(&engine.store, &engine.blobs, &transfer.id, kind, gone, why).await?)
}
