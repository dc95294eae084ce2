//! New home: files are streamed into the blob store, hashed once, checked against what was announced.
//!
//! Some are on their way while those before them become durable together: a disk that is asked to keep
//! one file by itself, again and again, would be what a transfer waits for.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use futures::{
    StreamExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use tokio::sync::mpsc;
use url::Url;

use super::{Engine, TransferResult, pace};
use crate::{
    model::{item::Item, media::MediaFile, policy::Caps, transfer::Transfer},
    port::{
        error::{AdapterError, Disposition},
        source::Source,
    },
    store::{
        applications,
        blobs::{Arriving, Expected, Spooled, Unspooled},
        deltas,
        items::{self, Waiting},
    },
    words::text,
};

/// Files that become durable together at most; each is open until then.
const TOGETHER: usize = 64;
/// Files taken from the table at a time.
const BATCH: i64 = 200;
/// How often a file is asked for whose bytes break off before it counts as not to be had.
const TRIES: u32 = 3;

/// A file that has come, and the item it belongs to.
type Arrived = (Waiting, Spooled);

/// How much of its files an account may bring, and how much of it has come.
struct Room {
    caps: Caps,
    taken: AtomicU64,
}

impl Room {
    fn fits(&self, bytes: u64) -> bool {
        let most = self.caps.media_bytes.unwrap_or(u64::MAX);
        self.taken.load(Ordering::Relaxed).saturating_add(bytes) <= most
    }

    /// Counts a file that has come, if it fits.
    fn take(&self, bytes: u64) -> bool {
        let most = self.caps.media_bytes.unwrap_or(u64::MAX);
        let more = |taken: u64| Some(taken.saturating_add(bytes)).filter(|all| *all <= most);
        self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// The file stays where it is.
    async fn refuse(&self, engine: &Engine, transfer: &Transfer, waiting: &Waiting) -> TransferResult<()> {
        let most = self.caps.media_bytes.unwrap_or(u64::MAX);
        let why = text!("reasons-the-bytes-are-used-up", most = most.to_string());
        leave(engine, transfer, waiting, why).await
    }
}

/// A rule of this server leaves the file where it is.
async fn leave(engine: &Engine, transfer: &Transfer, waiting: &Waiting, why: String) -> TransferResult<()> {
    let kind = waiting.item.kind();
    Ok(deltas::leave_file(&engine.store, &transfer.id, kind, &waiting.key, why).await?)
}

/// Fetches every file that is not here yet. A file that cannot be had is noted with its reason.
///
/// # Errors
/// [`super::TransferError`] when the source as a whole is busy or gone.
pub async fn fetch_files(
    engine: &Engine,
    transfer: &Transfer,
    source: &Arc<dyn Source>,
) -> TransferResult<()> {
    let caps = applications::caps(&engine.store, &transfer.id).await?;
    let taken = applications::taken_bytes(&engine.store, &transfer.id).await?;
    let room = Room { caps, taken: AtomicU64::new(taken) };
    let (arrived, arriving) = mpsc::channel(TOGETHER / 2);
    let room = &room;
    let fetching = async move {
        let files = files_to_fetch(engine, transfer);
        let fetch = |file| fetch_file(engine, transfer, (source, room), file, &arrived);
        files.try_for_each_concurrent(pace::MOST, fetch).await
    };
    tokio::try_join!(fetching, keep_files(engine, transfer, arriving)).map(drop)
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
    (source, room): (&Arc<dyn Source>, &Room),
    waiting: Waiting,
    arrived: &mpsc::Sender<Arrived>,
) -> TransferResult<()> {
    let Item::Media(file) = &waiting.item else { return Ok(()) };
    engine.goes_on().await?;
    if file.bytes.is_some_and(|bytes| !room.fits(bytes)) {
        return room.refuse(engine, transfer, &waiting).await;
    }
    let (mut tries, mut begun) = (1, None);
    let peer = peer_of(file, &**source);
    let error = loop {
        let fetching = fetch_bytes(engine, (source, room), file, &mut begun);
        match engine.pace.keep(&peer, fetching, is_strain).await {
            Ok(spooled) => {
                if !room.take(spooled.bytes()) {
                    drop(spooled);
                    return room.refuse(engine, transfer, &waiting).await;
                }
                if let Some(why) = engine.scanner.look(spooled.path(), spooled.media_type()).await? {
                    drop(spooled);
                    return leave(engine, transfer, &waiting, why).await;
                }
                // Nobody takes them only when keeping has failed, and that ends all of this.
                let _is_taken = arrived.send((waiting, spooled)).await;
                return Ok(());
            }
            Err(Unspooled::Broken(error)) if tries < TRIES => {
                let has = begun.as_ref().map_or(0, Arriving::length);
                tracing::info!(%error, has, "a file broke off and is asked for again");
                tries += 1;
            }
            Err(Unspooled::Broken(error) | Unspooled::Refused(error)) => break error,
        }
    };
    if error.disposition() == Disposition::SkipItem {
        let (kind, why) = (waiting.item.kind(), error.to_string());
        return Ok(deltas::lose_file(&engine.store, &transfer.id, kind, &waiting.key, why).await?);
    }
    Err(error.into())
}

/// Which server gives a file.
fn peer_of(file: &MediaFile, source: &dyn Source) -> String {
    let address = file.fetch_url.as_deref().unwrap_or(&file.url);
    let url = Url::parse(address).unwrap_or_else(|_| source.actor().clone());
    url.origin().ascii_serialization()
}

fn is_strain(error: &Unspooled) -> bool {
    let (Unspooled::Broken(error) | Unspooled::Refused(error)) = error;
    pace::is_strain(error)
}

/// Asks for a file, or for what is still missing of it.
async fn fetch_bytes(
    engine: &Engine,
    (source, room): (&Arc<dyn Source>, &Room),
    file: &MediaFile,
    begun: &mut Option<Arriving>,
) -> Result<Spooled, Unspooled> {
    let has = begun.as_ref().map_or(0, Arriving::length);
    let opened = source.media_from(file, has).await.map_err(Unspooled::Refused)?;
    if opened.from != has {
        *begun = None;
    }
    if opened.from != 0 && opened.from != has {
        let why = text!("reasons-goes-on-at-another-place");
        return Err(Unspooled::Broken(AdapterError::item(why)));
    }
    let largest = room.caps.largest_file_bytes.unwrap_or(u64::MAX);
    let limit_bytes = engine.media_file_bytes.min(largest);
    engine.blobs.spool(begun, opened.bytes, Expected { limit_bytes, file }).await
}

/// Keeps what has come, as much at a time as there is.
async fn keep_files(
    engine: &Engine,
    transfer: &Transfer,
    mut arriving: mpsc::Receiver<Arrived>,
) -> TransferResult<()> {
    let mut batch = Vec::with_capacity(TOGETHER);
    while arriving.recv_many(&mut batch, TOGETHER).await > 0 {
        let (items, spooled): (Vec<Waiting>, Vec<Spooled>) = batch.drain(..).unzip();
        // Nobody may remove the same bytes before our rows say that they are needed.
        let kept = engine.blobs.keep(spooled).await?;
        let blobs = kept.blobs().iter().cloned();
        let rows =
            items.into_iter().zip(blobs).map(|(waiting, blob)| (waiting.item.kind(), waiting.key, blob));
        items::keep_blobs(&engine.store, &transfer.id, rows.collect()).await?;
    }
    Ok(())
}
