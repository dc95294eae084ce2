//! What must be known of the server beside us to reach its parts.

use std::path::PathBuf;

use url::Url;

/// Where its parts are.
#[derive(Clone)]
pub struct Settings {
    /// Its database, `postgres://…`.
    pub database: String,
    /// Its web address (`WEB_DOMAIN`): what its actors' and posts' ids begin with.
    pub base: Url,
    /// The name in its handles (`LOCAL_DOMAIN`).
    pub local_domain: String,
    /// Where its files lie on disk (`public/system`).
    pub media_dir: PathBuf,
    /// What addresses of its files begin with, ending in `/`.
    pub media_url: Url,
    /// Its Redis, `redis://…`; empty where it is not to be touched.
    pub redis: String,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Two of the addresses may hold passwords.
        f.debug_struct("Settings").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}
