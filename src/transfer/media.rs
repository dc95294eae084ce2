//! New home: files are streamed into the blob store, hashed once, checked against what was announced.

use std::sync::Arc;

use futures::{
    StreamExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};

use super::{Engine, TransferResult};
use crate::{
    model::{item::Item, media::MediaFile, transfer::Transfer},
    port::{
        error::{AdapterError, Disposition},
        source::Source,
    },
    store::{
        blobs::{Expected, Unspooled},
        deltas,
        items::{self, Waiting},
    },
};

/// Files on the way at the same time. More would not be faster on one connection, only heavier.
const AT_ONCE: usize = 4;
/// Files taken from the table at a time.
const BATCH: i64 = 64;
/// How often a file is asked for whose bytes break off before it counts as not to be had.
const TRIES: u32 = 3;

/// Fetches every file that is not here yet. A file that cannot be had is noted with its reason.
///
/// # Errors
/// [`super::TransferError`] when the source as a whole is busy or gone.
pub async fn fetch_files(
    engine: &Engine,
    transfer: &Transfer,
    source: &Arc<dyn Source>,
) -> TransferResult<()> {
    let files = files_to_fetch(engine, transfer);
    files.try_for_each_concurrent(AT_ONCE, |file| fetch_file(engine, transfer, source, file)).await
}

/// The files that are not here yet, a batch at a time from the table.
fn files_to_fetch<'a>(engine: &'a Engine, transfer: &'a Transfer) -> BoxStream<'a, TransferResult<Waiting>> {
    let batches = stream::try_unfold(i64::MIN, move |after| -> BoxFuture<'a, _> {
        Box::pin(async move {
            let batch = items::files_to_fetch(&engine.store, &transfer.id, after, BATCH).await?;
            let last = batch.last().map(|file| file.position);
            TransferResult::Ok(last.map(|last| (stream::iter(batch.into_iter().map(Ok)), last)))
        })
    });
    batches.try_flatten().boxed()
}

async fn fetch_file(
    engine: &Engine,
    transfer: &Transfer,
    source: &Arc<dyn Source>,
    waiting: Waiting,
) -> TransferResult<()> {
    let Item::Media(file) = &waiting.item else { return Ok(()) };
    engine.store.goes_on()?;
    let kind = waiting.item.kind();
    let mut tries = 1;
    let error = loop {
        let Err(error) = fetch_bytes(engine, transfer, source, &waiting, file).await else { return Ok(()) };
        match error {
            Broken::ForNow(error) if tries < TRIES => {
                tracing::info!(%error, "a file broke off and is asked for again");
                tries += 1;
            }
            Broken::ForNow(error) | Broken::ForGood(error) => break error,
            Broken::Elsewhere(error) => return Err(error),
        }
    };
    if error.disposition() == Disposition::SkipItem {
        let why = error.to_string();
        return Ok(deltas::lose_file(&engine.store, &transfer.id, kind, &waiting.key, why).await?);
    }
    Err(error.into())
}

/// How a file did not arrive.
enum Broken {
    /// Its bytes broke off or are not the announced ones: the next try may bring all of them.
    ForNow(AdapterError),
    /// It is not to be had, or the source or our disk is in trouble as a whole.
    ForGood(AdapterError),
    /// Our database.
    Elsewhere(super::TransferError),
}

async fn fetch_bytes(
    engine: &Engine,
    transfer: &Transfer,
    source: &Arc<dyn Source>,
    waiting: &Waiting,
    file: &MediaFile,
) -> Result<(), Broken> {
    let bytes = source.media(file).await.map_err(Broken::ForGood)?;
    let expected = Expected { limit_bytes: engine.media_file_bytes, file };
    let spooled = engine.blobs.spool(bytes, expected).await.map_err(|error| match error {
        Unspooled::Broken(error) => Broken::ForNow(error),
        Unspooled::Refused(error) => Broken::ForGood(error),
    })?;
    // Nobody may remove the same bytes before our row says that they are needed.
    let kept = engine.blobs.keep(spooled).await.map_err(Broken::ForGood)?;
    items::keep_blob(&engine.store, &transfer.id, waiting.item.kind(), &waiting.key, kept.blob())
        .await
        .map_err(|error| Broken::Elsewhere(error.into()))
}
