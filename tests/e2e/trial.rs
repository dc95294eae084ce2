//! Nobody but its owner sees a trial, and one that is thrown away was never there.

use serde_json::Value;
use url::Url;

use crate::{
    lab::{
        browser::{ACTIVITY, ANYTHING, Browser, PAGES},
        home::{Home, OPEN},
        mover::Mover,
        tables,
    },
    sample,
};

/// What stays of a copy that was thrown away: that it was made and taken back. Works that are taken on
/// are counted whatever they were.
const TRACES: [&str; 4] = ["applications", "audit", "counters", "transfers"];

/// What stays of it at Old home: that a permission was given and taken back, and the sign-in it took.
const OLD_TRACES: [&str; 7] = ["audit", "codes", "consents", "letters", "sessions", "stop_links", "tokens"];

async fn homes() -> ([Home; 2], Mover) {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    ([old, new], mover)
}

/// The ids in new addresses: if one of them stands in a list, the list shows the copy.
pub fn ids(map: &[Value]) -> Vec<String> {
    let segments = |entry: &Value| {
        let url = Url::parse(entry["new"].as_str().unwrap()).unwrap();
        url.path_segments().unwrap().map(str::to_owned).find(|segment| segment.len() == 36)
    };
    map.iter().filter_map(segments).collect()
}

/// Everything that lists posts.
pub fn lists(new: &Home) -> Vec<(String, &'static str)> {
    let mut lists = Vec::new();
    for path in ["/", "/@ann", "/@ann/with_replies", "/@ann/media", "/@ann.rss", "/tags/birds"] {
        lists.push((new.at(path), PAGES));
        lists.push((new.at(path), ANYTHING));
    }
    for word in ["light", "Bread", "flats", "Guten", "birds", "%23birds", "Mud"] {
        lists.push((new.at(&format!("/search?q={word}")), PAGES));
        lists.push((new.at(&format!("/search?q={word}")), ACTIVITY));
    }
    for path in [
        "",
        "/outbox",
        "/outbox?cursor=first",
        "/featured",
        "/liked",
        "/bookmarks",
        "/followers",
        "/following",
    ] {
        lists.push((new.at(&format!("/users/ann{path}")), ACTIVITY));
    }
    lists
}

#[tokio::test]
async fn a_stranger_finds_nothing_of_a_trial_at_any_address_or_in_any_list() {
    let ([old, mut new], mover) = homes().await;
    let stranger = Browser::new();
    let mut before = Vec::new();
    for (url, accept) in lists(&new) {
        before.push(stranger.get(&url, accept).await);
    }
    let id = mover.copy().await;
    let map = mover.map(&id).await;
    assert_eq!(map.len(), 30, "22 posts, 3 boosts, 5 files");
    let ids = ids(&map);
    for entry in &map {
        let address = entry["new"].as_str().unwrap();
        let page = address.replace("/users/ann/posts/", "/@ann/");
        for (url, accept) in [(address, ACTIVITY), (address, PAGES), (address, ANYTHING), (&page, PAGES)] {
            assert_eq!(stranger.get(url, accept).await.status, 404, "{url} ({accept})");
        }
        let activity = format!("{address}/activity");
        assert_eq!(stranger.get(&activity, ACTIVITY).await.status, 404, "{activity}");
        assert_eq!(stranger.get(&format!("{address}/replies"), ACTIVITY).await.status, 404, "{address}");
        if entry["kind"] != "media" {
            assert_eq!(mover.browser.get(address, ACTIVITY).await.status, 200, "its owner sees {address}");
        }
    }
    for ((url, accept), before) in lists(&new).into_iter().zip(before) {
        let now = stranger.get(&url, accept).await;
        assert_eq!((now.status, now.text()), (before.status, before.text()), "{url} ({accept}) has changed");
        assert!(!ids.iter().any(|id| now.text().contains(id)), "{url} ({accept}) shows the copy");
    }
    let asked = format!("{}?redirect_ap_obj={}", new.actor("ann"), map[0]["old"].as_str().unwrap());
    assert_ne!(stranger.get(&asked, ACTIVITY).await.status, 301, "{asked}");
    let aliases = "select also_known_as || coalesce(moved_to, '') from accounts";
    assert_eq!(tables::text(&new, aliases).await, "[]");
    assert_eq!(tables::text(&old, aliases).await, "[]");
    assert!(new.is_well());
}

#[tokio::test]
async fn a_trial_thrown_away_leaves_the_new_home_as_it_was_and_its_permission_is_void() {
    let ([old, mut new], mover) = homes().await;
    let (rows, files) = (tables::all_but(&new, &TRACES).await, new.media());
    let (old_rows, old_files) = (tables::all_but(&old, &OLD_TRACES).await, old.media());
    let id = mover.copy().await;
    assert!(new.media().len() > files.len());
    let token = token(&new).await;
    let bearer = format!("Bearer {token}");
    let content = old.at("/godwit/lola/ann/content");
    let read = async || {
        let headers = [("accept", ACTIVITY), ("authorization", bearer.as_str())];
        mover.browser.send(reqwest::Method::GET, &content, &headers, String::new()).await.status
    };
    assert_eq!(read().await, 200);

    mover.press(&id, "discard").await.good();
    let status = mover.until(&id, "discarded").await;
    assert_eq!(status["map"]["entries"], 0, "{status:#}");
    tables::are_equal(&rows, &tables::all_but(&new, &TRACES).await);
    assert_eq!(new.media(), files);
    tables::are_equal(&old_rows, &tables::all_but(&old, &OLD_TRACES).await);
    assert_eq!(old.media(), old_files);
    let kept = "select coalesce(source, '') || coalesce(survey, '') from transfers";
    assert_eq!(tables::text(&new, kept).await, "", "what was read is not kept beside the copy either");
    assert_eq!(read().await, 401, "Old home no longer knows the permission");
    let actor = mover.browser.get(&new.actor("ann"), ACTIVITY).await.good();
    assert_ne!(actor["name"], "Ann of the flats");
    assert!(new.is_well());
}

/// The token for reading Old home, opened with New home's own key.
async fn token(new: &Home) -> String {
    let id = tables::text(new, "select id from transfers").await;
    let store = godwit::store::Store::open(new.database().parent().unwrap()).await.unwrap();
    let login = godwit::store::logins::find(&store, &id.into(), godwit::model::login::Purpose::Read).await;
    login.unwrap().unwrap().access_token.unwrap()
}
