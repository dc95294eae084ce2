//! Whole transfers on the built-in server, from an old home that does as a test tells it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use serde_json::{Value, json};
use url::Url;

use crate::{
    app::App,
    config::Config,
    model::{
        actor::Profile,
        collection::{CollectionKind, Cursor, Page},
        follow::FollowOptions,
        id::TransferId,
        item::{Item, Reference},
        login::Login,
        media::{MediaFile, MediaRole},
        outlook::Outline,
        policy::{Rule, RuleWord},
        report::Report,
        transfer::{Origin, Transfer, TransferState},
    },
    port::{
        error::AdapterError,
        source::{MediaStream, Source},
    },
    site::accounts::{Account, Role},
    store::transfers,
    transfer::{Engine, engine::Sources, status, step},
    wire,
};

mod again;
mod choices;
mod counts;
mod forecast;
mod permissions;
mod pointers;
mod policy;
mod trial;
mod vouched;

const OLD: &str = "https://old.example/users/ann";

/// An old home that lists what it was told to list, page by page.
struct OldHome {
    actor: Url,
    pages: BTreeMap<CollectionKind, Vec<Page>>,
    announced: BTreeMap<CollectionKind, u64>,
    asked: Mutex<usize>,
    outline: Option<Outline>,
}

impl OldHome {
    fn new() -> Self {
        Self {
            actor: url(OLD),
            pages: BTreeMap::new(),
            announced: BTreeMap::new(),
            asked: Mutex::new(0),
            outline: None,
        }
    }

    /// One more page, behind those there are.
    fn page(mut self, kind: CollectionKind, items: Vec<Item>) -> Self {
        let pages = self.pages.entry(kind).or_default();
        for (at, page) in pages.iter_mut().enumerate() {
            page.next = Some(Cursor((at + 1).to_string()));
        }
        pages.push(Page { items, ..Page::default() });
        self
    }
}

#[async_trait]
impl Source for OldHome {
    fn actor(&self) -> &Url {
        &self.actor
    }

    fn collections(&self) -> Vec<CollectionKind> {
        self.pages.keys().copied().collect()
    }

    async fn profile(&self) -> Result<Profile, AdapterError> {
        Ok(Profile::default())
    }

    async fn count(&self, kind: CollectionKind) -> Result<Option<u64>, AdapterError> {
        Ok(self.announced.get(&kind).copied())
    }

    async fn page(
        &self,
        kind: CollectionKind,
        cursor: Option<&Cursor>,
        _limit: usize,
    ) -> Result<Page, AdapterError> {
        let mut asked = self.asked.lock().unwrap();
        *asked += 1;
        assert!(*asked < 200, "nobody asks an old home that often");
        let at = cursor.map_or(0, |cursor| cursor.0.parse::<usize>().unwrap());
        Ok(self.pages[&kind][at].clone())
    }

    async fn outline(&self) -> Result<Option<Outline>, AdapterError> {
        Ok(self.outline.clone())
    }

    async fn media(&self, file: &MediaFile) -> Result<MediaStream, AdapterError> {
        let bytes = Bytes::from(format!("bytes of {}", file.url));
        Ok(futures::stream::iter([Ok(bytes)]).boxed())
    }
}

struct Only(Arc<OldHome>);

#[async_trait]
impl Sources for Only {
    async fn open(&self, _: &Transfer, _: Option<&Login>) -> Result<Arc<dyn Source>, AdapterError> {
        Ok(self.0.clone())
    }
}

/// A new home on an empty disk.
struct NewHome {
    app: App,
    _dir: tempfile::TempDir,
}

impl NewHome {
    async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.server.base_url = url("https://new.example");
        config.server.data_dir = dir.path().to_owned();
        config.policy.arrivals = Rule::Word(RuleWord::Anyone);
        Self { app: App::open(config).await.unwrap(), _dir: dir }
    }

    async fn account(&self, name: &str) -> Account {
        self.app.site.create_account(name, "a long password", Role::Member).await.unwrap()
    }

    fn engine(&self, old: OldHome) -> Engine {
        Engine { sources: Arc::new(Only(Arc::new(old))), ..(*self.app.engine).clone() }
    }

    /// Copies until the transfer rests.
    async fn copy(&self, account: &Account, old: OldHome) -> (Transfer, Report) {
        let engine = self.engine(old);
        let id = self.transfer(account).await;
        self.run(&engine, &id).await
    }

    /// A transfer that stands before its survey.
    async fn transfer(&self, account: &Account) -> TransferId {
        let id = TransferId::from(self.app.clock.id());
        let transfer = Transfer {
            id: id.clone(),
            account: account.id.clone(),
            asked_for: "test".to_owned(),
            origin: Origin::Archive { path: "nowhere".to_owned(), beside: Vec::new() },
            state: TransferState::Surveying,
            problem: None,
            resume_at: None,
            ending: None,
        };
        transfers::insert(&self.app.store, transfer, None, 0).await.unwrap();
        id
    }

    /// Runs a transfer until it rests.
    async fn run(&self, engine: &Engine, id: &TransferId) -> (Transfer, Report) {
        loop {
            let transfer = transfers::find(&self.app.store, id).await.unwrap().unwrap();
            if !transfer.state.is_running() {
                let report = status::report(engine, &transfer).await.unwrap();
                return (transfer, report);
            }
            step::advance(engine, &transfer).await.unwrap();
        }
    }
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn post(number: u32, more: Value) -> Item {
    let mut document = json!({
        "id": format!("{OLD}/posts/{number}"), "type": "Note", "attributedTo": OLD,
        "published": "2022-05-06T07:08:09Z", "to": wire::audience::PUBLIC,
        "content": format!("<p>post {number}</p>"),
    });
    if let (Some(document), Value::Object(more)) = (document.as_object_mut(), more) {
        document.extend(more);
    }
    Item::Post(Box::new(wire::object::read(&document, None).unwrap()))
}

fn like(object: &str) -> Item {
    Item::Like(Reference { object: url(object), published: None })
}

fn file(address: &str) -> Item {
    Item::Media(MediaFile {
        url: address.to_owned(),
        fetch_url: None,
        role: MediaRole::Attachment,
        media_type: "image/png".to_owned(),
        bytes: None,
        sha256: None,
    })
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_on_the_machine_looks_into_the_data() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.server.data_dir = dir.path().join("below/data");
    App::open(config).await.unwrap();
    let mode = std::fs::metadata(dir.path().join("below/data")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
}
