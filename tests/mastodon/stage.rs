//! One PostgreSQL for all tests of this program, with a database each.

use std::{
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicU32, Ordering},
        mpsc::{self, Sender},
    },
    thread::JoinHandle,
};

use godwit::adapters::mastodon_database::{Database, schema::Version};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::cluster::Cluster;

/// The server that is running, as long as a test needs it.
static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A running server. It is a child of the thread that started it, so that one outlives all tests.
pub struct Server {
    cluster: Arc<Cluster>,
    end: Option<Sender<()>>,
    keeper: Option<JoinHandle<()>>,
}

impl Server {
    /// The running one, or a new one; `None` where no PostgreSQL is installed.
    pub fn shared() -> Option<Arc<Self>> {
        let mut running = RUNNING.lock().unwrap();
        if let Some(server) = running.upgrade() {
            return Some(server);
        }
        let (started, cluster) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        let keeper = std::thread::spawn(move || {
            let cluster = Cluster::start_or_skip().map(Arc::new);
            started.send(cluster.clone()).unwrap();
            // An error is the end, too.
            let _told_to_end = ended.recv();
        });
        let server = Arc::new(Self { cluster: cluster.recv().ok()??, end: Some(end), keeper: Some(keeper) });
        *running = Arc::downgrade(&server);
        Some(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(keeper) = self.keeper.take() {
            drop(keeper.join());
        }
    }
}

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
        let name = format!("stage_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let url = server.cluster.create(&name);
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
