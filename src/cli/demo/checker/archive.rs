//! The checker's own reading of an archive. It shares nothing with the importer it judges.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{Read, Seek},
    path::Path,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::audience::{self, Audience};

/// What stands in an archive.
#[derive(Debug, Default)]
pub(crate) struct Archive {
    /// The person's id on the server the archive came from.
    pub(crate) actor: String,
    /// The person's name in addresses.
    pub(crate) username: String,
    /// The name shown.
    pub(crate) name: String,
    /// Posts and boosts in the order they were made; one entry per id.
    pub(crate) entries: Vec<Entry>,
    /// Addresses of liked objects.
    pub(crate) likes: BTreeSet<String>,
    /// Addresses of bookmarked objects.
    pub(crate) bookmarks: BTreeSet<String>,
    /// SHA-256 of every file by its path.
    files: BTreeMap<String, String>,
}

/// Whether something was written or passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    /// Written by the person.
    Post,
    /// Passed on.
    Boost,
}

/// A post or boost.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Which of the two.
    pub(crate) sort: Sort,
    /// Id of the post, or of the boost's activity.
    pub(crate) id: String,
    /// Every address it is known by.
    pub(crate) addresses: Vec<String>,
    /// Who may see it.
    pub(crate) audience: Audience,
    /// When it was made, as written.
    pub(crate) published: String,
    /// The post's object, or the boost's activity.
    pub(crate) document: Value,
    /// Attached files in order.
    pub(crate) files: Vec<Enclosure>,
}

/// A file attached to a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Enclosure {
    /// What the post calls it.
    pub(crate) url: String,
    /// SHA-256 of the bytes; `None` when the archive names a file it does not have.
    pub(crate) sha256: Option<String>,
}

impl Archive {
    /// Reads a zip or tar.gz file.
    ///
    /// # Errors
    /// When the file is neither, or its lists cannot be read.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let mut file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
        let mut magic = [0_u8; 2];
        file.read_exact(&mut magic)?;
        file.rewind()?;
        let mut raw = Raw::default();
        match &magic {
            b"PK" => raw.take_zip(file)?,
            [0x1f, 0x8b] => raw.take_tar(file)?,
            _ => bail!("{} is neither a zip nor a tar.gz file", path.display()),
        }
        raw.understand().with_context(|| format!("reading {}", path.display()))
    }

    /// Entries of one sort.
    pub(crate) fn of(&self, sort: Sort) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.sort == sort)
    }

    /// All different attached files.
    pub(crate) fn enclosures(&self) -> BTreeMap<&str, Option<&str>> {
        let all = self.entries.iter().flat_map(|entry| &entry.files);
        all.map(|file| (file.url.as_str(), file.sha256.as_deref())).collect()
    }

    /// SHA-256 of a file the actor document names, like the avatar.
    pub(crate) fn file(&self, url: &str) -> Option<&str> {
        find(&self.files, url)
    }

    /// From every address of an entry to its id.
    pub(crate) fn addresses(&self) -> BTreeMap<String, String> {
        let pairs = |entry: &Entry| {
            let id = entry.id.clone();
            entry.addresses.clone().into_iter().map(move |address| (address, id.clone()))
        };
        self.entries.iter().flat_map(pairs).collect()
    }
}

/// Lists and hashes as they come out of the container.
#[derive(Default)]
struct Raw {
    lists: BTreeMap<String, Value>,
    files: BTreeMap<String, String>,
}

impl Raw {
    fn take_zip(&mut self, file: File) -> Result<()> {
        let mut zip = zip::ZipArchive::new(file).context("opening the zip")?;
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index)?;
            if entry.is_file() {
                let name = entry.name()?.into_owned();
                self.take(&name, &mut entry)?;
            }
        }
        Ok(())
    }

    fn take_tar(&mut self, file: File) -> Result<()> {
        let mut tar = tar::Archive::new(flate2::read::MultiGzDecoder::new(file));
        for entry in tar.entries()? {
            let mut entry = entry?;
            if entry.header().entry_type().is_file() {
                let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                self.take(&name, &mut entry)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, name: &str, content: &mut impl Read) -> Result<()> {
        let name = name.trim_start_matches("./").trim_start_matches('/').to_owned();
        if std::path::Path::new(&name).extension().is_some_and(|ending| ending == "json")
            && !name.contains('/')
        {
            // Of a key that stands twice the last one counts; serde_json keeps the last.
            let list = serde_json::from_reader(content).with_context(|| format!("reading {name}"))?;
            self.lists.insert(name, list);
            return Ok(());
        }
        let mut hash = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        let mut buffer = vec![0_u8; 64 << 10];
        loop {
            match content.read(&mut buffer)? {
                0 => break,
                count => hash.update(buffer.get(..count).unwrap_or_default()),
            }
        }
        self.files.insert(name, hex(hash.finish().as_ref()));
        Ok(())
    }

    fn understand(mut self) -> Result<Archive> {
        let profile = self.lists.remove("actor.json").context("there is no actor.json")?;
        let outbox = self.lists.remove("outbox.json").context("there is no outbox.json")?;
        let word = |field: &str| profile.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut archive = Archive {
            actor: word("id"),
            username: word("preferredUsername"),
            name: word("name"),
            ..Archive::default()
        };
        let followers = word("followers");
        let mut seen = BTreeSet::new();
        for activity in elements(&outbox) {
            let Some(entry) = self.entry(activity, &archive.actor, &followers) else {
                continue;
            };
            if seen.insert((entry.sort, entry.id.clone())) {
                archive.entries.push(entry);
            }
        }
        // Stable: what was made in the same instant stays in the archive's own order.
        archive.entries.sort_by_key(|entry| instant(&entry.published));
        let pointers = |list: Option<Value>| -> BTreeSet<String> {
            list.iter().flat_map(elements).filter_map(id_of).collect()
        };
        archive.likes = pointers(self.lists.remove("likes.json"));
        archive.bookmarks = pointers(self.lists.remove("bookmarks.json"));
        archive.files = self.files;
        Ok(archive)
    }

    fn entry(&self, activity: &Value, actor: &str, followers: &str) -> Option<Entry> {
        if id_of(activity.get("actor")?)? != actor {
            return None;
        }
        let (sort, document) = match activity.get("type")?.as_str()? {
            "Create" => (Sort::Post, activity.get("object")?),
            "Announce" => (Sort::Boost, activity),
            _ => return None,
        };
        let id = id_of(document)?;
        let word = |field: &str| document.get(field).and_then(Value::as_str).map(str::to_owned);
        let more = ["url", "atomUri"].iter().filter_map(|field| word(field));
        let addresses = std::iter::once(id.clone()).chain(more.filter(|_| sort == Sort::Post)).collect();
        let attached = document.get("attachment").and_then(Value::as_array);
        let files = attached.into_iter().flatten().filter_map(|file| {
            let url = file.get("url")?.as_str()?.to_owned();
            Some(Enclosure { sha256: find(&self.files, &url).map(str::to_owned), url })
        });
        Some(Entry {
            sort,
            audience: audience::of(document, followers),
            published: word("published").or_else(|| Some(activity.get("published")?.as_str()?.to_owned()))?,
            files: files.collect(),
            addresses,
            document: document.clone(),
            id,
        })
    }
}

/// Microseconds since 1970 of a written time.
fn instant(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text).map_or(0, |time| time.timestamp_micros())
}

/// Elements of an ordered collection.
pub(crate) fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    let items = list.get("orderedItems").or_else(|| list.get("items"));
    items.and_then(Value::as_array).into_iter().flatten()
}

/// The id of something that is either written out or only named.
pub(crate) fn id_of(value: &Value) -> Option<String> {
    value.as_str().or_else(|| value.get("id")?.as_str()).map(str::to_owned)
}

/// The hash of the file a post means: the same path, else the one path that is the end of the other.
fn find<'a>(files: &'a BTreeMap<String, String>, url: &str) -> Option<&'a str> {
    let wanted = url.trim_start_matches('/');
    if let Some(hash) = files.get(wanted) {
        return Some(hash);
    }
    let is_end = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.ends_with('/'));
    let mut fitting = files.iter().filter(|(path, _)| is_end(wanted, path) || is_end(path, wanted));
    match (fitting.next(), fitting.next()) {
        (Some((_, hash)), None) => Some(hash),
        _ => None,
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
#[path = "archive_tests.rs"]
mod tests;
