//! A copy that is kept is visible and announces nothing.

use serde_json::Value;

use crate::{
    lab::{
        browser::{ACTIVITY, Browser, PAGES},
        home::{Home, OPEN},
        mover::{Mover, comes_out_even},
        tables,
    },
    sample,
};

/// What a copy leaves at Old home: that somebody asked and was allowed, nothing else.
const TRACES: [&str; 7] = ["audit", "codes", "consents", "letters", "sessions", "stop_links", "tokens"];

#[tokio::test]
async fn a_kept_copy_is_visible_and_neither_home_says_that_anybody_moved() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    let stranger = Browser::new();
    let old_actor = stranger.get(&old.actor("ann"), ACTIVITY).await.body;
    let before = tables::all_but(&old, &TRACES).await;

    let id = mover.copy().await;
    mover.press(&id, "keep").await.good();
    let status = mover.until(&id, "kept").await;
    comes_out_even(&status);

    let mut files = 0;
    for entry in mover.map(&id).await {
        let url = entry["new"].as_str().unwrap();
        let is_open = entry["visibility"] == "public" || entry["visibility"] == "unlisted";
        let answer = stranger.get(url, ACTIVITY).await;
        if entry["kind"] == "media" {
            files += usize::from(answer.status == 200);
            continue;
        }
        assert_eq!(answer.status == 200, is_open, "{entry} answers {}", answer.status);
        if entry["kind"] == "posts" && is_open {
            let document = answer.json();
            let crumbs = document["previously"].to_string();
            assert!(crumbs.contains(entry["old"].as_str().unwrap()), "{url} says where it was: {crumbs}");
            assert_eq!(stranger.get(document["url"].as_str().unwrap(), PAGES).await.status, 200);
        }
    }
    assert_eq!(files, 3, "a stranger sees the files of public posts, not the two of a post for followers");
    let outbox = stranger.get(&new.at("/users/ann/outbox"), ACTIVITY).await.good();
    assert!(outbox["totalItems"].as_u64() > Some(0), "{outbox}");
    let actor = stranger.get(&new.actor("ann"), ACTIVITY).await.good();
    assert_eq!(actor["name"], "Ann of the flats", "the profile came along");
    assert!(is_nothing(&actor["alsoKnownAs"]) && is_nothing(&actor["movedTo"]), "{actor}");

    assert_eq!(stranger.get(&old.actor("ann"), ACTIVITY).await.body, old_actor);
    tables::are_equal(&before, &tables::all_but(&old, &TRACES).await);
    for home in [&old, &new] {
        let told = tables::number(
            home,
            "select (select count(*) from deliveries) + (select count(*) from notifications)",
        );
        assert_eq!(told.await, 0, "{} told somebody", home.origin);
    }
    assert_eq!(mover.press(&id, "discard").await.status, 422, "what is visible is not thrown away silently");
    assert!(old.is_well() && new.is_well());
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}
