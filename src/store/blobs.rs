//! Media on disk or in a bucket, named by the hash of their bytes, written once.
//!
//! A blob is never served by its name: a private file may equal a public one.

use std::{
    collections::BTreeSet,
    io::ErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tempfile::NamedTempFile;
use tokio::{fs, task::spawn_blocking};

pub use super::arriving::Arriving;
use super::{
    Connection, Store, StoreError, StoreResult,
    arriving::{self, TOGETHER},
    bucket::Bucket,
    durable,
    gate::{Alone, Gate, Keeping},
    in_bucket::{InBucket, doom_in},
    opened::{OnDisk, OpenBlob},
    spool::Spool,
    uploads::Uploads,
};
pub use crate::model::digest::hex;
use crate::port::{
    destination::StoredBlob,
    error::{AdapterError, Cause},
};
use crate::{model::media::MediaFile, words::text};

/// The blobs: a directory, or a bucket with a directory for what is still arriving.
///
/// Between a file's arrival and the row that needs it nobody may remove the same bytes: keepers pass
/// the gate together, whoever removes passes it alone, also where several daemons share the directory. The gate comes before the database's writer,
/// never inside one of its works: the other way round two of them could wait for each other.
#[derive(Debug, Clone)]
pub struct Blobs {
    dir: PathBuf,
    gate: Gate,
    spool: Spool,
    bucket: Option<InBucket>,
}

/// Bytes that were checked and lie on disk, not yet under their name.
#[derive(Debug)]
pub struct Spooled {
    file: NamedTempFile,
    blob: StoredBlob,
}

/// Kept files. Nobody removes them while this stands: let it go when rows name the files.
#[derive(Debug)]
pub struct Kept {
    blobs: Vec<StoredBlob>,
    _gate: Keeping,
}

impl Spooled {
    /// Where it lies until it is kept.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Its type, as its bytes say.
    pub fn media_type(&self) -> &str {
        &self.blob.media_type
    }

    /// Its length.
    pub fn bytes(&self) -> u64 {
        self.blob.bytes
    }

    /// What it will be known as.
    pub(super) fn blob(&self) -> &StoredBlob {
        &self.blob
    }
}

impl Kept {
    /// What was kept, in the order in which it was given.
    pub fn blobs(&self) -> &[StoredBlob] {
        &self.blobs
    }
}

/// The right to remove blobs: whatever is needed stands in a row while this is held.
#[derive(Debug)]
pub struct Removing {
    blobs: Blobs,
    _gate: Alone,
}

/// Why bytes were not taken.
#[derive(Debug, thiserror::Error)]
pub enum Unspooled {
    /// They broke off or are not the announced ones; the next try may bring others.
    #[error(transparent)]
    Broken(AdapterError),
    /// It would be the same again: too large, or a disk or source in trouble.
    #[error(transparent)]
    Refused(AdapterError),
}

/// What a file must be to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Longest file taken, in bytes.
    pub limit_bytes: u64,
    /// What the source says about it.
    pub file: &'a MediaFile,
}

impl Blobs {
    /// Opens (and creates) the directory below `data_dir`.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub async fn open(data_dir: &Path) -> std::io::Result<Self> {
        let dir = data_dir.join("media");
        fs::create_dir_all(&dir).await?;
        let spool = Spool::open(&dir)?;
        let gate = Gate::open(&dir)?;
        Ok(Self { dir, gate, spool, bucket: None })
    }

    /// Opens a bucket for what is kept, and the directory for what is still arriving. What nothing needs
    /// any more is noted in `store`, and daemons that share it keep out of each other's way there.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub async fn in_bucket(data_dir: &Path, bucket: Bucket, store: Store) -> std::io::Result<Self> {
        let mut blobs = Self::open(data_dir).await?;
        if let Some(server) = store.server() {
            blobs.gate = blobs.gate.shared_at(server);
        }
        blobs.bucket = Some(InBucket::new(bucket, store));
        Ok(blobs)
    }

    /// Where a blob lies, if it lies on this disk.
    pub fn here(&self, sha256: &str) -> Option<PathBuf> {
        self.bucket.is_none().then(|| self.path(sha256))
    }

    /// Opens a blob for reading.
    ///
    /// # Errors
    /// Whatever the file system or the bucket says.
    pub async fn open_blob(&self, sha256: &str) -> std::io::Result<OpenBlob> {
        if let Some(bucket) = &self.bucket {
            return bucket.open(sha256).await;
        }
        let file = fs::File::open(self.path(sha256)).await?;
        let length = file.metadata().await?.len();
        Ok(OpenBlob::OnDisk(file, length))
    }

    /// A blob as a file for whoever works with files: where it lies, or a copy.
    ///
    /// # Errors
    /// Whatever the file system or the bucket says.
    pub async fn on_disk(&self, sha256: &str) -> std::io::Result<OnDisk> {
        match &self.bucket {
            Some(bucket) => bucket.copy(sha256, &self.spool).await,
            None => Ok(OnDisk::Kept(self.path(sha256))),
        }
    }

    /// Where a blob lies in the directory.
    pub fn path(&self, sha256: &str) -> PathBuf {
        let fan = sha256.get(..2).unwrap_or("xx");
        self.dir.join(fan).join(sha256)
    }

    /// Writes a stream to disk, hashes it once and checks it against what was announced. Where the
    /// bytes break off, what has come stays in `begun`: the next stream goes on behind it.
    ///
    /// # Errors
    /// [`Unspooled`]; nothing of the bytes is left but what `begun` holds.
    pub async fn spool<S>(
        &self,
        begun: &mut Option<Arriving>,
        mut stream: S,
        expected: Expected<'_>,
    ) -> Result<Spooled, Unspooled>
    where
        S: Stream<Item = Result<Bytes, AdapterError>> + Unpin,
    {
        let mut length = begun.as_ref().map_or(0, Arriving::length);
        let (mut pieces, mut gathered, mut ends) = (Vec::new(), 0, false);
        while !ends {
            let (chunk, broken);
            (chunk, broken, ends) = match stream.next().await {
                Some(Ok(chunk)) => (chunk, None, false),
                Some(Err(error)) => (Bytes::new(), Some(error), true),
                None => (Bytes::new(), None, true),
            };
            length += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            if length > expected.limit_bytes {
                *begun = None;
                return Err(Unspooled::Refused(AdapterError::item(text!(
                    "reasons-the-file-is-larger",
                    most = expected.limit_bytes.to_string()
                ))));
            }
            gathered += chunk.len();
            pieces.push(chunk);
            if ends || gathered >= TOGETHER {
                let written = arriving::write(&self.spool, begun.take(), std::mem::take(&mut pieces)).await;
                *begun = Some(written.map_err(disk)?);
                gathered = 0;
            }
            match broken {
                Some(error @ AdapterError::Item { .. }) => return Err(Unspooled::Broken(error)),
                Some(error) => return Err(Unspooled::Refused(error)),
                None => {}
            }
        }
        let Some(arriving) = begun.take() else { return Err(disk(ErrorKind::NotFound.into())) };
        whole(arriving, expected.file)
    }

    /// Gives spooled files their names, for good: after a power cut they are there. All of them wait
    /// for the disk together, which costs hardly more than one by itself.
    ///
    /// # Errors
    /// [`AdapterError::Busy`] when the disk does not do it.
    pub async fn keep(&self, spooled: Vec<Spooled>) -> Result<Kept, AdapterError> {
        let gate = self.gate.keep().await;
        if let Some(bucket) = &self.bucket {
            let blobs = bucket.keep(spooled).await.map_err(away)?;
            return Ok(Kept { blobs, _gate: gate });
        }
        let blobs = self.clone();
        let kept = spawn_blocking(move || blobs.name(spooled)).await;
        let blobs = kept.map_err(std::io::Error::other).flatten().map_err(trouble)?;
        Ok(Kept { blobs, _gate: gate })
    }

    /// First the bytes, then the names, then the directories that hold the names.
    fn name(&self, spooled: Vec<Spooled>) -> std::io::Result<Vec<StoredBlob>> {
        durable::make(&spooled, |one| one.file.as_file().sync_all())?;
        let (mut blobs, mut changed) = (Vec::with_capacity(spooled.len()), BTreeSet::new());
        for Spooled { file, blob } in spooled {
            let path = self.path(&blob.sha256);
            let fan = path.parent().unwrap_or(&self.dir);
            match std::fs::create_dir(fan) {
                Ok(()) => sync_dir(&self.dir)?,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
            file.persist(&path).map_err(|error| error.error)?;
            changed.insert(fan.to_owned());
            blobs.push(blob);
        }
        let changed: Vec<PathBuf> = changed.into_iter().collect();
        durable::make(&changed, |dir| sync_dir(dir))?;
        Ok(blobs)
    }

    /// Bytes free on the disk for whoever is not root; none where the system, or a bucket, does not say.
    pub fn free_bytes(&self) -> Option<u64> {
        if self.bucket.is_some() {
            return None;
        }
        let told = rustix::fs::statvfs(&self.dir).ok()?;
        Some(told.f_bavail.saturating_mul(told.f_frsize))
    }

    /// Where archives lie that people bring.
    ///
    /// # Errors
    /// When the directory cannot be made.
    pub fn uploads(&self) -> std::io::Result<Uploads> {
        Uploads::open(&self.dir)
    }

    /// Waits until nothing is between its arrival and its row, and keeps it so. Not to be called
    /// inside a work of the database's writer.
    pub async fn removing(&self) -> Removing {
        let gate = self.gate.alone().await;
        Removing { blobs: self.clone(), _gate: gate }
    }

    /// Whether files lie in a bucket that nothing needs any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn are_to_be_swept(&self) -> StoreResult<bool> {
        match &self.bucket {
            Some(bucket) => bucket.is_to_be_swept().await,
            None => Ok(false),
        }
    }

    /// Removes from a bucket what nothing needs any more. Where it does not do it now, that is said, and
    /// left for the next time: nobody has to wait for it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sweep(&self) -> StoreResult<()> {
        let Some(bucket) = &self.bucket else { return Ok(()) };
        if !bucket.is_to_be_swept().await? {
            return Ok(());
        }
        let _alone = self.gate.alone().await;
        if let Err(error) = bucket.sweep().await? {
            tracing::warn!(%error, "files that nothing needs any more stay in the bucket for now");
        }
        Ok(())
    }
}

impl Removing {
    /// Removes blobs that no row names any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remove_all(self, store: &Store, hashes: BTreeSet<String>) -> StoreResult<()> {
        let blobs = self.blobs.clone();
        let removed = store.write(move |c| {
            Box::pin(async move {
                for sha256 in &hashes {
                    self.remove_in(c, sha256).await?;
                }
                Ok(())
            })
        });
        removed.await?;
        blobs.sweep().await
    }

    /// Removes a blob inside the work that deletes what needed it: from a disk at once, so that after a
    /// crash the rows still name what is left; from a bucket with the next [`Blobs::sweep`], which the
    /// work's commit makes due. One that is not there is fine.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] with whatever the file system says.
    pub(super) async fn remove_in(&self, c: &mut Connection, sha256: &str) -> StoreResult<()> {
        if self.blobs.bucket.is_some() {
            return doom_in(c, sha256).await;
        }
        match fs::remove_file(self.blobs.path(sha256)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(StoreError::Conflict(format!("removing a file: {error}")))
            }
            _ => Ok(()),
        }
    }
}

/// Makes the names in a directory durable.
fn sync_dir(dir: &Path) -> std::io::Result<()> {
    std::fs::File::open(dir)?.sync_all()
}

/// A file that has come whole, if it is the announced one.
fn whole(arriving: Arriving, announced: &MediaFile) -> Result<Spooled, Unspooled> {
    let broken = |why: String| Err(Unspooled::Broken(AdapterError::item(why)));
    let (length, media_type) = (arriving.length(), served_type(arriving.head()));
    let (file, sha256) = arriving.finish();
    if let Some(announced) = announced.bytes
        && announced != length
    {
        return broken(text!(
            "reasons-another-length-was-announced",
            length = length.to_string(),
            announced = announced.to_string()
        ));
    }
    if let Some(announced) = &announced.sha256
        && *announced != sha256
    {
        return broken(text!("reasons-other-bytes-were-announced"));
    }
    Ok(Spooled { file, blob: StoredBlob { sha256, bytes: length, media_type } })
}

/// The type a file is served with: what its bytes say, from a short list; never what somebody claims,
/// and never anything a browser or a server would take for a document.
fn served_type(head: &[u8]) -> String {
    let found = infer::get(head).map_or("", |kind| kind.mime_type());
    let is_plain_media = ["image/", "video/", "audio/"].iter().any(|prefix| found.starts_with(prefix));
    if is_plain_media && found != "image/svg+xml" { found } else { "application/octet-stream" }.to_owned()
}

fn disk(error: std::io::Error) -> Unspooled {
    Unspooled::Refused(trouble(error))
}

/// A bucket that does not take files concerns the whole transfer.
fn away(error: std::io::Error) -> AdapterError {
    AdapterError::Busy {
        doing: "keeping a media file".to_owned(),
        why: format!(
            "this server's store of files does not take it ({error}); it can go on when it does again"
        ),
        after: Duration::from_mins(1),
        cause: Cause::Disk,
    }
}

/// A failing disk concerns the whole transfer, not one file.
fn trouble(error: std::io::Error) -> AdapterError {
    let why = if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
        "this server's disk is full; it can go on when there is room again".to_owned()
    } else {
        format!("this server's disk does not take it ({error}); it can go on when it does again")
    };
    AdapterError::Busy {
        doing: "writing a media file".to_owned(),
        why,
        after: Duration::from_mins(1),
        cause: Cause::Disk,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::media::MediaRole;

    fn file(bytes: Option<u64>, sha256: Option<&str>) -> MediaFile {
        MediaFile {
            url: "a.png".into(),
            fetch_url: None,
            role: MediaRole::Attachment,
            media_type: "image/png".into(),
            bytes,
            sha256: sha256.map(str::to_owned),
        }
    }

    fn bytes() -> impl Stream<Item = Result<Bytes, AdapterError>> + Unpin {
        futures::stream::iter([Ok(Bytes::from_static(b"\x89PNG\r\n\x1a\n")), Ok(Bytes::from_static(b"rest"))])
    }

    async fn keep(announced: &MediaFile, limit_bytes: u64) -> Result<StoredBlob, Unspooled> {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path()).await.unwrap();
        let kept = match blobs.spool(&mut None, bytes(), Expected { limit_bytes, file: announced }).await {
            Ok(spooled) => Ok(blobs.keep(vec![spooled]).await.unwrap().blobs()[0].clone()),
            Err(error) => Err(error),
        };
        let spooled = std::fs::read_dir(dir.path().join("media/spool")).unwrap().count();
        assert_eq!(spooled, 0, "a spool file was left behind");
        kept
    }

    #[tokio::test]
    async fn a_file_is_named_by_its_hash_and_typed_by_its_bytes() {
        let blob = keep(&file(Some(12), None), 100).await.unwrap();
        assert_eq!(blob.media_type, "image/png");
        assert_eq!(blob.bytes, 12);
        assert_eq!(blob.sha256.len(), 64);
    }

    #[tokio::test]
    async fn a_lie_about_length_or_hash_is_found_out_and_may_be_mended_by_another_try() {
        assert!(matches!(keep(&file(Some(11), None), 100).await, Err(Unspooled::Broken(_))));
        assert!(matches!(keep(&file(None, Some("00")), 100).await, Err(Unspooled::Broken(_))));
    }

    #[tokio::test]
    async fn a_file_that_broke_off_goes_on_where_it_stopped_and_is_hashed_as_one() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path()).await.unwrap();
        let announced = file(Some(12), None);
        let expected = Expected { limit_bytes: 100, file: &announced };
        let mut begun = None;
        let first: [Result<Bytes, _>; 2] =
            [Ok(Bytes::from_static(b"\x89PNG\r\n\x1a\n")), Err(AdapterError::item("it broke off"))];
        let half = blobs.spool(&mut begun, futures::stream::iter(first), expected).await;
        assert!(matches!(half, Err(Unspooled::Broken(_))));
        assert_eq!(begun.as_ref().unwrap().length(), 8);
        let rest = futures::stream::iter([Ok(Bytes::from_static(b"rest"))]);
        let resumed = blobs.spool(&mut begun, rest, expected).await.unwrap();
        let whole = blobs.spool(&mut None, bytes(), expected).await.unwrap();
        assert_eq!(resumed.blob, whole.blob);
        assert_eq!(resumed.blob.media_type, "image/png");
        let kept = blobs.keep(vec![resumed, whole]).await.unwrap();
        assert_eq!(kept.blobs().len(), 2, "the same bytes twice are one file and two answers");
    }

    #[tokio::test]
    async fn a_file_past_the_limit_is_refused() {
        assert!(matches!(keep(&file(None, None), 11).await, Err(Unspooled::Refused(_))));
    }

    #[tokio::test]
    async fn a_disk_in_trouble_is_named_and_asks_to_come_again() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path()).await.unwrap();
        let arriving = dir.path().join("media/spool");
        std::fs::remove_dir(&arriving).unwrap();
        std::fs::write(&arriving, "in the way").unwrap();
        let expected = file(None, None);
        let mut begun = [None, None];
        let [one, other] = begun
            .each_mut()
            .map(|begun| blobs.spool(begun, bytes(), Expected { limit_bytes: 100, file: &expected }));
        let Err(Unspooled::Refused(error @ AdapterError::Busy { .. })) = one.await else { panic!() };
        assert!(error.to_string().contains("this server's disk"), "{error}");
        std::fs::remove_file(&arriving).unwrap();
        std::fs::create_dir(&arriving).unwrap();
        assert!(blobs.keep(vec![other.await.unwrap()]).await.is_ok());
    }

    #[tokio::test]
    async fn nobody_removes_between_a_files_arrival_and_its_row() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path()).await.unwrap();
        let expected = file(None, None);
        let expected = Expected { limit_bytes: 100, file: &expected };
        let spooled = blobs.spool(&mut None, bytes(), expected).await.unwrap();
        let kept = blobs.keep(vec![spooled]).await.unwrap();
        let mut removing = std::pin::pin!(blobs.removing());
        assert!(futures::poll!(removing.as_mut()).is_pending());
        let sha256 = kept.blobs()[0].sha256.clone();
        drop(kept);
        let (removing, store) = (removing.await, Store::open(dir.path()).await.unwrap());
        let path = blobs.path(&sha256);
        let removed = store.write(move |c| Box::pin(async move { removing.remove_in(c, &sha256).await }));
        removed.await.unwrap();
        assert!(!path.exists());
    }
}
