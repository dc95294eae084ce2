//! What came with a transfer goes again, long after it was visible, and nothing else does.

use serde_json::{Value, json};

use crate::{
    lab::{
        browser::{ACTIVITY, Browser, PAGES},
        home::{Home, OPEN, password},
        mover::Mover,
        tables,
    },
    sample,
};

async fn homes() -> ([Home; 2], Mover, Browser) {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    new.account("bea");
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    ([old, new], mover, Browser::new())
}

async fn write(person: &Browser, home: &Home, text: &str) {
    let form = person.get(&home.at("/home"), PAGES).await.form("text");
    let answer = person.submit(&form.fill("text", text).unwrap()).await;
    assert!(answer.status < 400, "{}", answer.words());
}

/// Old and new address of posts that stand open.
fn open_posts(map: &[Value]) -> Vec<(String, String)> {
    let is_open = |entry: &&Value| {
        entry["kind"] == "posts" && (entry["visibility"] == "public" || entry["visibility"] == "unlisted")
    };
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap().to_owned();
    map.iter().filter(is_open).map(|entry| (text(entry, "old"), text(entry, "new"))).collect()
}

#[tokio::test]
async fn what_came_is_removed_after_visitors_were_sent_there_and_can_come_again() {
    let ([mut old, mut new], mover, stranger) = homes().await;
    write(&mover.browser, &new, "I wrote this here myself").await;
    let (posts, profile) =
        ("select count(*) from posts", "select name || fields || also_known_as from accounts");
    let (before, files, name) =
        (tables::number(&new, posts).await, new.media(), tables::text(&new, profile).await);
    let id = mover.copy().await;
    mover.hand_over_as(&id, "redirect").await;
    mover.last_word().await;
    mover.until(&id, "done").await;
    let map = mover.map(&id).await;
    let open = open_posts(&map);
    let leads = async |address: &str| stranger.get(address, ACTIVITY).await.location().map(String::from);
    assert_eq!(leads(&open[0].0).await.as_deref(), Some(open[0].1.as_str()));

    let page = mover.browser.get(&new.at(&format!("/transfers/{id}/remove")), PAGES).await;
    assert!(page.text().contains("stops sending visitors here"), "{}", page.words());
    let wrong = page.form("password").fill("password", "not it").unwrap();
    assert_eq!(mover.browser.submit(&wrong).await.status, 422);
    assert_eq!(stranger.get(&open[0].1, ACTIVITY).await.status, 200, "a wrong password removes nothing");
    let right = page.form("password").fill("password", &password("ann")).unwrap();
    assert_eq!(mover.browser.submit(&right).await.status, 303);
    let status = mover.until(&id, "removed").await;
    assert!(status["problem"].is_null(), "{status:#}");

    for (was, now) in &open {
        assert_eq!(stranger.get(now, ACTIVITY).await.status, 410, "{now}");
        let answer = stranger.get(was, ACTIVITY).await;
        assert_eq!(answer.status, 200, "{was} is answered at Old home again");
    }
    for entry in
        map.iter().filter(|entry| entry["visibility"] == "followers" || entry["visibility"] == "direct")
    {
        assert_eq!(stranger.get(entry["new"].as_str().unwrap(), ACTIVITY).await.status, 404, "{entry}");
    }
    assert_eq!(tables::number(&new, posts).await, before, "what she wrote here stays");
    assert_eq!((new.media(), tables::text(&new, profile).await), (files, name));
    let left = "select count(*) from forwards";
    assert_eq!(tables::number(&old, left).await, 0);

    // The same pair again, at once: everything comes, and old addresses lead to where it is now.
    let again = mover.copy().await;
    mover.hand_over_as(&again, "redirect").await;
    mover.last_word().await;
    mover.until(&again, "done").await;
    for (was, now) in open_posts(&mover.map(&again).await) {
        assert_eq!(leads(&was).await.as_deref(), Some(now.as_str()));
        assert!(!open.iter().any(|(_, gone)| *gone == now), "{now} was buried");
    }
    assert!(old.is_well() && new.is_well());
}

#[tokio::test]
async fn what_came_is_removed_while_old_home_is_dead_and_says_what_is_left_to_do_there() {
    let ([mut old, mut new], mover, stranger) = homes().await;
    let files = new.media();
    let id = mover.copy().await;
    mover.hand_over_as(&id, "redirect").await;
    mover.last_word().await;
    mover.until(&id, "done").await;
    let open = open_posts(&mover.map(&id).await);
    old.kill();
    let remove = new.at(&format!("/api/v1/transfers/{id}/remove"));
    mover.browser.post_json(&remove, &json!({"password": password("ann")})).await.good();
    // It is killed itself while it waits for an answer.
    mover.status(&id, None).await;
    new.kill();
    new.start();
    let status = mover.until(&id, "removed").await;
    let said = status["problem"].as_str().unwrap();
    assert!(said.contains("Old home could not be told") && said.contains("Departures"), "{said}");
    for (_, now) in &open {
        assert_eq!(stranger.get(now, ACTIVITY).await.status, 410, "{now}");
    }
    assert_eq!(new.media(), files);

    // Old home comes back; what it says of the copy is switched off there, as was said.
    old.start();
    let page = mover.browser.get(&old.at("/departures"), PAGES).await;
    mover.browser.submit(&page.form("on").press("on", "no").unwrap()).await;
    for (was, _) in &open {
        assert_eq!(stranger.get(was, ACTIVITY).await.status, 200, "{was}");
    }
    assert!(old.is_well() && new.is_well());
}

#[tokio::test]
async fn what_others_have_answered_goes_only_when_that_is_said() {
    let ([mut old, mut new], mover, stranger) = homes().await;
    let id = mover.copy().await;
    mover.press(&id, "keep").await.good();
    mover.until(&id, "kept").await;
    let (_, address) = open_posts(&mover.map(&id).await).remove(0);
    let bea = Browser::new();
    bea.sign_in(&new.origin, "bea").await;
    let form = bea.visit(&address).await.form("in_reply_to").fill("text", "How nice").unwrap();
    assert!(bea.submit(&form).await.status < 400);

    let remove = new.at(&format!("/api/v1/transfers/{id}/remove"));
    let refused = mover.browser.post_json(&remove, &json!({"password": password("ann")})).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(refused.text().contains("answered or boosted 1 of these"), "{}", refused.text());
    let page = mover.browser.get(&new.at(&format!("/transfers/{id}/remove")), PAGES).await;
    assert!(page.form("password").has("answered_too"), "{}", page.words());
    let said = json!({"password": password("ann"), "answered_too": true});
    mover.browser.post_json(&remove, &said).await.good();
    mover.until(&id, "removed").await;
    assert_eq!(stranger.get(&address, ACTIVITY).await.status, 410);
    let of_bea =
        "select count(*) from posts p join accounts a on a.id = p.account_id where a.username = 'bea'";
    assert_eq!(tables::number(&new, of_bea).await, 1, "what others wrote is theirs");
    assert!(old.is_well() && new.is_well());
}
