//! A Mastodon that this daemon stands beside, through its PostgreSQL and its media directory.

use std::sync::Arc;

use super::{Beside, Surroundings};
use crate::port::error::AdapterError;

pub mod accounts;
pub mod check;
pub mod database;
mod document;
mod exports;
pub mod place;
pub mod role;
pub mod schema;
pub mod source;

pub use {
    accounts::MastodonAccounts,
    database::{Database, Snapshot},
    exports::MastodonExports,
    place::Place,
    source::MastodonSource,
};

/// Stands beside the server that is known so far.
///
/// # Errors
/// [`AdapterError::Fatal`] when its database's address cannot be read.
pub fn stand_beside(surroundings: &Surroundings) -> Result<Beside, AdapterError> {
    let database = Database::at(&surroundings.database)?;
    let place = Place {
        web: surroundings.base.clone(),
        domain: surroundings.handle_domain.clone(),
        media_url: surroundings.media_url.clone(),
        media_root: surroundings.media_dir.clone(),
    };
    Ok(Beside {
        host: Arc::new(MastodonAccounts::new(database.clone(), place.clone())),
        exports: Arc::new(MastodonExports::new(database, place, surroundings.base.clone())),
        destination: None,
    })
}

/// The script that makes the role for the release that is found; of the newest one as long as there is no
/// role to look with.
///
/// # Errors
/// [`AdapterError::Fatal`] when its database's address cannot be read.
pub async fn print_role(surroundings: &Surroundings) -> Result<String, AdapterError> {
    let found = Database::at(&surroundings.database)?.look().await;
    let version = found.map_or(schema::Version::V4_7, |schema| schema.version);
    Ok(role::script(version))
}
