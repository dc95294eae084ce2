//! The connection to the server's PostgreSQL: few connections, short waits, and tables that are looked
//! at again before each batch.

use std::{
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{
    PgConnection, PgPool, Postgres,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::schema::{self, Schema, SchemaError};
use crate::port::error::{AdapterError, Cause};

/// Connections at most: the server beside us needs them more.
const CONNECTIONS: u32 = 6;
/// How long a connection is waited for.
const WAIT: Duration = Duration::from_secs(10);
/// How soon a database that does not answer is asked again.
const AFTER_SILENCE: Duration = Duration::from_secs(30);
/// How soon tables that are being changed are looked at again.
const AFTER_CHANGE: Duration = Duration::from_mins(5);

/// Ends what is open, if anything is, without a word in the server's log, and wants an answer: a connection that was let
/// go of in the middle gives the one before.
const AFRESH: &str = "begin; rollback; select 1";
/// Begins a transaction that sees one moment and writes nothing.
const SNAPSHOT: &str = "begin isolation level repeatable read read only";

/// The database of the server beside us; cheap to clone.
#[derive(Clone)]
pub struct Database {
    pool: PgPool,
    /// What the last look found.
    known: Arc<Mutex<Option<Schema>>>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Its address may hold a password.
        f.debug_struct("Database").finish_non_exhaustive()
    }
}

impl Database {
    /// Reads an address; nothing is connected yet.
    ///
    /// # Errors
    /// [`AdapterError::Fatal`]; the address, which may hold a password, is not repeated.
    pub fn at(url: &str) -> Result<Self, AdapterError> {
        let is_one = ["postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme));
        let options = PgConnectOptions::from_str(url).ok().filter(|_| is_one).ok_or_else(|| {
            AdapterError::fatal(
                "reading the address of the server's database",
                "home.server_database must be like postgres://user:password@host/name",
            )
        })?;
        // Whoever stands still in the middle of a transaction must not hold up the server beside us.
        let options = options.application_name("godwit").options([
            ("idle_in_transaction_session_timeout", "60s"),
            ("lock_timeout", "10s"),
            ("client_min_messages", "warning"),
            ("timezone", "UTC"),
            // Everything is asked for by a key that has an index. Tables that have just been filled have no statistics, and
            // a plan from before stays: threads were read from end to end for each of five hundred posts, and everybody's
            // numbers for each page that was read.
            ("enable_seqscan", "off"),
            ("enable_mergejoin", "off"),
            // What is compiled for a plan that only looks dear takes longer than it saves.
            ("jit", "off"),
        ]);
        // A work that is let go of while it begins a transaction leaves it open, and the driver does not know: what the
        // next one changes would be lost with it. This asks as much of the server as the usual question whether it is
        // there, which it stands for.
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(WAIT)
            .test_before_acquire(false)
            .before_acquire(|c, _| {
                Box::pin(
                    async move { sqlx::raw_sql(AFRESH).fetch_optional(c).await.map(|row| row.is_some()) },
                )
            });
        Ok(Self { pool: pool.connect_lazy_with(options), known: Arc::default() })
    }

    /// A connection whose tables were just looked at: whoever asks for one before each batch notices an
    /// update of the server in the middle of a copy, and pauses.
    ///
    /// # Errors
    /// [`AdapterError::Busy`] when the database does not answer or its tables changed under us,
    /// [`AdapterError::Fatal`] when they are none we know.
    pub async fn connection(&self) -> Result<(PoolConnection<Postgres>, Schema), AdapterError> {
        let mut connection = self.pool.acquire().await.map_err(|error| silent(&error))?;
        let schema = self.checked(&mut connection).await?;
        Ok((connection, schema))
    }

    /// A connection before there are any tables.
    ///
    /// # Errors
    /// [`AdapterError::Busy`] when the database does not answer.
    pub(super) async fn unlooked(&self) -> Result<PoolConnection<Postgres>, AdapterError> {
        self.pool.acquire().await.map_err(|error| silent(&error))
    }

    /// As [`Database::connection`], in a transaction that sees one moment and writes nothing.
    ///
    /// # Errors
    /// As [`Database::connection`].
    pub async fn snapshot(&self) -> Result<Snapshot, AdapterError> {
        let (connection, schema) = self.connection().await?;
        let mut snapshot = Snapshot { connection: Some(connection), schema };
        sqlx::raw_sql(SNAPSHOT).execute(snapshot.connection()?).await.map_err(|error| silent(&error))?;
        Ok(snapshot)
    }

    /// What the tables are, looked at anew.
    ///
    /// # Errors
    /// [`SchemaError`] with what differs.
    pub async fn look(&self) -> Result<Schema, SchemaError> {
        let mut connection = self.pool.acquire().await?;
        let schema = schema::detect(&mut connection).await?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(schema);
        Ok(schema)
    }

    async fn checked(&self, c: &mut PgConnection) -> Result<Schema, AdapterError> {
        let known = *self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known
            && known.is_still(c).await.map_err(|error| refused(error, true))?
        {
            return Ok(known);
        }
        let found = schema::detect(c).await.map_err(|error| refused(error, known.is_some()))?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
        Ok(found)
    }
}

/// A transaction that sees one moment and writes nothing; it ends when this is dropped.
pub struct Snapshot {
    connection: Option<PoolConnection<Postgres>>,
    /// The tables it reads.
    pub schema: Schema,
}

impl Snapshot {
    /// Where to ask.
    ///
    /// # Errors
    /// Never while it stands.
    pub fn connection(&mut self) -> Result<&mut PgConnection, AdapterError> {
        let connection = self.connection.as_deref_mut();
        connection.ok_or_else(|| AdapterError::fatal("reading the server's database", "the snapshot is over"))
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if sqlx::raw_sql("rollback").execute(&mut *connection).await.is_err() {
                    // What state it is in is not known.
                    drop(connection.close().await);
                }
            });
        } else {
            drop(connection.detach());
        }
    }
}

/// A database that does not answer, or not as it should.
pub(super) fn silent(error: &sqlx::Error) -> AdapterError {
    let doing = "asking the server's database";
    if matches!(error, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::RowNotFound) {
        return AdapterError::fatal(doing, format!("it answers with something unexpected: {error}"));
    }
    match error.as_database_error().and_then(sqlx::error::DatabaseError::code) {
        Some(code) if code == "42501" => AdapterError::fatal(
            doing,
            format!(
                "this daemon's role may not do that ({error}); `godwit check --print-role` prints what it needs"
            ),
        ),
        // Undefined table or column: it is being updated this moment.
        Some(code) if code == "42P01" || code == "42703" => AdapterError::Busy {
            doing: doing.to_owned(),
            why: format!("its tables are being changed: {error}"),
            after: AFTER_CHANGE,
            cause: Cause::Database,
        },
        _ => AdapterError::Busy {
            doing: doing.to_owned(),
            why: error.to_string(),
            after: AFTER_SILENCE,
            cause: Cause::Database,
        },
    }
}

/// Tables that are none we know: fatal at the beginning, a pause once they were known.
fn refused(error: SchemaError, was_known: bool) -> AdapterError {
    let doing = "looking at the tables of the server's database";
    match error {
        SchemaError::Database(error) => silent(&error),
        other if was_known => AdapterError::Busy {
            doing: doing.to_owned(),
            why: other.to_string(),
            after: AFTER_CHANGE,
            cause: Cause::Database,
        },
        other => AdapterError::fatal(doing, other),
    }
}
