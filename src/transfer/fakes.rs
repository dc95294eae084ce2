//! A bench for the source's steps: a host with two people, a remote of canned documents, a clock
//! that moves by hand.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use futures::StreamExt;
use serde_json::{Value, json};
use url::Url;

use super::{
    consent::{self, Choice},
    source_side::SourceSide,
    tokens::{self, CodeRequest, Grant},
};
use crate::{
    model::{
        actor::Profile,
        collection::{CollectionKind, Cursor, Page},
        id::AccountId,
        item::{Item, ItemKind},
        media::MediaFile,
        object::Visibility,
        policy::{Departures, Rule, RuleWord},
    },
    oauth::{authorization::AuthorizationRequest, metadata, pkce, scope::Scope},
    port::{
        clock::Clock,
        error::AdapterError,
        host::{Host, HostAccount, Located},
        remote::{Remote, RemoteError, Request, Response, Signer},
        source::{MediaStream, Source},
    },
    store::Store,
    wire,
};

pub(crate) const CLIENT: &str = "https://new.example/godwit/client.json";
pub(crate) const CALLBACK: &str = "https://new.example/godwit/callback";

pub(crate) fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// The request New home sends with the person; its verifier is `pkce::verifier("bench")`.
pub(crate) fn request(scope: Scope) -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: url(CLIENT),
        redirect_uri: CALLBACK.into(),
        scope,
        state: "some state".into(),
        challenge: pkce::challenge(&pkce::verifier("bench")),
    }
}

#[derive(Default)]
pub(crate) struct FakeClock {
    micros: AtomicI64,
    draws: AtomicU64,
}

impl FakeClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.micros.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now_micros(&self) -> i64 {
        1_700_000_000_000_000 + self.micros.load(Ordering::SeqCst)
    }

    fn random(&self, bytes: &mut [u8]) {
        let draw = self.draws.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        bytes.iter_mut().zip(draw.iter().cycle()).for_each(|(byte, drawn)| *byte = *drawn);
    }
}

#[derive(Default)]
pub(crate) struct FakeRemote {
    documents: Mutex<BTreeMap<String, (u16, Value)>>,
    asked: Mutex<Vec<String>>,
}

impl FakeRemote {
    pub(crate) fn put(&self, at: &str, document: Value) {
        self.documents.lock().unwrap().insert(at.into(), (200, document));
    }

    pub(crate) fn put_status(&self, at: &str, status: u16) {
        self.documents.lock().unwrap().insert(at.into(), (status, Value::Null));
    }

    pub(crate) fn forget(&self, at: &str) {
        self.documents.lock().unwrap().remove(at);
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Remote for FakeRemote {
    async fn send(&self, request: Request) -> Result<Response, RemoteError> {
        self.asked.lock().unwrap().push(request.url.to_string());
        let known = self.documents.lock().unwrap().get(request.url.as_str()).cloned();
        let (status, document) = known.unwrap_or((404, Value::Null));
        let body = futures::stream::iter([Ok(bytes::Bytes::from(document.to_string()))]).boxed();
        let headers = BTreeMap::from([("content-type".to_owned(), "application/activity+json".to_owned())]);
        Ok(Response { status, url: request.url, headers, body })
    }

    fn check(&self, url: &Url) -> Result<(), RemoteError> {
        if url.scheme() == "https" {
            return Ok(());
        }
        Err(RemoteError::Forbidden { url: url.to_string(), why: "not https".into() })
    }

    fn origin_of(&self, host: &str) -> Option<Url> {
        Url::parse(&format!("https://{host}")).ok()
    }
}

/// Two people, `ann` and `bob`. Posts and files: the id `1`, `2` … is public, `9…` followers-only.
#[derive(Default)]
pub(crate) struct FakeHost {
    moved: Mutex<BTreeMap<String, Url>>,
    pub(crate) inboxes: Mutex<Vec<Url>>,
    /// Keys that differ from `<name>-id`.
    pub(crate) ids: Mutex<BTreeMap<String, String>>,
}

impl FakeHost {
    fn id_of(&self, name: &str) -> String {
        self.ids.lock().unwrap().get(name).cloned().unwrap_or_else(|| format!("{name}-id"))
    }
}

#[async_trait]
impl Host for FakeHost {
    async fn account(&self, id: &AccountId) -> Result<Option<HostAccount>, AdapterError> {
        match ["ann", "bob"].into_iter().find(|name| self.id_of(name) == id.as_str()) {
            Some(name) => self.account_named(name).await,
            None => Ok(None),
        }
    }

    async fn account_named(&self, username: &str) -> Result<Option<HostAccount>, AdapterError> {
        if !["ann", "bob"].contains(&username) {
            return Ok(None);
        }
        let id = self.id_of(username);
        Ok(Some(HostAccount {
            moved_to: self.moved.lock().unwrap().get(&id).cloned(),
            id: id.into(),
            username: username.into(),
            actor: url(&format!("https://old.example/users/{username}")),
            page: url(&format!("https://old.example/@{username}")),
            also_known_as: Vec::new(),
        }))
    }

    async fn locate(&self, at: &Url) -> Result<Option<Located>, AdapterError> {
        if at.host_str() != Some("old.example") {
            return Ok(None);
        }
        let segments: Vec<&str> = at.path_segments().unwrap().collect();
        let (name, kind, id) = match segments.as_slice() {
            ["users", name, "posts", id, ..] => (*name, ItemKind::Posts, *id),
            ["media", name, id, ..] => (*name, ItemKind::Media, *id),
            [page, id] if page.starts_with('@') && id.parse::<u32>().is_ok() => {
                (page.trim_start_matches('@'), ItemKind::Posts, *id)
            }
            _ => return Ok(None),
        };
        let canonical = match kind {
            ItemKind::Media => format!("https://old.example/media/{name}/{id}"),
            _ => format!("https://old.example/users/{name}/posts/{id}"),
        };
        Ok(Some(Located {
            account: self.id_of(name).into(),
            kind,
            local_id: id.into(),
            visibility: if id.starts_with('9') { Visibility::Followers } else { Visibility::Public },
            id: url(&canonical),
        }))
    }

    async fn move_inboxes(&self, _: &AccountId) -> Result<Vec<Url>, AdapterError> {
        Ok(self.inboxes.lock().unwrap().clone())
    }

    async fn set_moved_to(&self, account: &AccountId, target: Option<&Url>) -> Result<(), AdapterError> {
        let mut moved = self.moved.lock().unwrap();
        match target {
            Some(target) => moved.insert(account.as_str().into(), target.clone()),
            None => moved.remove(account.as_str()),
        };
        Ok(())
    }

    async fn add_alias(&self, _: &AccountId, _: &Url) -> Result<(), AdapterError> {
        Ok(())
    }

    async fn signer(&self, _: &AccountId) -> Result<Signer, AdapterError> {
        Ok(signer())
    }

    async fn actor_document(&self, account: &AccountId) -> Result<Value, AdapterError> {
        let account = self.account(account).await?.unwrap();
        Ok(json!({
            "id": account.actor, "type": "Person", "movedTo": account.moved_to,
            "followers": format!("{}/followers", account.actor)
        }))
    }
}

pub(crate) fn signer() -> Signer {
    Signer { key_id: "https://old.example/actor#main-key".into(), private_key_pem: "".into() }
}

/// One public post and one for followers; it gives both out, whatever was agreed.
#[derive(Default)]
pub(crate) struct FakeSource {
    actor: Option<Url>,
}

#[async_trait]
impl Source for FakeSource {
    fn actor(&self) -> &Url {
        static ANN: std::sync::OnceLock<Url> = std::sync::OnceLock::new();
        self.actor.as_ref().unwrap_or_else(|| ANN.get_or_init(|| url("https://old.example/users/ann")))
    }

    fn collections(&self) -> Vec<CollectionKind> {
        CollectionKind::ALL.to_vec()
    }

    async fn profile(&self) -> Result<Profile, AdapterError> {
        Ok(Profile::default())
    }

    async fn count(&self, _: CollectionKind) -> Result<Option<u64>, AdapterError> {
        Ok(Some(2))
    }

    async fn page(&self, _: CollectionKind, _: Option<&Cursor>, _: usize) -> Result<Page, AdapterError> {
        let post = |to: &str| {
            let document = json!({
                "id": format!("{}/posts/1", self.actor()), "type": "Note", "attributedTo": self.actor(),
                "published": "2022-05-06T07:08:09Z", "to": to, "content": "hello"
            });
            Item::Post(Box::new(wire::object::read(&document, None).unwrap()))
        };
        let items = vec![post(wire::audience::PUBLIC), post("https://old.example/users/ann/followers")];
        Ok(Page { items, ..Page::default() })
    }

    async fn media(&self, _: &MediaFile) -> Result<MediaStream, AdapterError> {
        Ok(futures::stream::iter([Ok(bytes::Bytes::from_static(b"bytes"))]).boxed())
    }
}

/// Everything a step at the source needs, on a fresh database.
pub(crate) struct Bench {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) store: Store,
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) remote: Arc<FakeRemote>,
    pub(crate) host: Arc<FakeHost>,
    pub(crate) side: SourceSide,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let (clock, remote, host) =
            (Arc::new(FakeClock::default()), Arc::new(FakeRemote::default()), Arc::new(FakeHost::default()));
        remote.put(CLIENT, serde_json::to_value(metadata::client(&url("https://new.example"))).unwrap());
        remote.put("https://new.example/users/ann", target(&["https://old.example/users/ann"]));
        let side = SourceSide {
            store: store.clone(),
            host: host.clone(),
            remote: remote.clone(),
            clock: clock.clone(),
            signer: signer(),
            departures: Departures { who: Rule::Word(RuleWord::Anyone), ..Departures::default() },
            base: url("https://old.example"),
            handle_domain: "old.example".to_owned(),
            rest_micros: 24 * 3600 * 1_000_000,
        };
        Self { dir, store, clock, remote, host, side }
    }

    pub(crate) fn ann(&self) -> HostAccount {
        futures::executor::block_on(self.host.account_named("ann")).unwrap().unwrap()
    }

    /// Ann agrees; the code and its verifier.
    pub(crate) async fn code(&self, scope: Scope) -> (String, String) {
        let asked = consent::ask(&self.side, request(scope), None).await.unwrap();
        let choice = Choice { kinds: CollectionKind::ALL.to_vec(), includes_private: false };
        let back = consent::allow(&self.side, &self.ann(), &asked, &choice).await.unwrap();
        let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        (code, pkce::verifier("bench"))
    }

    /// Ann agrees; New home's access token.
    pub(crate) async fn token(&self, scope: Scope) -> String {
        let (code, verifier) = self.code(scope).await;
        let request =
            CodeRequest { code: &code, redirect_uri: CALLBACK, client_id: CLIENT, verifier: &verifier };
        tokens::exchange(&self.store, &*self.clock, &request).await.unwrap().access
    }

    /// Ann agrees; what New home may do now.
    pub(crate) async fn grant(&self, scope: Scope) -> Grant {
        let token = self.token(scope).await;
        tokens::authenticate(&self.store, &*self.clock, &token).await.unwrap().unwrap()
    }
}

/// The new account's document.
pub(crate) fn target(also_known_as: &[&str]) -> Value {
    json!({
        "id": "https://new.example/users/ann", "type": "Person", "preferredUsername": "ann",
        "inbox": "https://new.example/users/ann/inbox", "url": "https://new.example/@ann",
        "alsoKnownAs": also_known_as
    })
}
