//! An old home that lies: each lie gives a clear sentence or a listed reason, and New home stays well.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};
use url::Url;

use crate::lab::{
    archive::picture,
    browser::{ACTIVITY, Browser},
    home::{Home, OPEN},
    mover::{Mover, comes_out_even, count},
    peer::{Asked, Peer, Reply},
    without_addresses,
};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// What an honest old home with three posts and a file each answers.
fn honest(origin: &str, asked: &Asked) -> Reply {
    let at = |path: &str| format!("{origin}{path}");
    let document = match asked.path.as_str() {
        "/.well-known/webfinger" => {
            json!({"links": [{"rel": "self", "type": ACTIVITY, "href": at("/users/ann")}]})
        }
        "/.well-known/oauth-authorization-server" => json!({
            "issuer": origin, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
            "activitypub_account_portability": at("/authorize"), "revocation_endpoint": at("/revoke"),
            "authorization_response_iss_parameter_supported": true,
        }),
        "/users/ann" | "/users/eve" => json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": "Person", "id": at(&asked.path),
            "preferredUsername": "ann", "inbox": at("/inbox"), "outbox": at("/outbox"),
            "followers": at("/followers"), "endpoints": {"oauthMigrationEndpoint": at("/authorize")},
            "migration": {"content": at("/content"), "godwit:media": at("/media")},
        }),
        "/token" => json!({"access_token": "secret", "token_type": "Bearer", "expires_in": 3600}),
        "/content" => {
            json!({"type": "OrderedCollection", "totalItems": 3, "first": at("/content/1")})
        }
        "/content/1" => json!({"type": "OrderedCollectionPage", "orderedItems": posts(origin, 3)}),
        "/media" => json!({"type": "OrderedCollection", "orderedItems": files(origin, 3)}),
        path => {
            return match path.strip_prefix("/files/").and_then(|number| number.parse().ok()) {
                Some(number) => Reply::bytes("image/png", &picture(number)),
                None => Reply::status(404),
            };
        }
    };
    Reply::json(&document)
}

fn posts(origin: &str, number: usize) -> Vec<Value> {
    let post = |number: usize| {
        json!({
            "type": "Note", "id": format!("{origin}/posts/{number}"), "content": format!("<p>{number}</p>"),
            "attributedTo": format!("{origin}/users/ann"), "published": format!("2023-05-0{}T08:00:00Z", number + 1),
            "to": [PUBLIC], "cc": [format!("{origin}/followers")],
            "attachment": [{"type": "Document", "mediaType": "image/png", "url": format!("{origin}/files/{number}")}],
        })
    };
    (0..number).map(post).collect()
}

fn files(origin: &str, number: usize) -> Vec<Value> {
    let file = |number: usize| json!({"type": "Document", "url": format!("{origin}/files/{number}"), "mediaType": "image/png"});
    (0..number).map(file).collect()
}

/// New home, and an old home whose answers are honest but for those that `lies` gives.
async fn homes(lies: impl Fn(&str, &Asked) -> Option<Reply> + Send + Sync + 'static) -> (Home, Peer, Liar) {
    let address = crate::lab::address();
    let origin: Arc<str> = format!("http://{address}").into();
    let peer =
        Peer::start(&address, move |asked| lies(&origin, asked).unwrap_or_else(|| honest(&origin, asked)));
    let mut new = Home::new(&crate::lab::address(), &[&address], OPEN);
    new.account("ann");
    new.start();
    let mover = Mover::guest(&new, "ann").await;
    let liar = Liar { mover, origin: peer.origin.clone(), handle: format!("@ann@{address}") };
    (new, peer, liar)
}

/// The person between the two.
struct Liar {
    mover: Mover,
    origin: String,
    handle: String,
}

impl Liar {
    /// Asks for a copy; gives the transfer's id and the `state` to come back with.
    async fn ask(&self) -> (String, String) {
        let started = self.mover.try_asking(&self.handle).await.good();
        let url = Url::parse(started["authorize_url"].as_str().unwrap()).unwrap();
        let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        (started["id"].as_str().unwrap().to_owned(), state)
    }

    /// Comes back with this state, issuer and actor; gives status and words of the page.
    async fn come_back(&self, state: &str, issuer: &str, actor: &str) -> (u16, String) {
        let fields = [("code", "c"), ("state", state), ("iss", issuer), ("activitypub_actor", actor)];
        let answer = self.mover.come_back(&fields).await;
        (answer.status, answer.words())
    }

    /// A copy up to where it rests in this state.
    async fn copy(&self, state: &str) -> Value {
        let (id, secret) = self.ask().await;
        let (status, words) =
            self.come_back(&secret, &self.origin, &format!("{}/users/ann", self.origin)).await;
        assert_eq!(status, 303, "{words}");
        self.mover.until(&id, state).await
    }

    /// A copy that fails; gives the sentence.
    async fn fail(&self) -> String {
        self.copy("failed").await["problem"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn files_that_lie_or_lead_into_the_house_are_left_out_with_their_reasons() {
    let (mut new, peer, liar) = homes(|origin, asked| {
        let whole = Reply::bytes("image/png", &picture(9));
        let sized = |extra: Value| {
            let mut files = files(origin, 9);
            files[7]["size"] = extra;
            files[8]["sha256"] = json!("00".repeat(32));
            files
        };
        Some(match asked.path.as_str() {
            "/media" => Reply::json(&json!({"type": "OrderedCollection", "orderedItems": sized(json!(7))})),
            "/content/1" => {
                Reply::json(&json!({"type": "OrderedCollectionPage", "orderedItems": posts(origin, 9)}))
            }
            "/files/1" => whole.claiming(1_000_000),
            "/files/2" => Reply::redirect("http://127.0.0.1:1/"),
            "/files/3" => Reply::redirect("http://10.0.0.7/secret"),
            "/files/4" => Reply::redirect("https://1.1.1.1/"),
            "/files/5" => Reply::redirect("https://router.local/"),
            "/files/6" => Reply::redirect("file:///etc/passwd"),
            _ => return None,
        })
    })
    .await;
    let status = liar.copy("trial").await;
    comes_out_even(&status);
    assert_eq!(count(&status, "posts", "destination"), 9, "{status:#}");
    assert_eq!(
        (count(&status, "media", "destination"), count(&status, "media", "failed")),
        (1, 8),
        "{status:#}"
    );
    let reasons = status["report"]["reasons"].as_array().unwrap();
    let said = reasons.iter().map(|reason| reason["why"].as_str().unwrap()).collect::<Vec<_>>().join("\n");
    for words in [
        "the file broke off",
        "will not connect to http://127.0.0.1:1/",
        "will not connect to http://10.0.0.7/secret: numeric addresses are not reached",
        "will not connect to https://1.1.1.1/: numeric addresses are not reached",
        "will not connect to https://router.local/: this is not a name of a public server",
        "will not connect to file:///etc/passwd: only https addresses are reached",
        "but the old server announced 7",
        "the file's bytes are not the ones the old server announced",
    ] {
        assert!(said.contains(words), "“{words}” is not among the reasons:\n{said}");
    }
    let with_token =
        |asked: &Asked| asked.headers.get("authorization").is_some_and(|value| value == "Bearer secret");
    assert!(peer.asked().iter().any(|asked| asked.path == "/content/1" && with_token(asked)));
    assert!(new.is_well());
}

#[tokio::test]
async fn a_list_that_never_ends_is_stopped_and_one_that_is_no_list_is_named() {
    for (next, words) in [
        ("/content/1", "runs in a circle, so nobody can read it to its end"),
        ("/content/2", "runs in a circle, so nobody can read it to its end"),
        ("/content/broken", "gave an answer that"),
        ("http://127.0.0.1:1/", "on to a place where it does not go"),
        ("/content/gone", "did not have what was asked for"),
    ] {
        let (mut new, peer, liar) = homes(move |origin, asked| {
            let page = |next: &str| {
                let next = Url::parse(origin).unwrap().join(next).unwrap();
                let page =
                    json!({"type": "OrderedCollectionPage", "orderedItems": posts(origin, 3), "next": next});
                Some(Reply::json(&page))
            };
            match asked.path.as_str() {
                "/content/1" => page(next),
                // The other half of a circle of two.
                "/content/2" => page("/content/1"),
                "/content/broken" => Some(Reply::bytes(ACTIVITY, b"{\"orderedItems\": [")),
                _ => None,
            }
        })
        .await;
        let problem = liar.fail().await;
        assert!(problem.contains(words), "{next}: {problem}");
        // Whose side it is on, and none of the words of the code.
        let here = peer.origin.trim_start_matches("http://");
        let said = without_addresses(&problem);
        assert!(problem.contains(here) && !said.contains("JSON") && !said.contains("404"), "{problem}");
        assert!(new.is_well());
    }
}

#[tokio::test]
async fn an_answer_that_is_not_the_one_asked_for_changes_nothing() {
    let (mut new, peer, liar) = homes(|_, _| None).await;
    let (id, state) = liar.ask().await;
    let (here, ann) = (peer.origin.clone(), format!("{}/users/ann", peer.origin));
    let unknown = "belongs to no copy of yours, or was used already";
    let wrong = format!("{id}.wrong");
    for (state, issuer, words) in [
        (
            state.as_str(),
            "http://elsewhere.localhost:1",
            format!("does not come from {here}; nothing was taken"),
        ),
        (&state, "", format!("does not come from {here}; nothing was taken")),
        (&wrong, &here, unknown.to_owned()),
        ("wrong", &here, unknown.to_owned()),
        ("", &here, unknown.to_owned()),
    ] {
        let (status, said) = liar.come_back(state, issuer, &ann).await;
        assert_eq!(status, 422);
        assert!(said.contains(&words), "{said}");
        assert_eq!(liar.mover.status(&id, None).await["state"], "awaiting_consent");
    }
    assert!(peer.asked().iter().all(|asked| asked.path != "/token"), "the code was shown to nobody");
    // The true answer still counts, once.
    assert_eq!(liar.come_back(&state, &here, &ann).await.0, 303);
    liar.mover.until(&id, "trial").await;
    let (status, said) = liar.come_back(&state, &here, &ann).await;
    assert!(status == 422 && said.contains(unknown), "{said}");
    assert!(new.is_well());
}

#[tokio::test]
async fn somebody_else_cannot_come_back_in_my_place() {
    let (mut new, peer, liar) = homes(|_, _| None).await;
    new.account("eve");
    let (id, state) = liar.ask().await;
    let eve = Mover::guest(&new, "eve").await;
    let actor = format!("{}/users/ann", peer.origin);
    let fields = [("code", "c"), ("state", &state), ("iss", &peer.origin), ("activitypub_actor", &actor)];
    let answer = eve.come_back(&fields).await;
    assert_eq!(answer.status, 403, "{}", answer.words());
    assert!(answer.words().contains("another account"), "{}", answer.words());
    let stranger = Browser::new();
    for path in [format!("/api/v1/transfers/{id}"), format!("/api/v1/transfers/{id}/map")] {
        assert_eq!(eve.browser.get(&new.at(&path), "application/json").await.status, 404, "{path}");
        assert_eq!(stranger.get(&new.at(&path), "application/json").await.status, 401, "{path}");
    }
    assert_eq!(eve.press(&id, "discard").await.status, 404);
    assert_eq!(liar.mover.status(&id, None).await["state"], "awaiting_consent");
    assert!(new.is_well());
}

#[tokio::test]
async fn an_answer_for_an_account_elsewhere_is_refused() {
    let other = crate::lab::address();
    let elsewhere = format!("http://{other}/users/ann");
    let (mut new, peer, liar) = homes(|_, _| None).await;
    let (id, state) = liar.ask().await;
    let (status, said) = liar.come_back(&state, &peer.origin, &elsewhere).await;
    let words = format!("{} answered for {elsewhere}, which is not an account of it", peer.origin);
    assert!(status == 422 && said.contains(&words), "{said}");
    assert_eq!(liar.mover.status(&id, None).await["state"], "awaiting_consent");
    assert!(new.is_well());
}

#[tokio::test]
async fn an_answer_for_another_account_of_old_home_is_confirmed_by_the_person_first() {
    let (mut new, peer, liar) = homes(|_, _| None).await;
    let (id, state) = liar.ask().await;
    let eve = format!("{}/users/eve", peer.origin);
    let (status, said) = liar.come_back(&state, &peer.origin, &eve).await;
    assert_eq!(status, 303, "{said}");
    assert_eq!(liar.mover.status(&id, None).await["state"], "awaiting_confirmation");
    assert!(peer.asked().iter().all(|asked| !asked.path.starts_with("/content")), "nothing was read yet");
    assert!(new.is_well());
}

#[tokio::test]
async fn an_old_home_that_sends_people_elsewhere_for_their_consent_is_refused() {
    let other = crate::lab::address();
    let evil = format!("http://{other}/token");
    let (mut new, _peer, liar) = homes(move |origin, asked| {
        let metadata = json!({"issuer": origin, "token_endpoint": evil});
        (asked.path == "/.well-known/oauth-authorization-server").then(|| Reply::json(&metadata))
    })
    .await;
    let answer = liar.mover.try_asking(&liar.handle).await;
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert_eq!(answer.status, 422);
    assert!(detail.contains(&format!("names {other} for its consents, which is another server")), "{detail}");
    assert!(new.is_well());
}

#[tokio::test]
async fn a_file_that_had_half_arrived_when_new_home_was_killed_is_fetched_anew_and_nothing_is_left_of_it() {
    let is_slow = Arc::new(AtomicBool::new(true));
    let slow = Arc::clone(&is_slow);
    let (mut new, _peer, liar) = homes(move |_, asked| {
        let is_held = asked.path == "/files/1" && slow.load(Ordering::SeqCst);
        // More than is gathered before it is written: it lies there for as long as the rest is waited for.
        is_held.then(|| Reply::bytes("image/png", &vec![0; 400_000]).claiming(1_000_000).held())
    })
    .await;
    let (id, state) = liar.ask().await;
    liar.come_back(&state, &liar.origin, &format!("{}/users/ann", liar.origin)).await;
    // The two whole files and the half one.
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_mins(1);
    while new.media().len() < 3 {
        assert!(tokio::time::Instant::now() < deadline, "no half file is seen: {:#?}", new.media());
        tokio::task::yield_now().await;
    }
    new.kill();
    is_slow.store(false, Ordering::SeqCst);
    new.start();
    let status = liar.mover.until(&id, "trial").await;
    assert_eq!(count(&status, "media", "destination"), 3, "{status:#}");
    assert_eq!(new.media().len(), 3, "{:#?}", new.media());
    assert!(new.is_well());
}
