//! The inboxes from outside.

use std::sync::Arc;

use actix_web::test::{TestRequest, call_service, init_service};
use serde_json::json;

use super::*;
use crate::{
    config::Config,
    federation::{
        signing::{Message, Signatures},
        test_keys,
    },
    port::{
        clock::Clock,
        fakes::{FakeRemote, StillClock},
        remote::Signer,
    },
    store::{accounts, held_names},
};

const ANN: &str = "https://old.example/users/ann";

struct Lab {
    app: web::Data<App>,
    remote: Arc<FakeRemote>,
    clock: Arc<StillClock>,
    _dir: tempfile::TempDir,
}

/// A server called home.example with one account, bob; ann lives elsewhere and publishes a key.
async fn lab() -> Lab {
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.server.base_url = Url::parse("https://home.example").unwrap();
    config.server.data_dir = dir.path().to_owned();
    let clock = Arc::new(StillClock::new());
    let remote = Arc::new(FakeRemote::default());
    let mut app = App::open(config).await.unwrap();
    app.remote = remote.clone();
    app.clock = clock.clone();
    app.site.clock = clock.clone();
    let bob = accounts::NewAccount {
        id: clock.id(),
        username: "bob".to_owned(),
        role: "member".to_owned(),
        password_hash: String::new(),
        private_key_pem: String::new(),
        public_key_pem: String::new(),
        created_at: 0,
    };
    held_names::make(&app.store, bob, None, None).await.unwrap();
    let (signer, pem) = test_keys::pair(ANN);
    remote.serve(
        ANN,
        &json!({"id": ANN, "type": "Person", "preferredUsername": "ann", "inbox": format!("{ANN}/inbox"),
                "publicKey": {"id": signer.key_id, "owner": ANN, "publicKeyPem": pem}}),
    );
    Lab { app: web::Data::new(app), remote, clock, _dir: dir }
}

fn follow(by: &str) -> Value {
    json!({"id": format!("{by}/activities/1"), "type": "Follow", "actor": by,
           "object": "https://home.example/users/bob"})
}

impl Lab {
    /// Posts a body as ann's server signs it for an address.
    async fn post(&self, signed_for: &str, path: &str, body: &[u8], signer: Option<&Signer>) -> u16 {
        let service =
            init_service(actix_web::App::new().app_data(self.app.clone()).configure(configure)).await;
        let mut request = TestRequest::post()
            .uri(path)
            .insert_header(("host", "home.example"))
            .insert_header(("content-type", "application/activity+json"))
            .set_payload(body.to_vec());
        if let Some(signer) = signer {
            let url = Url::parse(&format!("https://home.example{signed_for}")).unwrap();
            let now_micros = self.app.clock.now_micros();
            let message = Message { url: &url, body: Some((body, "application/activity+json")), now_micros };
            for header in Signatures::default().sign(signer, message).unwrap() {
                request = request.insert_header(header);
            }
        }
        call_service(&service, request.to_request()).await.status().as_u16()
    }

    async fn followers(&self) -> usize {
        let bob = self.app.site.account_named("bob").await.unwrap().unwrap();
        self.app.site.followers(&bob.id).await.unwrap().len()
    }
}

fn ann() -> Signer {
    test_keys::pair(ANN).0
}

#[actix_web::test]
async fn a_signed_activity_is_taken_at_every_inbox_and_the_key_is_fetched_once() {
    let lab = lab().await;
    let body = follow(ANN).to_string();
    for path in ["/inbox", "/godwit/actor/inbox", "/users/bob/inbox"] {
        assert_eq!(lab.post(path, path, body.as_bytes(), Some(&ann())).await, 202, "{path}");
    }
    assert_eq!(lab.followers().await, 1);
    assert_eq!(lab.remote.sent().len(), 1);
}

#[actix_web::test]
async fn a_key_is_asked_for_anew_after_a_week_and_a_server_that_is_down_silences_nobody() {
    let lab = lab().await;
    let body = follow(ANN).to_string();
    assert_eq!(lab.post("/inbox", "/inbox", body.as_bytes(), Some(&ann())).await, 202);
    lab.clock.pass_seconds(8 * 24 * 3600);
    lab.remote.answer(ANN, 503, &[], "");
    assert_eq!(lab.post("/inbox", "/inbox", body.as_bytes(), Some(&ann())).await, 202);
    // Its owner has changed it meanwhile: the old one is believed no longer.
    let pem = test_keys::another();
    let key = json!({"id": ann().key_id, "owner": ANN, "publicKeyPem": pem});
    lab.remote.serve(
        ANN,
        &json!({"id": ANN, "type": "Person", "preferredUsername": "ann", "inbox": format!("{ANN}/inbox"),
                "publicKey": key}),
    );
    assert_eq!(lab.post("/inbox", "/inbox", body.as_bytes(), Some(&ann())).await, 401);
}

#[actix_web::test]
async fn what_is_not_signed_for_this_very_request_is_refused() {
    let lab = lab().await;
    let body = follow(ANN).to_string();
    assert_eq!(lab.post("/inbox", "/inbox", body.as_bytes(), None).await, 401);
    assert_eq!(lab.post("/users/bob/inbox", "/inbox", body.as_bytes(), Some(&ann())).await, 401);
    assert_eq!(lab.post("/inbox", "/users/nobody/inbox", body.as_bytes(), Some(&ann())).await, 404);
    assert_eq!(lab.followers().await, 0);
}

#[actix_web::test]
async fn an_activity_of_somebody_else_is_refused() {
    let lab = lab().await;
    let body = follow("https://old.example/users/eve").to_string();
    assert_eq!(lab.post("/inbox", "/inbox", body.as_bytes(), Some(&ann())).await, 403);
    assert_eq!(lab.followers().await, 0);
}

#[actix_web::test]
async fn what_is_no_activity_or_too_long_is_refused_before_any_key_is_fetched() {
    let lab = lab().await;
    assert_eq!(lab.post("/inbox", "/inbox", b"hello", Some(&ann())).await, 400);
    assert_eq!(lab.post("/inbox", "/inbox", b"{}", Some(&ann())).await, 400);
    assert_eq!(lab.post("/inbox", "/inbox", &vec![b' '; BODY_BYTES + 1], Some(&ann())).await, 413);
    assert!(lab.remote.sent().is_empty());
}

#[actix_web::test]
async fn a_farewell_of_a_stranger_costs_nothing() {
    let lab = lab().await;
    let farewell =
        json!({"id": format!("{ANN}#delete"), "type": "Delete", "actor": ANN, "object": ANN}).to_string();
    assert_eq!(lab.post("/inbox", "/inbox", farewell.as_bytes(), Some(&ann())).await, 202);
    assert!(lab.remote.sent().is_empty());
}

#[actix_web::test]
async fn a_sender_whose_key_cannot_be_had_now_is_asked_to_come_back() {
    let lab = lab().await;
    lab.remote.answer(ANN, 503, &[], "");
    let body = follow(ANN).to_string();
    assert_eq!(lab.post("/inbox", "/inbox", body.as_bytes(), Some(&ann())).await, 503);
}
