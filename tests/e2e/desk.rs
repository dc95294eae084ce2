//! The desk of New home's admin, through real daemons: looked at, asked, let in without some kinds, declined, stopped
//! by a limit, and killed while somebody waits.

use serde_json::{Value, json};

use crate::{
    lab::{
        browser::{Browser, PAGES},
        home::{Home, OPEN},
        mover::{Mover, comes_out_even, count},
        tables,
    },
    sample,
};

/// Two homes with Ann at both, and Eve, who answers for the new one.
async fn homes(preset: &str) -> ([Home; 2], Mover, Browser) {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    new.account("eve");
    assert!(new.run(&["account", "admin", "eve"]).contains("/desk"));
    let said = new.run(&["policy", "set", preset]);
    assert!(said.contains("may come"), "{said}");
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    let eve = Browser::new();
    eve.sign_in(&new.origin, "eve").await;
    ([old, new], mover, eve)
}

async fn request(eve: &Browser, new: &Home, id: &str) -> Value {
    eve.json(&new.at(&format!("/api/v1/desk/arrivals/{id}"))).await
}

#[tokio::test]
async fn an_admin_looks_asks_and_lets_in_without_media() {
    let ([mut old, mut new], mover, eve) = homes("careful").await;
    let id = mover.begin().await;
    let status = mover.until(&id, "awaiting_approval").await;
    assert_eq!(
        (&status["application"]["place"], tables::number(&new, "select count(*) from items").await),
        (&json!(1), 0)
    );
    // Whoever is not an admin finds no desk.
    assert_eq!(mover.browser.get(&new.at("/desk"), PAGES).await.status, 404);
    let list = eve.get(&new.at("/desk"), PAGES).await;
    assert!(list.text().contains("@ann@"), "{}", list.text());
    // The sample is drawn from everything while Ann waits; meanwhile the beginning is there.
    let at = new.at(&format!("/desk/arrivals/{id}"));
    let is_drawn = async || eve.get(&at, PAGES).await.text().contains("drawn by chance from all of them");
    eve.after_changes(&new.origin, is_drawn).await;
    let page = eve.get(&at, PAGES).await;
    assert!(page.text().contains("A sample of what was written"), "{}", page.text());
    assert!(!page.text().contains("<img src=\"/desk/"), "nothing is opened unasked");
    // Words are looked for in everything Ann wrote for everybody, not in the sample alone.
    let found = eve.get(&new.at(&format!("/desk/arrivals/{id}?words=flats")), PAGES).await;
    assert!(found.text().contains("everything from here to the end of the list"), "{}", found.words());
    assert!(found.text().contains("First light over the flats"), "{}", found.words());
    let posts = new.at(&format!("/api/v1/desk/arrivals/{id}/posts?words=heronsandnothingelse"));
    let none = eve.json(&posts).await;
    assert_eq!((&none["posts"], &none["next"]), (&json!([]), &Value::Null), "{none:#}");
    assert!(none["looked"].as_u64().unwrap() > 1, "{none:#}");
    assert_eq!(mover.browser.get(&posts, PAGES).await.status, 404, "only admins look");
    eve.submit(&page.form("question").fill("question", "Do we know each other?").unwrap()).await;
    // The process is killed while Ann waits: she waits on, with the question.
    new.kill();
    new.start();
    let page = mover.browser.get(&new.at(&format!("/transfers/{id}")), PAGES).await;
    assert!(page.text().contains("Do we know each other?"), "{}", page.words());
    mover.browser.submit(&page.form("answer").fill("answer", "From the choir.").unwrap()).await;
    assert_eq!(request(&eve, &new, &id).await["answer"], "From the choir.");
    let opened = eve.get(&new.at(&format!("/desk/arrivals/{id}?open=yes")), PAGES).await;
    let form = opened.form("without").choose("without", "media").unwrap();
    assert_eq!(eve.submit(&form).await.status, 303);
    let status = mover.until(&id, "trial").await;
    comes_out_even(&status);
    assert!(
        count(&status, "posts", "destination") > 0 && count(&status, "media", "destination") == 0,
        "{status:#}"
    );
    let reasons = status["report"]["reasons"].to_string();
    assert!(reasons.contains("the admins of this server do not take it"), "{reasons}");
    let book = eve.get(&new.at("/api/v1/desk/audit.jsonl"), "*/*").await.text();
    for deed in ["policy_changed", "role_changed", "arrival_asked", "arrival_answered", "arrival_approved"] {
        assert_eq!(book.lines().filter(|line| line.contains(deed)).count(), 1, "{deed}: {book}");
    }
    assert!(old.is_well() && new.is_well());
}

#[tokio::test]
async fn who_is_declined_reads_why_and_old_home_is_as_it_was() {
    let ([old, new], mover, eve) = homes("careful").await;
    let id = mover.begin().await;
    mover.until(&id, "awaiting_approval").await;
    let page = eve.get(&new.at(&format!("/desk/arrivals/{id}")), PAGES).await;
    let form = page.form("why").fill("why", "We take friends of friends only.").unwrap();
    assert_eq!(eve.submit(&form).await.status, 303);
    mover.until(&id, "discarded").await;
    let page = mover.browser.get(&new.at(&format!("/transfers/{id}")), PAGES).await;
    assert!(page.text().contains("We take friends of friends only."), "{}", page.words());
    let held = tables::number(&old, "select count(*) from tokens").await;
    assert_eq!(held, 0, "the permission is given back");
    let again = eve.submit(&form).await;
    assert_eq!(again.status, 409, "who answers twice is told: {}", again.words());
}

#[tokio::test]
async fn over_the_limit_is_said_and_a_stopped_server_gets_nothing_with_what_it_was_given_before() {
    let ([old, new], mover, eve) = homes("open").await;
    let rules = eve.json(&new.at("/api/v1/desk/policy")).await;
    let mut policy = rules["policy"].clone();
    policy["arrivals"]["terms"]["limits"]["posts"] = json!(3);
    let asked = json!({"version": rules["version"], "policy": policy});
    let changed = eve.post_json(&new.at("/api/v1/desk/policy"), &asked).await.good();
    assert!(changed["sentences"].to_string().contains("at most 3 posts"), "{changed:#}");
    let late = eve.post_json(&new.at("/api/v1/desk/policy"), &asked).await;
    assert_eq!(late.status, 409, "another admin was quicker");
    let id = mover.begin().await;
    let failed = mover.until(&id, "failed").await;
    assert!(failed["problem"].as_str().unwrap().contains("at most 3 posts of one account"), "{failed:#}");
    let if_open = eve.post_json(&new.at("/api/v1/desk/policy/what-if"), &rules["policy"]).await.good();
    assert_eq!((&if_open["requests"], &if_open["newly_let_in"]), (&json!(1), &json!(1)));
    // Old home's admin stops departures for this server: the permission that was given ends with it.
    old.run(&["departures", "stop", &new.authority]);
    let asked = json!({"version": changed["version"], "policy": rules["policy"]});
    eve.post_json(&new.at("/api/v1/desk/policy"), &asked).await.good();
    assert_eq!(tables::number(&old, "select count(*) from tokens").await, 0);
    assert_eq!(tables::number(&new, "select count(*) from items").await, 0, "nothing came");
}
