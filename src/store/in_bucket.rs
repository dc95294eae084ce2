//! Kept files in a bucket, and table `doomed_files`: those that nothing needs any more and that still lie
//! there.
//!
//! A disk removes a file inside the work that deletes its rows. A bucket is asked after the commit: it is
//! far away, and what is removed there does not come back when the work is taken back. So the work notes
//! what has to go, and it goes then, or the next time somebody sweeps.

use std::io;

use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use tokio::io::AsyncWriteExt;

use super::{
    Connection, Store, StoreResult,
    blobs::Spooled,
    bucket::Bucket,
    keyed::{rows_of, run_for},
    opened::{OnDisk, OpenBlob},
    spool::Spool,
};
use crate::port::destination::StoredBlob;

/// Files put at the same time.
const AT_ONCE: usize = 8;
/// Files removed between two looks at the table.
const SWEPT: i64 = 500;

/// A bucket with kept files, and the tables that say which of them have to go.
#[derive(Clone)]
pub(super) struct InBucket {
    bucket: Bucket,
    store: Store,
}

impl std::fmt::Debug for InBucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.bucket.fmt(f)
    }
}

impl InBucket {
    pub(super) fn new(bucket: Bucket, store: Store) -> Self {
        Self { bucket, store }
    }

    /// Puts spooled files under their names. To be called by a keeper: nobody sweeps meanwhile.
    pub(super) async fn keep(&self, spooled: Vec<Spooled>) -> io::Result<Vec<StoredBlob>> {
        let hashes = spooled.iter().map(|one| one.blob().sha256.clone()).collect();
        self.spare(hashes).await.map_err(io::Error::other)?;
        let all: Vec<_> = spooled.into_iter().map(|one| self.put(one).boxed()).collect();
        stream::iter(all).buffered(AT_ONCE).try_collect().await
    }

    async fn put(&self, one: Spooled) -> io::Result<StoredBlob> {
        let blob = one.blob().clone();
        self.bucket.put_file(&name(&blob.sha256), one.path(), &blob.media_type).await?;
        Ok(blob)
    }

    /// What comes again does not have to go any more.
    async fn spare(&self, hashes: Vec<String>) -> StoreResult<()> {
        let mut c = self.store.reader().await?;
        let keys: Vec<&str> = hashes.iter().map(String::as_str).collect();
        let sql = "select sha256 from doomed_files where sha256 in ({keys})";
        let doomed: Vec<(String,)> = rows_of(&mut c, sql, &[], &keys).await?;
        drop(c);
        if doomed.is_empty() {
            return Ok(());
        }
        let spared = self.store.write(move |c| {
            Box::pin(async move {
                let keys: Vec<&str> = hashes.iter().map(String::as_str).collect();
                run_for(c, "delete from doomed_files where sha256 in ({keys})", &[], &keys).await
            })
        });
        spared.await.map(drop)
    }

    pub(super) async fn open(&self, sha256: &str) -> io::Result<OpenBlob> {
        let name = name(sha256);
        let length = self.bucket.length(&name).await?;
        Ok(OpenBlob::InBucket(self.bucket.clone(), name, length))
    }

    /// A copy for a program that wants a file.
    pub(super) async fn copy(&self, sha256: &str, spool: &Spool) -> io::Result<OnDisk> {
        let opened = self.open(sha256).await?;
        let whole = 0..opened.length();
        let (mut bytes, spool) = (opened.read(whole).await?, spool.clone());
        let made = tokio::task::spawn_blocking(move || spool.file());
        let file = made.await.map_err(io::Error::other)??;
        let mut writing = tokio::fs::File::from_std(file.reopen()?);
        while let Some(chunk) = bytes.try_next().await? {
            writing.write_all(&chunk).await?;
        }
        writing.flush().await?;
        Ok(OnDisk::Copy(file))
    }

    /// Whether something has to go.
    pub(super) async fn is_to_be_swept(&self) -> StoreResult<bool> {
        let mut c = self.store.reader().await?;
        Ok(row!(&mut c, (String,), "select sha256 from doomed_files limit 1")?.is_some())
    }

    /// Removes what has to go. To be called by who is alone: nobody keeps meanwhile.
    pub(super) async fn sweep(&self) -> StoreResult<io::Result<()>> {
        loop {
            let mut c = self.store.reader().await?;
            let sql = "select sha256 from doomed_files order by sha256 limit $1";
            let doomed = rows!(&mut c, (String,), sql, SWEPT)?;
            drop(c);
            if doomed.is_empty() {
                return Ok(Ok(()));
            }
            let names: Vec<String> = doomed.iter().map(|(sha256,)| name(sha256)).collect();
            if let Err(error) = self.bucket.remove(&names).await {
                return Ok(Err(error));
            }
            let forgotten = self.store.write(move |c| {
                Box::pin(async move {
                    let keys: Vec<&str> = doomed.iter().map(|(sha256,)| sha256.as_str()).collect();
                    run_for(c, "delete from doomed_files where sha256 in ({keys})", &[], &keys).await
                })
            });
            forgotten.await?;
        }
    }
}

/// Notes that a file has to go, inside the work that has deleted what needed it.
pub(super) async fn doom_in(c: &mut Connection, sha256: &str) -> StoreResult<()> {
    run!(c, "insert into doomed_files (sha256) values ($1) on conflict (sha256) do nothing", sha256)?;
    Ok(())
}

/// What a file is called in the bucket.
fn name(sha256: &str) -> String {
    format!("{}/{sha256}", sha256.get(..2).unwrap_or("xx"))
}
