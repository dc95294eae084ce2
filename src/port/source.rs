//! Reading an account: the same trait beside the old server and beside the new one.

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use url::Url;

use super::error::AdapterError;
use crate::model::{
    actor::Profile,
    collection::{CollectionKind, Cursor, Page},
    media::MediaFile,
    outlook::Outline,
};

/// The bytes of a file as they come.
pub type MediaStream = BoxStream<'static, Result<Bytes, AdapterError>>;

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

    /// What was odd about the source as a whole and how it was read: `(count, sentence)`.
    fn notes(&self) -> Vec<(u64, String)> {
        Vec::new()
    }
}
