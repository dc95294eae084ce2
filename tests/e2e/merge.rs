//! Several old accounts become one that was there before: its own posts stay, and nothing is there twice.

use std::path::Path;

use serde_json::{Value, json};

use crate::{
    lab::{
        address, archive,
        browser::{ACTIVITY, Browser, PAGES},
        home::{Home, OPEN},
        mover::{Mover, comes_out_even, count},
        tables,
    },
    sample,
};

const POSTS: usize = 12;
const FILES: usize = 3;

/// Two old homes that brought in these archives, and a new one where Ann wrote something herself.
async fn homes(archives: [&Path; 2]) -> ([Home; 2], Home, [Mover; 2]) {
    let hosts = [address(), address(), address()];
    let reachable: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let mut old = [Home::new(&hosts[0], &reachable, OPEN), Home::new(&hosts[1], &reachable, OPEN)];
    let mut new = Home::new(&hosts[2], &reachable, OPEN);
    new.account("ann");
    new.start();
    for (home, archive) in old.iter_mut().zip(archives) {
        home.account("ann");
        home.import(archive, "ann");
        home.start();
    }
    let movers = [Mover::new(&old[0], &new, "ann").await, Mover::new(&old[1], &new, "ann").await];
    let form = movers[0].browser.get(&new.at("/home"), PAGES).await.form("text");
    movers[0].browser.submit(&form.fill("text", "I was here first").unwrap()).await;
    (old, new, movers)
}

async fn both_lead_here(old: &[Home; 2], new: &Home, maps: [&[Value]; 2]) {
    let stranger = Browser::new();
    let actor = stranger.get(&new.actor("ann"), ACTIVITY).await.good();
    for (home, map) in old.iter().zip(maps) {
        assert!(actor["alsoKnownAs"].as_array().unwrap().contains(&json!(home.actor("ann"))), "{actor:#}");
        let is_open = |entry: &&&Value| {
            entry["kind"] == "posts"
                && ["public", "unlisted"].contains(&entry["visibility"].as_str().unwrap())
        };
        let mut open = 0;
        for entry in map.iter().filter(|entry| is_open(&entry)) {
            let answer = stranger.get(entry["old"].as_str().unwrap(), ACTIVITY).await;
            assert_eq!(answer.location().map(String::from).as_deref(), entry["new"].as_str(), "{entry}");
            assert_eq!(stranger.get(entry["new"].as_str().unwrap(), ACTIVITY).await.status, 200, "{entry}");
            open += 1;
        }
        assert!(open > 5, "{map:#?}");
    }
    let own = "select count(*) from posts where transfer_id is null and not is_trial and deleted_at is null";
    assert_eq!(tables::number(new, own).await, 1, "her own post is as it was");
}

#[tokio::test]
async fn two_accounts_with_the_same_past_become_one_without_doubles() {
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let (mut old, mut new, movers) = homes([&archive, &archive]).await;
    let first = movers[0].copy().await;
    movers[0].announce(&first).await;
    let second = movers[1].copy().await;
    let status = movers[1].until(&second, "trial").await;
    comes_out_even(&status);
    let (came, skipped) = (count(&status, "posts", "destination"), count(&status, "posts", "skipped"));
    assert_eq!((came, skipped), (0, 22), "what both had is there already: {status:#}");
    movers[1].announce(&second).await;
    assert_eq!(tables::number(&new, "select count(*) from posts").await, 23);
    let maps = [movers[0].map(&first).await, movers[1].map(&second).await];
    both_lead_here(&old, &new, [&maps[0], &maps[1]]).await;
    assert!(new.is_well() && old.iter_mut().all(Home::is_well));
}

#[tokio::test]
async fn two_copies_into_one_account_go_on_at_the_same_time() {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let many = archive::write(dirs[0].path(), POSTS, FILES);
    let sample = sample::write(dirs[1].path(), "http://third.localhost:1", "fay").unwrap();
    let (mut old, mut new, movers) = homes([&many, &sample]).await;
    let (first, second) = (movers[0].begin().await, movers[1].begin().await);
    let (one, other) = tokio::join!(movers[0].until(&first, "trial"), movers[1].until(&second, "trial"));
    for (status, posts) in [(&one, u64::try_from(POSTS).unwrap()), (&other, 22)] {
        comes_out_even(status);
        assert_eq!(count(status, "posts", "destination"), posts, "{status:#}");
    }
    movers[0].announce(&first).await;
    movers[1].announce(&second).await;
    let maps = [movers[0].map(&first).await, movers[1].map(&second).await];
    both_lead_here(&old, &new, [&maps[0], &maps[1]]).await;
    let posts = i64::try_from(POSTS).unwrap() + 22 + 1;
    assert_eq!(tables::number(&new, "select count(*) from posts").await, posts);
    assert!(new.is_well() && old.iter_mut().all(Home::is_well));
}
