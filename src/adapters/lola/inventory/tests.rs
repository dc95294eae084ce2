//! Whose word is taken for what an account has.

use std::sync::{Arc, OnceLock};

use super::*;
use crate::{
    port::{fakes::FakeRemote, remote::Signer, source::Source},
    site::keys::{self, PemPair},
    wire::seal,
};

const ANN: &str = "https://old.example/users/ann";
const AT: &str = "https://old.example/godwit/lola/ann/inventory";
const KEY: &str = "https://old.example/actor#main-key";

fn pair() -> &'static PemPair {
    static PAIR: OnceLock<PemPair> = OnceLock::new();
    PAIR.get_or_init(|| keys::generate().unwrap())
}

fn statement() -> Value {
    let line = json!({"count": 0, "bits": 0, "digest": Tally::default().total().digest});
    json!({"actor": ANN, "pass": 1, "taken_at": "2026-11-20T12:00:00Z", "kinds": {"posts": line, "dreams": line}})
}

fn host(id: &str, key_id: &str, kind: &str) -> Value {
    json!({"id": id, "type": kind, "inbox": format!("{id}/inbox"),
           "publicKey": {"id": key_id, "owner": id, "publicKeyPem": pair().public_pem}})
}

fn sealed(statement: Value, key_id: &str) -> Value {
    serde_json::to_value(seal::seal(statement, key_id, &pair().private_pem).unwrap()).unwrap()
}

async fn answered(document: &Value, others: &[Value]) -> Result<Statement, AdapterError> {
    let remote = FakeRemote::default();
    remote.serve(
        ANN,
        &json!({"id": ANN, "type": "Person", "inbox": format!("{ANN}/inbox"),
                "migration": {"content": "https://old.example/content", "godwit:inventory": AT}}),
    );
    remote.serve("https://old.example/actor", &host("https://old.example/actor", KEY, "Application"));
    for other in others {
        remote.serve(other["id"].as_str().unwrap(), other);
    }
    remote.serve(AT, document);
    let signer = Signer { key_id: "https://new.example/actor#main-key".into(), private_key_pem: "".into() };
    let actor = Url::parse(ANN).unwrap();
    let source = LolaSource::open(Arc::new(remote), signer, &actor, "token").await.unwrap();
    source.inventory(1).await
}

async fn why(document: &Value, others: &[Value]) -> String {
    match answered(document, others).await.unwrap() {
        Statement::Unbelieved(why) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_the_accounts_own_server_signed_is_taken_and_unknown_kinds_are_left_out() {
    let Statement::Signed(stated) = answered(&sealed(statement(), KEY), &[]).await.unwrap() else { panic!() };
    assert_eq!(stated.inventory.kinds.keys().copied().collect::<Vec<_>>(), [ItemKind::Posts]);
    assert_eq!(stated.key_pem, pair().public_pem);
    stated.document.check(&stated.key_pem).unwrap();
}

#[tokio::test]
async fn a_statement_that_was_changed_after_signing_is_not_believed() {
    let mut document = sealed(statement(), KEY);
    document["statement"]["kinds"]["posts"]["count"] = json!(7);
    assert!(why(&document, &[]).await.contains("signature does not fit"));
}

#[tokio::test]
async fn another_servers_word_about_this_account_is_not_believed() {
    let evil = "https://evil.example/actor";
    let key = format!("{evil}#main-key");
    let document = sealed(statement(), &key);
    assert!(why(&document, &[host(evil, &key, "Application")]).await.contains("signed by another server"));
}

#[tokio::test]
async fn another_accounts_key_on_that_server_does_not_speak_for_the_server() {
    let eve = "https://old.example/users/eve";
    let key = format!("{eve}#main-key");
    let document = sealed(statement(), &key);
    assert!(why(&document, &[host(eve, &key, "Person")]).await.contains("is not that server's"));
}

#[tokio::test]
async fn another_accounts_inventory_and_another_passes_are_not_this_one() {
    for (field, value) in [("actor", json!("https://old.example/users/bob")), ("pass", json!(2))] {
        let mut other = statement();
        other[field] = value;
        assert!(why(&sealed(other, KEY), &[]).await.contains("another account or another time"), "{field}");
    }
    let mut odd = statement();
    odd["kinds"]["posts"]["bits"] = json!(60);
    assert!(why(&sealed(odd, KEY), &[]).await.contains("not understood"));
}
