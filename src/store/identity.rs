//! What tells a daemon from others that share its database: a name in its own data directory.

use std::{io::Write, path::Path};

use super::{StoreError, StoreResult};

/// The name's file.
const FILE: &str = "daemon.id";

/// Reads the name, or makes one; when two start at once, one name stays.
///
/// # Errors
/// [`StoreError::Unfit`] when it can neither be read nor made.
pub(super) fn open(data_dir: &Path) -> StoreResult<String> {
    let path = data_dir.join(FILE);
    let failed = |why: std::io::Error| StoreError::Unfit(format!("{}: {why}", path.display()));
    if !path.exists() {
        let mut file = tempfile::NamedTempFile::new_in(data_dir).map_err(failed)?;
        file.write_all(random()?.as_bytes()).map_err(failed)?;
        match file.persist_noclobber(&path) {
            Err(error) if error.error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(failed(error.error));
            }
            _ => {}
        }
    }
    Ok(std::fs::read_to_string(&path).map_err(failed)?.trim().to_owned())
}

/// A name that nobody has.
///
/// # Errors
/// [`StoreError::Unfit`] without randomness.
pub(super) fn random() -> StoreResult<String> {
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| StoreError::Unfit("no randomness".to_owned()))?;
    Ok(super::blobs::hex(&bytes))
}
