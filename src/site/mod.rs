//! The built-in server: a small, real ActivityPub server in our own database, so that godwit runs
//! with nothing beside it.

use std::sync::Arc;

use url::Url;

use crate::{
    port::clock::SharedClock,
    store::{Store, blobs::Blobs},
};

pub mod accounts;
mod amendments;
mod answers;
pub mod attempts;
pub mod belongings;
pub mod blocks;
pub mod clean;
pub mod compose;
pub mod copies;
pub mod documents;
pub mod edits;
pub mod emptying;
mod error;
pub mod exported_items;
pub mod exports;
pub mod feed;
pub mod files;
#[cfg(test)]
pub(crate) mod fixture;
pub mod follows;
pub mod host;
pub mod ids;
pub mod inbox;
pub mod keys;
pub mod lists;
pub mod outline;
pub mod passwords;
pub mod posts;
pub mod releases;
pub mod remote_actors;
pub mod remote_posts;
pub mod screen;
pub mod sessions;
pub mod showcase;
pub mod sign_up;
pub mod timeline;
pub mod urls;
pub mod viewer;
pub mod views;

pub use error::{SiteError, SiteResult};

/// The built-in server. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    /// Our tables.
    pub store: Store,
    /// Our media.
    pub blobs: Blobs,
    /// Time and randomness.
    pub clock: SharedClock,
    /// Addresses of everything we publish.
    pub urls: urls::Urls,
    /// Keeps password hashing from taking every core.
    passwords: passwords::Passwords,
    /// Keeps passwords from being guessed.
    attempts: Arc<attempts::Attempts>,
}

impl Site {
    /// Puts the parts together. `base` is the configured address.
    pub fn new(store: Store, blobs: Blobs, clock: SharedClock, base: Url) -> Self {
        Self {
            store,
            blobs,
            clock,
            urls: urls::Urls::new(base),
            passwords: passwords::Passwords::new(),
            attempts: Arc::default(),
        }
    }
}

/// Reads a JSON column of ours.
fn stored_json<T: serde::de::DeserializeOwned>(what: &'static str, text: &str) -> SiteResult<T> {
    Ok(crate::store::accounts::json(what, text)?)
}
