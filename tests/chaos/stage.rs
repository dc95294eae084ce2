//! The homes of a run: as they stood before the first one, at the same addresses every time.

use std::sync::{Arc, Mutex, PoisonError};

use super::{
    cluster::Cluster,
    lab::{
        address, archive,
        home::{Home, Settings},
        peer::{Peer, Reply},
        tables,
    },
    wire::Wire,
};

/// Posts of the account.
pub const POSTS: usize = 2000;
/// Files of its first posts.
pub const FILES: usize = 60;

/// Everybody may come and go; pages as long as they are by default.
const OPEN: Settings<'static> =
    Settings { arrivals: "\"anyone\"", departures: "\"anyone\"", page_items: 100, more: "" };

/// Old or New.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Old home.
    Old,
    /// New home.
    New,
}

/// A home that can be killed from anywhere.
pub type Shared = Arc<Mutex<Home>>;

/// Kills a home and starts it again.
pub fn kill(home: &Shared) {
    let mut home = home.lock().unwrap_or_else(PoisonError::into_inner);
    home.kill();
    home.start();
}

/// Letters a follower got: its path and what it said.
pub type Letters = Arc<Mutex<Vec<(String, serde_json::Value)>>>;

/// Something to be done when the next letter comes.
pub type AtLetter = Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>;

/// What all runs begin with.
pub struct Stage {
    old: Home,
    new: Home,
    listens: [String; 2],
    canary: String,
    cluster: Option<Cluster>,
    runs: u32,
}

/// The homes of one run, with the wires to them and the followers' server.
pub struct Scene {
    /// Old home.
    pub old: Shared,
    /// New home.
    pub new: Shared,
    /// Where Old home is asked.
    pub to_old: Wire,
    /// Where New home is asked.
    pub to_new: Wire,
    /// What followers heard.
    pub letters: Letters,
    /// Told at the next letter.
    pub at_letter: AtLetter,
    _followers: Peer,
}

impl Stage {
    /// Makes an account of [`POSTS`] posts at Old home, an empty one at New home, a follower of each.
    pub async fn new(cluster: Option<Cluster>) -> Self {
        let (names, listens) = ([address(), address()], [address(), address()]);
        let canary = address();
        let reachable = [names[0].as_str(), &names[1], &canary];
        let home = |at: usize, tables: &str| {
            let tables = cluster.as_ref().map_or_else(String::new, |cluster| cluster.create(tables));
            Home::behind(&names[at], &listens[at], &tables, &reachable, OPEN)
        };
        let (old, new) = (home(0, "old"), home(1, "new"));
        let dir = tempfile::tempdir().unwrap();
        old.account("ann");
        new.account("ann");
        old.import(&archive::write(dir.path(), POSTS, FILES), "ann");
        tables::add_followers(&old, &format!("http://{canary}/old"), 1).await;
        tables::add_followers(&new, &format!("http://{canary}/new"), 1).await;
        Self { old, new, listens, canary, cluster, runs: 0 }
    }

    /// The homes as they were, running, with wires to them.
    pub fn scene(&mut self) -> Scene {
        self.runs += 1;
        let twin = |home: &Home, name: &str| {
            let copied = format!("{name}_{}", self.runs);
            let tables = self.cluster.as_ref().map_or_else(String::new, |c| c.copy(name, &copied));
            Arc::new(Mutex::new(home.twin(&tables, OPEN)))
        };
        let (old, new) = (twin(&self.old, "old"), twin(&self.new, "new"));
        let wire = |home: &Shared, at: usize| {
            let authority = home.lock().unwrap_or_else(PoisonError::into_inner).authority.clone();
            let waited_for = Arc::clone(home);
            // Whoever kills a home holds it until it runs again.
            Wire::start(&authority, &self.listens[at], move || drop(waited_for.lock()))
        };
        let (to_old, to_new) = (wire(&old, 0), wire(&new, 1));
        let letters = Letters::default();
        let at_letter: AtLetter = Arc::default();
        let (heard, deed) = (Arc::clone(&letters), Arc::clone(&at_letter));
        let followers = Peer::start(&self.canary, move |asked| {
            if asked.method != "POST" {
                return Reply::status(404);
            }
            let letter = serde_json::from_str(&asked.body).unwrap();
            heard.lock().unwrap_or_else(PoisonError::into_inner).push((asked.path.clone(), letter));
            let deed = deed.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(deed) = deed {
                deed();
            }
            Reply::status(202)
        });
        for home in [&old, &new] {
            home.lock().unwrap_or_else(PoisonError::into_inner).start();
        }
        Scene { old, new, to_old, to_new, letters, at_letter, _followers: followers }
    }
}

impl Scene {
    /// A home.
    pub fn home(&self, side: Side) -> &Shared {
        match side {
            Side::Old => &self.old,
            Side::New => &self.new,
        }
    }

    /// What followers heard so far.
    pub fn heard(&self) -> Vec<(String, serde_json::Value)> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
