//! How each answer of a server is taken.

use async_trait::async_trait;
use serde_json::Value;

use super::*;
use crate::{
    port::{
        error::AdapterError,
        fakes::{FakeRemote, StillClock},
        host::{HostAccount, Located},
        remote::Signer,
    },
    store::deliveries::{Letter, Progress},
};

/// A host that only hands out keys.
struct Keys;

#[async_trait]
impl Host for Keys {
    async fn account(&self, _: &AccountId) -> Result<Option<HostAccount>, AdapterError> {
        Ok(None)
    }
    async fn account_named(&self, _: &str) -> Result<Option<HostAccount>, AdapterError> {
        Ok(None)
    }
    async fn locate(&self, _: &Url) -> Result<Option<Located>, AdapterError> {
        Ok(None)
    }
    async fn move_inboxes(&self, _: &AccountId) -> Result<Vec<Url>, AdapterError> {
        Ok(Vec::new())
    }
    async fn set_moved_to(&self, _: &AccountId, _: Option<&Url>) -> Result<(), AdapterError> {
        Ok(())
    }
    async fn add_alias(&self, _: &AccountId, _: &Url) -> Result<(), AdapterError> {
        Ok(())
    }
    async fn signer(&self, account: &AccountId) -> Result<Signer, AdapterError> {
        Ok(Signer {
            key_id: format!("https://home.example/users/{account}#main-key"),
            private_key_pem: "".into(),
        })
    }
    async fn actor_document(&self, _: &AccountId) -> Result<Value, AdapterError> {
        Ok(Value::Null)
    }
}

struct Lab {
    store: Store,
    clock: StillClock,
    remote: FakeRemote,
    _dir: tempfile::TempDir,
}

async fn lab() -> Lab {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    Lab { store, clock: StillClock::new(), remote: FakeRemote::default(), _dir: dir }
}

impl Lab {
    async fn enqueue(&self, activity_id: &str, inboxes: &[&str]) {
        let letter = Letter {
            account_id: "bob".into(),
            activity_id: activity_id.into(),
            activity: "{}".into(),
            announcement_id: Some("one".into()),
            at: self.clock.now_micros(),
        };
        let inboxes: Vec<String> = inboxes.iter().map(|inbox| (*inbox).to_owned()).collect();
        self.store
            .write(move |c| Box::pin(async move { deliveries::enqueue_in(c, &letter, &inboxes).await }))
            .await
            .unwrap();
    }

    /// Runs, and tells in how many seconds the next attempt is.
    async fn run(&self) -> Option<i64> {
        let next = run_due(&self.store, &self.clock, &self.remote, &Keys).await.unwrap();
        next.map(|at| (at - self.clock.now_micros()) / 1_000_000)
    }

    async fn progress(&self) -> Progress {
        deliveries::progress(&self.store, "one").await.unwrap()
    }
}

const INBOX: &str = "https://old.example/inbox";

#[tokio::test]
async fn each_answer_is_taken_for_what_it_means() {
    let delivered = Progress { delivered: 1, ..Progress::default() };
    let dead = Progress { dead: 1, ..Progress::default() };
    let queued = Progress { queued: 1, ..Progress::default() };
    for (status, progress) in [
        (200, delivered),
        (202, delivered),
        (400, dead),
        (401, queued),
        (403, dead),
        (404, dead),
        (408, queued),
        (410, dead),
        (422, dead),
        (429, queued),
        (500, queued),
        (501, queued),
        (503, queued),
    ] {
        let lab = lab().await;
        lab.remote.answer(INBOX, status, &[], "");
        lab.enqueue("a", &[INBOX]).await;
        lab.run().await;
        assert_eq!(lab.progress().await, progress, "{status}");
    }
}

#[tokio::test]
async fn the_account_signs_and_the_activity_is_sent_as_it_is() {
    let lab = lab().await;
    lab.remote.answer(INBOX, 202, &[], "");
    lab.enqueue("a", &[INBOX]).await;
    assert_eq!(lab.run().await, None);
    assert_eq!(lab.run().await, None);
    let sent = lab.remote.sent();
    assert_eq!(sent.len(), 1, "what was taken is not sent again");
    assert_eq!(sent[0].body.as_deref(), Some(b"{}".as_slice()));
    assert_eq!(sent[0].content_type, "application/activity+json");
    assert_eq!(sent[0].signer.as_ref().unwrap().key_id, "https://home.example/users/bob#main-key");
}

#[tokio::test]
async fn pauses_grow_and_after_sixteen_attempts_it_is_given_up() {
    let lab = lab().await;
    lab.enqueue("a", &[INBOX]).await;
    let mut pauses = Vec::new();
    while let Some(pause) = lab.run().await {
        pauses.push(pause);
        lab.clock.pass_seconds(pause);
    }
    assert_eq!(pauses.get(..4), Some([16, 31, 96, 271].as_slice()));
    assert_eq!(lab.remote.sent().len(), 16);
    assert_eq!(lab.progress().await.dead, 1);
}

#[tokio::test]
async fn a_servers_wish_to_wait_is_heeded_within_reason() {
    for (wish, pause) in [("3600", 3600), ("5", 16), ("99999999", 24 * 3600)] {
        let lab = lab().await;
        lab.remote.answer(INBOX, 429, &[("retry-after", wish)], "");
        lab.enqueue("a", &[INBOX]).await;
        assert_eq!(lab.run().await, Some(pause), "{wish}");
    }
}

#[tokio::test]
async fn a_silent_inbox_is_asked_once_and_the_others_are_served() {
    let lab = lab().await;
    lab.remote.answer("https://new.example/inbox", 202, &[], "");
    for activity in ["a", "b", "c"] {
        lab.enqueue(activity, &[INBOX, "https://new.example/inbox"]).await;
    }
    lab.run().await;
    assert_eq!(lab.progress().await, Progress { queued: 3, delivered: 3, dead: 0 });
    assert_eq!(lab.remote.sent().len(), 4);
}
