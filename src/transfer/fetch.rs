//! New home: collections page by page; items and the cursor behind them are one transaction.

use std::collections::BTreeSet;

use super::{
    Engine, TransferError, TransferResult, access::open_source, choose, media, recognize,
    reconcile::reconcile,
};
use crate::{
    model::{
        choices::Choices,
        collection::CollectionKind,
        transfer::{Transfer, TransferState},
    },
    port::{error::AdapterError, source::Source},
    store::{choices, items, notes, transfers},
};

/// Pages in a row that may bring nothing new (an outbox may hold many things that are not boosts);
/// a list that goes on like that has no end.
const MOST_BARREN: u32 = 100_000;

/// Reads everything the source has, then the files.
///
/// # Errors
/// [`super::TransferError`] with its disposition; a crash or a retry repeats at most one page.
pub async fn fetch(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let source = open_source(engine, transfer).await?;
    let choices = choices::find(&engine.store, &transfer.id).await?;
    for kind in source.collections() {
        if choices.wants(kind) {
            fetch_collection(engine, transfer, &*source, kind).await?;
        } else {
            let counted = source.count(kind).await?;
            choices::leave_collection(&engine.store, &transfer.id, kind, counted).await?;
        }
    }
    reconcile(engine, transfer, &*source, &choices).await?;
    choose::leave_out(engine, transfer, &choices).await?;
    recognize::recognize(engine, transfer).await?;
    media::fetch_files(engine, transfer, &source).await?;
    note_oddities(engine, transfer, &*source).await?;
    note_other_counts(engine, transfer, &choices).await?;
    let (from, to) = (TransferState::Fetching, TransferState::Planned);
    transfers::step(&engine.store, &transfer.id, from, to, engine.clock.now_micros()).await?;
    Ok(())
}

/// Reads one collection. While a page is saved the next one is on its way; never more than these two
/// are held.
async fn fetch_collection(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
    kind: CollectionKind,
) -> TransferResult<()> {
    let progress = items::progress(&engine.store, &transfer.id, kind).await?;
    if progress.is_done {
        return Ok(());
    }
    let announced = source.count(kind).await?;
    let mut cursor = progress.next;
    let (mut been, mut had, mut barren) = (BTreeSet::new(), 0, 0);
    let mut page = source.page(kind, cursor.as_ref(), engine.page_items).await?;
    loop {
        let next = page.next.clone();
        been.insert(cursor.take().map(|cursor| cursor.0));
        let is_known = next.as_ref().is_some_and(|next| been.contains(&Some(next.0.clone())));
        if is_known || barren > MOST_BARREN {
            return Err(unreadable(format!("Old home's list of {} runs in a circle", kind.as_str())));
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
        if read > engine.most_items {
            let why = format!("Old home lists more than this server takes ({} things)", engine.most_items);
            return Err(unreadable(why));
        }
        let Some(following) = ahead? else { return Ok(()) };
        engine.goes_on().await?;
        (page, cursor) = (following, next);
    }
}

fn unreadable(why: String) -> TransferError {
    TransferError::Adapter(AdapterError::fatal("reading the account", why))
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
            "Old home counts more of them than its list shows"
        } else {
            "Old home counts fewer of them than its list shows"
        };
        let differing = announced.abs_diff(listed);
        if differing > 0 {
            notes::note(&engine.store, &transfer.id, first.as_str(), differing, why).await?;
        }
    }
    Ok(())
}
