//! A private scratch file without a name, and windows on parts of a file.
//!
//! The scratch file is gone with the last reader, also after a crash: an archive is somebody's
//! private mail and must not stay behind.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    os::unix::fs::FileExt,
    path::Path,
    sync::Arc,
};

/// A scratch file being written.
pub struct Spool {
    file: BufWriter<File>,
    length: u64,
}

impl Spool {
    /// Makes one in the folder of `archive`, which has room for it, or in the system's scratch
    /// folder (often memory) where that one is read-only.
    ///
    /// # Errors
    /// When neither can be written.
    pub fn beside(archive: &Path) -> io::Result<Self> {
        let folder = archive.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file = match folder.map(tempfile::tempfile_in) {
            Some(Ok(file)) => file,
            _ => tempfile::tempfile()?,
        };
        Ok(Self { file: BufWriter::new(file), length: 0 })
    }

    /// Where the next byte goes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Ends writing; what was written can be read through windows.
    ///
    /// # Errors
    /// When the last bytes cannot be written.
    pub fn finish(self) -> io::Result<Arc<File>> {
        self.file.into_inner().map(Arc::new).map_err(io::IntoInnerError::into_error)
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.length = self.length.saturating_add(u64::try_from(written).unwrap_or(u64::MAX));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A part of a file with a reading position of its own; copies share the file and nothing else.
#[derive(Debug, Clone)]
pub struct Window {
    file: Arc<File>,
    start: u64,
    length: u64,
    position: u64,
}

impl Window {
    /// The part of `length` bytes at `start`.
    pub fn new(file: Arc<File>, start: u64, length: u64) -> Self {
        Self { file, start, length, position: 0 }
    }
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        let Some(part) = buffer.get_mut(..wanted).filter(|part| !part.is_empty()) else {
            return Ok(0);
        };
        let read = self.file.read_at(part, self.start.saturating_add(self.position))?;
        self.position = self.position.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_shows_its_part_and_no_more() {
        let mut spool = Spool::beside(Path::new("archive.zip")).unwrap();
        spool.write_all(b"one two three").unwrap();
        assert_eq!(spool.length(), 13);
        let mut window = Window::new(spool.finish().unwrap(), 4, 3);
        let mut text = String::new();
        window.read_to_string(&mut text).unwrap();
        assert_eq!(text, "two");
        window.seek(SeekFrom::End(-1)).unwrap();
        assert_eq!(window.read(&mut [0; 8]).unwrap(), 1);
    }
}
