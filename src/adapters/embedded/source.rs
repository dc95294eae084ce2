//! An account of the built-in server, read by its owner.

use std::sync::Arc;

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt};
use url::Url;

use super::read;
use crate::{
    model::{
        actor::Profile,
        collection::{CollectionKind, Cursor, Page},
        id::{AccountId, ItemKey},
        item::ItemKind,
        media::MediaFile,
        outlook::Outline,
    },
    port::{
        error::AdapterError,
        source::{Exports, MediaStream, Opened, Source},
    },
    site::{Site, accounts::Account, exports::Export, urls::Meaning},
    words::text,
};

/// All accounts of the built-in server.
pub struct EmbeddedExports {
    site: Site,
}

impl EmbeddedExports {
    /// Those of `site`.
    pub fn new(site: Site) -> Self {
        Self { site }
    }
}

#[async_trait]
impl Exports for EmbeddedExports {
    async fn open(
        &self,
        account: &AccountId,
        includes_private: bool,
    ) -> Result<Arc<dyn Source>, AdapterError> {
        let account = self.site.account(account).await?;
        let gone = || AdapterError::fatal("opening the account", "the account is gone");
        Ok(Arc::new(EmbeddedSource::new(self.site.clone(), account.ok_or_else(gone)?, includes_private)))
    }
}

/// One account of the built-in server, opened for reading.
pub struct EmbeddedSource {
    site: Site,
    actor: Url,
    export: Export,
}

impl EmbeddedSource {
    /// Opens an account; `includes_private` adds posts and boosts that strangers cannot see.
    pub fn new(site: Site, account: Account, includes_private: bool) -> Self {
        let actor = site.urls.actor(&account.username);
        Self { site, actor, export: Export { account, includes_private } }
    }

    /// Our key of a file, from either of the addresses it has here.
    fn key_of(&self, file: &MediaFile) -> Option<String> {
        let key = |address: &String| {
            let url = Url::parse(address).ok()?;
            if let Some(Meaning::Thing { kind: ItemKind::Media, id, .. }) = self.site.urls.meaning(&url) {
                return Some(id);
            }
            let id = url.path_segments()?.next_back()?.to_owned();
            let username = self.export.account.username.as_str();
            (url == self.site.urls.at(&["godwit", "lola", username, "media", &id])).then_some(id)
        };
        file.fetch_url.as_ref().and_then(key).or_else(|| key(&file.url))
    }
}

#[async_trait]
impl Source for EmbeddedSource {
    fn actor(&self) -> &Url {
        &self.actor
    }

    fn collections(&self) -> Vec<CollectionKind> {
        CollectionKind::ALL.to_vec()
    }

    async fn profile(&self) -> Result<Profile, AdapterError> {
        Ok(self.export.account.profile.clone())
    }

    async fn count(&self, kind: CollectionKind) -> Result<Option<u64>, AdapterError> {
        Ok(Some(self.site.export_count(&self.export, kind).await?))
    }

    async fn page(
        &self,
        kind: CollectionKind,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, AdapterError> {
        Ok(self.site.export_page(&self.export, kind, cursor, limit).await?)
    }

    async fn media(&self, file: &MediaFile) -> Result<MediaStream, AdapterError> {
        Ok(self.media_from(file, 0).await?.bytes)
    }

    async fn media_from(&self, file: &MediaFile, from: u64) -> Result<Opened, AdapterError> {
        let missing = || AdapterError::item(text!("reasons-not-a-file-of-this-account", address = file.url));
        let key = self.key_of(file).ok_or_else(missing)?;
        // What the caller says about the file counts for nothing: our own row names the blob.
        let own = self.site.exported_file(&self.export, &key).await?.ok_or_else(missing)?;
        let sha256 = own.sha256.ok_or_else(missing)?;
        let length = own.bytes;
        let from = if length.is_some_and(|length| from < length) { from } else { 0 };
        if let Some(path) = self.site.blobs.here(&sha256) {
            let bytes = read::from(path, from, &file.url).await?;
            return Ok(Opened { from, length, bytes });
        }
        let blob = self.site.blobs.open_blob(&sha256).await.map_err(|error| read::lost(&error, &file.url))?;
        let length = blob.length();
        let from = if from < length { from } else { 0 };
        let bytes = blob.read(from..length).await.map_err(|error| read::lost(&error, &file.url))?;
        Ok(Opened { from, length: Some(length), bytes: bytes.map_err(read::broken).boxed() })
    }

    async fn outline(&self) -> Result<Option<Outline>, AdapterError> {
        Ok(Some(self.site.outline(&self.export).await?))
    }

    async fn items(&self, collection: CollectionKind, keys: &[ItemKey]) -> Result<Page, AdapterError> {
        Ok(self.site.export_items(&self.export, collection, keys).await?)
    }
}
