//! A new name on the same server: Old home and New home are one, and nothing of the two accounts mixes.

use serde_json::json;

use crate::{
    lab::{
        browser::{ACTIVITY, Browser, PAGES},
        home::{Home, OPEN, Settings, password},
        mover::{Mover, comes_out_even, count},
        tables,
    },
    sample,
};

#[tokio::test]
async fn an_account_gets_a_new_name_on_its_own_server() {
    let here = crate::lab::address();
    let mut home = Home::new(&here, &[], OPEN);
    home.account("ann");
    home.account("anna");
    let dir = tempfile::tempdir().unwrap();
    home.import(&sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap(), "ann");
    // Nobody may come or go any more, and still nobody asks an admin for a new name.
    home.configure(Settings { arrivals: "\"nobody\"", departures: "\"nobody\"", ..OPEN });
    home.start();
    let stranger = Browser::new();
    let key = stranger.get(&home.actor("ann"), ACTIVITY).await.good()["publicKey"]["publicKeyPem"].clone();
    let ann = Mover::guest(&home, "ann").await.asking_for(&home, "anna");
    let anna = Mover::guest(&home, "anna").await.asking_for(&home, "ann");

    let own = anna.try_asking(&format!("@anna@{}", home.authority)).await;
    assert_eq!(own.status, 422, "{}", own.text());
    let (id, url) = anna.ask().await;
    // Ann says yes in her own browser; her answer belongs to Anna, who finds out by whom it must be given.
    let answer = ann.allow(&url).await;
    let back = answer.location().unwrap();
    let wrong = ann.browser.get(back.as_str(), PAGES).await;
    assert!(wrong.words().contains("another account"), "{}", wrong.words());
    let page = anna.browser.follow(anna.browser.get(back.as_str(), PAGES).await).await;
    assert_eq!(page.url.path(), format!("/transfers/{id}"), "{}", page.words());
    let status = anna.until(&id, "trial").await;
    comes_out_even(&status);
    assert_eq!(count(&status, "posts", "destination"), 22);

    let asked = anna.press(&id, "announce").await.good();
    let answer = ann.allow(asked["authorize_url"].as_str().unwrap()).await;
    anna.browser.follow(anna.browser.get(answer.location().unwrap().as_str(), PAGES).await).await;
    anna.until(&id, "awaiting_announcement").await;
    let page = ann.browser.get(&home.at("/departures/ann/finish"), PAGES).await;
    let form = page.form("departure").fill("password", &password("ann")).unwrap();
    assert_eq!(ann.browser.submit(&form).await.status, 303);
    anna.until(&id, "done").await;

    let old = stranger.get(&home.actor("ann"), ACTIVITY).await.good();
    assert_eq!((&old["movedTo"], &old["publicKey"]["publicKeyPem"]), (&json!(home.actor("anna")), &key));
    let new = stranger.get(&home.actor("anna"), ACTIVITY).await.good();
    assert_eq!(new["alsoKnownAs"], json!([home.actor("ann")]));
    assert_ne!(new["publicKey"]["publicKeyPem"], key, "each account has its own key");
    for entry in anna.map(&id).await {
        let is_open = entry["visibility"] == "public" || entry["visibility"] == "unlisted";
        let answer = stranger.get(entry["old"].as_str().unwrap(), ACTIVITY).await;
        if is_open && entry["kind"] != "media" {
            assert_eq!(answer.location().map(String::from).as_deref(), entry["new"].as_str(), "{entry}");
        }
    }
    let posts = "select count(distinct account_id) * 1000 + count(*) from posts where deleted_at is null";
    assert_eq!(tables::number(&home, posts).await, 2044, "both accounts keep 22 posts each");
    assert!(home.is_well());
}
