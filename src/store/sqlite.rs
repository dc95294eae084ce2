//! SQLite: how its file is opened.

use std::{path::Path, time::Duration};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::StoreResult;

/// Readers kept open. Each is one thread; SQLite answers point queries in microseconds.
const READERS: u32 = 4;

/// The database in a data directory, durable and with readers beside the writer.
pub(super) fn options(data_dir: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(data_dir.join("godwit.sqlite"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
}

/// Connections that cannot write.
pub(super) async fn readers(options: SqliteConnectOptions) -> StoreResult<SqlitePool> {
    let pool = SqlitePoolOptions::new().max_connections(READERS);
    Ok(pool.connect_with(options.read_only(true)).await?)
}
