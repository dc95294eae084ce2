//! A daemon that is told to stop ends in order: while a page listens, which comes again, and in the middle of
//! a copy, which goes on.

use std::collections::BTreeSet;

use reqwest::header::COOKIE;
use serde_json::json;

use crate::{
    lab::{
        archive,
        browser::PAGES,
        home::{Home, OPEN},
        mover::{Mover, comes_out_even, count},
        tables,
    },
    sample,
};

const POSTS: usize = 260;
const FILES: usize = 40;

#[tokio::test]
async fn a_daemon_that_is_told_to_stop_lets_whoever_listens_go_in_order_and_ends() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    new.run(&["policy", "set", "careful"]);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    let id = mover.begin().await;
    mover.until(&id, "awaiting_approval").await;

    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let cookie = mover.browser.cookie(&new.authority).unwrap();
    let live = client.get(new.at(&format!("/transfers/{id}/live"))).header(COOKIE, &cookie);
    let mut page = live.send().await.unwrap();
    assert_eq!(page.status(), 200);
    let first = page.chunk().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).contains("Waiting for the admins here"));

    // An answer that was cut off would be an error here: the last word of the stream is its end.
    let ends = async {
        while let Some(words) = page.chunk().await.expect("the stream was cut off") {
            assert!(!words.is_empty());
        }
    };
    let stop = tokio::task::spawn_blocking(move || {
        let status = new.stop();
        (new, status)
    });
    let (stopped, ()) = tokio::join!(stop, ends);
    let (mut new, status) = stopped.unwrap();
    assert!(status.success(), "{status}: {}", new.log());

    // Everything is as it was, and the page listens again.
    new.start();
    let page = mover.browser.get(&new.at(&format!("/transfers/{id}")), PAGES).await;
    assert!(page.text().contains("Waiting for the admins here"), "{}", page.words());
    assert_eq!(mover.status(&id, None).await["state"], json!("awaiting_approval"));
    assert!(old.is_well() && new.is_well());
}

#[tokio::test]
async fn homes_that_are_told_to_stop_in_the_middle_of_a_copy_end_in_order_and_it_goes_on() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive::write(dir.path(), POSTS, FILES)).await;
    let id = mover.begin().await;
    let mut stopped_in = BTreeSet::new();
    let mut status = mover.status(&id, None).await;
    while status["state"] != "trial" {
        let state = status["state"].as_str().unwrap().to_owned();
        if stopped_in.insert(state) {
            for home in [&mut new, &mut old] {
                let ended = home.stop();
                assert!(ended.success(), "{ended}: {}", home.log());
            }
            let held = tables::number(&new, "select count(*) from leases").await;
            assert_eq!(held, 0, "what was under way is given back at once");
            old.start();
            new.start();
            status = mover.status(&id, None).await;
            continue;
        }
        status = mover.status(&id, status["version"].as_u64()).await;
    }
    // Which of the short states are seen is chance.
    let is_stopped_within = stopped_in.contains("fetching") && stopped_in.len() > 2;
    assert!(is_stopped_within, "the copy was there too soon: {stopped_in:?}");
    comes_out_even(&status);
    for (kind, number) in [("posts", POSTS), ("media", FILES)] {
        assert_eq!(count(&status, kind, "destination"), u64::try_from(number).unwrap(), "{status:#}");
    }
    assert!(old.is_well() && new.is_well());
}
