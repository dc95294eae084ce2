//! What Old home gives to whoever asks over HTTP, and what it keeps to itself.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    lab::{
        address,
        browser::{ACTIVITY, ANYTHING, Answer, Browser, PAGES},
        client::{Client, HAND_OVER, READ},
        home::{Home, OPEN, password},
        peer::{Asked, Reply},
    },
    sample,
};

/// Old home with Ann and Bea, a client, and browsers of both.
async fn old_home(
    more: impl Fn(&str, &Asked) -> Option<Reply> + Send + Sync + 'static,
) -> (Home, Client, [Browser; 2]) {
    let (here, there) = (address(), address());
    let mut old = Home::new(&here, &[&there], OPEN);
    old.account("ann");
    old.account("bea");
    let dir = tempfile::tempdir().unwrap();
    old.import(&sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap(), "ann");
    old.start();
    let client = Client::start(&there, &old, more);
    let people = [Browser::new(), Browser::new()];
    people[0].sign_in(&old.origin, "ann").await;
    people[1].sign_in(&old.origin, "bea").await;
    (old, client, people)
}

/// The stable name of a problem, the last part of its type.
fn problem(answer: &Answer) -> String {
    answer.json()["type"].as_str().unwrap().rsplit('/').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_code_is_good_once_and_its_replay_ends_what_it_gave() {
    let (mut old, client, [ann, _]) = old_home(|_, _| None).await;
    let code = client.code(&ann, "ann", READ).await;
    let tokens = client.redeem(&code).await.good();
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(client.read("/godwit/lola/ann/content", token).await.status, 200);
    let replayed = client.redeem(&code).await;
    assert_eq!((replayed.status, &replayed.json()["error"]), (400, &json!("invalid_grant")));
    assert_eq!(client.read("/godwit/lola/ann/content", token).await.status, 401);
    let page = ann.get(&old.at("/departures"), PAGES).await.words();
    assert!(page.contains("No server may copy your account"), "{page}");
    assert!(old.is_well());
}

#[tokio::test]
async fn a_code_without_its_verifier_gives_nothing() {
    let (mut old, client, [ann, _]) = old_home(|_, _| None).await;
    let code = client.code(&ann, "ann", READ).await;
    for verifier in ["a-verifier-that-somebody-made-up-and-that-is-long-enough", "short"] {
        let refused = client.redeem_with(&code, verifier).await;
        assert_eq!((refused.status, &refused.json()["error"]), (400, &json!("invalid_grant")), "{verifier}");
    }
    assert_eq!(client.redeem_with(&code, "").await.json()["error"], "invalid_request");
    assert!(old.is_well());
}

#[tokio::test]
async fn private_things_stay_at_home_unless_their_box_was_ticked() {
    let (mut old, client, [ann, _]) = old_home(|_, _| None).await;
    let (whole, part) = (client.token(&ann, "ann", READ).await, client.public_token(&ann, "ann").await);
    let files = async |token: &str| -> Vec<String> {
        let page = client.read("/godwit/lola/ann/media?cursor=", token).await.good();
        let href = |file: &Value| file["href"].as_str().unwrap().to_owned();
        page["orderedItems"].as_array().unwrap().iter().map(href).collect()
    };
    let (all, public) = (files(&whole).await, files(&part).await);
    assert_eq!(all.len() - public.len(), 2, "two files of a post for followers");
    for href in all {
        let status = client.read(href.strip_prefix(&old.origin).unwrap(), &part).await.status;
        assert_eq!(status == 200, public.contains(&href), "{href} answers {status}");
    }
    let total = |document: Value| document["totalItems"].as_u64().unwrap();
    let posts = total(client.read("/godwit/lola/ann/content", &whole).await.good());
    assert_eq!((posts, total(client.read("/godwit/lola/ann/content", &part).await.good())), (22, 17));
    assert!(old.is_well());
}

#[tokio::test]
async fn a_token_opens_nothing_of_another_account_and_no_more_than_its_scope() {
    let (mut old, client, [ann, bea]) = old_home(|_, _| None).await;
    let token = client.token(&ann, "ann", READ).await;
    let of_bea = client.token(&bea, "bea", READ).await;
    let media = client.read("/godwit/lola/ann/media?cursor=", &token).await.good();
    let href = media["orderedItems"][0]["href"].as_str().unwrap_or_else(|| panic!("{media:#}")).to_owned();
    let file = href.strip_prefix(&old.origin).unwrap();
    assert_eq!(client.read(file, &token).await.status, 200);
    let reading = [
        "blocked",
        "media",
        "content",
        "outbox",
        "liked",
        "bookmarks",
        "following",
        "content?cursor=",
        "status",
    ];
    for path in
        reading.map(|kind| format!("/godwit/lola/ann/{kind}")).iter().map(String::as_str).chain([file])
    {
        assert_eq!(client.read(path, &token).await.status, 200, "{path}");
        let refused = client.read(path, &of_bea).await;
        assert_eq!((refused.status, problem(&refused)), (403, "actor-mismatch".to_owned()), "{path}");
        assert_eq!(client.read(path, "made-up").await.status, 401, "{path}");
    }
    // A file of Ann's under Bea's own name is not there.
    let stolen = file.replace("/ann/", "/bea/");
    let refused = client.read(&stolen, &of_bea).await;
    assert!(
        (400..500).contains(&refused.status) && refused.json()["detail"].is_string(),
        "{}",
        refused.text()
    );
    let batch = json!({"entries": [], "complete": true});
    let new_actor = format!("{}/users/bea", client.origin);
    assert_eq!(client.give("/godwit/lola/ann/map", &of_bea, &batch).await.status, 403);
    assert_eq!(client.start_move("ann", &of_bea, &new_actor).await.status, 403);
    assert!(client.read("/users/ann", &token).await.good()["migration"].is_object());
    // Strangers see where the list of arrivals stands, not the directory.
    assert!(client.read("/users/ann", &of_bea).await.json()["migration"].is_string());

    // Reading never is permission to hand over, not even one's own.
    assert_eq!(client.start_move("ann", &token, &format!("{}/users/ann", client.origin)).await.status, 200);
    let refused = client.give("/godwit/lola/ann/map", &token, &batch).await;
    assert_eq!((refused.status, problem(&refused)), (403, "insufficient-scope".to_owned()));
    let handing_over = client.token(&ann, "ann", HAND_OVER).await;
    assert_eq!(client.read("/godwit/lola/ann/content", &handing_over).await.status, 403);
    assert_eq!(client.give("/godwit/lola/ann/map", &handing_over, &batch).await.status, 200);
    assert!(old.is_well());
}

/// A new home with one true post, one that does not say what it was, one by somebody else.
fn new_home(old: &str, posts: &[String]) -> impl Fn(&str, &Asked) -> Option<Reply> + Send + Sync + use<> {
    let (actor, posts) = (format!("{old}/users/ann"), posts.to_vec());
    move |origin, asked| {
        let note = |author: &str, previously: Value| {
            json!({
                "@context": "https://www.w3.org/ns/activitystreams", "type": "Note",
                "id": format!("{origin}{}", asked.path), "url": format!("{origin}/page{}", asked.path),
                "attributedTo": format!("{origin}/users/{author}"), "content": "<p>x</p>",
                "published": "2023-03-01T06:00:00Z", "previously": previously,
            })
        };
        let crumb = |at: usize| json!([{"actor": actor, "id": posts[at]}]);
        Some(Reply::json(&match asked.path.as_str() {
            "/users/ann" => json!({
                "@context": "https://www.w3.org/ns/activitystreams", "type": "Person",
                "id": format!("{origin}/users/ann"), "preferredUsername": "ann",
                "inbox": format!("{origin}/inbox"), "url": format!("{origin}/@ann"), "alsoKnownAs": [actor],
            }),
            "/posts/true" | "/posts/of-another-post" => note("ann", crumb(0)),
            "/posts/silent" => note("ann", json!([])),
            "/posts/stolen" => note("eve", crumb(2)),
            _ => return None,
        }))
    }
}

/// Public posts of an account, as their ids.
async fn public_posts(old: &Home, name: &str) -> Vec<String> {
    let stranger = Browser::new();
    let root = stranger.get(&old.at(&format!("/users/{name}/outbox")), ACTIVITY).await.good();
    let page = stranger.get(root["first"].as_str().unwrap(), ACTIVITY).await.good();
    let activities = page["orderedItems"].as_array().unwrap();
    let created = activities.iter().filter(|activity| activity["type"] == "Create");
    created.filter_map(|activity| activity["object"]["id"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn only_addresses_that_are_ones_own_and_proven_ever_lead_away() {
    let posts = std::sync::Arc::new(std::sync::OnceLock::<Vec<String>>::new());
    let known = std::sync::Arc::clone(&posts);
    let old_origin = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let named = std::sync::Arc::clone(&old_origin);
    let (mut old, client, [ann, bea]) =
        old_home(move |origin, asked| new_home(named.get()?, known.get()?)(origin, asked)).await;
    old_origin.set(old.origin.clone()).unwrap();
    let page = bea.get(&old.at("/home"), PAGES).await;
    bea.submit(&page.form("text").fill("text", "Bea's own words").unwrap()).await;
    let (own, of_bea) = (public_posts(&old, "ann").await, public_posts(&old, "bea").await);
    posts.set(own.clone()).unwrap();
    assert!(own.len() > 4 && of_bea.len() == 1, "{own:?} {of_bea:?}");

    let token = client.token(&ann, "ann", HAND_OVER).await;
    let elsewhere = client.start_move("ann", &token, "http://elsewhere.localhost:1/users/ann").await;
    assert_eq!(elsewhere.status, 422, "{}", elsewhere.text());
    client.start_move("ann", &token, &format!("{}/users/ann", client.origin)).await.good();
    let new = |name: &str| format!("{}/posts/{name}", client.origin);
    let entry =
        |old: &str, new: &str| json!({"old": old, "new": new, "kind": "posts", "visibility": "public"});
    let batch = json!({"complete": true, "entries": [
        entry(&own[0], &new("true")),
        entry(&own[1], &new("silent")),
        entry(&own[2], &new("stolen")),
        entry(&own[3], &new("of-another-post")),
        entry(&own[4], &new("missing")),
        entry(&of_bea[0], &new("true")),
        entry(&old.actor("bea"), &new("true")),
        entry(&own[5], "http://elsewhere.localhost:1/posts/1"),
    ]});
    let taken = client.give("/godwit/lola/ann/map", &token, &batch).await.good();
    assert_eq!(taken["accepted"], 5, "{taken:#}");
    let refused: BTreeSet<&str> =
        taken["refused"].as_array().unwrap().iter().filter_map(|one| one["old"].as_str()).collect();
    assert_eq!(refused, BTreeSet::from([of_bea[0].as_str(), &old.actor("bea"), &own[5]]), "{taken:#}");
    let stranger = Browser::new();
    assert_eq!(stranger.get(&own[0], ACTIVITY).await.status, 200, "nothing moves before the last word");

    let page = ann.get(&old.at("/departures/ann/finish"), PAGES).await;
    let wrong = ann.submit(&page.form("departure").fill("password", "wrong").unwrap()).await;
    assert!(wrong.words().contains("That is not the password"), "{}", wrong.words());
    assert_eq!(client.read("/godwit/lola/ann/status", &token).await.good()["state"], "started");
    ann.submit(&page.form("departure").fill("password", &password("ann")).unwrap()).await;
    let read = async || client.read("/godwit/lola/ann/status", &token).await.good();
    ann.after_changes(&old.origin, async || read().await["state"] == "announced").await;
    let status = read().await;
    assert_eq!((&status["map"]["proven"], &status["map"]["refused"]), (&json!(1), &json!(4)), "{status:#}");
    let moved = stranger.get(&own[0], ACTIVITY).await;
    assert_eq!((moved.status, moved.location().unwrap().as_str()), (301, new("true").as_str()));
    for post in own[1..6].iter().chain(&of_bea) {
        for accept in [ACTIVITY, ANYTHING] {
            assert_eq!(stranger.get(post, accept).await.status, 200, "{post} ({accept})");
        }
        assert!(
            stranger.get(post, PAGES).await.location().unwrap().as_str().starts_with(&old.origin),
            "{post}"
        );
    }
    assert!(client.asked().iter().any(|asked| asked.path == "/posts/silent"));
    assert!(old.is_well());
}
