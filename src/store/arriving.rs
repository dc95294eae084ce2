//! A file on its way to the blobs: what has come of it lies on disk, and the hash goes on over all of it.

use std::io::{self, Write};

use aws_lc_rs::digest;
use bytes::Bytes;
use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

use super::{blobs::hex, spool::Spool};

/// Bytes gathered before the disk is troubled; most pictures go there in one piece.
pub(super) const TOGETHER: usize = 256 << 10;
/// Bytes at the start of a file that tell its type.
const HEAD_BYTES: usize = 8192;

/// A file of which something has come. Gone with its bytes when it is dropped.
pub struct Arriving {
    file: NamedTempFile,
    hash: digest::Context,
    length: u64,
    head: Vec<u8>,
}

impl std::fmt::Debug for Arriving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arriving").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Arriving {
    /// Bytes that have come: where a source that broke off goes on.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The beginning of the file.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// The file, and the hash of all that has come.
    pub(super) fn finish(self) -> (NamedTempFile, String) {
        (self.file, hex(self.hash.finish().as_ref()))
    }

    fn begin(spool: &Spool) -> io::Result<Self> {
        let (file, hash) = (spool.file()?, digest::Context::new(&digest::SHA256));
        Ok(Self { file, hash, length: 0, head: Vec::new() })
    }

    fn add(&mut self, pieces: &[Bytes]) -> io::Result<()> {
        for piece in pieces {
            let wanted = HEAD_BYTES.saturating_sub(self.head.len());
            self.head.extend(piece.iter().take(wanted));
            self.file.as_file_mut().write_all(piece)?;
            self.hash.update(piece);
            self.length += u64::try_from(piece.len()).unwrap_or(u64::MAX);
        }
        Ok(())
    }
}

/// Adds pieces to a file, or begins one with them, where waiting for the disk holds nobody up.
pub(super) async fn write(
    spool: &Spool,
    begun: Option<Arriving>,
    pieces: Vec<Bytes>,
) -> io::Result<Arriving> {
    let spool = spool.clone();
    let written = spawn_blocking(move || {
        let mut arriving = match begun {
            Some(arriving) => arriving,
            None => Arriving::begin(&spool)?,
        };
        arriving.add(&pieces)?;
        Ok(arriving)
    });
    written.await.map_err(io::Error::other)?
}
