//! Beside a small server that is not ours, behind a real proxy: a copy that was kept is announced later; old addresses
//! lead on; without us everything is answered as before.

use serde_json::{Value, json};

use crate::{
    lab::{
        address,
        browser::{ACTIVITY, ANYTHING, Browser, JSON, PAGES},
        front::{Front, Kind},
        home::{Home, OPEN},
        mover::{Mover, comes_out_even},
        peer::{Asked, Peer, Reply},
        roads,
    },
    sample,
};

/// The server that was there before, as far as strangers see it.
fn behind(listens: &str, known: &str) -> Peer {
    let origin = format!("http://{known}");
    Peer::start(listens, move |asked| answer(&origin, asked))
}

fn answer(origin: &str, asked: &Asked) -> Reply {
    let actor = format!("{origin}/users/ann");
    let says = |what: &str| Reply::bytes("text/html", format!("behind: {what}").as_bytes());
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/.well-known/webfinger") if asked.query.contains("ann") => Reply::bytes(
            "application/jrd+json",
            json!({"subject": "acct:ann", "links": [{"rel": "self", "type": ACTIVITY, "href": actor}]})
                .to_string()
                .as_bytes(),
        ),
        // It knows nothing of accounts that leave.
        ("GET", "/.well-known/oauth-authorization-server") => Reply::bytes(
            JSON,
            json!({"issuer": format!("{origin}/"), "token_endpoint": format!("{origin}/oauth/token")})
                .to_string()
                .as_bytes(),
        ),
        ("GET", "/users/ann") => Reply::json(&json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": actor, "type": "Person",
            "preferredUsername": "ann", "name": "Ann of the other server", "inbox": format!("{actor}/inbox"),
            "outbox": format!("{actor}/outbox"), "endpoints": {"sharedInbox": format!("{origin}/inbox")},
        })),
        ("POST", "/users/ann/inbox") => Reply::status(202),
        _ => says(&asked.path),
    }
}

/// Everything that is there before anybody moves is there through the proxy, and so are we.
async fn all_is_as_before(kind: Kind, stranger: &Browser, old: &Home, other: &Peer) {
    let ann = stranger.get(&old.actor("ann"), ACTIVITY).await.good();
    assert_eq!(ann["name"], "Ann of the other server");
    assert!(ann["endpoints"]["sharedInbox"].is_string());
    if kind == Kind::Nginx {
        assert_eq!(ann["endpoints"]["oauthMigrationEndpoint"], old.at("/godwit/oauth/authorize").as_str());
        assert_eq!(ann["endpoints"]["oauthTokenEndpoint"], old.at("/godwit/oauth/token").as_str());
    }
    for path in ["/", "/about", "/@bob/1", "/users/bob/statuses/1", "/api/v1/timelines/home"] {
        assert_eq!(stranger.get(&old.at(path), PAGES).await.text(), format!("behind: {path}"));
    }
    let finger = |who: &str| old.at(&format!("/.well-known/webfinger?resource=acct:{who}@{}", old.authority));
    let who = async |name: &str| {
        let found = stranger.get(&finger(name), JSON).await.good();
        found["links"][0]["href"].as_str().unwrap().to_owned()
    };
    assert_eq!(who("ann").await, old.actor("ann"));
    assert_eq!(who("godwit.host").await, old.at("/godwit/actor"));
    let ours: Value = stranger.get(&old.at("/godwit/actor"), ACTIVITY).await.good();
    assert_eq!(ours["id"], old.at("/godwit/actor").as_str());
    assert_eq!(stranger.post(&old.at("/users/ann/inbox"), &[("a", "letter")]).await.status, 202);
    assert!(other.asked().iter().any(|asked| asked.method == "POST" && asked.body == "a=letter"));
}

async fn a_kept_copy_behind(kind: Kind) {
    if !kind.is_here() {
        return;
    }
    let (front, listens, there, new) = (address(), address(), address(), address());
    let mut old = Home::behind(&front, &listens, "", &[&front, &new], OPEN);
    let mut new = Home::new(&new, &[&front], OPEN);
    let other = behind(&there, &front);
    let _proxy = Front::start(kind, &old, &there);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    let stranger = Browser::new();
    all_is_as_before(kind, &stranger, &old, &other).await;

    let id = mover.copy().await;
    // With the permission to read gone, strangers are shown the actor of the server behind.
    mover.press(&id, "keep").await.good();
    mover.until(&id, "kept").await;
    comes_out_even(&mover.announce(&id).await);
    let addresses = roads::addresses(&old).await;
    let post = addresses.open.first().unwrap();
    let led = stranger.get(post, ACTIVITY).await;
    assert_eq!(led.status, 301, "{}", led.text());
    assert!(led.location().unwrap().as_str().starts_with(&new.origin));
    let page = stranger.get(&old.at("/@ann"), PAGES).await;
    assert!(page.location().unwrap().as_str().starts_with(&new.origin));
    // The actor itself is never led away, and what was hidden is the other server's affair.
    assert_eq!(stranger.get(&old.actor("ann"), ACTIVITY).await.good()["name"], "Ann of the other server");
    let hidden = addresses.hidden.first().unwrap();
    assert!(stranger.get(hidden, ANYTHING).await.text().starts_with("behind: "), "{hidden}");

    old.kill();
    for address in [post, hidden, &old.at("/@ann"), &old.at("/about")] {
        let answer = stranger.get(address, PAGES).await;
        assert!(
            answer.text().starts_with("behind: "),
            "{address} without us: {} {}",
            answer.status,
            answer.text()
        );
    }
    assert!(new.is_well());
}

#[tokio::test]
async fn behind_nginx_a_copy_that_was_kept_is_announced_later() {
    a_kept_copy_behind(Kind::Nginx).await;
}

#[tokio::test]
async fn behind_caddy_a_copy_that_was_kept_is_announced_later() {
    a_kept_copy_behind(Kind::Caddy).await;
}
