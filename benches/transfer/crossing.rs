//! One account crosses from a daemon to another.

use std::{
    fs,
    time::{Duration, Instant},
};

use godwit::{
    app::App,
    config::Config,
    model::{
        id::TransferId,
        transfer::{Origin, TransferState},
    },
    oauth::scope::Scope,
    store::{gaps, transfers},
};
use tempfile::TempDir;

use super::{
    daemon::{self, Daemon, Used},
    float,
    generated::{self, Order},
    laboratory,
    pictures::Pictures,
    say,
};

/// Items on one page, as a daemon has it that nobody told otherwise.
const PAGE_ITEMS: usize = 200;
/// How often somebody looks whether it is over.
const LOOK: Duration = Duration::from_millis(20);

/// A home that nobody runs yet: its parts, opened to write what it begins with and to look on.
pub struct Place {
    /// Its parts.
    pub app: App,
    /// What its daemon is told.
    pub config: Config,
    _disk: TempDir,
}

/// How a crossing went.
#[derive(Debug)]
pub struct Crossing {
    /// Posts.
    pub posts: usize,
    /// From the beginning to equal counts on both sides.
    pub took: Duration,
    /// How long each state took, in order.
    pub states: Vec<(TransferState, Duration)>,
    /// What Old home's daemon used.
    pub old: Used,
    /// What New home's daemon used.
    pub new: Used,
}

impl Crossing {
    /// Prints its lines.
    pub fn say(&self, name: &str) {
        say(&format!("{name}.took"), self.took.as_secs_f64(), "s");
        say(&format!("{name}.posts"), float(self.posts) / self.took.as_secs_f64(), "posts/s");
        for (state, took) in &self.states {
            say(&format!("{name}.{}", state.as_str()), took.as_secs_f64(), "s");
        }
        for (side, used) in [("old", self.old), ("new", self.new)] {
            say(&format!("{name}.cpu.{side}"), used.cpu_seconds, "CPU-s");
            say(&format!("{name}.rss.{side}"), used.rss_mb, "MB");
        }
    }
}

/// Two homes: at the first an account of `posts` posts, at the second, with its tables in `database`
/// (SQLite where that is empty), one to receive it.
pub async fn prepare(pictures: &Pictures, posts: usize, order: Order, database: &str) -> (Place, Place) {
    let [old, mut new] = laboratory::configurations(["old", "new"], PAGE_ITEMS);
    database.clone_into(&mut new.0.database.url);
    let (old, new) = (place(old).await, place(new).await);
    let password = "long enough";
    let ann =
        old.app.site.create_account("ann", password, godwit::site::accounts::Role::Member).await.unwrap();
    generated::write(&old.app, &ann, posts, order, pictures).await;
    new.app.site.create_account("eve", password, godwit::site::accounts::Role::Member).await.unwrap();
    (old, new)
}

async fn place((config, disk): (Config, TempDir)) -> Place {
    Place { app: App::open(config.clone()).await.unwrap(), config, _disk: disk }
}

/// Starts both daemons and waits until the copy is on trial, which means that the counts agree.
pub async fn run(old: &Place, new: &Place) -> Crossing {
    let eve = new.app.site.account_named("eve").await.unwrap().unwrap();
    let posts = count(old).await;
    let login = laboratory::consent(&old.app, "ann", &new.app, Scope::Read).await;
    let origin = Origin::Live { actor: login.actor.clone() };
    let id = laboratory::begin(&new.app, &eve, origin, Some(login)).await;
    let giver = Daemon::start(&old.config);
    let begin = Instant::now();
    let taker = Daemon::start(&new.config);
    let states = watch(new, &id).await;
    let took = begin.elapsed();
    // Something that differs is compared again and again, which is another thing than what is measured.
    assert_eq!(gaps::gaps(&new.app.store, &id).await.unwrap(), [], "both homes have the same");
    Crossing { posts, took, states, old: giver.used(), new: taker.used() }
}

async fn count(old: &Place) -> usize {
    let mut c = generated::connect(&old.app).await;
    let (posts,): (i64,) = sqlx::query_as("select count(*) from posts").fetch_one(&mut c).await.unwrap();
    usize::try_from(posts).unwrap()
}

/// Looks on until the trial; how long each state took.
async fn watch(new: &Place, id: &TransferId) -> Vec<(TransferState, Duration)> {
    let (mut states, mut since, mut last) = (Vec::new(), Instant::now(), TransferState::Surveying);
    loop {
        let transfer = transfers::find(&new.app.store, id).await.unwrap().unwrap();
        if transfer.state != last {
            states.push((last, since.elapsed()));
            (since, last) = (Instant::now(), transfer.state);
        }
        match transfer.state {
            TransferState::Trial => return states,
            TransferState::Failed => {
                let log = fs::read_to_string(daemon::log(&new.config.server.data_dir)).unwrap_or_default();
                panic!("{}\n{log}", transfer.problem.unwrap_or_default());
            }
            _ => tokio::time::sleep(LOOK).await,
        }
    }
}
