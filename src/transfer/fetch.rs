//! New home: collections page by page; items and the cursor behind them are one transaction.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Engine, TransferError, TransferResult,
    access::open_source,
    choose, kinds, media, recognize,
    reconcile::{ask_ahead, reconcile},
    share,
};
use crate::{
    model::{
        actor::authority,
        choices::Choices,
        collection::CollectionKind,
        item::ItemKind,
        policy::Caps,
        transfer::{Transfer, TransferState},
    },
    port::source::Source,
    store::{
        applications, choices,
        items::{self, ItemState},
        notes, originals, transfers,
    },
    words::text,
};

/// Pages in a row that may bring nothing new (an outbox may hold many things that are not boosts);
/// a list that goes on like that has no end.
const MOST_BARREN: u32 = 100_000;

/// Reads everything the source has, and the files: beside the lists that come after theirs where all of
/// them are wanted, after everything else where that is not known before.
///
/// # Errors
/// [`super::TransferError`] with its disposition; a crash or a retry repeats at most one page.
pub async fn fetch(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let source = open_source(engine, transfer).await?;
    let choices = choices::find(&engine.store, &transfer.id).await?;
    let caps = applications::caps(&engine.store, &transfer.id).await?;
    let wanted = (&choices, &caps);
    let (first, later): (Vec<_>, Vec<_>) =
        source.collections().into_iter().partition(|kind| *kind <= CollectionKind::Media);
    fetch_lists(engine, transfer, &*source, wanted, &first).await?;
    let later = async {
        fetch_lists(engine, transfer, &*source, wanted, &later).await?;
        ask_ahead(engine, transfer, &*source).await
    };
    if are_all_files_wanted(engine, transfer, &choices).await? {
        tokio::try_join!(later, files(engine, transfer, &source))?;
    } else {
        later.await?;
    }
    reconcile(engine, transfer, &*source, &choices).await?;
    choose::leave_out(engine, transfer, &choices).await?;
    recognize::recognize(engine, transfer).await?;
    if let Some(most) = caps.posts.filter(|_| choices.divides_posts()) {
        let listed = items::counts(&engine.store, &transfer.id).await?;
        let posts =
            listed.iter().filter(|(kind, state, _)| (*kind, *state) == (ItemKind::Posts, ItemState::Fetched));
        if posts.map(|(.., n)| n).sum::<u64>() > most {
            return Err(too_many(most));
        }
    }
    files(engine, transfer, &source).await?;
    note_oddities(engine, transfer, &*source).await?;
    note_other_counts(engine, transfer, &choices).await?;
    let (from, to) = (TransferState::Fetching, TransferState::Planned);
    transfers::step(&engine.store, &transfer.id, from, to, engine.clock.now_micros()).await?;
    Ok(())
}

async fn files(engine: &Engine, transfer: &Transfer, source: &Arc<dyn Source>) -> TransferResult<()> {
    let during = |error: TransferError| TransferError::During(CollectionKind::Media, Box::new(error));
    media::fetch_files(engine, transfer, source).await.map_err(during)
}

/// Whether every file that is listed will be needed: the posts that show them are all wanted, and none of
/// them can be this account's own that comes back.
async fn are_all_files_wanted(
    engine: &Engine,
    transfer: &Transfer,
    choices: &Choices,
) -> TransferResult<bool> {
    let wants = choices.wants(CollectionKind::Media) && choices.wants(CollectionKind::Content);
    if !wants || choices.divides_posts() {
        return Ok(false);
    }
    let account = engine.host.account(&transfer.account).await?;
    let was_away = account.is_none_or(|account| account.moved_to.is_some());
    Ok(!was_away && !originals::are_possible(&engine.store, &transfer.id, transfer.account.as_str()).await?)
}

async fn fetch_lists(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
    (choices, caps): (&Choices, &Caps),
    kinds: &[CollectionKind],
) -> TransferResult<()> {
    for kind in kinds {
        let during = |error: TransferError| TransferError::During(*kind, Box::new(error));
        if choices.wants(*kind) {
            // A part of the posts is measured once it is known which.
            let most = caps.posts.filter(|_| *kind == CollectionKind::Content && !choices.divides_posts());
            fetch_collection(engine, transfer, source, *kind, most).await.map_err(during)?;
        } else {
            let counted = source.count(*kind).await.map_err(|error| during(error.into()))?;
            choices::leave_collection(&engine.store, &transfer.id, *kind, counted).await?;
        }
    }
    Ok(())
}

/// Reads one collection. While a page is saved the next one is on its way; never more than these two
/// are held.
async fn fetch_collection(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
    kind: CollectionKind,
    most: Option<u64>,
) -> TransferResult<()> {
    let progress = items::progress(&engine.store, &transfer.id, kind).await?;
    if progress.is_done {
        return Ok(());
    }
    let announced = source.count(kind).await?;
    share::expect(announced.unwrap_or(0)).await;
    let mut cursor = progress.next;
    let (mut been, mut had, mut barren) = (BTreeSet::new(), 0, 0);
    let mut page = source.page(kind, cursor.as_ref(), engine.page_items).await?;
    loop {
        let next = page.next.clone();
        been.insert(cursor.take().map(|cursor| cursor.0));
        let is_known = next.as_ref().is_some_and(|next| been.contains(&Some(next.0.clone())));
        if is_known || barren > MOST_BARREN {
            let old = authority(source.actor());
            let why = text!("refusals-runs-in-a-circle", what = kinds::name_of_list(kind), old = old);
            return Err(TransferError::Refused(why));
        }
        let ahead = async {
            match &next {
                Some(next) => source.page(kind, Some(next), engine.page_items).await.map(Some),
                None => Ok(None),
            }
        };
        let save = items::save_page(&engine.store, &transfer.id, kind, announced, page);
        let (saved, ahead) = tokio::join!(save, ahead);
        let read = saved?;
        barren = if read == had { barren + 1 } else { 0 };
        had = read;
        if let Some(most) = most.filter(|most| read > *most) {
            return Err(too_many(most));
        }
        if read > engine.most_items {
            let old = authority(source.actor());
            let why = text!(
                "refusals-lists-more-than-is-taken",
                what = kinds::name_of_list(kind),
                old = old,
                most = engine.most_items
            );
            return Err(TransferError::Refused(why));
        }
        let Some(following) = ahead? else { return Ok(()) };
        engine.goes_on().await?;
        (page, cursor) = (following, next);
    }
}

/// More than was let in, whatever Old home said before.
fn too_many(most: u64) -> TransferError {
    TransferError::Refused(text!("refusals-lists-more-posts", most = most))
}

async fn note_oddities(engine: &Engine, transfer: &Transfer, source: &dyn Source) -> TransferResult<()> {
    for (times, why) in source.notes() {
        notes::note(&engine.store, &transfer.id, "account", times, &why).await?;
    }
    Ok(())
}

/// A list that differs from its own count lost nothing that is known, but somebody should look.
async fn note_other_counts(engine: &Engine, transfer: &Transfer, choices: &Choices) -> TransferResult<()> {
    let announced = items::announced(&engine.store, &transfer.id).await?;
    let listed = items::counts(&engine.store, &transfer.id).await?;
    for collection in CollectionKind::ALL.into_iter().filter(|kind| choices.wants(*kind)) {
        let (Some(announced), Some(first)) =
            (announced.get(collection.as_str()), collection.yields().first())
        else {
            continue;
        };
        let kinds = listed.iter().filter(|(kind, ..)| collection.yields().contains(kind));
        let listed: u64 = kinds.map(|(.., n)| n).sum();
        let why = if listed < *announced {
            text!("reasons-counts-more-than-its-list-shows")
        } else {
            text!("reasons-counts-fewer-than-its-list-shows")
        };
        let differing = announced.abs_diff(listed);
        if differing > 0 {
            notes::note(&engine.store, &transfer.id, first.as_str(), differing, &why).await?;
        }
    }
    Ok(())
}
