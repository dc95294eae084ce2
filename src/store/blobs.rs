//! Media on disk, named by the hash of their bytes, written once.
//!
//! A blob is never served by its name: a private file may equal a public one.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use aws_lc_rs::digest;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use tempfile::NamedTempFile;
use tokio::{
    fs,
    io::AsyncWriteExt,
    sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock},
};

use super::spool::Spool;
use crate::model::media::MediaFile;
use crate::port::{destination::StoredBlob, error::AdapterError};

/// Bytes at the start of a file that tell its type.
const HEAD_BYTES: usize = 8192;

/// The directory of blobs.
///
/// Between a file's arrival and the row that needs it nobody may remove the same bytes: keepers pass
/// the gate together, whoever removes passes it alone. The gate comes before the database's writer,
/// never inside one of its works: the other way round two of them could wait for each other.
#[derive(Debug, Clone)]
pub struct Blobs {
    dir: PathBuf,
    gate: Arc<RwLock<()>>,
    spool: Spool,
}

/// Bytes that were checked and lie on disk, not yet under their name.
#[derive(Debug)]
pub struct Spooled {
    file: NamedTempFile,
    blob: StoredBlob,
}

/// A kept file. Nobody removes it while this stands: let it go when a row names the file.
#[derive(Debug)]
pub struct Kept {
    blob: StoredBlob,
    _gate: OwnedRwLockReadGuard<()>,
}

impl Kept {
    /// What was kept.
    pub fn blob(&self) -> &StoredBlob {
        &self.blob
    }
}

/// The right to remove blobs: whatever is needed stands in a row while this is held.
#[derive(Debug)]
pub struct Removing {
    blobs: Blobs,
    _gate: OwnedRwLockWriteGuard<()>,
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
        Ok(Self { dir, gate: Arc::default(), spool })
    }

    /// Where a blob lies.
    pub fn path(&self, sha256: &str) -> PathBuf {
        let fan = sha256.get(..2).unwrap_or("xx");
        self.dir.join(fan).join(sha256)
    }

    /// Writes a stream to disk, hashes it once and checks it against what was announced.
    ///
    /// # Errors
    /// [`Unspooled`]; nothing of the bytes is left then.
    pub async fn spool<S>(&self, mut stream: S, expected: Expected<'_>) -> Result<Spooled, Unspooled>
    where
        S: Stream<Item = Result<Bytes, AdapterError>> + Unpin,
    {
        let broken = |why: String| Err(Unspooled::Broken(AdapterError::item(why)));
        let file = self.spool.file().map_err(disk)?;
        let mut out = fs::File::create(file.path()).await.map_err(disk)?;
        let mut hash = digest::Context::new(&digest::SHA256);
        let mut length: u64 = 0;
        let mut head = Vec::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| match error {
                AdapterError::Item { .. } => Unspooled::Broken(error),
                AdapterError::Busy { .. } | AdapterError::Fatal { .. } => Unspooled::Refused(error),
            })?;
            length += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            if length > expected.limit_bytes {
                return Err(Unspooled::Refused(AdapterError::item(format!(
                    "the file is larger than this server takes ({} bytes)",
                    expected.limit_bytes
                ))));
            }
            if head.len() < HEAD_BYTES {
                head.extend(chunk.iter().take(HEAD_BYTES - head.len()));
            }
            hash.update(&chunk);
            out.write_all(&chunk).await.map_err(disk)?;
        }
        out.sync_all().await.map_err(disk)?;
        let sha256 = hex(hash.finish().as_ref());
        if let Some(announced) = expected.file.bytes
            && announced != length
        {
            return broken(format!("the file has {length} bytes, but the old server announced {announced}"));
        }
        if let Some(announced) = &expected.file.sha256
            && *announced != sha256
        {
            return broken("the file's bytes are not the ones the old server announced".to_owned());
        }
        let blob = StoredBlob { sha256, bytes: length, media_type: served_type(&head) };
        Ok(Spooled { file, blob })
    }

    /// Gives a spooled file its name, for good: after a power cut it is there.
    ///
    /// # Errors
    /// [`AdapterError::Busy`] when the disk does not do it.
    pub async fn keep(&self, spooled: Spooled) -> Result<Kept, AdapterError> {
        let gate = Arc::clone(&self.gate).read_owned().await;
        let Spooled { file, blob } = spooled;
        let path = self.path(&blob.sha256);
        let fan = path.parent().unwrap_or(&self.dir);
        match fs::create_dir(fan).await {
            Ok(()) => sync_dir(&self.dir).await.map_err(trouble)?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(trouble(error)),
        }
        file.persist(&path).map_err(|error| trouble(error.error))?;
        sync_dir(fan).await.map_err(trouble)?;
        Ok(Kept { blob, _gate: gate })
    }

    /// Waits until nothing is between its arrival and its row, and keeps it so. Not to be called
    /// inside a work of the database's writer.
    pub async fn removing(&self) -> Removing {
        let gate = Arc::clone(&self.gate).write_owned().await;
        Removing { blobs: self.clone(), _gate: gate }
    }
}

impl Removing {
    /// Removes a blob; one that is not there is fine.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub async fn remove(&self, sha256: &str) -> std::io::Result<()> {
        match fs::remove_file(self.blobs.path(sha256)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Makes the names in a directory durable.
async fn sync_dir(dir: &Path) -> std::io::Result<()> {
    fs::File::open(dir).await?.sync_all().await
}

/// The type a file is served with: what its bytes say, from a short list; never what somebody claims,
/// and never anything a browser or a server would take for a document.
fn served_type(head: &[u8]) -> String {
    let found = infer::get(head).map_or("", |kind| kind.mime_type());
    let is_plain_media = ["image/", "video/", "audio/"].iter().any(|prefix| found.starts_with(prefix));
    if is_plain_media && found != "image/svg+xml" { found } else { "application/octet-stream" }.to_owned()
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _never_fails = write!(text, "{byte:02x}");
        text
    })
}

fn disk(error: std::io::Error) -> Unspooled {
    Unspooled::Refused(trouble(error))
}

/// A failing disk concerns the whole transfer, not one file.
fn trouble(error: std::io::Error) -> AdapterError {
    let why = if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
        "this server's disk is full; it can go on when there is room again".to_owned()
    } else {
        format!("this server's disk does not take it ({error}); it can go on when it does again")
    };
    AdapterError::Busy { doing: "writing a media file".to_owned(), why, after: Duration::from_mins(1) }
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
        let kept = match blobs.spool(bytes(), Expected { limit_bytes, file: announced }).await {
            Ok(spooled) => Ok(blobs.keep(spooled).await.unwrap().blob().clone()),
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
        let spool = || blobs.spool(bytes(), Expected { limit_bytes: 100, file: &expected });
        let Err(Unspooled::Refused(error @ AdapterError::Busy { .. })) = spool().await else { panic!() };
        assert!(error.to_string().contains("this server's disk"), "{error}");
        std::fs::remove_file(&arriving).unwrap();
        std::fs::create_dir(&arriving).unwrap();
        assert!(blobs.keep(spool().await.unwrap()).await.is_ok());
    }

    #[tokio::test]
    async fn nobody_removes_between_a_files_arrival_and_its_row() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path()).await.unwrap();
        let expected = file(None, None);
        let spooled = blobs.spool(bytes(), Expected { limit_bytes: 100, file: &expected }).await.unwrap();
        let kept = blobs.keep(spooled).await.unwrap();
        let mut removing = std::pin::pin!(blobs.removing());
        assert!(futures::poll!(removing.as_mut()).is_pending());
        let sha256 = kept.blob().sha256.clone();
        drop(kept);
        removing.await.remove(&sha256).await.unwrap();
        assert!(!blobs.path(&sha256).exists());
    }
}
