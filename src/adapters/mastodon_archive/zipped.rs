//! The zip form of an archive, read in place through its table of contents.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use zip::{
    CompressionMethod, ZipArchive,
    read::{ArchiveOffset, Config},
};

use super::{
    ArchiveLimits,
    catalog::{self, Catalog, Entry, shown},
    refused,
    spool::Window,
};
use crate::{port::error::AdapterError, words::text};

/// Bytes of the table of contents that an entry may take on average; real ones take about 150.
/// The table is read into memory before its entries can be counted, so it is rationed.
const TABLE_BYTES_PER_ENTRY: u64 = 256;

/// Bytes of the table that are free, for the search of its start.
const TABLE_BYTES_FREE: u64 = 1 << 20;

/// Length past which servers before 4.4.4 wrote a wrong table of contents.
const OLD_ZIP_LIMIT_BYTES: u64 = 1 << 32;

/// Bits of a unix mode that say what kind of file it is.
const MODE_KIND: u32 = 0o170_000;

/// An open zip.
pub struct Zipped {
    archive: ZipArchive<Rationed>,
}

impl Zipped {
    /// Reads the table of contents into a catalog.
    ///
    /// # Errors
    /// [`AdapterError::Fatal`] when the file is cut or breaks a rule.
    pub fn open(
        file: Arc<File>,
        length: u64,
        limits: ArchiveLimits,
    ) -> Result<(Self, Catalog), AdapterError> {
        let entries = u64::try_from(limits.entries).unwrap_or(u64::MAX);
        let ration = entries.saturating_mul(TABLE_BYTES_PER_ENTRY).saturating_add(TABLE_BYTES_FREE);
        let left = Arc::new(AtomicU64::new(ration));
        let reader = Rationed { window: Window::new(file, 0, length), left: Arc::clone(&left) };
        // Nothing stands before the first file: the format was told by it.
        let config = Config { archive_offset: ArchiveOffset::Known(0) };
        let archive = ZipArchive::with_config(config, reader).map_err(|error| {
            if left.load(Ordering::Relaxed) == 0 {
                catalog::too_many(limits)
            } else {
                unreadable(length, &error)
            }
        })?;
        left.store(u64::MAX, Ordering::Relaxed);
        if archive.has_duplicate_names() {
            return Err(refused(text!("archive-two-files-have-the-same-name")));
        }
        let mut catalog = Catalog::default();
        for index in 0..archive.len() {
            let data = archive.by_index_data(index).map_err(|error| unreadable(length, &error))?;
            let name = data.name().map_err(|error| unreadable(length, &error))?;
            let name = catalog.admit(&name, limits)?;
            check_kind(&name, data.unix_mode(), data.is_symlink())?;
            if data.is_dir() {
                continue;
            }
            if data.encrypted() {
                return Err(refused(text!("archive-locked-with-a-password", name = shown(&name))));
            }
            if !matches!(data.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
                return Err(refused(text!("archive-packed-in-another-way", name = shown(&name))));
            }
            if catalog::is_bomb(data.compressed_size(), data.size()) {
                return Err(catalog::bomb());
            }
            let place = u64::try_from(index).unwrap_or(u64::MAX);
            catalog.add(Entry { name, bytes: data.size(), place }, limits)?;
        }
        Ok((Self { archive }, catalog))
    }

    /// Reads one entry, checked against its announced length and checksum.
    ///
    /// # Errors
    /// When the entry cannot be opened; what `with` meets while reading is its own.
    pub fn read<T>(&self, entry: &Entry, with: impl FnOnce(&mut dyn Read) -> T) -> io::Result<T> {
        let index = usize::try_from(entry.place).map_err(io::Error::other)?;
        // A copy shares the table of contents and the open file, and has a position of its own.
        let mut archive = self.archive.clone();
        let file = archive.by_index(index).map_err(io::Error::other)?;
        Ok(with(&mut Announced { inner: file, left: entry.bytes }))
    }
}

/// Refuses links, devices and pipes: a takeout has none.
fn check_kind(name: &str, mode: Option<u32>, is_link: bool) -> Result<(), AdapterError> {
    let is_plain = matches!(mode.unwrap_or(0) & MODE_KIND, 0 | 0o100_000 | 0o040_000);
    if is_link || !is_plain {
        return Err(refused(text!("archive-a-link-or-a-device", name = shown(name))));
    }
    Ok(())
}

/// The refusal of a zip whose table cannot be read.
fn unreadable(length: u64, error: &zip::result::ZipError) -> AdapterError {
    tracing::debug!(%error, "zip refused");
    if length > OLD_ZIP_LIMIT_BYTES {
        return refused(text!("archive-the-list-at-its-end"));
    }
    refused(text!("archive-the-list-is-missing"))
}

/// A window that gives up after so many bytes.
#[derive(Clone)]
struct Rationed {
    window: Window,
    left: Arc<AtomicU64>,
}

impl Read for Rationed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.window.read(buffer)?;
        let taken = u64::try_from(read).unwrap_or(u64::MAX);
        let left = self.left.load(Ordering::Relaxed);
        // Endless once the table is read, so that copies do not use one another's up.
        if left != u64::MAX {
            self.left.store(left.saturating_sub(taken), Ordering::Relaxed);
            if left < taken {
                return Err(io::Error::other("the table of contents is too long"));
            }
        }
        Ok(read)
    }
}

impl Seek for Rationed {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.window.seek(to)
    }
}

/// A reader that must yield as many bytes as were announced, no more and no fewer.
struct Announced<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Announced<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if read == 0 && !buffer.is_empty() && self.left > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left = self
            .left
            .checked_sub(u64::try_from(read).unwrap_or(u64::MAX))
            .ok_or_else(|| io::Error::other("it is longer than the archive says"))?;
        Ok(read)
    }
}
