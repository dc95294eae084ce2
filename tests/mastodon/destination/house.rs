//! A server with people who write, and a daemon beside it.

use std::{path::PathBuf, process::Command, sync::Arc};

use godwit::{
    adapters::mastodon_database::{
        Caches, Database, Files, MastodonAccounts, MastodonDestination, MastodonExports, MastodonSource,
        Place, schema::Version,
    },
    model::id::{AccountId, TransferId},
    port::{clock::SystemClock, destination::Prepared, host::HostAccount},
    store::{Store, blobs::Blobs},
    transfer::remap::Sides,
};
use tempfile::TempDir;
use url::Url;

use super::{
    luggage::Luggage,
    unpacking::{self, Copied},
};
use crate::stage::Stage;

/// The account that copies go into.
pub const EVE: i64 = 109_000_000_000_000_001;
/// A friend of hers at the same server, and somebody at another.
pub const FRANK: i64 = 109_000_000_000_000_002;
/// Somebody at another server.
pub const GRETA: i64 = 109_000_000_000_000_003;
/// The newest post of Eve's own.
pub const OWN: i64 = 116_000_000_000_000_000;
/// A post of Frank's that everybody may see.
pub const FRANKS: i64 = 115_000_000_000_000_000;
/// One of Greta's.
pub const GRETAS: i64 = 115_000_000_000_000_007;

/// What stood there before anything came.
const PEOPLE: &str = "
insert into accounts (id, username, created_at, updated_at) values
  (109000000000000001, 'Eve', '2022-01-01', '2022-01-01'),
  (109000000000000002, 'frank', '2022-01-01', '2022-01-01');
insert into accounts (id, username, domain, uri, created_at, updated_at) values
  (109000000000000003, 'greta', 'far.example', 'https://far.example/users/greta', '2022-01-01', '2022-01-01');
insert into users (account_id, email, created_at, updated_at) values
  (109000000000000001, 'eve@x.example', '2022-01-01', '2022-01-01');
insert into conversations (id, created_at, updated_at) values
  (1, '2024-01-01', '2024-01-01'), (2, '2024-01-01', '2024-01-01');
select setval('conversations_id_seq', 2);
insert into statuses (id, account_id, uri, text, created_at, updated_at, visibility, conversation_id, local) values
  (115000000000000000, 109000000000000002, 'https://new.example/users/frank/statuses/115000000000000000', 'hi',
   '2025-08-01', '2025-08-01', 0, 1, true),
  (116000000000000000, 109000000000000001, 'https://new.example/users/Eve/statuses/116000000000000000', 'mine #birds',
   '2026-01-27', '2026-01-27', 0, 2, true);
insert into statuses (id, account_id, uri, url, text, created_at, updated_at, visibility, local) values
  (115000000000000007, 109000000000000003, 'https://far.example/notes/1', 'https://far.example/@greta/1', '<p>far</p>',
   '2025-08-01', '2025-08-01', 0, false);
insert into tags (id, name, created_at, updated_at) values (1, 'birds', '2024-01-01', '2024-01-01');
select setval('tags_id_seq', 1);
insert into statuses_tags (status_id, tag_id) values (116000000000000000, 1);
insert into featured_tags (account_id, tag_id, statuses_count, last_status_at, created_at, updated_at) values
  (109000000000000001, 1, 1, '2026-01-27', '2026-01-27', '2026-01-27');
insert into account_stats (account_id, statuses_count, last_status_at, created_at, updated_at) values
  (109000000000000001, 1, '2026-01-27', '2022-01-01', '2026-01-27');
insert into status_stats (status_id, favourites_count, created_at, updated_at) values
  (115000000000000000, 3, '2025-08-01', '2025-08-01');
insert into follows (account_id, target_account_id, created_at, updated_at) values
  (109000000000000001, 109000000000000003, '2025-01-01', '2025-01-01');
";

/// The oldest, one in the middle, and the newest release.
pub const SOME: [Version; 3] = [Version::V4_2, Version::V4_4, Version::V4_7];

/// Fails with what is in one census and not in the other.
pub fn same(one: &(Vec<String>, Vec<String>), other: &(Vec<String>, Vec<String>), when: &str) {
    let only =
        |a: &[String], b: &[String]| a.iter().filter(|line| !b.contains(line)).cloned().collect::<Vec<_>>();
    let rows = (only(&one.0, &other.0), only(&other.0, &one.0));
    let files = (only(&one.1, &other.1), only(&other.1, &one.1));
    assert!(one == other, "{when}: rows {rows:#?}, files {files:#?}");
}

/// The server, the daemon's own database, and their disks.
pub struct House {
    pub stage: Stage,
    pub destination: MastodonDestination,
    pub media: PathBuf,
    pub blobs: Blobs,
    pub store: Store,
    place: Place,
    _dir: TempDir,
}

impl House {
    /// Builds it; `None` where no PostgreSQL is installed.
    pub async fn of(version: Version) -> Option<Self> {
        let stage = Stage::of(version).await?;
        stage.run(PEOPLE).await;
        let dir = tempfile::tempdir().unwrap();
        let media = dir.path().join("system");
        std::fs::create_dir(&media).unwrap();
        let place = Place {
            web: Url::parse("https://new.example").unwrap(),
            domain: "new.example".into(),
            media_url: Url::parse("https://new.example/system/").unwrap(),
            files: Files::Directory(media.clone()),
        };
        let (store, blobs) = (Store::open(dir.path()).await.unwrap(), Blobs::open(dir.path()).await.unwrap());
        let clock = Arc::new(SystemClock);
        let destination = MastodonDestination::new(
            stage.database.clone(),
            store.clone(),
            blobs.clone(),
            clock,
            place.clone(),
        );
        Some(Self { stage, destination, media, blobs, store, place, _dir: dir })
    }

    /// Writes as another role of the database, or whatever else its address says.
    pub fn acting_as(&mut self, url: &str) {
        let (store, blobs, clock) = (self.store.clone(), self.blobs.clone(), Arc::new(SystemClock));
        let database = Database::at(url).unwrap();
        self.destination = MastodonDestination::new(database, store, blobs, clock, self.place.clone());
    }

    /// Keeps the server's files elsewhere.
    pub fn keep_files_in(&mut self, files: Files) {
        self.place.files = files;
        let url = self.stage.url.clone();
        self.acting_as(&url);
    }

    /// Tells a Redis what changed.
    pub fn telling(&mut self, caches: Caches) {
        self.destination = self.destination.clone().telling(caches);
    }

    /// The server as a host that acts for its owners.
    pub fn host(&self) -> MastodonAccounts {
        let accounts = MastodonAccounts::new(self.stage.database.clone(), self.place.clone());
        accounts.acting(self.store.clone(), Arc::new(SystemClock))
    }

    pub fn eve() -> AccountId {
        AccountId::from(EVE.to_string())
    }

    fn sides(luggage: &Luggage) -> Sides {
        let at = |path: &str| Url::parse(&format!("https://new.example{path}")).unwrap();
        Sides {
            source_actor: luggage.owner.clone(),
            account: HostAccount {
                id: Self::eve(),
                username: "Eve".into(),
                actor: at("/users/Eve"),
                page: at("/@Eve"),
                moved_to: None,
                also_known_as: Vec::new(),
            },
        }
    }

    /// Gives all things of a suitcase their places, and rewrites them.
    pub async fn prepare(&self, transfer: &TransferId, luggage: &Luggage) -> Vec<Prepared> {
        unpacking::prepare(&self.destination, transfer, &Self::sides(luggage), luggage).await
    }

    /// Copies a suitcase, kind by kind.
    pub async fn copy(&self, transfer: &TransferId, luggage: &Luggage) -> Copied {
        luggage.shelve(&self.blobs);
        unpacking::copy(&self.destination, transfer, &Self::sides(luggage), luggage, usize::MAX).await
    }

    /// Eve's account as it is read from now on.
    pub async fn source(&self, includes_private: bool) -> MastodonSource {
        let (database, place, web) =
            (self.stage.database.clone(), self.place.clone(), self.place.web.clone());
        MastodonSource::open(database, place, web, &Self::eve(), includes_private).await.unwrap()
    }

    /// All accounts as they are opened for other homes.
    pub fn exports(&self) -> MastodonExports {
        let place = self.place.clone();
        let exports = MastodonExports::new(self.stage.database.clone(), place.clone(), place.web);
        exports.knowing(self.store.clone())
    }

    /// Everything in the database but its sequences, sorted; and the names of all files.
    pub fn census(&self) -> (Vec<String>, Vec<String>) {
        let dump =
            Command::new("pg_dump").args(["--data-only", "--inserts", &self.stage.url]).output().unwrap();
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        let text = String::from_utf8(dump.stdout).unwrap();
        // A new word each time guards the dump; sequences only ever go on.
        let is_data = |line: &&str| !line.starts_with(['\\', '-']) && !line.contains("pg_catalog.setval");
        let mut lines: Vec<String> = text.lines().filter(is_data).map(str::to_owned).collect();
        lines.sort();
        (lines, self.files())
    }

    /// Names of all files and folders in the media directory.
    pub fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![self.media.clone()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                found.push(path.strip_prefix(&self.media).unwrap().display().to_string());
                if path.is_dir() {
                    open.push(path);
                }
            }
        }
        found.sort();
        found
    }

    /// One value.
    pub async fn number(&self, sql: &str) -> i64 {
        let mut c = self.stage.admin().await;
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&mut c).await.unwrap()
    }

    /// The first column of all rows, as text.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let sql = format!("select x::text from ({sql}) q(x)");
        let mut c = self.stage.admin().await;
        let rows: Vec<Option<String>> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut c).await.unwrap();
        rows.into_iter().map(Option::unwrap_or_default).collect()
    }
}
