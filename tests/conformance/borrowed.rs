//! A server that answers the interface every client uses, on borrowed time: pauses are over at once, and
//! every answer takes a fifth of a second of it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use godwit::{
    adapters::{ClientParts, ClientServers},
    port::{
        clock::Clock,
        remote::{Remote, RemoteError, Request, Response, Signer},
        source::Source,
    },
};
use url::Url;

use super::client_server::{Asked, ClientServer, Contents, Manner};

/// Where it is.
pub const ORIGIN: &str = "https://old.example";
/// The token of its owner's consent.
pub const TOKEN: &str = "a-token";
/// What an answer takes, in microseconds.
const ANSWER: i64 = 200_000;

/// The server and its time.
pub struct Borrowed {
    server: Mutex<ClientServer>,
    now: AtomicI64,
}

impl Borrowed {
    /// At the beginning of a quarter of an hour.
    pub fn new(manner: Manner, contents: Contents) -> Arc<Self> {
        let mut server = ClientServer::new(ORIGIN, manner, contents);
        server.tokens.give(TOKEN);
        Arc::new(Self { server: Mutex::new(server), now: AtomicI64::new(900_000 * 2_000 * 1_000_000) })
    }

    pub fn server(&self) -> MutexGuard<'_, ClientServer> {
        self.server.lock().unwrap()
    }

    fn pass(&self, micros: i64) {
        self.now.fetch_add(micros, Ordering::SeqCst);
    }

    /// All servers, seen from here.
    pub fn servers(self: &Arc<Self>) -> ClientServers {
        let signer =
            Signer { key_id: "https://new.example/actor#main-key".into(), private_key_pem: "".into() };
        let time = Arc::clone(self);
        let parts = ClientParts::new(self.clone(), self.clone(), signer);
        ClientServers::new(parts.resting(Arc::new(move |pause: Duration| {
            time.pass(i64::try_from(pause.as_micros()).unwrap());
            Box::pin(std::future::ready(()))
        })))
    }

    /// The account, opened.
    pub async fn open(self: &Arc<Self>, servers: &ClientServers) -> Arc<dyn Source> {
        let (actor, software) = {
            let server = self.server();
            (
                Url::parse(&server.actor()).unwrap(),
                format!("{} {}", server.manner.software, server.manner.version),
            )
        };
        servers.open(&"a transfer".into(), &actor, &software, TOKEN).await.unwrap()
    }
}

impl Clock for Borrowed {
    fn now_micros(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

#[async_trait]
impl Remote for Borrowed {
    async fn send(&self, request: Request) -> Result<Response, RemoteError> {
        let body =
            request.body.as_ref().map(|body| String::from_utf8_lossy(body).into_owned()).unwrap_or_default();
        let asked = Asked {
            method: if request.body.is_some() { "POST" } else { "GET" },
            path: request.url.path(),
            query: request.url.query().unwrap_or_default(),
            token: request.bearer.as_ref().map(|bearer| bearer.0.as_str()),
            accept: request.accept,
            body: &body,
        };
        let is_here = request.url.as_str().starts_with(ORIGIN);
        assert!(is_here || asked.token.is_none(), "the token went to {}", request.url);
        let answer = self.server().answer(&asked, u64::try_from(self.now_micros() / 1_000_000).unwrap());
        if is_here && asked.token.is_some() {
            self.pass(ANSWER);
        }
        let mut headers = BTreeMap::from([("content-type".to_owned(), answer.kind.to_owned())]);
        headers.extend(answer.headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)));
        let body = futures::stream::iter([Ok(Bytes::from(answer.body))]).boxed();
        Ok(Response { status: answer.status, url: request.url, headers, body })
    }

    fn check(&self, _url: &Url) -> Result<(), RemoteError> {
        Ok(())
    }

    fn origin_of(&self, host: &str) -> Option<Url> {
        Url::parse(&format!("https://{host}")).ok()
    }
}
