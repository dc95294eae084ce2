//! A database for each test of this program.

use std::sync::Arc;

use godwit::adapters::mastodon_database::{Database, schema::Version};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::shared::Server;

/// A database of a test's own, as a fresh server of that release has it.
pub struct Stage {
    pub url: String,
    pub database: Database,
    _server: Arc<Server>,
}

impl Stage {
    /// Makes it; `None` where no PostgreSQL is installed.
    pub async fn of(version: Version) -> Option<Self> {
        let server = Server::shared()?;
        let url = server.database();
        let stage = Self { database: Database::at(&url).unwrap(), url, _server: server };
        stage.run(version.tables()).await;
        Some(stage)
    }

    /// A connection that may do anything.
    pub async fn admin(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }

    /// Runs statements as whoever owns everything.
    pub async fn run(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.admin().await).await.unwrap();
    }
}
