//! What a transfer asks of its old home, and what it makes of the answers.

use super::*;
use crate::{
    model::login::Purpose,
    port::fakes::FakeRemote,
    store::logins,
    transfer::{
        access::{self, Renewal},
        authorize::{self, Callback},
        give_map, sign_in_again, start, trial,
    },
};

/// Ann's old home as others see it; `finish` is where it says the last word is spoken.
fn old_home(finish: &str) -> Arc<FakeRemote> {
    let remote = FakeRemote::default();
    remote.serve(
        "https://old.example/.well-known/webfinger?resource=acct%3Aann%40old.example",
        &json!({"links": [{"rel": "self", "href": OLD}]}),
    );
    remote.serve(
        OLD,
        &json!({"id": OLD, "type": "Person", "inbox": format!("{OLD}/inbox"), "endpoints": {
            "oauthMigrationEndpoint": "https://old.example/authorize",
            "oauthTokenEndpoint": "https://old.example/token",
            "godwitHandOver": "https://old.example/map",
            "godwitStatus": "https://old.example/status",
            "finishMigration": finish,
        }}),
    );
    remote.serve(
        "https://old.example/.well-known/oauth-authorization-server",
        &json!({"issuer": "https://old.example", "revocation_endpoint": "https://old.example/revoke"}),
    );
    let tokens = json!({"access_token": "the token", "token_type": "Bearer"});
    remote.serve("https://old.example/token", &tokens);
    Arc::new(remote)
}

struct Asked {
    new: NewHome,
    ann: Account,
    engine: Engine,
    remote: Arc<FakeRemote>,
    id: TransferId,
    state: String,
}

/// Ann's new home has sent her to her old one.
async fn asked(finish: &str) -> Asked {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let remote = old_home(finish);
    let engine = Engine { remote: remote.clone(), ..new.engine(OldHome::new()) };
    let (id, sent_to) =
        start::start(&engine, &ann.id, "@ann@old.example", &start::Wish::default()).await.unwrap();
    let state = sent_to.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    Asked { new, ann, engine, remote, id, state }
}

impl Asked {
    async fn transfer(&self) -> Transfer {
        transfers::find(&self.new.app.store, &self.id).await.unwrap().unwrap()
    }

    async fn answer(&self) -> bool {
        let callback = Callback {
            state: Some(self.state.clone()),
            code: Some("code".to_owned()),
            activitypub_actor: Some(OLD.to_owned()),
            ..Callback::default()
        };
        authorize::authorize(&self.engine, &self.ann.id, callback).await.is_ok()
    }

    async fn token(&self, purpose: Purpose) -> Option<String> {
        let login = logins::find(&self.new.app.store, &self.id, purpose).await.unwrap();
        login.and_then(|login| login.access_token)
    }

    /// As if everything up to the last word had been done.
    async fn hurry_to(&self, states: &[TransferState]) {
        for state in states {
            let now = self.transfer().await.state;
            transfers::step(&self.new.app.store, &self.id, now, *state, 0).await.unwrap();
        }
    }
}

const TO_TRIAL: [TransferState; 5] = [
    TransferState::Fetching,
    TransferState::Planned,
    TransferState::Importing,
    TransferState::Verifying,
    TransferState::Trial,
];

#[tokio::test]
async fn an_answer_is_taken_once() {
    let asked = asked("https://old.example/finish").await;
    assert!(asked.answer().await);
    assert_eq!(asked.token(Purpose::Read).await.as_deref(), Some("the token"));
    assert_eq!(asked.transfer().await.state, TransferState::Surveying);
    assert!(!asked.answer().await);
}

#[tokio::test]
async fn who_comes_back_while_old_home_is_in_trouble_reads_so_in_plain_words_and_can_ask_again() {
    let mut asked = asked("https://old.example/finish").await;
    asked.remote.answer(
        "https://old.example/token",
        503,
        &[("content-type", "text/html")],
        "upstream: errno 111",
    );
    assert!(asked.answer().await, "the transfer's page tells it");
    let transfer = asked.transfer().await;
    assert_eq!(transfer.state, TransferState::AwaitingConsent);
    let told = transfer.problem.unwrap();
    assert!(told.contains("old.example was busy") && told.contains("go there once more"), "{told}");
    assert!(!told.contains("503") && !told.contains("asking"), "{told}");

    let tokens = json!({"access_token": "the token", "token_type": "Bearer"});
    asked.remote.serve("https://old.example/token", &tokens);
    let sent_to = sign_in_again::ask(&asked.engine, &asked.transfer().await).await.unwrap();
    asked.state = sent_to.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    assert!(asked.answer().await);
    let transfer = asked.transfer().await;
    assert_eq!((transfer.state, transfer.problem), (TransferState::Surveying, None));
}

#[tokio::test]
async fn an_old_home_that_is_busy_has_not_taken_the_permission_back() {
    let asked = asked("https://old.example/finish").await;
    assert!(asked.answer().await);
    let login = logins::find(&asked.new.app.store, &asked.id, Purpose::Read).await.unwrap().unwrap();
    let login = Login { refresh_token: Some("once more".to_owned()), ..login };
    logins::keep(&asked.new.app.store, &asked.id, &login).await.unwrap();
    for (status, renewal) in [(429, Renewal::Unknown), (503, Renewal::Unknown), (400, Renewal::Void)] {
        let json = ("content-type", "application/json");
        asked.remote.answer("https://old.example/token", status, &[json], r#"{"error": "invalid_grant"}"#);
        assert_eq!(access::renew_reading(&asked.engine, &asked.transfer().await).await, renewal, "{status}");
    }
}

#[tokio::test]
async fn an_answer_to_a_copy_that_was_thrown_away_is_not_redeemed() {
    let asked = asked("https://old.example/finish").await;
    trial::discard(&asked.engine, &asked.transfer().await).await.unwrap();
    assert!(!asked.answer().await);
    assert_eq!(asked.token(Purpose::Read).await, None);
    assert!(asked.remote.sent().iter().all(|request| request.url.path() != "/token"));
}

#[tokio::test]
async fn asking_for_the_announcement_again_loses_nothing_that_was_given() {
    let mut asked = asked("https://old.example/finish").await;
    asked.answer().await;
    asked.hurry_to(&TO_TRIAL).await;
    let announce = async |asked: &Asked| {
        let sent_to = trial::announce(&asked.engine, &asked.transfer().await).await.unwrap();
        sent_to.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned()
    };
    asked.state = announce(&asked).await;
    assert_eq!(asked.token(Purpose::HandOver).await, None);
    assert!(asked.answer().await);
    asked.hurry_to(&[TransferState::AwaitingAnnouncement]).await;
    announce(&asked).await;
    assert_eq!(asked.token(Purpose::HandOver).await.as_deref(), Some("the token"));
}

#[tokio::test]
async fn the_last_word_is_spoken_at_old_home_and_nowhere_else() {
    for (finish, is_fine) in [
        ("https://old.example/finish", true),
        ("https://evil.example/finish", false),
        ("https://old.example@evil.example/finish", false),
        ("https://new.example@old.example/finish", false),
    ] {
        let mut asked = asked(finish).await;
        asked.answer().await;
        asked.hurry_to(&TO_TRIAL).await;
        let sent_to = trial::announce(&asked.engine, &asked.transfer().await).await.unwrap();
        asked.state = sent_to.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        asked.answer().await;
        let page = give_map::finish_page(&asked.engine, &asked.transfer().await).await;
        assert_eq!(page.is_ok(), is_fine, "{finish}");
    }
}

#[tokio::test]
async fn a_kept_copy_reads_at_old_home_no_longer() {
    let asked = asked("https://old.example/finish").await;
    asked.answer().await;
    asked.hurry_to(&TO_TRIAL).await;
    assert!(asked.token(Purpose::Read).await.is_some());
    trial::keep(&asked.engine, &asked.transfer().await).await.unwrap();
    step::advance(&asked.engine, &asked.transfer().await).await.unwrap();
    assert_eq!(asked.transfer().await.state, TransferState::Kept);
    assert_eq!(asked.token(Purpose::Read).await, None);
    let given_back = |path: &str| asked.remote.sent().iter().any(|request| request.url.path() == path);
    assert!(given_back("/revoke"));
}
