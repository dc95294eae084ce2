//! PostgreSQL: how it is opened, what it must be, and how daemons that share it hear of each other.
//!
//! Its writers could work in parallel, but our works read, decide and write as if they were alone.
//! Here they are: a transaction that writes begins with one lock of the whole database.

use std::{str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    ConnectOptions, Connection as _, PgPool,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::sync::watch;

use super::{StoreError, StoreResult};

/// Readers kept open at most.
const READERS: u32 = 8;
/// Where commits are told.
const CHANNEL: &str = "godwit_commits";
/// A connection that was used this short a time ago is not asked whether it still stands: that would be
/// another round trip for each question.
const FRESH: Duration = Duration::from_secs(1);
/// Pause before the listener tries again.
const PAUSE: Duration = Duration::from_secs(1);

/// The code of a text with the character NUL in it, which SQLite keeps.
pub(super) const NOT_STORABLE: &str = "22021";

/// Begins a transaction that writes. The lock is the same number in every daemon, and falls with the
/// transaction; what is read after it is what the one before has written.
pub(super) const BEGIN: &str = "begin; select pg_advisory_xact_lock(7236837362)";

/// As [`BEGIN`], for what would be done again if a power cut took it back.
pub(super) const BEGIN_REPEATABLE: &str =
    "begin; set local synchronous_commit = off; select pg_advisory_xact_lock(7236837362)";

/// Reads an address.
///
/// # Errors
/// [`StoreError::Unfit`]; the address itself, which may hold a password, is not repeated.
pub(super) fn options(url: &str) -> StoreResult<PgConnectOptions> {
    let is_ours = ["postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme));
    let options = PgConnectOptions::from_str(url).ok().filter(|_| is_ours);
    let options = options.ok_or_else(|| {
        StoreError::Unfit("database.url must be like postgres://user:password@host/name, or empty".to_owned())
    })?;
    Ok(options
        .application_name("godwit")
        .statement_cache_capacity(400)
        // A daemon that stands still in the middle of a transaction must not hold up the others.
        .options([("idle_in_transaction_session_timeout", "15s"), ("client_min_messages", "warning")]))
}

/// Says whether the database sorts and stores text as we need it.
///
/// # Errors
/// [`StoreError::Unfit`] with what to do.
pub(super) async fn check(options: &PgConnectOptions) -> StoreResult<()> {
    let mut connection = options.connect().await?;
    let is_fit: bool = sqlx::query_scalar(
        "select 'Z' < 'a' and '-' < '0' and 'a b' < 'aa' and 'z' < '\u{e4}' and '\u{e4}' < '\u{4e00}' \
         and current_setting('server_encoding') = 'UTF8'",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    if is_fit {
        return Ok(());
    }
    Err(StoreError::Unfit(
        "it must sort text by its bytes and store UTF-8; make it with: \
         create database godwit encoding 'UTF8' locale 'C' template template0"
            .to_owned(),
    ))
}

/// Connections that cannot write.
pub(super) fn readers(options: PgConnectOptions) -> PgPool {
    let options = options.options([("default_transaction_read_only", "on")]);
    let pool = PgPoolOptions::new().max_connections(READERS).test_before_acquire(false);
    let pool = pool.before_acquire(|connection, about| {
        Box::pin(async move {
            if about.idle_for > FRESH {
                connection.ping().await?;
            }
            Ok(true)
        })
    });
    pool.connect_lazy_with(options)
}

/// Who tells of a commit: a daemon does not listen to itself.
#[derive(Clone)]
pub(super) struct Voice(Arc<str>);

impl Voice {
    /// A voice nobody else has.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] without randomness.
    pub(super) fn new() -> StoreResult<Self> {
        Ok(Self(super::identity::random()?.into()))
    }

    /// Ends a transaction and tells the other daemons. The voice is hexadecimal digits.
    pub(super) fn commit(&self) -> String {
        format!("select pg_notify('{CHANNEL}', '{}'); commit", self.0)
    }
}

/// Hears what other daemons commit, as long as it lives.
pub(super) struct Hearing(tokio::task::AbortHandle);

impl Hearing {
    /// Counts the commits of others as our own.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the first connection cannot be had.
    #[expect(clippy::disallowed_methods, reason = "the listener is part of the store, not a queued job")]
    pub(super) async fn start(
        options: &PgConnectOptions,
        own: Voice,
        commits: Arc<watch::Sender<u64>>,
    ) -> StoreResult<Self> {
        let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(options.clone());
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        let task = tokio::spawn(async move {
            loop {
                match listener.try_recv().await {
                    Ok(Some(told)) if told.payload() == &*own.0 => {}
                    // After a lost connection anything may have happened meanwhile.
                    Ok(_) => commits.send_modify(|count| *count += 1),
                    Err(error) => {
                        tracing::warn!(%error, "cannot hear what other daemons commit");
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        });
        Ok(Self(task.abort_handle()))
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, both::is_postgres, row, rows, run};

    #[test]
    fn an_address_that_is_not_understood_is_not_repeated() {
        for url in ["mysql://me:secret@host/name", "postgres://me:secret@host:port/name", "secret"] {
            let error = options(url).unwrap_err().to_string();
            assert!(error.contains("postgres://") && !error.contains("secret"), "{error}");
        }
    }

    /// Two daemons' stores over one database, when there is a server.
    async fn two_stores(dir: &std::path::Path) -> Option<[Store; 2]> {
        if !is_postgres() {
            return None;
        }
        Some([Store::open(dir).await.unwrap(), Store::open(dir).await.unwrap()])
    }

    async fn mark_once_more(store: &Store) {
        let add = store.write(|c| {
            Box::pin(async move {
                let found = row!(c, (i64,), "select seen_at from seen_activities where id = 'n'")?;
                // Whoever is not alone reads here what the other is about to change.
                tokio::task::yield_now().await;
                let next = found.map_or(1, |(n,)| n + 1);
                run!(
                    c,
                    "insert into seen_activities (id, seen_at) values ('n', $1) \
                     on conflict (id) do update set seen_at = excluded.seen_at",
                    next,
                )?;
                Ok(())
            })
        });
        add.await.unwrap();
    }

    #[tokio::test]
    async fn works_of_two_daemons_do_not_run_into_each_other() {
        let dir = tempfile::tempdir().unwrap();
        let Some([one, other]) = two_stores(dir.path()).await else { return };
        let works = (0..40).map(|n| mark_once_more(if n % 2 == 0 { &one } else { &other }));
        futures::future::join_all(works).await;
        let mut c = one.reader().await.unwrap();
        let found = row!(&mut c, (i64,), "select seen_at from seen_activities where id = 'n'").unwrap();
        assert_eq!(found, Some((40,)));
    }

    #[tokio::test]
    async fn a_commit_of_one_daemon_wakes_the_other() {
        let dir = tempfile::tempdir().unwrap();
        let Some([one, other]) = two_stores(dir.path()).await else { return };
        let mut commits = other.commits();
        mark_once_more(&one).await;
        commits.changed().await.unwrap();
    }

    #[tokio::test]
    async fn a_reader_cannot_write() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let mut c = store.reader().await.unwrap();
        assert!(run!(&mut c, "delete from seen_activities").is_err());
    }

    #[tokio::test]
    async fn a_text_that_cannot_be_stored_is_no_reason_to_try_again() {
        let dir = tempfile::tempdir().unwrap();
        let Some([store, _other]) = two_stores(dir.path()).await else { return };
        let kept = store.write(|c| {
            Box::pin(async move {
                run!(c, "insert into seen_activities (id, seen_at) values ($1, 1)", "a\0b")?;
                Ok(())
            })
        });
        assert!(matches!(kept.await, Err(crate::store::StoreError::Conflict(_))));
    }

    #[tokio::test]
    async fn the_writer_finds_a_server_again_that_has_ended_its_connections() {
        let dir = tempfile::tempdir().unwrap();
        let Some([one, other]) = two_stores(dir.path()).await else { return };
        let mut c = other.reader().await.unwrap();
        let ended = "select pg_terminate_backend(pid)::text from pg_stat_activity \
                     where datname = current_database() and pid <> pg_backend_pid()";
        rows!(&mut c, (String,), ended).unwrap();
        mark_once_more(&one).await;
        assert!(row!(&mut one.reader().await.unwrap(), (String,), "select id from seen_activities").is_ok());
    }
}
