//! A Mastodon that this daemon stands beside, through its PostgreSQL and its media directory or bucket.

use std::sync::Arc;

use super::{Beside, KeeperOwn, Own, Rights, Surroundings};
use crate::port::{entrance::Entrance, error::AdapterError};

pub mod accounts;
pub mod caches;
pub mod check;
pub mod database;
pub mod destination;
mod document;
mod exports;
mod files;
pub mod host;
pub mod keeper;
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
    files::Files,
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
        files: surroundings.files.clone(),
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
    let exports = exports.knowing(own.store.clone());
    let given = Some(surroundings.client.clone()).filter(|(id, _)| !id.is_empty());
    let entrance = host::FrontDoor::new(database.clone(), surroundings.base.clone(), given);
    let entrance: Option<Arc<dyn Entrance>> = Some(Arc::new(entrance));
    if !surroundings.takes_copies {
        let host = MastodonAccounts::new(database, place);
        return Ok(Beside { host: Arc::new(host), exports: Arc::new(exports), destination: None, entrance });
    }
    let Own { store, blobs, clock } = own;
    let keeper = keeper::Keeper::at(&surroundings.redis);
    let accounts = MastodonAccounts::new(database.clone(), place.clone());
    let accounts = accounts.acting(store.clone(), Arc::clone(&clock));
    let destination = MastodonDestination::new(database, store, blobs, Arc::clone(&clock), place);
    Ok(Beside {
        host: Arc::new(accounts.changing(clock, caches.clone(), secrets).kept_by(keeper)),
        exports: Arc::new(exports),
        destination: Some(Arc::new(match caches {
            Some(caches) => destination.telling(caches),
            None => destination,
        })),
        entrance,
    })
}

/// Keeps the keys and the Redis of the server that is known so far, for whoever runs as one of these users.
///
/// # Errors
/// When what is known makes no sense, or the socket breaks.
pub async fn keep_beside(
    surroundings: &Surroundings,
    own: KeeperOwn,
    listener: tokio::net::UnixListener,
) -> Result<(), AdapterError> {
    let wrong = |why: &dyn std::fmt::Display| AdapterError::fatal("reading the configuration", why);
    if surroundings.redis.starts_with("keeper:") {
        return Err(wrong(&"the keeper itself needs the address of the server's Redis in home.redis"));
    }
    let caches = match surroundings.redis.as_str() {
        "" => None,
        address => Some(Caches::at(address).map_err(|why| wrong(&why))?),
    };
    let (primary_key, salt) = surroundings.encryption.clone();
    let keeping = keeper::Keeping {
        database: Database::at(&surroundings.database)?,
        place: Place {
            web: surroundings.base.clone(),
            domain: surroundings.handle_domain.clone(),
            media_url: surroundings.media_url.clone(),
            files: surroundings.files.clone(),
        },
        caches,
        secrets: (!primary_key.is_empty()).then_some(host::Secrets { primary_key, salt }),
        clock: own.clock,
        sign: own.sign,
    };
    let kept = keeper::keep(Arc::new(keeping), listener, own.users).await;
    kept.map_err(|error| AdapterError::fatal("listening as the keeper", error))
}

/// The script that makes the role, or lets it do more, for the release that is found; of the newest one as
/// long as there is no role to look with.
///
/// # Errors
/// [`AdapterError::Fatal`] when its database's address cannot be read.
pub async fn print_role(surroundings: &Surroundings, rights: Rights) -> Result<String, AdapterError> {
    let found = Database::at(&surroundings.database)?.look().await;
    let version = found.map_or(schema::Version::V4_7, |schema| schema.version);
    Ok(match rights {
        Rights::Reading => role::script(version),
        Rights::Writing => role::writing_script(version),
        Rights::Signing => role::signing_script(version),
    })
}
