//! Whom a person followed comes along as a list, never as a Follow, until they choose; whoever blocks
//! them stays behind at Old home.

use crate::{
    belongings::set_up,
    lab::{
        browser::{Browser, PAGES},
        home::{Home, OPEN},
        mover::{Mover, count},
        tables,
    },
};

/// What Ann ever had to send from a home.
const FOLLOWS: &str =
    "select count(*) from deliveries where account_id = (select id from accounts where username = 'ann')";

#[tokio::test]
async fn those_who_block_stay_behind_and_the_others_are_followed_by_choice_only() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    old.account("ann");
    for name in ["ann", "bob", "dan"] {
        new.account(name);
    }
    old.start();
    new.start();
    let mover = Mover::new(&old, &new, "ann").await;
    let browser = &mover.browser;
    let csrf = browser.json(&old.at("/api/v1/me")).await["csrf"].as_str().unwrap().to_owned();
    for name in ["bob", "dan"] {
        let handle = format!("@{name}@{}", new.authority);
        let answer = browser.post(&old.at("/follows"), &[("handle", &handle), ("csrf", &csrf)]).await;
        assert_eq!(answer.status, 303, "{}", answer.words());
    }
    browser
        .wait(&old.at("/api/v1/following"), |list| list.to_string().matches("accepted").count() == 2)
        .await;
    let dan = Browser::new();
    dan.sign_in(&new.origin, "dan").await;
    let block = set_up(&dan, &new, &[("kind", "blocked"), ("whom", &old.actor("ann"))]).await;
    assert_eq!(block.status, 303, "{}", block.words());
    let is_told = async || tables::number(&old, "select count(*) from blocked_by").await == 1;
    browser.after_changes(&old.origin, is_told).await;

    let id = mover.copy().await;
    let status = mover.status(&id, None).await;
    assert_eq!(count(&status, "following", "source"), 1, "{status:#}");
    mover.press(&id, "keep").await.good();
    mover.until(&id, "kept").await;
    let list = browser.json(&new.at("/api/v1/following")).await.to_string();
    assert!(list.contains("/users/bob") && !list.contains("/users/dan"), "{list}");
    assert_eq!(tables::number(&new, FOLLOWS).await, 0, "a copy follows nobody");

    let page = browser.get(&new.at("/follows/again"), PAGES).await;
    let answer = browser.submit(&page.form("follow").press("follow", "all").unwrap()).await;
    assert_eq!(answer.status, 303, "{}", answer.words());
    browser.wait(&new.at("/api/v1/following"), |list| list["following"][0]["state"] == "accepted").await;
    assert_eq!(tables::number(&new, FOLLOWS).await, 1);
    let page = browser.get(&new.at("/follows/again"), PAGES).await.text();
    assert!(page.contains("@bob@") && page.contains("asked"), "{page}");
    assert!(old.is_well() && new.is_well());
}
