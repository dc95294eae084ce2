//! Archives that people bring through their browser: on disk, one folder for each copy, gone with it. They hold
//! private posts; nothing of one stays behind that is not needed.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::model::id::TransferId;

/// The directory of archives.
#[derive(Debug, Clone)]
pub struct Uploads {
    dir: PathBuf,
}

/// A folder that is being filled; gone with this unless it is kept.
#[derive(Debug)]
pub struct Arriving {
    folder: TempDir,
    in_use: File,
}

/// A folder under its copy's name. While this stands nobody sweeps it, although no row may name it yet.
#[derive(Debug)]
pub struct Brought {
    /// Where it is.
    pub folder: PathBuf,
    _in_use: File,
}

impl Uploads {
    /// Opens (and creates) the directory inside the one of the blobs, which daemons of one home share.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(blobs: &Path) -> io::Result<Self> {
        let dir = blobs.join("uploads");
        fs::create_dir_all(&dir)?;
        Ok(Self { dir })
    }

    /// A new folder to be filled.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn begin(&self) -> io::Result<Arriving> {
        let folder = tempfile::Builder::new().prefix("arriving-").tempdir_in(&self.dir)?;
        let in_use = File::open(folder.path())?;
        in_use.lock_shared()?;
        Ok(Arriving { folder, in_use })
    }

    /// Removes what was brought for a copy; nothing is there for most.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(&self, copy: &TransferId) -> io::Result<()> {
        self.remove_folder(copy.as_str())
    }

    /// As [`Uploads::remove`], by the folder's name.
    ///
    /// # Errors
    /// As there.
    pub fn remove_folder(&self, name: &str) -> io::Result<()> {
        match fs::remove_dir_all(self.dir.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Names of the folders that nobody is filling, here or in another daemon.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn resting(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            match File::open(entry.path())?.try_lock() {
                Ok(()) => names.push(entry.file_name().to_string_lossy().into_owned()),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(names)
    }
}

impl Arriving {
    /// Where it is while it is filled.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives it its copy's name.
    ///
    /// # Errors
    /// When it cannot be renamed; it is gone then.
    pub fn keep(self, uploads: &Uploads, copy: &TransferId) -> io::Result<Brought> {
        let folder = uploads.dir.join(copy.as_str());
        fs::rename(self.folder.path(), &folder)?;
        // It has another name now, and is nobody's to remove.
        let _old_name = self.folder.keep();
        Ok(Brought { folder, _in_use: self.in_use })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_being_filled_is_swept_by_nobody_and_what_broke_off_is_gone() {
        let data = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(data.path()).unwrap();
        let arriving = uploads.begin().unwrap();
        fs::write(arriving.path().join("archive"), "half").unwrap();
        assert_eq!(uploads.resting().unwrap(), [""; 0]);
        let broken = uploads.begin().unwrap();
        let place = broken.path().to_owned();
        drop(broken);
        assert!(!place.exists());
        let id = TransferId::from("t1");
        let brought = arriving.keep(&uploads, &id).unwrap();
        assert_eq!(uploads.resting().unwrap(), [""; 0], "no row names it yet");
        assert_eq!(fs::read_to_string(brought.folder.join("archive")).unwrap(), "half");
        drop(brought);
        assert_eq!(uploads.resting().unwrap(), ["t1"]);
        uploads.remove(&id).unwrap();
        uploads.remove(&id).unwrap();
        assert!(uploads.resting().unwrap().is_empty());
    }
}
