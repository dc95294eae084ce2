//! What was seen on the way: the list of posts also holds boosts and files, and is walked once.
//!
//! Kept in a file without a name, page by page under the place the page begins at. It is only a
//! shortcut: what is not in it is walked again, from the same places.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

use crate::model::{collection::Unreadable, item::Item};

/// What a page of posts held besides.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Seen {
    /// What the owner passed on.
    pub boosts: Vec<Item>,
    /// Boosts that cannot be read.
    pub broken: Vec<Unreadable>,
    /// Files of the posts.
    pub files: Vec<Item>,
    /// Where the next page begins.
    pub next: Option<String>,
}

#[derive(Debug, Default)]
struct Shelf {
    file: Option<File>,
    places: BTreeMap<(usize, String), (u64, usize)>,
    end: u64,
}

/// The pages seen so far.
#[derive(Debug, Default)]
pub struct Aside(Mutex<Shelf>);

impl Aside {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a page of `limit` that began at `place`; where there is no room it is walked again.
    pub fn put(&self, limit: usize, place: Option<&str>, seen: &Seen) {
        let mut shelf = self.shelf();
        if let Err(error) = shelf.put(limit, place, seen) {
            tracing::info!(%error, "a page is not kept aside and will be asked for again");
            *shelf = Shelf::default();
        }
    }

    /// The page of `limit` that began at `place`, if it was seen.
    pub fn get(&self, limit: usize, place: Option<&str>) -> Option<Seen> {
        let mut shelf = self.shelf();
        let (at, length) = *shelf.places.get(&(limit, place.unwrap_or_default().to_owned()))?;
        let file = shelf.file.as_mut()?;
        let mut text = vec![0; length];
        file.seek(SeekFrom::Start(at)).ok()?;
        file.read_exact(&mut text).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

impl Shelf {
    fn put(&mut self, limit: usize, place: Option<&str>, seen: &Seen) -> std::io::Result<()> {
        let text = serde_json::to_vec(seen)?;
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.seek(SeekFrom::Start(self.end))?;
        file.write_all(&text)?;
        self.places.insert((limit, place.unwrap_or_default().to_owned()), (self.end, text.len()));
        self.end = self.end.saturating_add(u64::try_from(text.len()).unwrap_or(0));
        Ok(())
    }
}
