//! Takes the elements of a document as they are read and files them by kind in the spool, so that
//! memory holds where each one is and not what it says.

use std::{
    collections::{BTreeMap, HashSet},
    fs::File,
    hash::{BuildHasher, RandomState},
    io::{Read, Write},
    sync::Arc,
};

use serde_json::Value;

use super::{
    document::Elements,
    gallery::Gallery,
    outbox::{self, Owner},
    spool::{Spool, Window},
};
use crate::model::{
    collection::CollectionKind,
    item::{Item, ItemKind},
};
use crate::words::text;

/// Elements one document may have; more than any account ever wrote.
const ELEMENTS_LIMIT: u64 = 5_000_000;

/// Where an element lies in the spool.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    start: u64,
    length: u64,
    /// Where it stood in its document, for what has no id.
    pub position: u64,
}

impl Line {
    /// Reads the element again.
    ///
    /// # Errors
    /// A sentence about the scratch file, which is this server's own.
    pub fn read(self, spool: &Arc<File>) -> Result<Value, String> {
        let mut text = Vec::new();
        Window::new(Arc::clone(spool), self.start, self.length)
            .read_to_end(&mut text)
            .map_err(|error| text!("archive-the-scratch-file-cannot-be-read", error = error.to_string()))?;
        serde_json::from_slice(&text).map_err(|_| text!("archive-the-scratch-file-was-damaged"))
    }
}

/// Files elements by kind.
pub struct Sorter<'a, 'g> {
    kind: CollectionKind,
    owner: &'a Owner,
    spool: &'a mut Spool,
    gallery: &'a mut Gallery<'g>,
    seen: Seen,
    /// The elements of each kind, in the document's order.
    pub lines: BTreeMap<ItemKind, Vec<Line>>,
    /// How many elements there were.
    pub found: u64,
    /// How many of them stood there before.
    pub repeated: u64,
}

impl<'a, 'g> Sorter<'a, 'g> {
    /// One for the document that `kind` is read from.
    pub fn new(
        kind: CollectionKind,
        owner: &'a Owner,
        spool: &'a mut Spool,
        gallery: &'a mut Gallery<'g>,
    ) -> Self {
        let (lines, seen) = (BTreeMap::new(), Seen::default());
        Self { kind, owner, spool, gallery, seen, lines, found: 0, repeated: 0 }
    }
}

impl Elements for Sorter<'_, '_> {
    fn begin(&mut self) {
        self.lines.clear();
        self.gallery.clear();
        self.seen = Seen::default();
        (self.found, self.repeated) = (0, 0);
    }

    fn take(&mut self, element: Value) -> Result<(), String> {
        let position = self.found;
        if position >= ELEMENTS_LIMIT {
            return Err(text!("archive-it-has-more-entries", most = ELEMENTS_LIMIT.to_string()));
        }
        self.found += 1;
        let kind = match outbox::read(self.kind, &element, position, self.owner) {
            Ok(item) => {
                if !self.seen.is_first(item.kind(), item.key().as_str()) {
                    self.repeated += 1;
                    return Ok(());
                }
                if let Item::Post(post) = &item {
                    self.gallery.attach(post)?;
                }
                item.kind()
            }
            Err(unreadable) => unreadable.kind,
        };
        let text = element.to_string();
        let start = self.spool.length();
        self.spool
            .write_all(text.as_bytes())
            .map_err(|error| text!("archive-no-room-to-unpack-it", error = error.to_string()))?;
        let length = self.spool.length().saturating_sub(start);
        self.lines.entry(kind).or_default().push(Line { start, length, position });
        Ok(())
    }
}

/// Remembers keys by two hashes with secrets of their own: small, and nobody can aim for a clash.
#[derive(Default)]
struct Seen {
    hashers: (RandomState, RandomState),
    keys: HashSet<(u64, u64)>,
}

impl Seen {
    fn is_first(&mut self, kind: ItemKind, key: &str) -> bool {
        self.keys.insert((self.hashers.0.hash_one((kind, key)), self.hashers.1.hash_one((kind, key))))
    }
}
