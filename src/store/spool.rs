//! Where files lie while they arrive. What a killed daemon left there is swept by the next one.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::NamedTempFile;

/// The directory of half files, in use as long as this (or a clone) lives.
#[derive(Debug, Clone)]
pub(super) struct Spool {
    dir: PathBuf,
    _in_use: Arc<File>,
}

impl Spool {
    /// Opens (and creates) the directory inside the one of the blobs, so that a whole file is only
    /// renamed. Who finds nobody else at work, daemon or command, throws away what lies there.
    pub(super) fn open(blobs: &Path) -> io::Result<Self> {
        let dir = blobs.join("spool");
        fs::create_dir_all(&dir)?;
        // The directory itself is what is locked: no further file has to be kept apart.
        let in_use = File::open(&dir)?;
        match in_use.try_lock() {
            Ok(()) => {
                sweep(&dir)?;
                in_use.unlock()?;
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        in_use.lock_shared()?;
        Ok(Self { dir, _in_use: Arc::new(in_use) })
    }

    /// A file to write to; gone with its handle unless it is given its name. The directory comes back
    /// when somebody made room by removing it.
    pub(super) fn file(&self) -> io::Result<NamedTempFile> {
        match NamedTempFile::new_in(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&self.dir)?;
                NamedTempFile::new_in(&self.dir)
            }
            made => made,
        }
    }
}

fn sweep(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        fs::remove_file(entry?.path())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_files_are_swept_by_the_first_who_comes_and_by_nobody_beside_others() {
        let blobs = tempfile::tempdir().unwrap();
        let first = Spool::open(blobs.path()).unwrap();
        let half = first.dir.join("half");
        fs::write(&half, "ha").unwrap();
        let beside = Spool::open(blobs.path()).unwrap();
        assert!(half.exists(), "somebody is still writing it");
        fs::remove_dir_all(&beside.dir).unwrap();
        assert!(beside.file().unwrap().path().exists(), "the directory is made again");
        fs::write(&half, "ha").unwrap();
        drop((first, beside));
        let _next = Spool::open(blobs.path()).unwrap();
        assert!(!half.exists());
    }
}
