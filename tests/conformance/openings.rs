//! Every source there is, each holding an account, and how it is opened afresh.

use std::sync::Arc;

use futures::future::LocalBoxFuture;
use godwit::{
    adapters::{ArchiveLimits, lola::LolaSource, open_archive},
    model::{
        collection::{CollectionKind, Cursor, Unreadable},
        id::TransferId,
        item::Item,
        transfer::{Origin, TransferState},
    },
    oauth::scope::Scope,
    port::{clock::SystemClock, source::Source},
    site::accounts::Account,
    transfer::{Engine, engine::Sources, trial},
};

use super::{
    beside::Beside,
    borrowed::Borrowed,
    both::Tables,
    client_server::{Contents, USUAL},
    invented::Invented,
    laboratory::{self, Home},
};

#[path = "../../benches/steps/account.rs"]
mod archive;

/// Small and odd, so that every list has several pages and a short last one.
pub const PAGE_ITEMS: usize = 7;

/// Opens a source once more.
type Open<'a> = Box<dyn Fn() -> LocalBoxFuture<'a, Arc<dyn Source>> + 'a>;

/// A source under test.
pub struct Opening<'a> {
    /// What failures call it.
    pub name: &'static str,
    /// Opens it afresh.
    pub open: Open<'a>,
}

/// Two homes; Dora's account is at the old one.
pub struct Stage {
    pub old: Home,
    pub new: Home,
    pub ann: Account,
    /// A daemon beside a server that is not ours, where a PostgreSQL is installed.
    pub beside: Option<Beside>,
    disk: tempfile::TempDir,
}

impl Stage {
    /// Brings Dora to the old home and lets her keep the copy.
    pub async fn set() -> Self {
        Self { beside: Box::pin(Beside::set()).await, ..Self::of_ours(&Tables::Sqlite).await }
    }

    /// The same without a server that is not ours, for stories that do not ask it.
    pub async fn of_ours(tables: &Tables) -> Self {
        let (clock, tables) = (Arc::new(SystemClock), || tables.address());
        let [old, new] = laboratory::homes_by(["old", "new"], PAGE_ITEMS, clock, tables).await;
        let ann = old.account("ann").await;
        let id = copied(&old, &ann, Invented::dora()).await;
        trial::keep(&old.app.engine, &old.transfer(&id).await).await.unwrap();
        old.advance(&old.app.engine, &id).await;
        Self { old, new, ann, beside: None, disk: tempfile::tempdir().unwrap() }
    }

    /// The account at the old home, read beside it.
    pub async fn beside(&self, includes_private: bool) -> Arc<dyn Source> {
        let account = self.old.host_account(&self.ann.username).await;
        self.old.app.source_of(&account, includes_private).await.unwrap()
    }

    /// The same account, read over HTTP by the new home.
    pub async fn over_http(&self) -> Arc<dyn Source> {
        let login = self.old.consent(&self.ann.username, &self.new, Scope::Read).await;
        let (remote, signer) = (self.new.app.remote.clone(), self.new.app.engine.signer.clone());
        let token = login.access_token.unwrap();
        Arc::new(LolaSource::open(remote, signer, &login.actor, &token).await.unwrap())
    }

    /// All sources.
    pub fn openings(&self) -> Vec<Opening<'_>> {
        let file = archive::write(self.disk.path(), 60);
        let limits = ArchiveLimits { bytes: 1 << 30, entries: 1000 };
        let contents = Contents { statuses: 30, following: 9, bookmarks: 5, favourites: 5 };
        let there = Borrowed::new(USUAL, contents);
        let servers = Arc::new(there.servers());
        let memory: Arc<dyn Source> = Arc::new(Invented::dora());
        let mut all = vec![
            opening("memory", move || {
                let memory = Arc::clone(&memory);
                Box::pin(async move { memory })
            }),
            opening("embedded", || Box::pin(self.beside(true))),
            opening("embedded without private posts", || Box::pin(self.beside(false))),
            opening("lola", || Box::pin(self.over_http())),
            opening("client interface", move || {
                let (there, servers) = (Arc::clone(&there), Arc::clone(&servers));
                Box::pin(async move { there.open(&servers).await })
            }),
            opening("archive", move || {
                let file = file.clone();
                Box::pin(async move { open_archive(&file, limits).unwrap() })
            }),
        ];
        if let Some(beside) = &self.beside {
            all.push(opening("tables", || Box::pin(beside.source(true))));
            all.push(opening("tables without private posts", || Box::pin(beside.source(false))));
            all.push(opening("tables over lola", || Box::pin(beside.over_http())));
        }
        all
    }
}

fn opening<'a>(
    name: &'static str,
    open: impl Fn() -> LocalBoxFuture<'a, Arc<dyn Source>> + 'a,
) -> Opening<'a> {
    Opening { name, open: Box::new(open) }
}

/// Begins a copy of what `from` opens, and the parts that go on with it.
pub async fn begun(home: &Home, account: &Account, from: impl Sources + 'static) -> (Engine, TransferId) {
    let engine = Engine { sources: Arc::new(from), ..(*home.app.engine).clone() };
    (engine, home.begin(account, Origin::Archive { path: "none".into(), beside: Vec::new() }, None).await)
}

/// Copies what `from` opens into an account, by the engine's own steps.
pub async fn copied(home: &Home, account: &Account, from: impl Sources + 'static) -> TransferId {
    let (engine, id) = begun(home, account, from).await;
    while home.advance(&engine, &id).await.state != TransferState::Trial {}
    id
}

/// What a walk through a collection yields.
#[derive(Debug, Default, PartialEq)]
pub struct Walked {
    pub items: Vec<Item>,
    pub unreadable: Vec<Unreadable>,
    /// Where each page but the first began, and how many elements stood before it.
    pub cursors: Vec<(Cursor, usize)>,
}

impl Walked {
    /// Elements, readable or not.
    pub fn len(&self) -> usize {
        self.items.len() + self.unreadable.len()
    }
}

/// Follows a collection to its end.
pub async fn walk(source: &dyn Source, kind: CollectionKind, from: Option<Cursor>, limit: usize) -> Walked {
    let (mut walked, mut cursor) = (Walked::default(), from);
    loop {
        let page = source.page(kind, cursor.as_ref(), limit).await.unwrap();
        walked.items.extend(page.items);
        walked.unreadable.extend(page.unreadable);
        let Some(next) = page.next else { return walked };
        assert_ne!(Some(&next), cursor.as_ref(), "a list runs in a circle");
        walked.cursors.push((next.clone(), walked.len()));
        cursor = Some(next);
    }
}
