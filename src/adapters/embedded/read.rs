//! Bytes of a file on our disk on their way out.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::PathBuf,
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt, stream};
use tokio::task::spawn_blocking;
use tokio_util::io::ReaderStream;

use crate::port::{
    error::{AdapterError, Cause},
    source::MediaStream,
};

use crate::words::text;

/// Bytes read at once. Most pictures are shorter, and are opened and read in one go.
const CHUNK_BYTES: usize = 256 << 10;

/// The file behind its first `from` bytes; `name` is what errors call it.
///
/// # Errors
/// [`AdapterError::Item`] when it is not there, [`AdapterError::Busy`] when the disk does not read it.
pub(super) async fn from(path: PathBuf, from: u64, name: &str) -> Result<MediaStream, AdapterError> {
    let opened = spawn_blocking(move || File::open(path).map(|file| (begin(&file, from), file))).await;
    let (begun, file) = opened.map_err(io::Error::other).flatten().map_err(|error| {
        tracing::warn!(%error, name, "a file cannot be read");
        AdapterError::item(text!("reasons-cannot-be-read-from-the-disk", name = name))
    })?;
    let first = begun.map_err(broken)?;
    let is_all = first.len() < CHUNK_BYTES;
    let first = stream::iter([Ok(Bytes::from(first))]);
    if is_all {
        return Ok(first.boxed());
    }
    let rest = ReaderStream::with_capacity(tokio::fs::File::from_std(file), CHUNK_BYTES);
    Ok(first.chain(rest.map(|chunk| chunk.map_err(broken))).boxed())
}

fn begin(mut file: &File, from: u64) -> io::Result<Vec<u8>> {
    if from > 0 {
        file.seek(SeekFrom::Start(from))?;
    }
    let length = file.metadata()?.len().saturating_sub(from);
    let length = usize::try_from(length).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
    let mut first = Vec::with_capacity(length);
    file.take(u64::try_from(CHUNK_BYTES).unwrap_or(u64::MAX)).read_to_end(&mut first)?;
    Ok(first)
}

/// The file cannot be had: for ever if it is not there, else for now.
pub(super) fn lost(error: &io::Error, name: &str) -> AdapterError {
    if error.kind() == io::ErrorKind::NotFound {
        tracing::warn!(%error, name, "a file is not where files are kept");
        return AdapterError::item(text!("reasons-not-where-files-are-kept", name = name));
    }
    broken(io::Error::new(error.kind(), error.to_string()))
}

/// It breaks off on our side.
pub(super) fn broken(error: io::Error) -> AdapterError {
    AdapterError::Busy {
        doing: "reading a media file".to_owned(),
        why: format!("this server's disk: {error}"),
        after: Duration::from_mins(1),
        cause: Cause::Disk,
    }
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;

    use super::*;

    #[tokio::test]
    async fn a_file_of_any_length_comes_whole_and_from_any_place() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        for length in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES] {
            let bytes: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
            std::fs::write(&path, &bytes).unwrap();
            for start in [0, length / 2] {
                let stream = from(path.clone(), u64::try_from(start).unwrap(), "it").await.unwrap();
                let came: Vec<Bytes> = stream.try_collect().await.unwrap();
                assert_eq!(came.concat(), bytes[start..], "{length} from {start}");
            }
        }
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(from(path, 0, "it").await.map(drop), Err(AdapterError::Item { .. })));
    }
}
