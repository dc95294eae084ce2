//! Foreign systems, one file or folder each, behind the traits of [`crate::port`]. They never meet.

use std::{path::Path, sync::Arc};

use url::Url;

use crate::{
    model::finding::Finding,
    port::{
        clock::SharedClock,
        destination::Destination,
        entrance::Entrance,
        error::AdapterError,
        host::Host,
        source::{Exports, Source},
    },
    store::{Store, blobs::Blobs},
};

pub mod csv_lists;
pub mod embedded;
pub mod lola;
pub mod mail;
pub mod mastodon_api;
pub mod mastodon_archive;
pub mod mastodon_database;
pub mod neighbours;
pub mod scanner;

pub use mastodon_api::{ClientServers, Parts as ClientParts};
pub use mastodon_archive::ArchiveLimits;
pub use mastodon_database::{Files, stand_in};

/// Opens an archive of whichever system made it. Blocks: reading the contents takes a while.
///
/// # Errors
/// [`AdapterError::Fatal`] when it is no archive we know, is cut, or is meant to harm.
pub fn open_archive(path: &Path, limits: ArchiveLimits) -> Result<Arc<dyn Source>, AdapterError> {
    Ok(Arc::new(mastodon_archive::open(path, limits)?))
}

/// What is known of a server that the daemon stands beside.
#[derive(Clone)]
pub struct Surroundings {
    /// Which adapter.
    pub kind: String,
    /// Its database.
    pub database: String,
    /// Our own address and its: we are reached under the same name.
    pub base: Url,
    /// The name in its handles.
    pub handle_domain: String,
    /// Where its files lie.
    pub files: Files,
    /// What the addresses of its files begin with.
    pub media_url: Url,
    /// Its Redis; empty where it is not told what changed.
    pub redis: String,
    /// Whether copies, aliases and moves are written there.
    pub takes_copies: bool,
    /// The two secrets that its keys are encrypted with; empty where they are not.
    pub encryption: (String, String),
    /// What its admin registered us as: name and secret; empty where we register ourselves.
    pub client: (String, String),
}

/// The faces of a server beside us.
pub struct Beside {
    /// Who is who there, and what is where.
    pub host: Arc<dyn Host>,
    /// Its accounts, opened for reading.
    pub exports: Arc<dyn Exports>,
    /// Where copies are written; `None` where it takes none.
    pub destination: Option<Arc<dyn Destination>>,
    /// Where people sign in; `None` where that is our own page.
    pub entrance: Option<Arc<dyn Entrance>>,
}

/// What the daemon itself brings: where it notes what came with which copy, and the files it fetched.
pub struct Own {
    /// Its tables.
    pub store: Store,
    /// Its media.
    pub blobs: Blobs,
    /// Time and randomness.
    pub clock: SharedClock,
}

/// Stands beside a server of any kind but the built-in one.
///
/// # Errors
/// [`AdapterError::Fatal`] when there is no such kind, or what is known of it makes no sense.
pub fn stand_beside(surroundings: &Surroundings, own: Own) -> Result<Beside, AdapterError> {
    match surroundings.kind.as_str() {
        "mastodon_database" => mastodon_database::stand_beside(surroundings, own),
        other => Err(no_such_kind(other)),
    }
}

/// Looks at a server beside us: whether everything is as it must be.
///
/// # Errors
/// [`AdapterError::Fatal`] when there is no such kind.
pub async fn look_beside(surroundings: &Surroundings, now_micros: i64) -> Result<Vec<Finding>, AdapterError> {
    match surroundings.kind.as_str() {
        "mastodon_database" => Ok(mastodon_database::check::look(surroundings, now_micros).await),
        other => Err(no_such_kind(other)),
    }
}

/// Signs a delivery: key, address, body, time in microseconds; gives the headers.
pub type Sign = Arc<
    dyn Fn(&crate::port::remote::Signer, &Url, &[u8], i64) -> Result<Vec<(String, String)>, String>
        + Send
        + Sync,
>;

/// What the keeper of a server's keys brings.
pub struct KeeperOwn {
    /// Time.
    pub clock: SharedClock,
    /// How deliveries are signed.
    pub sign: Sign,
    /// Who may ask: numbers of users of this machine.
    pub users: Vec<u32>,
}

/// Keeps the keys of a server beside us, and what may be said to its parts, apart from the daemon.
///
/// # Errors
/// [`AdapterError::Fatal`] when there is no such kind, what is known of it makes no sense, or the socket breaks.
pub async fn keep_beside(
    surroundings: &Surroundings,
    own: KeeperOwn,
    listener: tokio::net::UnixListener,
) -> Result<(), AdapterError> {
    match surroundings.kind.as_str() {
        "mastodon_database" => mastodon_database::keep_beside(surroundings, own, listener).await,
        other => Err(no_such_kind(other)),
    }
}

/// What a role in the database of a server beside us may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// Read what owners may carry away.
    Reading,
    /// Write copies, aliases and moves.
    Writing,
    /// Read the keys of accounts, as the keeper.
    Signing,
}

/// The script that makes the role we need in the database of a server beside us, or lets it do more.
///
/// # Errors
/// [`AdapterError::Fatal`] when there is no such kind, or its release cannot be told.
pub async fn role_beside(surroundings: &Surroundings, rights: Rights) -> Result<String, AdapterError> {
    match surroundings.kind.as_str() {
        "mastodon_database" => mastodon_database::print_role(surroundings, rights).await,
        other => Err(no_such_kind(other)),
    }
}

fn no_such_kind(kind: &str) -> AdapterError {
    let why = format!("home.kind is {kind:?}; it may be \"built_in\" or \"mastodon_database\"");
    AdapterError::fatal("reading the configuration", why)
}
