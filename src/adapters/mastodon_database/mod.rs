//! A Mastodon that this daemon stands beside, through its PostgreSQL and its media directory.

use std::sync::Arc;

use super::{Beside, Own, Surroundings};
use crate::port::{entrance::Entrance, error::AdapterError};

pub mod accounts;
pub mod caches;
pub mod check;
pub mod database;
pub mod destination;
mod document;
mod exports;
pub mod host;
pub mod place;
pub mod role;
pub mod schema;
pub mod source;
pub mod stand_in;

pub use {
    accounts::MastodonAccounts,
    caches::Caches,
    database::{Database, Snapshot},
    destination::MastodonDestination,
    exports::MastodonExports,
    place::Place,
    source::MastodonSource,
};

/// Stands beside the server that is known so far.
///
/// # Errors
/// [`AdapterError::Fatal`] when its database's or its Redis' address cannot be read.
pub fn stand_beside(surroundings: &Surroundings, own: Own) -> Result<Beside, AdapterError> {
    let database = Database::at(&surroundings.database)?;
    let place = Place {
        web: surroundings.base.clone(),
        domain: surroundings.handle_domain.clone(),
        media_url: surroundings.media_url.clone(),
        media_root: surroundings.media_dir.clone(),
    };
    let caches = match surroundings.redis.as_str() {
        "" => None,
        address => {
            Some(Caches::at(address).map_err(|why| AdapterError::fatal("reading the configuration", why))?)
        }
    };
    let (primary_key, salt) = surroundings.encryption.clone();
    let secrets = (!primary_key.is_empty()).then_some(host::Secrets { primary_key, salt });
    let exports = MastodonExports::new(database.clone(), place.clone(), surroundings.base.clone());
    let given = Some(surroundings.client.clone()).filter(|(id, _)| !id.is_empty());
    let entrance = host::FrontDoor::new(database.clone(), surroundings.base.clone(), given);
    let entrance: Option<Arc<dyn Entrance>> = Some(Arc::new(entrance));
    if !surroundings.takes_copies {
        let host = MastodonAccounts::new(database, place);
        return Ok(Beside { host: Arc::new(host), exports: Arc::new(exports), destination: None, entrance });
    }
    let Own { store, blobs, clock } = own;
    let accounts = MastodonAccounts::new(database.clone(), place.clone());
    let destination = MastodonDestination::new(database, store, blobs, Arc::clone(&clock), place);
    Ok(Beside {
        host: Arc::new(accounts.changing(clock, caches.clone(), secrets)),
        exports: Arc::new(exports),
        destination: Some(Arc::new(match caches {
            Some(caches) => destination.telling(caches),
            None => destination,
        })),
        entrance,
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
