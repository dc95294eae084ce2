//! What a person set up for themselves goes from Old home to New home: strangers see none of what is
//! private, the owner's own values win, and a copy thrown away takes exactly what it brought.

use serde_json::Value;

use crate::{
    lab::{
        browser::{ACTIVITY, Answer, Browser, PAGES},
        home::{Home, OPEN},
        mover::{Mover, comes_out_even, count},
        tables,
    },
    sample,
};

/// What stays of a copy that was thrown away: that it was made and taken back.
const TRACES: [&str; 3] = ["applications", "audit", "transfers"];
/// Words that only private things hold.
const PRIVATE: [&str; 5] = ["secretmute", "secretserver", "secretfilter", "secretlist", "secretnote"];

/// Somebody on a server that nobody can reach.
fn somebody(name: &str) -> String {
    format!("http://third.localhost:1/users/{name}")
}

/// Fills in a form of the page of what one set up.
pub async fn set_up(browser: &Browser, home: &Home, fields: &[(&str, &str)]) -> Answer {
    let me = browser.json(&home.at("/api/v1/me")).await;
    let fields = [fields, &[("csrf", me["csrf"].as_str().unwrap())]].concat();
    browser.post(&home.at("/yours"), &fields).await
}

/// Ann's own posts that everybody may see, by address, oldest first.
async fn open_posts(home: &Home) -> Vec<String> {
    let page = Browser::new().get(&home.at("/users/ann/outbox?cursor=first"), ACTIVITY).await.good();
    let creates = page["orderedItems"].as_array().unwrap().iter().filter(|item| item["type"] == "Create");
    creates.map(|create| create["object"]["id"].as_str().unwrap().to_owned()).collect()
}

/// One of everything, and two pins.
async fn furnish(browser: &Browser, old: &Home, posts: &[String]) {
    let (mute, block, friend) = (somebody("secretmute"), somebody("cid"), somebody("secretlist"));
    let forms: [&[(&str, &str)]; 12] = [
        &[("kind", "muted"), ("whom", &mute), ("hides_notifications", "yes")],
        &[("kind", "blocked"), ("whom", &block)],
        &[("kind", "blocked_domains"), ("name", "secretserver.example")],
        &[("kind", "filters"), ("name", "secretfilter"), ("phrases", "light\nbread"), ("places", "home")],
        &[("kind", "lists"), ("name", "Birds"), ("people", &friend), ("replies", "none")],
        &[("kind", "lists"), ("name", "secretlist"), ("people", &friend), ("exclusive", "yes")],
        &[("kind", "pins"), ("post", &posts[1])],
        &[("kind", "pins"), ("post", &posts[0])],
        &[("kind", "featured_tags"), ("name", "#Waders")],
        &[("kind", "followed_tags"), ("name", "tides")],
        &[("kind", "notes"), ("whom", &mute), ("text", "secretnote about a person")],
        &[
            ("kind", "settings"),
            ("default_visibility", "followers"),
            ("default_language", "nl"),
            ("discoverable", "false"),
            ("approves_followers", "true"),
        ],
    ];
    for form in forms {
        let answer = set_up(browser, old, form).await;
        assert_eq!(answer.status, 303, "{form:?}: {}", answer.words());
    }
}

/// Everything a stranger can ask for about Ann.
async fn seen_by_strangers(home: &Home) -> String {
    let stranger = Browser::new();
    let mut all = String::new();
    for path in ["", "/outbox", "/outbox?cursor=first", "/featured", "/topics", "/following", "/liked"] {
        all += &stranger.get(&home.at(&format!("/users/ann{path}")), ACTIVITY).await.text();
    }
    for path in ["/@ann", "/@ann.rss", "/", "/yours", "/yours/list?title=secretlist"] {
        all += &stranger.get(&home.at(path), PAGES).await.text();
    }
    all
}

fn says_nothing_private(text: &str) {
    for word in PRIVATE {
        assert!(!text.contains(word), "strangers read {word}");
    }
}

#[tokio::test]
async fn what_a_person_set_up_comes_along_is_theirs_alone_and_goes_without_trace() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    let browser = &mover.browser;
    let posts = open_posts(&old).await;
    furnish(browser, &old, &posts).await;
    says_nothing_private(&seen_by_strangers(&old).await);

    // What Ann has at New home already: one filter, a list of a name that comes too, a choice.
    let own = somebody("own");
    for form in [
        &[("kind", "filters"), ("name", "mine"), ("phrases", "rain"), ("places", "home")][..],
        &[("kind", "lists"), ("name", "Birds"), ("people", own.as_str())],
        &[("kind", "settings"), ("default_language", "de")],
    ] {
        assert_eq!(set_up(browser, &new, form).await.status, 303);
    }
    let before = tables::all_but(&new, &TRACES).await;

    let id = mover.copy().await;
    let status = mover.status(&id, None).await;
    comes_out_even(&status);
    let columns =
        |kind: &str| ["source", "destination", "skipped"].map(|column| count(&status, kind, column));
    for (kind, numbers) in [
        ("muted", [1, 1, 0]),
        ("blocked", [1, 1, 0]),
        ("blocked_domains", [1, 1, 0]),
        ("filters", [1, 1, 0]),
        ("lists", [2, 1, 1]),
        ("pins", [2, 2, 0]),
        ("featured_tags", [1, 1, 0]),
        ("followed_tags", [1, 1, 0]),
        ("notes", [1, 1, 0]),
        ("settings", [4, 3, 1]),
    ] {
        assert_eq!(columns(kind), numbers, "{kind}: {status:#}");
    }
    let on_trial = seen_by_strangers(&new).await;
    says_nothing_private(&on_trial);
    assert!(!on_trial.to_lowercase().contains("waders"), "a topic of a copy on trial stands on the page");
    let actor = Browser::new().get(&new.actor("ann"), ACTIVITY).await.good();
    assert_eq!(actor["manuallyApprovesFollowers"], false, "a setting is in force before the copy is kept");

    assert_eq!(mover.press(&id, "discard").await.status / 100, 2);
    mover.until(&id, "discarded").await;
    tables::are_equal(&before, &tables::all_but(&new, &TRACES).await);

    let id = mover.copy().await;
    mover.press(&id, "keep").await.good();
    mover.until(&id, "kept").await;
    says_nothing_private(&seen_by_strangers(&new).await);
    kept(&mover, &new, &posts, &id).await;
    assert!(old.is_well() && new.is_well());
}

/// What is so once the copy is kept.
async fn kept(mover: &Mover, new: &Home, posts: &[String], id: &str) {
    let map = mover.map(id).await;
    let moved = |old: &str| map.iter().find(|entry| entry["old"] == old).map(|entry| entry["new"].clone());
    let stranger = Browser::new();
    let pins = stranger.get(&new.at("/users/ann/featured"), ACTIVITY).await.good();
    let pinned: Vec<Option<Value>> =
        pins["orderedItems"].as_array().unwrap().iter().map(|post| Some(post["id"].clone())).collect();
    assert_eq!(pinned, [moved(&posts[1]), moved(&posts[0])], "pins keep their order");
    let topics = stranger.get(&new.at("/users/ann/topics"), ACTIVITY).await.good();
    assert_eq!(topics["orderedItems"][0]["name"], "#waders");
    let actor = stranger.get(&new.actor("ann"), ACTIVITY).await.good();
    assert_eq!((&actor["manuallyApprovesFollowers"], &actor["discoverable"]), (&true.into(), &false.into()));
    assert!(stranger.get(&new.at("/@ann"), PAGES).await.text().contains("Pinned"));

    let page = mover.browser.get(&new.at("/yours"), PAGES).await.text();
    for word in PRIVATE.into_iter().chain(["mine", "tides", "followers only", "Language of new posts: de"]) {
        assert!(page.contains(word), "{word} is missing: {page}");
    }
    let birds = mover.browser.get(&new.at("/yours/list?title=Birds"), PAGES).await.text();
    assert!(birds.contains("@own@") && birds.contains("@secretlist@"), "both lists are one now: {birds}");
}
