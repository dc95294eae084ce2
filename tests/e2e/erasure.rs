//! A single post is erased at the new home: with its file, and its old address says that it is gone, if it ever led
//! there.

use serde_json::{Value, json};

use crate::{
    lab::{
        browser::{ACTIVITY, Browser, PAGES},
        home::{Home, OPEN},
        mover::Mover,
        tables,
    },
    sample,
};

fn text<'a>(entry: &'a Value, field: &str) -> &'a str {
    entry[field].as_str().unwrap()
}

/// The id in the new address of a post.
fn id(entry: &Value) -> String {
    text(entry, "new").rsplit('/').next().unwrap().to_owned()
}

/// Deletes a post as its owner does.
async fn delete(mover: &Mover, new: &Home, post: &Value) {
    let me = mover.browser.json(&new.at("/api/v1/me")).await;
    let url = new.at(&format!("/posts/{}/delete", id(post)));
    let answer = mover.browser.post(&url, &[("csrf", me["csrf"].as_str().unwrap())]).await;
    assert_eq!(answer.status, 303, "{}", answer.words());
}

#[tokio::test]
async fn what_is_erased_after_the_move_is_gone_at_both_addresses_and_what_was_private_is_not_told() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    new.account("eve");
    new.run(&["account", "admin", "eve"]);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    let id_of_copy = mover.copy().await;
    mover.announce(&id_of_copy).await;
    let map = mover.map(&id_of_copy).await;
    let stranger = Browser::new();
    let status = async |url: &str| stranger.get(url, ACTIVITY).await.status;

    // A post that shows a file nobody else shows.
    let mut with_file = None;
    for entry in map.iter().filter(|entry| entry["kind"] == "posts" && entry["visibility"] == "public") {
        let object = stranger.get(text(entry, "new"), ACTIVITY).await.good();
        if let Some(file) = object["attachment"].as_array().and_then(|all| all.first()) {
            with_file = Some((entry.clone(), file["url"].as_str().unwrap().to_owned()));
        }
    }
    let (post, file) = with_file.unwrap();
    let of_file = map.iter().find(|entry| entry["new"] == file.as_str()).unwrap();
    let hidden =
        map.iter().find(|entry| entry["kind"] == "posts" && entry["visibility"] == "followers").unwrap();
    assert_eq!(status(text(&post, "old")).await, 301);
    let files = new.media().len();

    delete(&mover, &new, &post).await;
    delete(&mover, &new, hidden).await;
    assert_eq!((status(text(&post, "new")).await, status(&file).await), (410, 404));
    assert_eq!(new.media().len(), files - 1, "its bytes are gone from the disk");
    let asked = format!("{}?redirect_ap_obj={}", new.actor("ann"), text(&post, "old"));
    assert_eq!(status(&asked).await, 410);
    let untold = "select count(*) from erasures where told_at is null";
    mover.browser.after_changes(&new.origin, async || tables::number(&new, untold).await == 0).await;
    assert_eq!(status(text(&post, "old")).await, 410, "Old home was told");
    assert_eq!(status(text(of_file, "old")).await, 410);
    assert_eq!(status(text(hidden, "old")).await, 404, "what was never open is not said to have been there");
    assert_eq!(status(&old.actor("ann")).await, 200);
    let noted = "select count(*) from erasures where kind = 'posts'";
    assert_eq!(tables::number(&new, noted).await, 1);

    // An admin, after a legal request, by the old address; while Old home is away it is told later.
    let other = map
        .iter()
        .find(|entry| {
            entry["kind"] == "posts" && entry["visibility"] == "public" && entry["new"] != post["new"]
        })
        .unwrap();
    old.kill();
    let eve = Browser::new();
    eve.sign_in(&new.origin, "eve").await;
    let page = eve.get(&new.at("/desk/erase"), PAGES).await;
    let form = page
        .form("address")
        .fill("address", text(other, "old"))
        .unwrap()
        .fill("why", "A court says so.")
        .unwrap();
    assert_eq!(eve.submit(&form).await.status, 303);
    assert_eq!(status(text(other, "new")).await, 410);
    let again = json!({"address": text(other, "new"), "why": "A court says so."});
    assert_eq!(
        eve.post_json(&new.at("/api/v1/desk/erase"), &again).await.status,
        204,
        "again changes nothing"
    );
    let nowhere = json!({"address": new.at("/users/ann/posts/nothing"), "why": "x"});
    assert_eq!(eve.post_json(&new.at("/api/v1/desk/erase"), &nowhere).await.status, 422);
    let letters = mover.browser.get(&new.at("/letters"), PAGES).await;
    assert!(letters.text().contains("A court says so."), "{}", letters.words());
    let tried = "select count(*) from erasures where told_at is null and attempts = 0";
    mover.browser.after_changes(&new.origin, async || tables::number(&new, tried).await == 0).await;
    new.kill();
    tables::change(&new, "update erasures set next_at = 0").await;
    old.start();
    new.start();
    mover.browser.after_changes(&new.origin, async || tables::number(&new, untold).await == 0).await;
    assert_eq!(status(text(other, "old")).await, 410);

    // At the command line, and nothing that came elsewhere is touched.
    let third = map
        .iter()
        .filter(|entry| entry["kind"] == "posts" && entry["visibility"] == "public")
        .find(|entry| entry["new"] != post["new"] && entry["new"] != other["new"])
        .unwrap();
    new.run(&["erase", text(third, "new"), "--why", "On request."]);
    assert_eq!(status(text(third, "new")).await, 410);
    assert!(old.is_well() && new.is_well());
}

#[tokio::test]
async fn what_is_erased_before_the_announcement_is_not_handed_over() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    let id_of_copy = mover.copy().await;
    mover.press(&id_of_copy, "keep").await.good();
    mover.until(&id_of_copy, "kept").await;
    let map = mover.map(&id_of_copy).await;
    let post = map.iter().find(|entry| entry["kind"] == "posts" && entry["visibility"] == "public").unwrap();
    delete(&mover, &new, post).await;
    mover.announce(&id_of_copy).await;
    let stranger = Browser::new();
    assert_eq!(stranger.get(text(post, "old"), ACTIVITY).await.status, 200, "the original is Old home's");
    assert_eq!(stranger.get(text(post, "new"), ACTIVITY).await.status, 410);
    assert!(old.is_well() && new.is_well());
}
