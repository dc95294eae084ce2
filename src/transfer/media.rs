//! New home: files are streamed into the blob store, hashed once, checked against what was announced.

use std::sync::Arc;

use futures::{StreamExt, stream};

use super::{Engine, TransferResult};
use crate::{
    model::{id::ItemKey, item::Item, transfer::Transfer},
    port::{
        error::{AdapterError, Disposition},
        source::Source,
    },
    store::{
        blobs::Expected,
        items::{self, ItemState, Waiting},
    },
};

/// Files on the way at the same time. More would not be faster on one connection, only heavier.
const AT_ONCE: usize = 4;
/// Files taken from the table at a time.
const BATCH: i64 = 64;

/// Fetches every file that is not here yet. A file that cannot be had is noted with its reason.
///
/// # Errors
/// [`super::TransferError`] when the source as a whole is busy or gone.
pub async fn fetch_files(
    engine: &Engine,
    transfer: &Transfer,
    source: &Arc<dyn Source>,
) -> TransferResult<()> {
    loop {
        let waiting = items::files_to_fetch(&engine.store, &transfer.id, BATCH).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let mut running = stream::iter(waiting)
            .map(|file| fetch_file(engine, transfer, source, file))
            .buffer_unordered(AT_ONCE);
        while let Some(outcome) = running.next().await {
            outcome?;
        }
    }
}

async fn fetch_file(
    engine: &Engine,
    transfer: &Transfer,
    source: &Arc<dyn Source>,
    waiting: Waiting,
) -> TransferResult<()> {
    let Item::Media(file) = &waiting.item else { return Ok(()) };
    let expected = Expected { limit_bytes: engine.media_file_bytes, file };
    let kept = match source.media(file).await {
        Ok(bytes) => engine.blobs.keep(bytes, expected).await,
        Err(error) => Err(error),
    };
    let kind = waiting.item.kind();
    match kept {
        Ok(blob) => Ok(items::keep_blob(&engine.store, &transfer.id, kind, &waiting.key, &blob).await?),
        Err(error) if error.disposition() == Disposition::SkipItem => {
            let outcome = failed(kind, waiting.key, &error);
            Ok(items::settle(&engine.store, &transfer.id, vec![outcome]).await?)
        }
        Err(error) => Err(error.into()),
    }
}

type Outcome = (crate::model::item::ItemKind, ItemKey, ItemState, Option<String>);

fn failed(kind: crate::model::item::ItemKind, key: ItemKey, error: &AdapterError) -> Outcome {
    (kind, key, ItemState::Failed, Some(error.to_string()))
}
