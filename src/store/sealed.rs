//! Secrets of others at rest: sealed with a key that lies beside the database, so that a copy of the
//! database alone opens nothing.

use std::{io::Write, path::Path};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

use super::{StoreError, StoreResult};

/// The key's file in the data directory; made at the first start, readable by the daemon only.
const FILE: &str = "sealing.key";
/// Length of the key.
const KEY_BYTES: usize = 32;

/// Seals and opens.
pub(super) struct Sealing(RandomizedNonceKey);

impl Sealing {
    /// Reads the key of a data directory, or makes it.
    ///
    /// # Errors
    /// [`StoreError::Key`] when it can neither be read nor made.
    pub(super) fn open(data_dir: &Path) -> StoreResult<Self> {
        let path = data_dir.join(FILE);
        let failed = |why: String| StoreError::Key { path: path.display().to_string(), why };
        let read = || match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error.to_string())),
        };
        let bytes = if let Some(bytes) = read()? {
            bytes
        } else {
            make(data_dir, &path).map_err(|error| failed(error.to_string()))?;
            read()?.unwrap_or_default()
        };
        if bytes.len() != KEY_BYTES {
            return Err(failed(format!("it has {} bytes instead of {KEY_BYTES}", bytes.len())));
        }
        let key = RandomizedNonceKey::new(&AES_256_GCM, &bytes);
        Ok(Self(key.map_err(|_| failed("it is no key".to_owned()))?))
    }

    /// Seals a text for one place; in another place it does not open.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the library cannot seal.
    pub(super) fn seal(&self, place: &str, text: &str) -> StoreResult<String> {
        let mut sealed = text.as_bytes().to_vec();
        let nonce = self.0.seal_in_place_append_tag(Aad::from(place), &mut sealed);
        let nonce = nonce
            .map_err(|_| StoreError::Corrupt { what: "secret", why: "it cannot be sealed".to_owned() })?;
        Ok(STANDARD_NO_PAD.encode([nonce.as_ref().as_slice(), &sealed].concat()))
    }

    /// Opens what was sealed for this place; `None` when another key or place sealed it.
    pub(super) fn unseal(&self, place: &str, sealed: &str) -> Option<String> {
        let bytes = STANDARD_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let text = self.0.open_in_place(nonce, Aad::from(place), &mut sealed).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

/// Makes the key whole under another name first; when two daemons start at once, one key stays.
fn make(data_dir: &Path, path: &Path) -> std::io::Result<()> {
    let mut bytes = [0_u8; KEY_BYTES];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| std::io::Error::other("no randomness"))?;
    // Temporary files are made for their owner alone.
    let mut file = tempfile::NamedTempFile::new_in(data_dir)?;
    file.write_all(&bytes)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != std::io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_after_a_restart_and_in_its_place_only() {
        let dir = tempfile::tempdir().unwrap();
        let sealed = Sealing::open(dir.path()).unwrap().seal("here", "a token").unwrap();
        assert!(!sealed.contains("token"));
        let again = Sealing::open(dir.path()).unwrap();
        assert_eq!(again.unseal("here", &sealed).as_deref(), Some("a token"));
        assert_eq!(again.unseal("there", &sealed), None);
        let other = tempfile::tempdir().unwrap();
        assert_eq!(Sealing::open(other.path()).unwrap().unseal("here", &sealed), None);
        for broken in ["", "AAAA", "no base64!"] {
            assert_eq!(again.unseal("here", broken), None, "{broken}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        Sealing::open(dir.path()).unwrap();
        let mode = std::fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_key_stops_the_start() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), b"short").unwrap();
        assert!(matches!(Sealing::open(dir.path()), Err(StoreError::Key { .. })));
    }
}
