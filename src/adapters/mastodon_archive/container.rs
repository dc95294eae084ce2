//! An archive file of either form behind one face: a catalog, and the bytes of each entry.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::Arc,
};

use super::{
    ArchiveLimits,
    catalog::{Catalog, Entry},
    refused,
    spool::Window,
    tarred::Tarred,
    zipped::Zipped,
};
use crate::{port::error::AdapterError, words::text};

/// Where a tar file says that it is one.
const TAR_MARK_AT: usize = 257;

enum Form {
    Zip(Zipped),
    Tar(Tarred),
}

/// An open archive file.
pub struct Container {
    form: Form,
    catalog: Catalog,
}

impl Container {
    /// Opens a file; its form is told by its bytes, as names are lost on the way.
    ///
    /// # Errors
    /// [`AdapterError::Fatal`] when it is no archive, cut, or breaks a rule.
    pub fn open(path: &Path, limits: ArchiveLimits) -> Result<Self, AdapterError> {
        let cannot = |error: io::Error| {
            refused(text!("archive-this-server-cannot-read-it", error = error.to_string()))
        };
        let file = Arc::new(File::open(path).map_err(cannot)?);
        let length = file.metadata().map_err(cannot)?.len();
        let whole = Window::new(Arc::clone(&file), 0, length);
        let mut head = Vec::new();
        whole.clone().take(512).read_to_end(&mut head).map_err(cannot)?;
        if head.is_empty() {
            return Err(refused(text!("archive-the-file-is-empty")));
        }
        let (form, catalog) = if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            let (zip, catalog) = Zipped::open(file, length, limits)?;
            (Form::Zip(zip), catalog)
        } else {
            let is_packed = head.starts_with(&[0x1f, 0x8b]);
            let is_tar = head.get(TAR_MARK_AT..).is_some_and(|rest| rest.starts_with(b"ustar"));
            if !is_packed && !is_tar {
                return Err(refused(text!("archive-neither-a-zip-nor-a-tar")));
            }
            let (tar, catalog) = Tarred::open(path, whole, is_packed, limits)?;
            (Form::Tar(tar), catalog)
        };
        Ok(Self { form, catalog })
    }

    /// What stands in it.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Lets `with` read one entry.
    ///
    /// # Errors
    /// When the entry cannot be opened; what `with` meets while reading is its own.
    pub fn read<T>(&self, entry: &Entry, with: impl FnOnce(&mut dyn Read) -> T) -> io::Result<T> {
        match &self.form {
            Form::Zip(zip) => zip.read(entry, with),
            Form::Tar(tar) => Ok(with(&mut tar.window(entry))),
        }
    }
}
