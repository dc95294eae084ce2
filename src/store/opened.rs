//! A kept file opened for reading, wherever it lies.

use std::{
    io::{self, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::bucket::Bucket;

/// Bytes read from a disk in one go at most, each time on a thread that may wait.
const AT_ONCE: usize = 64 << 10;

/// A file that is there.
pub enum OpenBlob {
    /// On the disk, with its length in bytes.
    OnDisk(tokio::fs::File, u64),
    /// In a bucket: its name there and its length.
    InBucket(Bucket, String, u64),
}

impl OpenBlob {
    /// Its length, in bytes.
    pub fn length(&self) -> u64 {
        let (Self::OnDisk(_, length) | Self::InBucket(_, _, length)) = self;
        *length
    }

    /// Bytes of it, the end not included.
    ///
    /// # Errors
    /// What the disk or the bucket says; in the stream what breaks off.
    pub async fn read(self, bytes: Range<u64>) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        match self {
            Self::OnDisk(mut file, _) => {
                file.seek(SeekFrom::Start(bytes.start)).await?;
                let length = bytes.end.saturating_sub(bytes.start);
                let at_once = usize::try_from(length).unwrap_or(AT_ONCE).min(AT_ONCE);
                Ok(ReaderStream::with_capacity(file.take(length), at_once).boxed())
            }
            Self::InBucket(bucket, name, _) => bucket.read(&name, bytes).await,
        }
    }
}

/// A file on this disk as long as this stands: where it is kept, or a copy of it.
#[derive(Debug)]
pub enum OnDisk {
    /// Where it is kept.
    Kept(PathBuf),
    /// A copy, gone with this.
    Copy(NamedTempFile),
}

impl AsRef<Path> for OnDisk {
    fn as_ref(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Copy(file) => file.path(),
        }
    }
}
