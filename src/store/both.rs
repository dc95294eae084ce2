//! For tests: whatever opens a store can do so on PostgreSQL as well.
//!
//! A program (`tests/on_postgresql.rs`) starts a server and runs all tests once more. Every store that
//! names no address of its own is a database of that server then, found by its data directory.

use std::path::Path;

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, postgres::PgConnectOptions};

/// Names the server; `{name}` stands for a database.
const SERVER: &str = "GODWIT_TEST_POSTGRES";
/// Has its tables already; every other database is a copy.
const TEMPLATE: &str = "template_of_all";

/// The address of the database that belongs to a data directory, in the second run.
#[expect(clippy::disallowed_methods, reason = "one run of tests tells the other")]
pub(super) async fn url_for(data_dir: &Path) -> Option<String> {
    let server = std::env::var(SERVER).ok()?;
    let digest =
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, data_dir.as_os_str().as_encoded_bytes());
    let name = format!("t{}", super::blobs::hex(&digest.as_ref()[..16]));
    let options: PgConnectOptions = server.replace("{name}", "postgres").parse().unwrap();
    let mut connection = options.connect().await.unwrap();
    let made = sqlx::query(AssertSqlSafe(format!("create database {name} template {TEMPLATE}")))
        .execute(&mut connection)
        .await;
    if let Err(error) = made {
        // It is opened again, or by another at this very moment: who comes second waits for the first one's commit.
        let code = error.as_database_error().unwrap().code();
        assert!(matches!(code.as_deref(), Some("42P04" | "23505")), "{error}");
    }
    connection.close().await.unwrap();
    Some(server.replace("{name}", &name))
}

/// Whether this is the second run.
#[expect(clippy::disallowed_methods, reason = "one run of tests tells the other")]
pub(crate) fn is_postgres() -> bool {
    std::env::var_os(SERVER).is_some()
}
