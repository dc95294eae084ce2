//! The list of what stands in an archive, and the rules every name and size must keep.
//!
//! Names are data: nothing is ever written to or read from a path made of them. They are checked
//! all the same, because an archive that tries is not what a server makes.

use std::collections::HashMap;

use super::{ArchiveLimits, refused};
use crate::{port::error::AdapterError, words::text};

/// Unpacked bytes up to which no ratio is asked: small text packs very well.
const RATIO_FREE_BYTES: u64 = 100 << 20;

/// How many times larger than the packed bytes the unpacked ones may be, past [`RATIO_FREE_BYTES`].
const RATIO_LIMIT: u64 = 1000;

/// One regular file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, with forward slashes and without a leading `./`.
    pub name: String,
    /// Its length unpacked.
    pub bytes: u64,
    /// Where the container finds it: an index (zip) or an offset in the spool (tar).
    pub place: u64,
}

/// All regular files, found by name.
#[derive(Debug, Default)]
pub struct Catalog {
    entries: Vec<Entry>,
    by_name: HashMap<String, usize>,
    seen: usize,
    bytes: u64,
}

impl Catalog {
    /// Counts one more entry of any kind and checks its name; the name is given back clean.
    ///
    /// # Errors
    /// [`AdapterError::Fatal`] for one entry too many or a name that points out of the archive.
    pub fn admit(&mut self, raw: &str, limits: ArchiveLimits) -> Result<String, AdapterError> {
        self.seen = self.seen.saturating_add(1);
        if self.seen > limits.entries {
            return Err(too_many(limits));
        }
        clean(raw).map_err(|why| refused(text!("archive-nothing-of-it-was-read", why = why)))
    }

    /// Adds a regular file with an admitted name.
    ///
    /// # Errors
    /// [`AdapterError::Fatal`] for a second file of that name or more bytes than allowed.
    pub fn add(&mut self, entry: Entry, limits: ArchiveLimits) -> Result<(), AdapterError> {
        self.bytes = self.bytes.saturating_add(entry.bytes);
        if self.bytes > limits.bytes {
            return Err(too_large(limits));
        }
        let index = self.entries.len();
        if self.by_name.insert(entry.name.clone(), index).is_some() {
            return Err(refused(text!("archive-stands-in-it-twice", name = shown(&entry.name))));
        }
        self.entries.push(entry);
        Ok(())
    }

    /// All files in the archive's order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The file of exactly this name.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.by_name.get(name).and_then(|index| self.entries.get(*index))
    }
}

/// The refusal of an archive with too many entries.
pub fn too_many(limits: ArchiveLimits) -> AdapterError {
    refused(text!("archive-holds-more-files", most = limits.entries.to_string()))
}

/// The refusal of an archive that unpacks to too much.
pub fn too_large(limits: ArchiveLimits) -> AdapterError {
    refused(text!("archive-unpacks-to-more-bytes", most = limits.bytes.to_string()))
}

/// The refusal of something that is small only while it is packed.
pub fn bomb() -> AdapterError {
    refused(text!("archive-made-to-do-harm"))
}

/// Whether so much came out of so little that it cannot be somebody's posts and pictures.
pub fn is_bomb(packed: u64, unpacked: u64) -> bool {
    unpacked > RATIO_FREE_BYTES && unpacked / RATIO_LIMIT > packed
}

/// A name fit for a sentence: no control characters, not endless.
pub fn shown(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '?' } else { c }).take(120).collect()
}

/// Checks a name and takes leading `./` off.
fn clean(raw: &str) -> Result<String, String> {
    let mut name = raw;
    while let Some(rest) = name.strip_prefix("./") {
        name = rest;
    }
    let has_drive = name.get(1..3).is_some_and(|text| matches!(text, ":/" | ":\\"));
    if name.starts_with(['/', '\\']) || has_drive {
        return Err(text!("archive-has-an-absolute-path", name = shown(raw)));
    }
    if name.split(['/', '\\']).any(|part| part == "..") {
        return Err(text!("archive-points-outside", name = shown(raw)));
    }
    if name.contains('\0') {
        return Err(text!("archive-a-name-that-no-file-can-have", name = shown(raw)));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_point_elsewhere_are_refused() {
        for name in ["/etc/passwd", "\\x", "C:/x", "c:\\x", "a/../../b", "a\\..\\b", "..", "a\0b"] {
            assert!(clean(name).is_err(), "{name}");
        }
        for (name, kept) in [("./outbox.json", "outbox.json"), ("a/..b/c", "a/..b/c"), ("a:b.xml", "a:b.xml")]
        {
            assert_eq!(clean(name).unwrap(), kept);
        }
    }

    #[test]
    fn only_much_out_of_very_little_is_a_bomb() {
        assert!(is_bomb(1 << 10, 101 << 20));
        assert!(!is_bomb(1 << 10, 100 << 20), "small text packs well");
        assert!(!is_bomb(200 << 10, 101 << 20));
    }
}
