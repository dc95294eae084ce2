//! New home: collections page by page; items and the cursor behind them are one transaction.

use super::{Engine, TransferError, TransferResult, access::open_source, media};
use crate::{
    model::{
        collection::CollectionKind,
        transfer::{Transfer, TransferState},
    },
    port::{error::AdapterError, source::Source},
    store::{items, transfers},
};

/// Pages of one collection at most: a source that never ends is stopped.
const MOST_PAGES: usize = 1_000_000;

/// Reads everything the source has, then the files.
///
/// # Errors
/// [`super::TransferError`] with its disposition; a crash or a retry repeats at most one page.
pub async fn fetch(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let source = open_source(engine, transfer).await?;
    for kind in source.collections() {
        fetch_collection(engine, transfer, &*source, kind).await?;
    }
    media::fetch_files(engine, transfer, &source).await?;
    note_oddities(engine, transfer, &*source).await?;
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
    let mut page = source.page(kind, cursor.as_ref(), engine.page_items).await?;
    for _ in 0..MOST_PAGES {
        let next = page.next.clone();
        if next.is_some() && next == cursor {
            return Err(circle(kind));
        }
        let ahead = async {
            match &next {
                Some(next) => source.page(kind, Some(next), engine.page_items).await.map(Some),
                None => Ok(None),
            }
        };
        let save = items::save_page(&engine.store, &transfer.id, kind, announced, page);
        let (saved, ahead) = tokio::join!(save, ahead);
        saved?;
        let Some(following) = ahead? else { return Ok(()) };
        (page, cursor) = (following, next);
    }
    Err(circle(kind))
}

fn circle(kind: CollectionKind) -> TransferError {
    let why = format!("Old home's list of {} runs in a circle", kind.as_str());
    TransferError::Adapter(AdapterError::fatal("reading the account", why))
}

async fn note_oddities(engine: &Engine, transfer: &Transfer, source: &dyn Source) -> TransferResult<()> {
    for (times, why) in source.notes() {
        items::note(&engine.store, &transfer.id, "account", times, &why).await?;
    }
    Ok(())
}
