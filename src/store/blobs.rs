//! Media on disk, named by the hash of their bytes, written once.
//!
//! A blob is never served by its name: a private file may equal a public one.

use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::{fs, io::AsyncWriteExt};

use super::spool::Spool;
use crate::model::media::MediaFile;
use crate::port::{destination::StoredBlob, error::AdapterError};

/// Bytes at the start of a file that tell its type.
const HEAD_BYTES: usize = 8192;

/// The directory of blobs.
#[derive(Debug, Clone)]
pub struct Blobs {
    dir: PathBuf,
    spool: Spool,
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
        Ok(Self { dir, spool })
    }

    /// Where a blob lies.
    pub fn path(&self, sha256: &str) -> PathBuf {
        let fan = sha256.get(..2).unwrap_or("xx");
        self.dir.join(fan).join(sha256)
    }

    /// Spools a stream, hashes it once, checks it against what was announced, and keeps it.
    ///
    /// # Errors
    /// [`AdapterError::Item`] when length, hash or size limit do not fit; the spool file is gone then.
    pub async fn keep<S>(&self, mut stream: S, expected: Expected<'_>) -> Result<StoredBlob, AdapterError>
    where
        S: Stream<Item = Result<Bytes, AdapterError>> + Unpin,
    {
        let spool = tempfile::NamedTempFile::new_in(self.spool.path()).map_err(disk)?;
        let mut out = fs::File::create(spool.path()).await.map_err(disk)?;
        let mut hash = digest::Context::new(&digest::SHA256);
        let mut length: u64 = 0;
        let mut head = Vec::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk?;
            length += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            if length > expected.limit_bytes {
                return Err(AdapterError::item(format!(
                    "the file is larger than this server takes ({} bytes)",
                    expected.limit_bytes
                )));
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
            return Err(AdapterError::item(format!(
                "the file has {length} bytes, but the old server announced {announced}"
            )));
        }
        if let Some(announced) = &expected.file.sha256
            && *announced != sha256
        {
            return Err(AdapterError::item("the file's bytes are not the ones the old server announced"));
        }
        let media_type = served_type(&head);
        let path = self.path(&sha256);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).await.map_err(disk)?;
        }
        spool.persist(&path).map_err(|error| disk(error.error))?;
        Ok(StoredBlob { sha256, bytes: length, media_type })
    }

    /// Removes a blob; one that is not there is fine.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub async fn remove(&self, sha256: &str) -> std::io::Result<()> {
        match fs::remove_file(self.path(sha256)).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
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

/// A failing disk concerns the whole transfer, not one file.
fn disk(error: std::io::Error) -> AdapterError {
    AdapterError::Busy {
        doing: "writing a media file".to_owned(),
        why: format!("this server's disk: {error}"),
        after: std::time::Duration::from_mins(1),
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

    async fn keep(announced: &MediaFile, limit_bytes: u64) -> Result<StoredBlob, AdapterError> {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path()).await.unwrap();
        let stream = futures::stream::iter([
            Ok(Bytes::from_static(b"\x89PNG\r\n\x1a\n")),
            Ok(Bytes::from_static(b"rest")),
        ]);
        let kept = blobs.keep(stream, Expected { limit_bytes, file: announced }).await;
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
    async fn a_lie_about_length_or_hash_is_found_out() {
        assert!(keep(&file(Some(11), None), 100).await.is_err());
        assert!(keep(&file(None, Some("00")), 100).await.is_err());
    }

    #[tokio::test]
    async fn a_file_past_the_limit_is_refused() {
        assert!(keep(&file(None, None), 11).await.is_err());
    }
}
