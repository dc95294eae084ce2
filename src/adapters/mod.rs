//! Foreign systems, one file or folder each, behind the traits of [`crate::port`]. They never meet.

use std::{path::Path, sync::Arc};

use crate::port::{error::AdapterError, source::Source};

pub mod csv_lists;
pub mod embedded;
pub mod lola;
pub mod mail;
pub mod mastodon_archive;
pub mod mastodon_database;
pub mod neighbours;
pub mod scanner;

pub use mastodon_archive::ArchiveLimits;

/// Opens an archive of whichever system made it. Blocks: reading the contents takes a while.
///
/// # Errors
/// [`AdapterError::Fatal`] when it is no archive we know, is cut, or is meant to harm.
pub fn open_archive(path: &Path, limits: ArchiveLimits) -> Result<Arc<dyn Source>, AdapterError> {
    Ok(Arc::new(mastodon_archive::open(path, limits)?))
}
