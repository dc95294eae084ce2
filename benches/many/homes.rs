//! An Old home full of people, and a New home of two daemons on one PostgreSQL and one media directory.

use std::{fs, net::TcpListener, os::unix::fs::symlink};

use godwit::{
    app::App,
    config::Config,
    model::transfer::Origin,
    oauth::scope::Scope,
    site::accounts::{Account, Role},
};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

use super::{
    Crowd,
    cluster::Cluster,
    daemon::Daemon,
    generated::{self, Order},
    laboratory,
    pictures::Pictures,
};

/// Items on one page, as a daemon has it that nobody told otherwise.
const PAGE_ITEMS: usize = 200;

/// Both homes, before anybody runs them and while they run.
pub struct Homes {
    old: App,
    new: App,
    configs: [Config; 3],
    database: String,
    _disks: [TempDir; 3],
}

/// How a transfer fared.
#[derive(Debug)]
pub struct Standing {
    /// Whose it is.
    pub name: String,
    /// Whether it came to its trial, where the counts agree.
    pub is_finished: bool,
    /// Whether nothing goes on any more.
    pub is_over: bool,
    /// From its beginning to where it stands.
    pub seconds: f64,
}

/// Names of the small accounts.
pub fn small(crowd: Crowd) -> Vec<String> {
    (0..crowd.small).map(|number| format!("small{number}")).collect()
}

impl Homes {
    /// Makes everybody's accounts, full at the old one.
    pub async fn prepare(cluster: &Cluster, name: &str, crowd: Crowd, pictures: &Pictures) -> Self {
        let database = cluster.create(name);
        let [(old, old_disk), (mut new, new_disk)] = laboratory::configurations(["old", "new"], PAGE_ITEMS);
        new.database.url.clone_from(&database);
        let apps = [App::open(old.clone()).await.unwrap(), App::open(new.clone()).await.unwrap()];
        let disk = tempfile::tempdir().unwrap();
        let beside = beside(&new, &disk);
        let [old_app, new_app] = apps;
        let homes = Self {
            old: old_app,
            new: new_app,
            configs: [old, new, beside],
            database,
            _disks: [old_disk, new_disk, disk],
        };
        let mut first = 0;
        let giant = (crowd.giant > 0).then(|| ("giant".to_owned(), crowd.giant));
        for (name, posts) in giant.into_iter().chain(small(crowd).into_iter().map(|name| (name, crowd.posts)))
        {
            let account = homes.person(&homes.old, &name).await;
            generated::write_span(&homes.old, &account, first..first + posts, Order::Time, pictures).await;
            first += posts;
            homes.person(&homes.new, &name).await;
        }
        homes
    }

    async fn person(&self, at: &App, name: &str) -> Account {
        at.site.create_account(name, "long enough", Role::Member).await.unwrap()
    }

    /// Starts Old home and both daemons of New home.
    pub fn start(&self) -> [Daemon; 3] {
        self.configs.each_ref().map(Daemon::start)
    }

    /// Lets these people's accounts come, in this order.
    pub async fn begin(&self, names: &[String]) {
        for name in names {
            let login = laboratory::consent(&self.old, name, &self.new, Scope::Read).await;
            let account = self.new.site.account_named(name).await.unwrap().unwrap();
            let origin = Origin::Live { actor: login.actor.clone() };
            laboratory::begin(&self.new, &account, origin, Some(login)).await;
        }
    }

    async fn number(&self, sql: &'static str) -> i64 {
        let mut database = PgConnection::connect(&self.database).await.unwrap();
        let number = sqlx::query_scalar(sql).fetch_one(&mut database).await.unwrap();
        database.close().await.unwrap();
        number
    }

    /// Items read so far.
    pub async fn items(&self) -> i64 {
        self.number("select count(*) from items").await
    }

    /// Everybody's transfer.
    pub async fn standing(&self) -> Vec<Standing> {
        let mut database = PgConnection::connect(&self.database).await.unwrap();
        let found: Vec<(String, String, i64)> = sqlx::query_as(
            "select a.username, t.state, t.changed_at - t.created_at from transfers t \
             join accounts a on a.id = t.account_id order by t.id",
        )
        .fetch_all(&mut database)
        .await
        .unwrap();
        database.close().await.unwrap();
        let standing = |(name, state, micros): (String, String, i64)| Standing {
            name,
            is_finished: state == "trial",
            is_over: state == "trial" || state == "failed",
            seconds: std::time::Duration::from_micros(u64::try_from(micros).unwrap()).as_secs_f64(),
        };
        found.into_iter().map(standing).collect()
    }

    /// How many posts and files stand twice at New home, or not at all.
    pub async fn doubled(&self, crowd: Crowd) -> usize {
        let all = crowd.giant + crowd.small * crowd.posts;
        let posts = self.number("select count(*) from posts").await;
        let distinct = "select count(distinct object::json #>> '{previously,0,id}') from posts";
        let distinct = self.number(distinct).await;
        let files = self.number("select count(*) from media where post_id is not null").await;
        let expected = |number: usize| i64::try_from(number).unwrap();
        let differing = [
            posts - expected(all),
            distinct - expected(all),
            files - expected(all.div_ceil(generated::PICTURE_EVERY)),
        ];
        differing.iter().map(|number| usize::try_from(number.abs()).unwrap()).sum()
    }
}

/// A second daemon of a home: same name, database, key and media, another socket.
fn beside(config: &Config, disk: &TempDir) -> Config {
    let mut second = config.clone();
    second.server.listen = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    disk.path().clone_into(&mut second.server.data_dir);
    let (data, own) = (&config.server.data_dir, &second.server.data_dir);
    fs::copy(data.join("sealing.key"), own.join("sealing.key")).unwrap();
    symlink(data.join("media"), own.join("media")).unwrap();
    second
}
