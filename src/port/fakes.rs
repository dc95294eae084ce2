//! A world that tests hold still: a remote that answers from a table, a clock that stands.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use serde_json::Value;
use url::Url;

use super::{
    clock::Clock,
    remote::{Remote, RemoteError, Request, Response},
};

/// An answer: status, headers, body.
type Answer = (u16, BTreeMap<String, String>, String);

/// Answers from a table; what is not in it is not reachable. Remembers what was sent.
#[derive(Default)]
pub(crate) struct FakeRemote {
    answers: Mutex<HashMap<String, Answer>>,
    sent: Mutex<Vec<Request>>,
    /// Addresses whose answers come from elsewhere, as after a redirect.
    sent_on: Mutex<HashMap<String, Url>>,
}

impl FakeRemote {
    /// Serves a document.
    pub(crate) fn serve(&self, url: &str, document: &Value) {
        let kind = ("content-type", "application/activity+json");
        self.answer(url, 200, &[kind], &document.to_string());
    }

    /// Lets the answer to an address come from another one.
    pub(crate) fn send_on(&self, from: &str, to: &str) {
        self.sent_on.lock().unwrap().insert(from.to_owned(), Url::parse(to).unwrap());
    }

    /// Answers with a status, headers and a body.
    pub(crate) fn answer(&self, url: &str, status: u16, headers: &[(&str, &str)], body: &str) {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.answers.lock().unwrap().insert(url.to_owned(), (status, headers, body.to_owned()));
    }

    /// Answers so to whoever accepts exactly this type, or this one before others.
    pub(crate) fn answer_as(
        &self,
        url: &str,
        accepted: &str,
        status: u16,
        headers: &[(&str, &str)],
        body: &str,
    ) {
        self.answer(&format!("{accepted} {url}"), status, headers, body);
    }

    /// What was sent so far.
    pub(crate) fn sent(&self) -> Vec<Request> {
        self.sent.lock().unwrap().clone()
    }
}

#[async_trait]
impl Remote for FakeRemote {
    async fn send(&self, request: Request) -> Result<Response, RemoteError> {
        let url = request.url.clone();
        let accepted = request.accept.split([',', ';']).next().unwrap_or_default();
        let narrow = format!("{accepted} {url}");
        self.sent.lock().unwrap().push(request);
        let found = {
            let answers = self.answers.lock().unwrap();
            answers.get(&narrow).or_else(|| answers.get(url.as_str())).cloned()
        };
        let Some((status, headers, body)) = found else {
            return Err(RemoteError::Unreachable { host: url.to_string(), why: "nobody is there".into() });
        };
        let body = futures::stream::iter([Ok(Bytes::from(body))]).boxed();
        let url = self.sent_on.lock().unwrap().get(url.as_str()).cloned().unwrap_or(url);
        Ok(Response { status, url, headers, body })
    }

    fn check(&self, _url: &Url) -> Result<(), RemoteError> {
        Ok(())
    }

    fn origin_of(&self, host: &str) -> Option<Url> {
        Url::parse(&format!("https://{host}")).ok()
    }
}

/// A clock that goes only when told, with counting instead of randomness.
pub(crate) struct StillClock {
    now: AtomicI64,
    count: AtomicU64,
}

impl StillClock {
    /// Stands at some time in 2026.
    pub(crate) fn new() -> Self {
        Self { now: AtomicI64::new(1_780_000_000_000_000), count: AtomicU64::new(0) }
    }

    /// Moves the hands.
    pub(crate) fn pass_seconds(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn now_micros(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    fn random(&self, bytes: &mut [u8]) {
        let count = self.count.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        for (place, byte) in bytes.iter_mut().rev().zip(count.iter().rev().chain(std::iter::repeat(&0))) {
            *place = *byte;
        }
    }
}
