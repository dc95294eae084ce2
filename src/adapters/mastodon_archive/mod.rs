//! A Mastodon account's archive ("takeout"), a zip or an older tar.gz, read as a source.
//!
//! The file comes from a person and may be made to do harm: it is never unpacked to paths, and
//! everything it says about sizes is checked while reading. It holds private posts, so scratch
//! files have no name and messages repeat nothing of its text.
//!
//! # Shape
//! `outbox.json` (Create and Announce, oldest first), `likes.json`, `bookmarks.json` (addresses),
//! `actor.json` (profile), `avatar.*`, `header.*` and `media_attachments/files/…`.

use std::{io::Read, path::Path, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use tokio::sync::mpsc;
use url::Url;

use crate::{
    model::{
        actor::Profile,
        collection::{CollectionKind, Cursor, Page},
        item::Item,
        media::MediaFile,
        outlook::Outline,
    },
    port::{
        error::{AdapterError, Cause},
        source::{MediaStream, Source},
    },
    wire::lenient,
    words::text,
};

mod catalog;
mod container;
mod contents;
mod document;
mod gallery;
mod outbox;
mod shelf;
mod sorter;
mod spool;
mod tarred;
#[cfg(test)]
mod tests;
mod zipped;

use container::Container;
use contents::Contents;

/// Bytes of a medium that are read at once.
const CHUNK_BYTES: usize = 64 << 10;

/// What one archive may take.
///
/// # Units
/// Both inclusive; what is beyond is refused with a sentence for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Bytes of all files together when unpacked.
    pub bytes: u64,
    /// Files and folders.
    pub entries: usize,
}

/// An open archive.
pub struct MastodonArchive {
    container: Arc<Container>,
    contents: Arc<Contents>,
}

/// Opens an archive and reads its documents. Blocks: call it where that is allowed.
///
/// # Errors
/// [`AdapterError::Fatal`] with a sentence for the person when the file is not an archive, is cut
/// off, breaks a rule of safety, or does not say whose it is.
pub fn open(path: &Path, limits: ArchiveLimits) -> Result<MastodonArchive, AdapterError> {
    let container = Container::open(path, limits)?;
    let contents = contents::read(&container, path, limits)?;
    Ok(MastodonArchive { container: Arc::new(container), contents: Arc::new(contents) })
}

/// A refusal of the whole archive.
fn refused(why: impl std::fmt::Display) -> AdapterError {
    AdapterError::fatal("opening the archive", why).because(Cause::File)
}

#[async_trait]
impl Source for MastodonArchive {
    fn actor(&self) -> &Url {
        &self.contents.owner.actor
    }

    fn collections(&self) -> Vec<CollectionKind> {
        let has =
            |kind: &CollectionKind| *kind == CollectionKind::Media || self.contents.lines.contains_key(kind);
        CollectionKind::ALL.into_iter().filter(has).collect()
    }

    async fn profile(&self) -> Result<Profile, AdapterError> {
        Ok(self.contents.profile.clone())
    }

    async fn count(&self, kind: CollectionKind) -> Result<Option<u64>, AdapterError> {
        let is_here = self.collections().contains(&kind);
        Ok(is_here.then(|| u64::try_from(self.contents.length(kind)).unwrap_or(u64::MAX)))
    }

    async fn page(
        &self,
        kind: CollectionKind,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, AdapterError> {
        let doing = || format!("reading {} of the archive", kind.as_str());
        let length = self.contents.length(kind);
        let start = match cursor {
            None => 0,
            Some(Cursor(text)) => text.parse().ok().filter(|start| *start <= length).ok_or_else(|| {
                AdapterError::fatal(doing(), "the place to go on from is not one of this archive")
            })?,
        };
        let end = start.saturating_add(limit.max(1)).min(length);
        let contents = Arc::clone(&self.contents);
        tokio::task::spawn_blocking(move || contents.page(kind, start, end))
            .await
            .map_err(|error| AdapterError::fatal(doing(), error))?
            .map_err(|why| AdapterError::fatal(doing(), why))
    }

    async fn media(&self, file: &MediaFile) -> Result<MediaStream, AdapterError> {
        let entry = file
            .fetch_url
            .as_deref()
            .filter(|name| shelf::is_media(name))
            .and_then(|name| self.container.catalog().find(name))
            .ok_or_else(|| AdapterError::item(why_missing(&file.url, self.actor())))?
            .clone();
        let container = Arc::clone(&self.container);
        let (sender, mut receiver) = mpsc::channel(4);
        tokio::task::spawn_blocking(move || {
            let read = container.read(&entry, |reader| pour(reader, &sender));
            if let Err(error) = read.and_then(|poured| poured) {
                tracing::debug!(%error, "medium in an archive cannot be read");
                // Nobody waits any more when the receiver is gone.
                let _ =
                    sender.blocking_send(Err(AdapterError::item(text!("archive-the-file-in-it-is-damaged"))));
            }
        });
        Ok(futures::stream::poll_fn(move |context| receiver.poll_recv(context)).boxed())
    }

    async fn outline(&self) -> Result<Option<Outline>, AdapterError> {
        let bytes = self.contents.media.iter().map(|file| file.bytes.unwrap_or(0)).sum();
        Ok(Some(Outline { media_bytes: Some(bytes), ..Outline::default() }))
    }

    fn notes(&self) -> Vec<(u64, String)> {
        self.contents.notes.clone()
    }
}

impl Contents {
    /// How many elements a collection has.
    fn length(&self, kind: CollectionKind) -> usize {
        match kind {
            CollectionKind::Media => self.media.len(),
            _ => self.lines.get(&kind).map_or(0, Vec::len),
        }
    }

    /// The elements from `start` up to `end`.
    fn page(&self, kind: CollectionKind, start: usize, end: usize) -> Result<Page, String> {
        let mut page = Page::default();
        if kind == CollectionKind::Media {
            page.items =
                self.media.get(start..end).unwrap_or_default().iter().cloned().map(Item::Media).collect();
        } else {
            let lines = self.lines.get(&kind).and_then(|lines| lines.get(start..end)).unwrap_or_default();
            for line in lines {
                let element = line.read(&self.spool)?;
                match outbox::read(kind, &element, line.position, &self.owner) {
                    Ok(item) => page.items.push(item),
                    Err(unreadable) => page.lose(unreadable, &element.to_string()),
                }
            }
        }
        page.next = (end < self.length(kind)).then(|| Cursor(end.to_string()));
        Ok(page)
    }
}

/// Sends a reader's bytes as long as somebody takes them.
fn pour(reader: &mut dyn Read, sender: &mpsc::Sender<Result<Bytes, AdapterError>>) -> std::io::Result<()> {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let read = reader.read(&mut buffer)?;
        let chunk = buffer.get(..read).unwrap_or_default();
        if chunk.is_empty() || sender.blocking_send(Ok(Bytes::copy_from_slice(chunk))).is_err() {
            return Ok(());
        }
    }
}

/// Why there are no bytes for an address.
fn why_missing(url: &str, actor: &Url) -> String {
    match lenient::web_url(url) {
        Some(url) if url.host() != actor.host() => text!("archive-only-a-link"),
        _ => text!("archive-the-file-is-missing"),
    }
}
