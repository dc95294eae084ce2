//! Finds the file in the archive that an attachment means: the path in the JSON is often not the
//! name in the archive (leading slash, `/system/`, a bucket's prefix, a whole address).

use std::collections::HashMap;

use super::catalog::{Catalog, Entry};
use crate::wire::lenient;

/// Below this folder the rest of a path holds the medium's own number, so it must be the same.
const NUMBERED: &str = "media_attachments/files/";

/// How an attachment's file was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    /// By its whole path, give or take a prefix.
    ByPath(&'a Entry),
    /// By its file name alone, which only one file has.
    ByName(&'a Entry),
    /// Not at all.
    Nowhere,
}

impl<'a> Found<'a> {
    /// The file.
    pub fn entry(self) -> Option<&'a Entry> {
        match self {
            Self::ByPath(entry) | Self::ByName(entry) => Some(entry),
            Self::Nowhere => None,
        }
    }
}

/// The media files of an archive, by file name.
pub struct Shelf<'a> {
    catalog: &'a Catalog,
    root: &'a str,
    by_name: HashMap<&'a str, Vec<&'a Entry>>,
}

impl<'a> Shelf<'a> {
    /// Puts up the files below `root`, the folder the archive's documents stand in.
    pub fn new(catalog: &'a Catalog, root: &'a str) -> Self {
        let mut by_name: HashMap<&str, Vec<&Entry>> = HashMap::new();
        for entry in catalog.entries().iter().filter(|entry| is_media(&entry.name)) {
            by_name.entry(file_name(&entry.name)).or_default().push(entry);
        }
        Self { catalog, root, by_name }
    }

    /// Finds the file of an attachment's address.
    pub fn find(&self, address: &str) -> Found<'a> {
        let path = path(address);
        let found = self.find_path(&path);
        if found == Found::Nowhere && path.contains('%') {
            return unescaped(&path).map_or(Found::Nowhere, |path| self.find_path(&path));
        }
        found
    }

    fn find_path(&self, path: &str) -> Found<'a> {
        let path = path.trim_start_matches('/');
        let below_system = path.rsplit_once("system/").map(|(_, rest)| rest);
        for path in [Some(path), below_system].into_iter().flatten() {
            let whole = format!("{}{path}", self.root);
            if let Some(entry) = self.catalog.find(&whole).filter(|entry| is_media(&entry.name)) {
                return Found::ByPath(entry);
            }
        }
        let same_name = self.by_name.get(file_name(path)).map_or(&[][..], Vec::as_slice);
        let mut ends_alike = same_name.iter().filter(|entry| {
            path.contains('/') && (ends_with(path, self.below(entry)) || ends_with(&entry.name, path))
        });
        match (ends_alike.next(), ends_alike.next(), same_name) {
            (Some(entry), None, _) => Found::ByPath(entry),
            (None, None, [entry]) if !self.contradicts(path, entry) => Found::ByName(entry),
            _ => Found::Nowhere,
        }
    }

    /// An entry's name below the root.
    fn below<'e>(&self, entry: &'e Entry) -> &'e str {
        entry.name.strip_prefix(self.root).unwrap_or(&entry.name)
    }

    /// Whether both paths are numbered and the numbers differ: old files are all named alike, and
    /// somebody's private picture must not stand in for a missing public one.
    fn contradicts(&self, path: &str, entry: &Entry) -> bool {
        match (path.split_once(NUMBERED), self.below(entry).split_once(NUMBERED)) {
            (Some((_, one)), Some((_, other))) => one != other,
            _ => false,
        }
    }
}

/// Whether a file may be handed out as a medium: the archive's own documents may not, and the
/// oldest archives hold a private key.
pub fn is_media(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    !matches!(extension.as_deref(), Some("json" | "pem"))
}

/// The path of a whole address, without its query; a bare path as it is.
fn path(address: &str) -> String {
    let bare = lenient::web_url(address).map_or_else(|| address.to_owned(), |url| url.path().to_owned());
    bare.split(['?', '#']).next().unwrap_or_default().to_owned()
}

fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Whether `path` ends with all parts of `tail`, of which there must be more than the file name.
fn ends_with(path: &str, tail: &str) -> bool {
    tail.contains('/') && path.strip_suffix(tail).is_some_and(|head| head.is_empty() || head.ends_with('/'))
}

/// The text with `%20` and the like resolved, if that is text.
fn unescaped(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut parts = path.split('%');
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        let byte = u8::from_str_radix(part.get(..2)?, 16).ok()?;
        bytes.push(byte);
        bytes.extend_from_slice(part.get(2..)?.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::mastodon_archive::ArchiveLimits;

    fn catalog(names: &[&str]) -> Catalog {
        let limits = ArchiveLimits { bytes: 100, entries: 100 };
        let mut catalog = Catalog::default();
        for name in names {
            catalog.add(Entry { name: (*name).to_owned(), bytes: 1, place: 0 }, limits).unwrap();
        }
        catalog
    }

    fn found(names: &[&str], address: &str) -> Option<String> {
        let catalog = catalog(names);
        Shelf::new(&catalog, "").find(address).entry().map(|entry| entry.name.clone())
    }

    const FILE: &str = "media_attachments/files/1/2/original/ab.png";

    #[test]
    fn every_spelling_of_a_path_finds_its_file() {
        for address in [
            FILE.to_owned(),
            format!("/{FILE}"),
            format!("/system/{FILE}"),
            format!("https://old.example/system/{FILE}?1500"),
            format!("https://files.example/bucket/{FILE}"),
            format!("bucket/prefix/{FILE}"),
        ] {
            assert_eq!(found(&[FILE, "avatar.png"], &address).as_deref(), Some(FILE), "{address}");
        }
        assert_eq!(found(&["a/b c.png"], "/a/b%20c.png").as_deref(), Some("a/b c.png"));
    }

    #[test]
    fn a_missing_file_is_not_replaced_by_one_of_the_same_name() {
        let other = "media_attachments/files/1/3/original/ab.png";
        assert_eq!(found(&[other], FILE), None);
        assert_eq!(found(&["x/ab.png", "y/ab.png"], "z/ab.png"), None);
        assert_eq!(found(&["x/ab.png"], "z/ab.png").as_deref(), Some("x/ab.png"));
    }

    #[test]
    fn documents_and_keys_are_never_media() {
        for name in ["outbox.json", "key.pem", "KEY.PEM"] {
            assert_eq!(found(&[name], name), None);
        }
    }

    #[test]
    fn a_folder_around_everything_does_not_matter() {
        let catalog = catalog(&["takeout/avatar.png", "takeout/media/avatar.png"]);
        let shelf = Shelf::new(&catalog, "takeout/");
        assert_eq!(shelf.find("avatar.png").entry().unwrap().name, "takeout/avatar.png");
    }
}
