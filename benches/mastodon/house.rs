//! A Mastodon's database with somebody in it who brings an account, and the daemon's own things beside it.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use godwit::{
    adapters::mastodon_database::{Database, Files, MastodonDestination, Place, schema::Version},
    model::id::{AccountId, TransferId},
    port::{clock::SystemClock, host::HostAccount},
    store::{Store, blobs::Blobs},
    transfer::remap::Sides,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use url::Url;

use super::cluster::Cluster;

/// The account that the copy goes into.
pub const EVE: i64 = 109_000_000_000_000_001;
/// Others whom posts name.
pub const BIRDS: usize = 500;
/// Where she lived.
pub const OLD: &str = "https://old.example/users/ann";
/// Where she lives.
const NEW: &str = "https://new.example";

static COUNT: AtomicU32 = AtomicU32::new(0);

/// The database, and what writes into it.
pub struct House {
    /// Its address.
    pub url: String,
    /// It, as the daemon has it.
    pub database: Database,
    /// Where its addresses and files are.
    pub place: Place,
    /// The daemon's files.
    pub blobs: Blobs,
    /// What writes.
    pub destination: MastodonDestination,
    _disk: TempDir,
}

impl House {
    /// Makes a database as a fresh server of the newest release has it, with Eve and people she knows.
    pub async fn beside(cluster: &Cluster) -> Self {
        let url = cluster.create(&format!("house_{}", COUNT.fetch_add(1, Ordering::Relaxed)));
        let mut c = PgConnection::connect(&url).await.unwrap();
        for sql in [Version::V4_7.tables().to_owned(), people()] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut c).await.unwrap();
        }
        c.close().await.unwrap();
        let disk = tempfile::tempdir().unwrap();
        let place = Place {
            web: Url::parse(NEW).unwrap(),
            domain: "new.example".into(),
            media_url: Url::parse("https://new.example/system/").unwrap(),
            files: Files::Directory(disk.path().join("system")),
        };
        let database = Database::at(&url).unwrap();
        let (store, blobs) =
            (Store::open(disk.path()).await.unwrap(), Blobs::open(disk.path()).await.unwrap());
        let destination = MastodonDestination::new(
            database.clone(),
            store,
            blobs.clone(),
            Arc::new(SystemClock),
            place.clone(),
        );
        Self { url, database, place, blobs, destination, _disk: disk }
    }

    /// A connection of somebody who may do anything.
    pub async fn admin(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }

    /// The transfer.
    pub fn transfer() -> TransferId {
        "a transfer".into()
    }

    /// The account.
    pub fn account() -> AccountId {
        AccountId::from(EVE.to_string())
    }

    /// Who she was and is.
    pub fn sides() -> Sides {
        let at = |path: &str| Url::parse(&format!("{NEW}{path}")).unwrap();
        Sides {
            source_actor: Url::parse(OLD).unwrap(),
            account: HostAccount {
                id: Self::account(),
                username: "eve".into(),
                actor: at("/users/eve"),
                page: at("/@eve"),
                moved_to: None,
                also_known_as: Vec::new(),
            },
        }
    }

    /// How many rows of each table stood there before anything came.
    pub async fn newest(&self) -> Vec<(&'static str, i64)> {
        let mut c = self.admin().await;
        let mut newest = Vec::new();
        for table in super::TRIAL {
            let sql = AssertSqlSafe(format!("select coalesce(max(id), 0) from {table}"));
            newest.push((table, sqlx::query_scalar(sql).fetch_one(&mut c).await.unwrap()));
        }
        newest
    }
}

/// The actor of somebody at another server.
pub fn bird(number: usize) -> String {
    format!("https://birds.example/users/bird{}", number % BIRDS)
}

fn people() -> String {
    let birds: Vec<String> = (0..BIRDS)
        .map(|n| {
            format!("({}, 'bird{n}', 'birds.example', '{}', '2022-01-01', '2022-01-01')", 200 + n, bird(n))
        })
        .collect();
    format!(
        "insert into accounts (id, username, id_scheme, created_at, updated_at) values ({EVE}, 'eve', 0, '2022-01-01', '2022-01-01');
         insert into users (account_id, email, created_at, updated_at) values ({EVE}, 'eve@x.example', '2022-01-01', '2022-01-01');
         insert into accounts (id, username, domain, uri, created_at, updated_at) values {};",
        birds.join(", ")
    )
}
