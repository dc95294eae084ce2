//! Homes are killed in the middle of their work, again and again: what is resumed ends as if nothing had
//! happened.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, mpsc},
};

use serde_json::{Value, json};

use crate::lab::{
    address,
    archive::{self, picture},
    browser::{ACTIVITY, ANYTHING, Browser},
    home::{Home, OPEN},
    mover::{Mover, comes_out_even, count},
    peer::{Peer, Reply},
    tables,
};

const POSTS: usize = 260;
const FILES: usize = 40;
const FOLLOWERS: usize = 30;
/// How often Old home is killed while it announces.
const KILLS: usize = 4;

/// Two running homes, Ann's account full at the old one.
async fn homes(others: &[&str]) -> ([Home; 2], Mover) {
    let [mut old, mut new] = Home::pair(others, OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = archive::write(dir.path(), POSTS, FILES);
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    ([old, new], mover)
}

/// How far a copy is: grows with everything that was read or written.
fn progress(status: &Value) -> u64 {
    ["posts", "media"]
        .iter()
        .map(|kind| count(status, kind, "source") + count(status, kind, "destination"))
        .sum()
}

/// Everything is there once, in the numbers and in the tables.
async fn nothing_is_missing_or_doubled(status: &Value, new: &Home, mover: &Mover) {
    comes_out_even(status);
    for (kind, number) in [("posts", POSTS), ("media", FILES)] {
        assert_eq!(count(status, kind, "destination"), u64::try_from(number).unwrap(), "{kind}: {status:#}");
    }
    let map = mover.map(status["id"].as_str().unwrap()).await;
    let distinct =
        |field: &str| map.iter().map(|entry| entry[field].to_string()).collect::<BTreeSet<_>>().len();
    assert_eq!((map.len(), distinct("old"), distinct("new")), (POSTS + FILES, POSTS + FILES, POSTS + FILES));
    let posts = i64::try_from(POSTS).unwrap();
    assert_eq!(tables::number(new, "select count(*) from posts").await, posts);
    let distinct = "select count(distinct json_extract(object, '$.previously[0].id')) from posts";
    assert_eq!(tables::number(new, distinct).await, posts);
    assert_eq!(
        tables::number(new, "select count(*) from media where post_id is not null").await,
        i64::try_from(FILES).unwrap()
    );
    assert_eq!(new.media().len(), FILES, "half files are left lying: {:#?}", new.media());
}

#[tokio::test]
async fn a_new_home_killed_again_and_again_while_copying_ends_with_everything_once() {
    let ([mut old, mut new], mover) = homes(&[]).await;
    let id = mover.begin().await;
    let mut killed_in = BTreeMap::<String, u32>::new();
    let (mut status, mut seen) = (mover.status(&id, None).await, 0);
    while status["state"] != "trial" {
        let state = status["state"].as_str().unwrap().to_owned();
        assert!(status["problem"].is_null(), "{status:#}");
        let times = killed_in.get(&state).copied().unwrap_or(0);
        // At the first sight of each state, and again when half a state's work is behind it.
        if times == 0 || (times < 4 && progress(&status) > seen + 60) {
            new.kill();
            new.start();
            *killed_in.entry(state).or_default() += 1;
            seen = progress(&status);
            status = mover.status(&id, None).await;
            continue;
        }
        status = mover.status(&id, status["version"].as_u64()).await;
    }
    let kills: u32 = killed_in.values().sum();
    assert!(kills >= 4 && killed_in.contains_key("fetching"), "the story was too slow: {killed_in:?}");
    nothing_is_missing_or_doubled(&status, &new, &mover).await;
    let notified = tables::number(
        &new,
        "select (select count(*) from deliveries) + (select count(*) from notifications)",
    );
    assert_eq!(notified.await, 0);
    let stranger = Browser::new();
    for entry in mover.map(&id).await.iter().step_by(40) {
        assert_eq!(stranger.get(entry["new"].as_str().unwrap(), ACTIVITY).await.status, 404, "{entry}");
    }

    // And on the way to the announcement, while the list is handed over.
    let asked = mover.press(&id, "announce").await.good();
    let back = mover.allow(asked["authorize_url"].as_str().unwrap()).await;
    mover.browser.follow(back).await;
    new.kill();
    new.start();
    mover.until(&id, "awaiting_announcement").await;
    assert_eq!(mover.last_word().await.status, 303);
    new.kill();
    new.start();
    let status = mover.until(&id, "done").await;
    nothing_is_missing_or_doubled(&status, &new, &mover).await;
    assert_eq!(status["map"], json!({"entries": POSTS + FILES, "handed_over": POSTS + FILES}));
    assert!(old.is_well() && new.is_well());
}

#[tokio::test]
async fn a_new_home_killed_in_the_middle_of_a_look_brings_everything_once() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive::write(dir.path(), 20, 20)).await;
    let id = mover.copy().await;
    // Old home has many more by the next look.
    old.kill();
    old.import(&archive::write(dir.path(), POSTS, FILES), "ann");
    old.start();
    mover.press(&id, "look-again").await.good();
    let mut killed_in = BTreeMap::<String, u32>::new();
    let (mut status, mut seen) = (mover.status(&id, None).await, 0);
    while status["pass"]["state"] != "done" {
        let state = status["pass"]["state"].as_str().unwrap().to_owned();
        assert_ne!(state, "failed", "{status:#}");
        let times = killed_in.get(&state).copied().unwrap_or(0);
        let now = u64::try_from(tables::number(&new, "select count(*) from posts").await).unwrap();
        if times == 0 || (times < 4 && now > seen) {
            new.kill();
            new.start();
            *killed_in.entry(state).or_default() += 1;
            seen = now;
            status = mover.status(&id, None).await;
            continue;
        }
        status = mover.status(&id, status["version"].as_u64()).await;
    }
    assert!(killed_in.contains_key("applying"), "the story was too slow: {killed_in:?}");
    nothing_is_missing_or_doubled(&status, &new, &mover).await;
    let told = "select (select count(*) from deliveries) + (select count(*) from notifications)";
    assert_eq!(tables::number(&new, told).await, 0);
    assert!(old.is_well() && new.is_well());
}

#[tokio::test]
async fn an_old_home_killed_while_announcing_tells_every_follower_and_redirects_everything() {
    let others = address();
    let ([mut old, mut new], mover) = homes(&[&others]).await;
    let id = mover.copy().await;
    mover.hand_over(&id).await;

    // Followers at a server that says aloud when a letter has come.
    let (heard, hearing) = mpsc::channel();
    let told = Arc::new(Mutex::new(Vec::<(String, Value)>::new()));
    let (log, heard) = (Arc::clone(&told), Mutex::new(heard));
    let peer = Peer::start(&others, move |asked| {
        if asked.method != "POST" {
            return Reply::status(404);
        }
        log.lock().unwrap().push((asked.path.clone(), serde_json::from_str(&asked.body).unwrap()));
        let _nobody_may_listen_any_more = heard.lock().unwrap().send(());
        Reply::status(202)
    });
    old.kill();
    tables::add_followers(&old, &peer.origin, FOLLOWERS).await;
    old.start();

    assert_eq!(mover.last_word().await.status, 303);
    // While the new addresses are looked at …
    let proven = "select count(*) from forwards where proof = 'proven'";
    mover.browser.after_changes(&old.origin, async || tables::number(&old, proven).await > 0).await;
    old.kill();
    old.start();
    // … and while the followers are told.
    for _ in 1..KILLS {
        for _ in 0..5 {
            hearing.recv_timeout(std::time::Duration::from_mins(1)).unwrap();
        }
        old.kill();
        old.start();
    }
    // New home asks again at once when its page is opened; left alone it waits half a minute.
    let is_done = async || {
        mover.browser.visit(&new.at(&format!("/transfers/{id}"))).await;
        mover.status(&id, None).await["state"] == "done"
    };
    mover.browser.after_changes(&new.origin, is_done).await;
    nothing_is_missing_or_doubled(&mover.status(&id, None).await, &new, &mover).await;

    let queued = "select count(*) from deliveries where state = 'queued'";
    mover.browser.after_changes(&old.origin, async || tables::number(&old, queued).await == 0).await;
    assert_eq!(tables::number(&old, "select count(*) from deliveries where state = 'dead'").await, 0);
    let told = told.lock().unwrap().clone();
    let moves: Vec<_> = told.iter().filter(|(_, activity)| activity["type"] == "Move").collect();
    let inboxes: BTreeSet<_> = moves.iter().map(|(path, _)| path).collect();
    let ids: BTreeSet<_> = moves.iter().map(|(_, activity)| activity["id"].as_str().unwrap()).collect();
    assert_eq!((inboxes.len(), ids.len()), (FOLLOWERS, 1), "one Move, told to everybody");
    // One letter at a time is on its way to a server; only that one may be sent twice.
    assert!(moves.len() <= FOLLOWERS + KILLS, "{} letters to {FOLLOWERS} followers", moves.len());
    let target = new.actor("ann");
    assert!(moves.iter().all(|(_, activity)| activity["target"] == target.as_str()));

    let stranger = Browser::new();
    for entry in mover.map(&id).await.iter().step_by(7) {
        let accept = if entry["kind"] == "media" { ANYTHING } else { ACTIVITY };
        let answer = stranger.get(entry["old"].as_str().unwrap(), accept).await;
        assert_eq!(
            (answer.status, answer.location().unwrap().as_str()),
            (301, entry["new"].as_str().unwrap())
        );
        assert_eq!(stranger.get(entry["new"].as_str().unwrap(), accept).await.status, 200);
    }
    let file = mover.map(&id).await.into_iter().find(|entry| entry["kind"] == "media").unwrap();
    let bytes = stranger.get(file["new"].as_str().unwrap(), ANYTHING).await.body;
    assert!((0..FILES).any(|number| bytes == picture(number)));
    assert!(old.is_well() && new.is_well());
}
