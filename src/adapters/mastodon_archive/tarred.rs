//! The tar form, packed with gzip or bare: it has no table of contents, so it is read through once
//! and its files are kept in a spool.

use std::{
    cell::Cell,
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
    rc::Rc,
    sync::Arc,
};

use flate2::bufread::MultiGzDecoder;
use tar::{Archive, EntryType};

use super::{
    ArchiveLimits,
    catalog::{self, Catalog, Entry, shown},
    refused,
    spool::{Spool, Window},
};
use crate::{port::error::AdapterError, words::text};

/// Bytes that may stand between two files: headers, long names, padding. Long names are read into
/// memory, so this is what one of them may take.
const BETWEEN_FILES_BYTES: u64 = 1 << 20;

/// An archive whose files lie in a spool.
pub struct Tarred {
    spool: Arc<File>,
}

impl Tarred {
    /// Reads the archive through once.
    ///
    /// # Errors
    /// [`AdapterError::Fatal`] when the file is cut or breaks a rule.
    pub fn open(
        path: &Path,
        packed: Window,
        is_packed: bool,
        limits: ArchiveLimits,
    ) -> Result<(Self, Catalog), AdapterError> {
        let gauge = Rc::new(Gauge { limit: limits.bytes, ..Gauge::default() });
        let counted = BufReader::with_capacity(64 << 10, Counted { inner: packed, gauge: Rc::clone(&gauge) });
        let unpacked: Box<dyn Read> =
            if is_packed { Box::new(MultiGzDecoder::new(counted)) } else { Box::new(counted) };
        let guarded = Guarded { inner: unpacked, gauge: Rc::clone(&gauge) };
        let mut archive = Archive::new(guarded);
        let mut catalog = Catalog::default();
        let mut spool = Spool::beside(path).map_err(|error| cannot_spool(&error))?;
        let fail = |error: &io::Error| gauge.refusal(limits).unwrap_or_else(|| cut(error));
        let mut entries = archive.entries().map_err(|error| fail(&error))?;
        loop {
            gauge.between.set(Some(BETWEEN_FILES_BYTES));
            let Some(entry) = entries.next() else { break };
            let mut entry = entry.map_err(|error| fail(&error))?;
            gauge.between.set(None);
            let kind = entry.header().entry_type();
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let name = catalog.admit(&name, limits)?;
            if !is_file(&name, kind)? {
                continue;
            }
            let (place, bytes) = (spool.length(), entry.size());
            keep(&mut entry, &mut spool, bytes, fail)?;
            catalog.add(Entry { name, bytes, place }, limits)?;
        }
        // The checksum stands at the very end, and only reading up to it tells a whole file from a cut one.
        gauge.between.set(None);
        io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(|error| fail(&error))?;
        let spool = spool.finish().map_err(|error| cannot_spool(&error))?;
        Ok((Self { spool }, catalog))
    }

    /// One entry's bytes.
    pub fn window(&self, entry: &Entry) -> Window {
        Window::new(Arc::clone(&self.spool), entry.place, entry.bytes)
    }
}

/// Whether an entry is a file; links, devices and pipes are refused, as a takeout has none.
fn is_file(name: &str, kind: EntryType) -> Result<bool, AdapterError> {
    match kind {
        EntryType::Regular | EntryType::Continuous => Ok(true),
        EntryType::Directory | EntryType::XGlobalHeader => Ok(false),
        _ => Err(refused(text!("archive-a-link-or-a-device", name = shown(name)))),
    }
}

/// Copies a file of `bytes` into the spool.
fn keep(
    from: &mut impl Read,
    spool: &mut Spool,
    bytes: u64,
    fail: impl Fn(&io::Error) -> AdapterError,
) -> Result<(), AdapterError> {
    let mut buffer = vec![0; 64 << 10];
    let mut left = bytes;
    loop {
        let read = from.read(&mut buffer).map_err(|error| fail(&error))?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else {
            break;
        };
        io::Write::write_all(spool, part).map_err(|error| cannot_spool(&error))?;
        left = left.saturating_sub(u64::try_from(read).unwrap_or(u64::MAX));
    }
    if left > 0 { Err(cut(&io::ErrorKind::UnexpectedEof.into())) } else { Ok(()) }
}

fn cut(error: &io::Error) -> AdapterError {
    tracing::debug!(%error, "tar refused");
    refused(text!("archive-it-breaks-in-the-middle"))
}

fn cannot_spool(error: &io::Error) -> AdapterError {
    refused(text!("archive-no-room-to-unpack-it", error = error.to_string()))
}

/// What has been read so far, seen by the readers on both sides of the unpacking.
#[derive(Default)]
struct Gauge {
    packed: Cell<u64>,
    unpacked: Cell<u64>,
    between: Cell<Option<u64>>,
    limit: u64,
}

impl Gauge {
    /// The rule that was broken, if the reading stopped for one.
    fn refusal(&self, limits: ArchiveLimits) -> Option<AdapterError> {
        if self.unpacked.get() > self.limit {
            Some(catalog::too_large(limits))
        } else if catalog::is_bomb(self.packed.get(), self.unpacked.get()) {
            Some(catalog::bomb())
        } else if self.between.get() == Some(0) {
            Some(refused(text!("archive-a-name-is-too-long")))
        } else {
            None
        }
    }

    fn is_within(&self) -> bool {
        self.unpacked.get() <= self.limit && !catalog::is_bomb(self.packed.get(), self.unpacked.get())
    }
}

/// Counts what is taken from the file.
struct Counted {
    inner: Window,
    gauge: Rc<Gauge>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let taken = u64::try_from(read).unwrap_or(u64::MAX);
        self.gauge.packed.set(self.gauge.packed.get().saturating_add(taken));
        Ok(read)
    }
}

/// Counts what comes out of the unpacking and stops at the limits.
struct Guarded {
    inner: Box<dyn Read>,
    gauge: Rc<Gauge>,
}

impl Read for Guarded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let gained = u64::try_from(read).unwrap_or(u64::MAX);
        self.gauge.unpacked.set(self.gauge.unpacked.get().saturating_add(gained));
        let is_name_endless = self.gauge.between.get().is_some_and(|left| {
            self.gauge.between.set(Some(left.saturating_sub(gained)));
            left < gained
        });
        if is_name_endless || !self.gauge.is_within() {
            return Err(io::Error::other("stopped at a limit"));
        }
        Ok(read)
    }
}
