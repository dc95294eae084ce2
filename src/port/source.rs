//! Reading an account: the same trait beside the old server and beside the new one.

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use url::Url;

use super::error::{AdapterError, Cause};
use crate::{
    model::{
        actor::Profile,
        collection::{CollectionKind, Cursor, Page},
        id::{AccountId, ItemKey},
        inventory::{Entry, Inventory, Tally},
        item::ItemKind,
        media::MediaFile,
        outlook::Outline,
    },
    wire::seal::Sealed,
};

/// The bytes of a file as they come.
pub type MediaStream = BoxStream<'static, Result<Bytes, AdapterError>>;

/// What a source says it has.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// It cannot say.
    Silent,
    /// It says something that is not to be believed; the sentence says why.
    Unbelieved(String),
    /// It states this, signed.
    Signed(Box<Stated>),
}

/// A statement whose signature fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// What is stated.
    pub inventory: Inventory,
    /// The document as it came.
    pub document: Sealed,
    /// The public key it was checked with, as the source's server publishes it.
    pub key_pem: String,
}

/// Which lines are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntriesWanted {
    /// Of which kind.
    pub kind: ItemKind,
    /// How many bits of a key's hash choose the bucket.
    pub bits: u8,
    /// In which buckets.
    pub buckets: Vec<u32>,
}

/// Some lines of an inventory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryPage {
    /// The lines.
    pub entries: Vec<Entry>,
    /// Where to go on; `None` at the end.
    pub next: Option<Cursor>,
}

/// The answer to whoever asks a source for what it does not have.
fn unsupported<T>(doing: &str) -> Result<T, AdapterError> {
    Err(AdapterError::fatal(doing, "Old home does not offer this").because(Cause::Missing))
}

/// A file opened for reading, perhaps not from its beginning.
pub struct Opened {
    /// Bytes of its beginning that are left out.
    pub from: u64,
    /// Length of the whole file, where it is known.
    pub length: Option<u64>,
    /// What follows.
    pub bytes: MediaStream,
}

/// An account opened for reading.
#[async_trait]
pub trait Source: Send + Sync {
    /// The actor whose data this is.
    fn actor(&self) -> &Url;

    /// The collections this source has, in the order they are best read.
    fn collections(&self) -> Vec<CollectionKind>;

    /// Name, biography and fields.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn profile(&self) -> Result<Profile, AdapterError>;

    /// How many items the source says a collection has; a claim, not a count.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn count(&self, kind: CollectionKind) -> Result<Option<u64>, AdapterError>;

    /// One page, oldest first, of at most `limit` items.
    ///
    /// Pages are disjoint and complete: following `next` from `None` yields each item once.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn page(
        &self,
        kind: CollectionKind,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, AdapterError>;

    /// Opens one file.
    ///
    /// # Errors
    /// [`AdapterError::Item`] when this file cannot be had.
    async fn media(&self, file: &MediaFile) -> Result<MediaStream, AdapterError>;

    /// The account in a few numbers, told before anything is read; `None` where the source does not.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn outline(&self) -> Result<Option<Outline>, AdapterError> {
        Ok(None)
    }

    /// Opens one file behind its first `from` bytes; a source that cannot do so begins at its beginning.
    ///
    /// # Errors
    /// As [`Source::media`].
    async fn media_from(&self, file: &MediaFile, from: u64) -> Result<Opened, AdapterError> {
        let _always_from_the_beginning = from;
        Ok(Opened { from: 0, length: None, bytes: self.media(file).await? })
    }

    /// What was odd about the source as a whole and how it was read: `(count, sentence)`.
    fn notes(&self) -> Vec<(u64, String)> {
        Vec::new()
    }

    /// What the source had at `pass`, signed. The first question counts and freezes; the same pass
    /// later is the same answer.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn inventory(&self, _pass: u32) -> Result<Statement, AdapterError> {
        Ok(Statement::Silent)
    }

    /// The buckets behind one line of an inventory.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn buckets(&self, _pass: u32, _kind: ItemKind) -> Result<Tally, AdapterError> {
        unsupported("comparing with Old home")
    }

    /// The lines of some buckets, as they are now. A page may be empty and still not the last.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn entries(
        &self,
        _wanted: &EntriesWanted,
        _cursor: Option<&Cursor>,
    ) -> Result<EntryPage, AdapterError> {
        unsupported("comparing with Old home")
    }

    /// Those items of a collection that have one of `keys`, at most [`MOST_KEYS`] of them; what is not
    /// there (any more) is left out.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn items(&self, _collection: CollectionKind, _keys: &[ItemKey]) -> Result<Page, AdapterError> {
        unsupported("asking Old home for single items")
    }
}

/// The accounts of the server we stand beside, opened for reading by their owners.
#[async_trait]
pub trait Exports: Send + Sync {
    /// Opens an account; `includes_private` adds posts and boosts that strangers cannot see.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition, or when the account is gone.
    async fn open(
        &self,
        account: &AccountId,
        includes_private: bool,
    ) -> Result<std::sync::Arc<dyn Source>, AdapterError>;
}

/// Keys in one question at most.
pub const MOST_KEYS: usize = 100;
