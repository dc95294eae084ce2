//! A copy from a LOLA server that is no godwit: it ends with counts that agree, can be kept, and cannot be
//! announced.

use serde_json::Value;

use crate::lab::{
    address,
    browser::PAGES,
    home::{Home, OPEN},
    mover::{Mover, comes_out_even, count},
    testbed::Testbed,
    without_addresses,
};

/// New home with Ann signed in, and the other server.
async fn homes() -> (Home, Testbed, Mover) {
    let there = address();
    let testbed = Testbed::start(&there);
    let mut new = Home::new(&address(), &[&there], OPEN);
    new.account("ann");
    new.start();
    let mover = Mover::guest(&new, "ann").await;
    (new, testbed, mover)
}

/// Asks for the account at its address and comes back with the yes; gives the transfer's id.
async fn begin(testbed: &Testbed, mover: &Mover) -> String {
    let started = mover.try_asking(&testbed.actor()).await.good();
    let answer = mover.browser.get(started["authorize_url"].as_str().unwrap(), PAGES).await;
    let page = mover.browser.get(answer.location().unwrap().as_str(), PAGES).await;
    assert_eq!(page.status, 303, "{}", page.words());
    started["id"].as_str().unwrap().to_owned()
}

fn all_are_there(status: &Value) {
    comes_out_even(status);
    for (kind, number) in [("posts", 3), ("likes", 2), ("following", 2), ("blocked", 1), ("boosts", 0)] {
        assert_eq!(count(status, kind, "source"), number, "{kind}: {status:#}");
        assert_eq!(count(status, kind, "destination"), number, "{kind}: {status:#}");
    }
}

#[tokio::test]
async fn a_copy_from_another_kind_of_server_has_equal_counts_and_can_only_be_kept() {
    let (mut new, testbed, mover) = homes().await;
    let id = begin(&testbed, &mover).await;
    let status = mover.until(&id, "trial").await;
    all_are_there(&status);
    let notes = status["report"]["notes"].to_string();
    assert!(notes.contains("does not say whom they are for"), "{notes}");
    assert!(!notes.contains("counts more of them"), "what is no boost is not missed: {notes}");
    // Its words about visibility are not ActivityPub's: what is not understood is most private.
    let map = mover.map(&id).await;
    assert!(map.iter().all(|entry| entry["visibility"] == "direct"), "{map:#?}");

    let refused = mover.press(&id, "announce").await;
    assert_eq!(refused.status, 422);
    let detail = refused.json()["detail"].to_string();
    assert!(detail.contains("cannot announce a move this way. You can keep the copy"), "{detail}");
    mover.press(&id, "keep").await.good();
    all_are_there(&mover.until(&id, "kept").await);
    assert!(new.is_well());
}

#[tokio::test]
async fn another_kind_of_server_that_is_busy_is_left_alone_for_as_long_as_it_says() {
    let (mut new, testbed, mover) = homes().await;
    testbed.be_busy_once();
    let id = begin(&testbed, &mover).await;
    all_are_there(&mover.until(&id, "trial").await);
    assert!(new.log().contains("Old home asked us to come again later"), "{}", new.log());
    assert!(new.is_well());
}

#[tokio::test]
async fn a_permission_for_one_account_opens_no_other() {
    let (mut new, testbed, mover) = homes().await;
    let started = mover.try_asking(&testbed.other_actor()).await.good();
    let url = url::Url::parse(started["authorize_url"].as_str().unwrap()).unwrap();
    let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let fields = [("code", "the-code"), ("state", &state), ("activitypub_actor", &testbed.other_actor())];
    let page = mover.browser.follow(mover.come_back(&fields).await).await;
    let told = page.words();
    assert!(told.contains("did not allow it") && told.contains("go there once more"), "{told}");
    assert!(!without_addresses(&told).contains("403"), "exact words are for the log: {told}");
    assert!(testbed.asked().iter().all(|asked| !asked.path.contains("/migration/")), "nothing was read");
    assert!(new.is_well());
}
