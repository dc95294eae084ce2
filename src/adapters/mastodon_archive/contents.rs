//! Reads an open archive once: who it belongs to, where its items lie, what is odd about it.

use std::{collections::BTreeMap, fs::File, path::Path, sync::Arc};

use serde_json::Value;
use url::Url;

use super::{
    ArchiveLimits,
    catalog::{Catalog, Entry},
    container::Container,
    document::{self, Document, Elements},
    gallery::Gallery,
    outbox::{self, Owner},
    refused,
    shelf::Shelf,
    sorter::{Line, Sorter},
    spool::Spool,
};
use crate::{
    model::{actor::Profile, collection::CollectionKind, item::ItemKind, media::MediaFile},
    port::error::AdapterError,
    wire::{self, lenient},
    words::text,
};

/// Everything a source needs to answer.
pub struct Contents {
    /// Whose it is.
    pub owner: Owner,
    /// What they say about themselves.
    pub profile: Profile,
    /// Where the elements lie; a collection the archive does not have is absent.
    pub lines: BTreeMap<CollectionKind, Vec<Line>>,
    /// The media, attachments first.
    pub media: Vec<MediaFile>,
    /// The file the elements lie in.
    pub spool: Arc<File>,
    /// What was odd and how it was read.
    pub notes: Vec<(u64, String)>,
}

/// Reads the archive's documents.
///
/// # Errors
/// [`AdapterError::Fatal`] when one is broken or it cannot be told whose archive it is.
pub fn read(container: &Container, path: &Path, limits: ArchiveLimits) -> Result<Contents, AdapterError> {
    let root = root(container.catalog())?;
    let mut notes = Vec::new();
    let actor = parse(container, &root, "actor.json", &mut ())?;
    let owner = if let Some(actor) = &actor {
        note_actor(actor, &mut notes);
        owner(&actor.fields)?
    } else {
        notes.push((1, text!("archive-no-actor-in-it")));
        guess_owner(container, &root)?
    };
    let shelf = Shelf::new(container.catalog(), &root);
    let mut gallery = Gallery::new(&shelf, limits.entries);
    // The other documents have no media; theirs stays empty.
    let mut nothing = Gallery::new(&shelf, 0);
    let mut spool = Spool::beside(path)
        .map_err(|error| refused(text!("archive-no-room-for-it", error = error.to_string())))?;
    let mut lines = BTreeMap::new();
    for kind in [CollectionKind::Outbox, CollectionKind::Liked, CollectionKind::Bookmarks] {
        let Some(name) = outbox::document(kind) else {
            continue;
        };
        let gallery = if kind == CollectionKind::Outbox { &mut gallery } else { &mut nothing };
        let mut sorter = Sorter::new(kind, &owner, &mut spool, gallery);
        let Some(document) = parse(container, &root, name, &mut sorter)? else {
            continue;
        };
        note_document(name, &document, sorter.found, sorter.repeated, &mut notes);
        let mut take = |item| sorter.lines.remove(&item).unwrap_or_default();
        match kind {
            CollectionKind::Liked => lines.insert(kind, take(ItemKind::Likes)),
            CollectionKind::Bookmarks => lines.insert(kind, take(ItemKind::Bookmarks)),
            _ => {
                lines.insert(CollectionKind::Content, take(ItemKind::Posts));
                lines.insert(CollectionKind::Outbox, take(ItemKind::Boosts))
            }
        };
    }
    let actor = actor.map(|actor| Value::Object(actor.fields)).unwrap_or_default();
    gallery.portray(&actor).map_err(refused)?;
    if gallery.by_name > 0 {
        notes.push((gallery.by_name, text!("archive-found-by-their-name-alone")));
    }
    if container.catalog().find(&format!("{root}key.pem")).is_some() {
        notes.push((1, text!("archive-holds-the-private-key")));
    }
    let spool = spool
        .finish()
        .map_err(|error| refused(text!("archive-no-room-for-it", error = error.to_string())))?;
    Ok(Contents { profile: wire::actor::profile(&actor), media: gallery.files, owner, lines, spool, notes })
}

/// The folder the documents stand in: none, unless somebody packed the archive again.
fn root(catalog: &Catalog) -> Result<String, AdapterError> {
    if catalog.find("outbox.json").is_some() {
        return Ok(String::new());
    }
    let mut roots = catalog
        .entries()
        .iter()
        .filter_map(|entry| entry.name.strip_suffix("outbox.json"))
        .filter(|root| root.ends_with('/'));
    match (roots.next(), roots.next()) {
        (Some(root), None) => Ok(root.to_owned()),
        (Some(_), Some(_)) => Err(refused(text!("archive-holds-several-accounts"))),
        (None, _) => Err(refused(text!("archive-no-outbox-in-it"))),
    }
}

/// Reads one document; `None` when it is missing.
fn parse(
    container: &Container,
    root: &str,
    name: &str,
    elements: &mut dyn Elements,
) -> Result<Option<Document>, AdapterError> {
    let Some(entry) = container.catalog().find(&format!("{root}{name}")) else {
        return Ok(None);
    };
    read_entry(container, entry, elements)
        .map(Some)
        .map_err(|why| refused(text!("archive-of-a-document-in-it", name = name, why = why)))
}

fn read_entry(container: &Container, entry: &Entry, elements: &mut dyn Elements) -> Result<Document, String> {
    container
        .read(entry, |reader| document::read(reader, elements))
        .map_err(|error| text!("archive-it-cannot-be-read", error = error.to_string()))?
}

/// The owner as the actor document says it.
fn owner(fields: &serde_json::Map<String, Value>) -> Result<Owner, AdapterError> {
    let address = |name: &str| fields.get(name).and_then(lenient::id).and_then(lenient::web_url);
    let actor = address("id").ok_or_else(|| refused(text!("archive-does-not-say-whose-it-is")))?;
    Ok(Owner { actor, followers: address("followers") })
}

/// The owner as the outbox shows it: the one who did everything in it.
fn guess_owner(container: &Container, root: &str) -> Result<Owner, AdapterError> {
    let mut doers = Doers::default();
    parse(container, root, "outbox.json", &mut doers)?;
    match (doers.first, doers.is_mixed) {
        (Some(actor), false) => Ok(Owner { actor, followers: None }),
        _ => Err(refused(text!("archive-the-posts-do-not-tell"))),
    }
}

/// Who did what stands in an outbox.
#[derive(Default)]
struct Doers {
    first: Option<Url>,
    is_mixed: bool,
}

impl Elements for Doers {
    fn begin(&mut self) {
        *self = Self::default();
    }

    fn take(&mut self, element: Value) -> Result<(), String> {
        if let Some(actor) = outbox::actor(&element) {
            let first = self.first.get_or_insert_with(|| actor.clone());
            self.is_mixed |= *first != actor;
        }
        Ok(())
    }
}

fn note_actor(actor: &Document, notes: &mut Vec<(u64, String)>) {
    note_repeated("actor.json", actor, notes);
    let count = |name: &str| {
        let found = actor.fields.get(name).map_or(0, |value| lenient::many(value).count());
        u64::try_from(found).unwrap_or(u64::MAX)
    };
    if count("movedTo") > 0 {
        notes.push((1, text!("archive-says-it-had-moved")));
    }
    let aliases = count("alsoKnownAs");
    if aliases > 0 {
        notes.push((aliases, text!("archive-names-other-addresses")));
    }
}

fn note_document(name: &str, document: &Document, found: u64, repeated: u64, notes: &mut Vec<(u64, String)>) {
    note_repeated(name, document, notes);
    if let Some(said) =
        document.fields.get("totalItems").and_then(Value::as_u64).filter(|said| *said != found)
    {
        notes.push((
            said.abs_diff(found),
            text!(
                "archive-says-how-many-it-has",
                name = name,
                said = said.to_string(),
                found = found.to_string()
            ),
        ));
    }
    if repeated > 0 {
        notes.push((repeated, text!("archive-entries-stand-more-than-once", name = name)));
    }
}

fn note_repeated(name: &str, document: &Document, notes: &mut Vec<(u64, String)>) {
    for field in document.repeated.iter().take(10) {
        let field = super::catalog::shown(field);
        notes.push((1, text!("archive-a-field-stands-more-than-once", field = field, name = name)));
    }
}
