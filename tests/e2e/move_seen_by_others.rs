//! A follower at software that others wrote believes our move, and finds old posts at their new place.

use serde_json::{Value, json};

use crate::{
    fedify_follower::{Follower, follows_the_move},
    lab::{
        home::{Home, OPEN},
        mover::Mover,
    },
    sample,
};

/// Old addresses of public posts with their new ones.
fn public_posts(map: &[Value]) -> Vec<(String, String)> {
    let is_public = |entry: &&Value| entry["kind"] == "posts" && entry["visibility"] == "public";
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    map.iter().filter(is_public).map(|entry| (text(&entry["old"]), text(&entry["new"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_elsewhere_follows_the_move_and_resolves_old_addresses() {
    let Some(mut follower) = Follower::start("127.0.0.31", "follower") else { return };
    let host = follower.origin.trim_start_matches("http://").to_owned();
    let [mut old, mut new] = Home::pair(&[&host], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), &follower.origin, "follower").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    let (old_actor, new_actor) = (old.actor("ann"), new.actor("ann"));

    follower.follow(&old_actor);
    let followers = old.at("/api/v1/followers");
    let just_this_one = json!([{"actor": follower.actor}]);
    let is_follower = |list: &Value| list["followers"] == just_this_one;
    mover.browser.wait(&followers, is_follower).await;

    let id = mover.copy().await;
    let posts = public_posts(&mover.map(&id).await);
    assert!(posts.len() > 10);
    let (before, after) = &posts[0];
    assert_eq!(follower.resolve(before), Some(before.clone()), "before the announcement all is as it was");
    assert_eq!(follower.resolve(after), None, "a trial is nobody's business");

    mover.announce(&id).await;
    follows_the_move(&mut follower, &old_actor, &new_actor);
    mover.browser.wait(&new.at("/api/v1/followers"), is_follower).await;
    mover.browser.wait(&followers, |list| list["followers"] == json!([])).await;
    for (before, after) in &posts {
        assert_eq!(follower.resolve(before).as_ref(), Some(after));
    }
    assert!(old.is_well() && new.is_well());
}
