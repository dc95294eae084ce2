//! Copies that stay without a move: quietly, with redirects only, or as a second account.

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

async fn homes() -> ([Home; 2], Mover, Browser) {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    ([old, new], mover, Browser::new())
}

/// Public posts of a map: old and new address.
fn open_posts(map: &[Value]) -> Vec<(String, String)> {
    let is_open = |entry: &&Value| {
        entry["kind"] == "posts" && (entry["visibility"] == "public" || entry["visibility"] == "unlisted")
    };
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap().to_owned();
    map.iter().filter(is_open).map(|entry| (text(entry, "old"), text(entry, "new"))).collect()
}

async fn told_nobody(homes: [&Home; 2]) {
    for home in homes {
        let told = "select (select count(*) from deliveries) + (select count(*) from notifications)";
        assert_eq!(tables::number(home, told).await, 0, "{} told somebody", home.origin);
    }
}

/// Where an old address leads a stranger.
async fn leads_to(stranger: &Browser, old: &str) -> Option<String> {
    stranger.get(old, ACTIVITY).await.location().map(String::from)
}

#[tokio::test]
async fn a_quiet_copy_is_visible_and_neither_side_names_the_other() {
    let ([mut old, mut new], mover, stranger) = homes().await;
    let actor = stranger.get(&old.actor("ann"), ACTIVITY).await.body;
    let id = mover.copy().await;
    let map = mover.map(&id).await;
    let keep = new.at(&format!("/api/v1/transfers/{id}/keep"));
    mover.browser.post_json(&keep, &json!({"ending": "quiet"})).await.good();
    let status = mover.until(&id, "kept").await;
    assert_eq!(status["ending"], "quiet");
    let posts = open_posts(&map);
    assert!(posts.len() > 10);
    for (before, now) in &posts {
        for answer in [stranger.get(now, ACTIVITY).await, stranger.visit(now).await] {
            assert_eq!(answer.status, 200, "{now}");
            assert!(!answer.text().contains(before.as_str()), "{now} says where it was");
        }
        assert_eq!(leads_to(&stranger, before).await, None, "{before}");
        let asked = format!("{}?redirect_ap_obj={before}", new.actor("ann"));
        assert_eq!(stranger.get(&asked, ACTIVITY).await.status, 404, "{asked}");
    }
    let profile = stranger.get(&new.actor("ann"), ACTIVITY).await.text();
    let outbox = stranger.get(&new.at("/users/ann/outbox?cursor="), ACTIVITY).await.text();
    for said in [profile, outbox] {
        assert!(!said.contains(&old.authority), "{said}");
    }
    assert_eq!(stranger.get(&old.actor("ann"), ACTIVITY).await.body, actor);
    told_nobody([&old, &new]).await;
    assert!(old.is_well() && new.is_well());
}

#[tokio::test]
async fn visitors_are_sent_on_and_nobody_is_told() {
    let ([mut old, mut new], mover, stranger) = homes().await;
    let id = mover.copy().await;
    mover.hand_over_as(&id, "redirect").await;
    let (before, now) = open_posts(&mover.map(&id).await).remove(0);
    assert_eq!(leads_to(&stranger, &before).await, None, "the last word is not spoken yet");
    let page = mover.browser.get(&old.at("/departures/ann/finish"), PAGES).await.text();
    assert!(page.contains("Nobody is told") && !page.contains("cannot be called back"), "{page}");
    assert_eq!(mover.last_word().await.status, 303);
    let status = mover.until(&id, "done").await;
    assert_eq!(status["ending"], "redirect");
    assert_eq!(leads_to(&stranger, &before).await.as_deref(), Some(now.as_str()));
    let actor = stranger.get(&old.actor("ann"), ACTIVITY).await.good();
    assert!(actor["movedTo"].is_null() && actor["copiedTo"].is_null(), "{actor:#}");
    told_nobody([&old, &new]).await;

    // The owner switches it off and on, and still writes there.
    for (word, is_on) in [("no", false), ("yes", true)] {
        let page = mover.browser.get(&old.at("/departures"), PAGES).await;
        let form = page.form("departure").press("on", word).unwrap();
        assert_eq!(mover.browser.submit(&form).await.status, 303);
        assert_eq!(leads_to(&stranger, &before).await.is_some(), is_on, "{word}");
    }
    let form = mover.browser.get(&old.at("/home"), PAGES).await.form("text");
    let answer = mover.browser.submit(&form.fill("text", "I still live here").unwrap()).await;
    assert!(answer.status < 400, "{}", answer.words());
    assert!(old.is_well() && new.is_well());
}

#[tokio::test]
async fn two_accounts_live_on_and_name_each_other() {
    let ([mut old, mut new], mover, stranger) = homes().await;
    let id = mover.copy().await;
    mover.hand_over_as(&id, "copy").await;
    let page = mover.browser.get(&old.at("/departures/ann/finish"), PAGES).await.text();
    assert!(page.contains("as its copy"), "{page}");
    assert_eq!(mover.last_word().await.status, 303);
    let status = mover.until(&id, "done").await;
    assert_eq!((&status["ending"], &status["map"]["handed_over"]), (&json!("copy"), &json!(0)));
    let actor = async |home: &Home| stranger.get(&home.actor("ann"), ACTIVITY).await.good();
    assert_eq!(actor(&old).await["copiedTo"], json!([new.actor("ann")]));
    assert!(actor(&old).await["movedTo"].is_null());
    assert_eq!(actor(&new).await["alsoKnownAs"], json!([old.actor("ann")]));
    for (before, _) in open_posts(&mover.map(&id).await) {
        assert_eq!(leads_to(&stranger, &before).await, None, "{before}");
    }
    told_nobody([&old, &new]).await;
    for (word, is_named) in [("no", false), ("yes", true)] {
        let page = mover.browser.get(&old.at("/departures"), PAGES).await;
        mover.browser.submit(&page.form("departure").press("on", word).unwrap()).await;
        assert_eq!(actor(&old).await["copiedTo"].is_array(), is_named, "{word}");
    }
    assert!(old.is_well() && new.is_well());
}
