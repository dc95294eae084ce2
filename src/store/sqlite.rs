//! SQLite: how its file is opened.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use sqlx::{
    ConnectOptions, SqlitePool,
    sqlite::{
        SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
    },
};

use super::StoreResult;

/// Readers kept open. Each is one thread; SQLite answers point queries in microseconds.
const READERS: u32 = 4;
/// Statements a connection keeps ready: all we have, in each of the few lengths their lists can have.
const STATEMENTS: usize = 400;
/// Rows a connection's thread may be ahead of whoever reads them: a whole batch, so that the two need not
/// wake each other in the middle of it.
const ROWS_AHEAD: usize = 2_000;
/// Pages of the log after which they are carried into the database, 16 MB: what a copy writes comes to the
/// same pages again and again.
const LOG_PAGES: &str = "4000";

/// Memory the writer keeps pages in, 16 megabytes: a copy writes to a dozen indexes, and where the ids at
/// Old home follow no order each row comes to another page of them.
const WRITER_CACHE: &str = "-16000";

/// Memory a reader keeps pages in, half a megabyte: it reads in order, and what others commit makes it forget.
const READER_CACHE: &str = "-512";

/// How long is waited for a lock that another holds.
const WAIT: Duration = Duration::from_secs(10);
/// How long after one try to open a new file, which another makes, the next one comes.
const PAUSE: Duration = Duration::from_millis(20);
/// What SQLite says of a file that another has locked: the low byte of what it answers.
const BUSY: u32 = 5;

/// The database in a data directory, durable and with readers beside the writer.
pub(super) fn options(data_dir: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(data_dir.join("godwit.sqlite"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("wal_autocheckpoint", LOG_PAGES)
        .pragma("cache_size", WRITER_CACHE)
        .statement_cache_capacity(STATEMENTS)
        .row_buffer_size(ROWS_AHEAD)
        .busy_timeout(WAIT)
}

/// The connection that writes. Of programs that come upon a new file together one gives it its log, and SQLite
/// refuses the others at once, however long they would have waited.
pub(super) async fn writer(options: &SqliteConnectOptions) -> StoreResult<SqliteConnection> {
    let until = Instant::now() + WAIT;
    loop {
        match options.connect().await {
            Err(error) if is_busy(&error) && Instant::now() < until => {}
            done => return Ok(done?),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|told| told.code()?.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == BUSY)
}

/// Connections that cannot write.
pub(super) async fn readers(options: SqliteConnectOptions) -> StoreResult<SqlitePool> {
    // Asking a file whether it is still there would cost as much as asking it what one wants to know.
    let pool = SqlitePoolOptions::new().max_connections(READERS).test_before_acquire(false);
    Ok(pool.connect_with(options.read_only(true).pragma("cache_size", READER_CACHE)).await?)
}

#[cfg(test)]
mod tests {
    use crate::store::{Connection, Store, both::is_postgres, rows};

    #[tokio::test]
    async fn it_is_built_as_the_project_says() {
        if is_postgres() {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let mut c: Connection = Store::open(dir.path()).await.unwrap().reader().await.unwrap();
        let options = rows!(&mut c, (String,), "pragma compile_options").unwrap();
        let is_said = |wanted: &str| options.iter().any(|(option,)| option == wanted);
        let is_as_said = is_said("DEFAULT_MEMSTATUS=0") && !is_said("ENABLE_MEMORY_MANAGEMENT");
        assert!(is_as_said, "{options:?}: .cargo/config.toml was not read");
    }
}
