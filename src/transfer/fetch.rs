//! New home: collections page by page; items and the cursor behind them are one transaction.

use super::{Engine, TransferError, TransferResult, access::open_source, media};
use crate::{
    model::transfer::{Transfer, TransferState},
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
        let announced = source.count(kind).await?;
        let mut progress = items::progress(&engine.store, &transfer.id, kind).await?;
        let mut pages = 0;
        while !progress.is_done {
            let page = source.page(kind, progress.next.as_ref(), engine.page_items).await?;
            pages += 1;
            if page.next.is_some() && (page.next == progress.next || pages > MOST_PAGES) {
                let why = format!("Old home's list of {} runs in a circle", kind.as_str());
                return Err(TransferError::Adapter(AdapterError::fatal("reading the account", why)));
            }
            items::save_page(&engine.store, &transfer.id, kind, announced, page).await?;
            progress = items::progress(&engine.store, &transfer.id, kind).await?;
        }
    }
    media::fetch_files(engine, transfer, &source).await?;
    note_oddities(engine, transfer, &*source).await?;
    let (from, to) = (TransferState::Fetching, TransferState::Planned);
    transfers::step(&engine.store, &transfer.id, from, to, engine.clock.now_micros()).await?;
    Ok(())
}

async fn note_oddities(engine: &Engine, transfer: &Transfer, source: &dyn Source) -> TransferResult<()> {
    for (times, why) in source.notes() {
        items::note(&engine.store, &transfer.id, "account", times, &why).await?;
    }
    Ok(())
}
