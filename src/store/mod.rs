//! Our tables. One SQL text for every database; readers in parallel, one writer.
//!
//! `run!`, `row!` and `rows!` (and `keyed`) are the only places where a statement meets a concrete
//! database: each has an arm for SQLite and one for PostgreSQL, not a second text.

use std::{
    ops::DerefMut,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use futures::future::BoxFuture;
use sqlx::{PgConnection, PgPool, SqlitePool, sqlite::SqliteConnection};
use tokio::sync::watch;

mod arriving;
#[cfg(test)]
pub(crate) mod both;
mod bucket_access;
mod copying;
mod durable;
mod gate;
mod identity;
mod keyed;
mod many;
mod outgrown;
mod postgres;
mod sealed;
mod sqlite;
mod writer;

use sealed::Sealing;
use writer::{Lasting, Place, Writer};

/// A failure of our own database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database answered with an error.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
    /// The database's disk does not take what is written, or is full. Nothing of the work stands.
    #[error(
        "this server's disk does not take what its database writes ({0}); it can go on when it does again"
    )]
    Disk(String),
    /// Another work spoiled the transaction, or the commit failed. Nothing of the work stands, and it
    /// may be tried again.
    #[error("this server's database did not keep it ({0})")]
    NotKept(String),
    /// The tables cannot be brought up to date.
    #[error("bringing the tables up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Something stored cannot be read back.
    #[error("a stored {what} cannot be read: {why}")]
    Corrupt {
        /// Which column.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The key that seals secrets cannot be had.
    #[error("the sealing key {path} cannot be used: {why}")]
    Key {
        /// Where it lies.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The database that is configured is none we can work with.
    #[error("the database cannot be used: {0}")]
    Unfit(String),
    /// Another daemon has taken over what this was done for.
    #[error("another daemon has taken this work over")]
    Superseded,
    /// The writer has stopped because the daemon is shutting down.
    #[error("the store is shutting down")]
    Closed,
    /// A row that a caller relies on is not there.
    #[error("no such {0}")]
    Missing(&'static str),
    /// The row is in a state that does not allow this.
    #[error("{0}")]
    Conflict(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let told = error.as_database_error().map(|told| (told.code(), told.message().to_owned()));
        match told {
            Some((Some(code), message)) if writer::is_of_the_disk(&code) => Self::Disk(message),
            // It would be the same again: the text comes from somebody else and stays as it is.
            Some((Some(code), _)) if code == postgres::NOT_STORABLE => {
                Self::Conflict("a text holds a character that PostgreSQL does not store".to_owned())
            }
            _ => Self::Database(error),
        }
    }
}

/// Result of a store function.
pub type StoreResult<T> = Result<T, StoreError>;

/// A connection to whichever database is configured, a reader's or the writer's.
pub enum Connection {
    /// SQLite.
    Sqlite(Box<dyn DerefMut<Target = SqliteConnection> + Send>),
    /// PostgreSQL.
    Postgres(Box<dyn DerefMut<Target = PgConnection> + Send>),
}

/// Runs a statement; yields the number of rows it touched.
macro_rules! run {
    ($conn:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $conn {
            $crate::store::Connection::Sqlite(c) =>
                sqlx::query($sql)$(.bind($bind))*.execute(&mut ***c).await.map(|done| done.rows_affected()),
            $crate::store::Connection::Postgres(c) =>
                sqlx::query($sql)$(.bind($bind))*.execute(&mut ***c).await.map(|done| done.rows_affected()),
        }
    };
}

/// Fetches at most one row as `$row`.
macro_rules! row {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $conn {
            $crate::store::Connection::Sqlite(c) =>
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut ***c).await,
            $crate::store::Connection::Postgres(c) =>
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut ***c).await,
        }
    };
}

/// Fetches all rows as `$row`.
macro_rules! rows {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $conn {
            $crate::store::Connection::Sqlite(c) =>
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut ***c).await,
            $crate::store::Connection::Postgres(c) =>
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut ***c).await,
        }
    };
}

pub(crate) use run;
#[cfg(test)]
pub(crate) use {row, rows};

pub mod accounts;
pub mod admissions;
pub mod again;
pub mod amendments;
pub mod announcements;
pub mod answers;
pub mod applications;
pub mod arrivals;
pub mod audit;
pub mod belongings;
pub mod blobs;
pub mod blocks;
pub mod boosts;
pub mod breadcrumbs;
pub mod bucket;
#[cfg(test)]
pub(crate) mod census;
pub mod certificates;
pub mod choices;
pub mod compared;
pub mod consents;
pub mod copies;
pub mod deletion;
pub mod deliveries;
pub mod deltas;
pub mod departures;
pub mod emptying;
pub mod endings;
pub mod erasures;
pub mod exported_keys;
pub mod exports;
pub mod follower_servers;
pub mod followers;
pub mod forwards;
pub mod gaps;
pub mod guests;
pub mod held_names;
pub mod hidden_imports;
pub mod hiding;
pub mod host;
pub mod host_permits;
pub mod host_profiles;
pub mod host_rows;
mod in_bucket;
pub mod inventories;
pub mod items;
pub mod leases;
pub mod leaving;
pub mod letters;
pub mod listing;
pub mod logins;
pub mod media;
pub mod notes;
pub mod notifications;
pub mod onward_words;
pub mod onwards;
pub mod opened;
pub mod originals;
pub mod outlines;
pub mod overview;
pub mod passes;
pub mod peer_places;
pub mod pointers;
pub mod policies;
pub mod posts;
pub mod provenances;
pub mod redirects;
pub mod refollows;
pub mod releases;
pub mod remote_actors;
pub mod remote_posts;
pub mod removals;
pub mod restored;
pub mod rests;
pub mod sanctions;
pub mod seen;
pub mod sessions;
mod spool;
mod standing;
pub mod stated;
pub mod tokens;
pub mod transfers;
pub mod trials;
pub mod troubled_peers;
pub mod unshown;
pub mod uploads;
pub mod url_map;
pub mod withdrawals;

/// The daemon's own database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    readers: Readers,
    writer: Writer,
    commits: Arc<watch::Sender<u64>>,
    sealing: Arc<Sealing>,
    daemon: Arc<str>,
    outside: Arc<Path>,
    is_draining: Arc<AtomicBool>,
    server: Option<sqlx::postgres::PgConnectOptions>,
    _beside: Option<Arc<(postgres::Hearing, outgrown::Looking)>>,
}

/// Connections that only read, in parallel.
#[derive(Clone)]
enum Readers {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Store {
    /// Opens (and creates) the SQLite database in `data_dir` and brings its tables up to date.
    ///
    /// # Errors
    /// As [`Store::open_at`].
    pub async fn open(data_dir: &Path) -> StoreResult<Self> {
        Self::open_at(data_dir, "").await
    }

    /// Opens the database at `url` and brings its tables up to date: a PostgreSQL that several daemons
    /// may share, or, where it is empty, the SQLite database in `data_dir`. What seals secrets lies in
    /// `data_dir` in either case.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be opened or migrated, or is none we can work with.
    pub async fn open_at(data_dir: &Path, url: &str) -> StoreResult<Self> {
        let sealing = Arc::new(Sealing::open(data_dir)?);
        let outside = Arc::from(data_dir.join(restored::FILE));
        let (daemon, is_draining) = (Arc::from(identity::open(data_dir)?), Arc::default());
        let commits = Arc::new(watch::Sender::new(0));
        #[cfg(test)]
        let on_server = if url.is_empty() { both::url_for(data_dir).await } else { None };
        #[cfg(test)]
        let url = on_server.as_deref().unwrap_or(url);
        if url.is_empty() {
            let options = sqlite::options(data_dir);
            let writer = Writer::start(
                Place::Sqlite(options.clone(), standing::Lock::open(data_dir)?),
                Arc::clone(&commits),
            )
            .await?;
            let readers = Readers::Sqlite(sqlite::readers(options).await?);
            return Ok(Self {
                readers,
                writer,
                commits,
                sealing,
                daemon,
                outside,
                is_draining,
                server: None,
                _beside: None,
            });
        }
        let options = postgres::options(url)?;
        postgres::check(&options).await?;
        let voice = postgres::Voice::new()?;
        let place = Place::Postgres(options.clone(), voice.clone());
        let writer = Writer::start(place, Arc::clone(&commits)).await?;
        let hearing = postgres::Hearing::start(&options, voice, Arc::clone(&commits)).await?;
        let readers = Readers::Postgres(postgres::readers(options.clone()));
        let looking = outgrown::Looking::start(options.clone(), &commits);
        let (server, beside) = (Some(options), Some(Arc::new((hearing, looking))));
        Ok(Self { readers, writer, commits, sealing, daemon, outside, is_draining, server, _beside: beside })
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// [`StoreError::Database`] when none can be had.
    pub fn reader(&self) -> BoxFuture<'_, StoreResult<Connection>> {
        // Boxed: waiting for a pool is large, and everything that reads would be as large.
        Box::pin(async {
            Ok(match &self.readers {
                Readers::Sqlite(pool) => Connection::Sqlite(Box::new(pool.acquire().await?)),
                Readers::Postgres(pool) => Connection::Postgres(Box::new(pool.acquire().await?)),
            })
        })
    }

    /// Runs `work` in a transaction of the one writer. Several callers' works share one commit;
    /// a failing work takes back only itself. Returns after the commit. Under a lease (see [`leases`])
    /// it first makes sure that this still stands.
    ///
    /// # Errors
    /// Whatever `work` returns, [`StoreError::Superseded`], or [`StoreError`] when the commit fails.
    pub fn write<T, F>(&self, work: F) -> BoxFuture<'_, StoreResult<T>>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, StoreResult<T>> + Send + 'static,
    {
        Box::pin(self.written(Lasting::Always, work))
    }

    /// As [`Store::write`], for what is done again where it is not found: a page that is read again, a row
    /// that is written again under the same key. It does not wait for the disk, so that a power cut may take
    /// it back; the next [`Store::write`] makes it last as well. A killed daemon loses neither.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_repeatable<T, F>(&self, work: F) -> BoxFuture<'_, StoreResult<T>>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, StoreResult<T>> + Send + 'static,
    {
        Box::pin(self.written(Lasting::Repeatable, work))
    }

    async fn written<T, F>(&self, lasting: Lasting, work: F) -> StoreResult<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, StoreResult<T>> + Send + 'static,
    {
        let Some(lease) = leases::held() else { return self.writer.run(lasting, work).await };
        let checked = self.writer.run(lasting, move |c| {
            Box::pin(async move {
                leases::check_in(c, &lease).await?;
                work(c).await
            })
        });
        checked.await
    }

    /// How the server is reached that other daemons may share, where there is one.
    fn server(&self) -> Option<sqlx::postgres::PgConnectOptions> {
        self.server.clone()
    }

    /// Whether other daemons may work on the same tables.
    pub fn is_shared(&self) -> bool {
        self.server.is_some()
    }

    /// The same tables as another daemon sees them, where they can be shared.
    #[cfg(test)]
    pub(crate) async fn of_another_daemon(&self, data_dir: &Path) -> Option<Self> {
        let url = sqlx::ConnectOptions::to_url_lossy(self.server.as_ref()?);
        Some(Self::open_at(data_dir, url.as_str()).await.unwrap())
    }

    /// What tells this daemon from others that share its database.
    pub fn daemon(&self) -> &str {
        &self.daemon
    }

    /// Asks whoever works through batches to stop after the one under way, or not to any more.
    pub fn drain(&self, is_draining: bool) {
        self.is_draining.store(is_draining, Ordering::Relaxed);
    }

    /// To be asked between batches.
    ///
    /// # Errors
    /// [`StoreError::Closed`] when no further one should be begun.
    pub fn goes_on(&self) -> StoreResult<()> {
        if self.is_draining.load(Ordering::Relaxed) { Err(StoreError::Closed) } else { Ok(()) }
    }

    /// How many commits there have been: as long as it stays, what was read stands.
    pub fn commit_count(&self) -> u64 {
        *self.commits.borrow()
    }

    /// A counter that grows with every commit: wait on it to see changes without polling.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }
}

/// Reads a JSON column.
pub(crate) fn from_json<'t, T: serde::Deserialize<'t>>(what: &'static str, text: &'t str) -> StoreResult<T> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt { what, why: error.to_string() })
}

/// Writes a JSON column. Our model types serialize without fail.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// A count as the database gives it; never negative.
pub(crate) fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
