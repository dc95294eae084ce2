//! For tests: a built-in server on an empty disk, with accounts on it.

use std::{path::PathBuf, sync::Arc};

use bytes::Bytes;
use url::Url;

use super::{
    Site,
    accounts::{Account, Role},
};
use crate::{
    model::media::{MediaFile, MediaRole},
    port::{clock::SystemClock, destination::StoredBlob},
    store::{
        Store,
        blobs::{Blobs, Expected},
        census,
    },
};

/// A server and the disk it lives on.
pub(crate) struct Fixture {
    pub(crate) site: Site,
    dir: tempfile::TempDir,
}

impl Fixture {
    pub(crate) async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let blobs = Blobs::open(dir.path()).await.unwrap();
        let base = Url::parse("https://new.example").unwrap();
        Self { site: Site::new(store, blobs, Arc::new(SystemClock), base), dir }
    }

    pub(crate) async fn account(&self, username: &str) -> Account {
        self.site.create_account(username, "long enough", Role::Member).await.unwrap()
    }

    /// Puts a file on the disk, as fetching does.
    pub(crate) async fn blob(&self, bytes: &'static [u8]) -> StoredBlob {
        let file = MediaFile {
            url: "x".into(),
            fetch_url: None,
            role: MediaRole::Attachment,
            media_type: "image/png".into(),
            bytes: None,
            sha256: None,
        };
        let stream = futures::stream::iter([Ok(Bytes::from_static(bytes))]);
        let blobs = &self.site.blobs;
        let expected = Expected { limit_bytes: 1 << 20, file: &file };
        let spooled = blobs.spool(&mut None, stream, expected).await.unwrap();
        blobs.keep(vec![spooled]).await.unwrap().blobs()[0].clone()
    }

    /// All files of the media directory.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = vec![self.dir.path().join("media")];
        while let Some(dir) = open.pop() {
            for entry in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    open.push(entry);
                } else if !entry.ends_with("spool.lock") {
                    found.push(entry);
                }
            }
        }
        found.sort();
        found
    }

    /// Name and number of rows of every table.
    pub(crate) async fn census(&self) -> Vec<(String, i64)> {
        census::census(&self.site.store).await
    }

    /// Marks a post as deleted.
    pub(crate) async fn delete_post(&self, id: &str) {
        census::delete_post(&self.site.store, id).await;
    }

    /// Lets `actor` follow an account.
    pub(crate) async fn follower(&self, account: &Account, actor: &str, shared: Option<&str>) {
        census::follower(&self.site.store, account.id.as_str(), actor, shared).await;
    }

    /// Lets another transfer have fetched a file that it has not written yet.
    pub(crate) async fn fetched_elsewhere(&self, sha256: &str) {
        census::fetched_elsewhere(&self.site.store, sha256).await;
    }
}
