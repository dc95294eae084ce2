//! An admin takes a whole copy out of sight, shows it again exactly as it was, and lets it go for good after a month
//! in which it can be called back.

use serde_json::{Value, json};

use crate::{
    cluster::Cluster,
    lab::{
        browser::{ACTIVITY, ANYTHING, Browser, PAGES},
        home::{Home, OPEN},
        mover::Mover,
        tables,
    },
    sample,
    trial::{ids, lists},
};

/// What is written down about the deed itself.
const TRACES: [&str; 6] = ["audit", "hidden_imports", "letters", "sessions", "remote_actors", "transfers"];

struct Story {
    old: Home,
    new: Home,
    mover: Mover,
    eve: Browser,
    stranger: Browser,
    id: String,
    map: Vec<Value>,
}

impl Story {
    /// Ann has moved; Eve answers for the new home.
    async fn begin(cluster: Option<&Cluster>) -> Self {
        let [mut old, mut new] = Home::pair(&[], OPEN);
        if let Some(cluster) = cluster {
            new.use_database(&cluster.create("new"), OPEN);
        }
        new.account("eve");
        new.run(&["account", "admin", "eve"]);
        let dir = tempfile::tempdir().unwrap();
        let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
        let mover = Mover::between(&mut old, &mut new, &archive).await;
        let eve = Browser::new();
        eve.sign_in(&new.origin, "eve").await;
        let id = mover.copy().await;
        mover.announce(&id).await;
        let map = mover.map(&id).await;
        Self { old, new, mover, eve, stranger: Browser::new(), id, map }
    }

    /// What strangers read in every list.
    async fn seen(&self) -> Vec<(u16, String)> {
        let mut seen = Vec::new();
        for (url, accept) in lists(&self.new) {
            let answer = self.stranger.get(&url, accept).await;
            seen.push((answer.status, answer.text()));
        }
        seen
    }

    /// New addresses of what stands open.
    fn open(&self) -> Vec<(&str, &str)> {
        let is_open = |entry: &&Value| entry["visibility"] == "public" || entry["visibility"] == "unlisted";
        self.map
            .iter()
            .filter(is_open)
            .map(|entry| (entry["old"].as_str().unwrap(), entry["new"].as_str().unwrap()))
            .collect()
    }

    async fn nothing_is_in_sight(&self) {
        let ids = ids(&self.map);
        for entry in &self.map {
            let address = entry["new"].as_str().unwrap();
            let page = address.replace("/users/ann/posts/", "/@ann/");
            for (url, accept) in [(address, ACTIVITY), (address, PAGES), (address, ANYTHING), (&page, PAGES)]
            {
                assert_eq!(self.stranger.get(url, accept).await.status, 404, "{url} ({accept})");
            }
        }
        for ((status, text), (url, _)) in self.seen().await.into_iter().zip(lists(&self.new)) {
            assert!(status < 500 && !ids.iter().any(|id| text.contains(id)), "{url} shows the copy");
        }
        for (was, _) in self.open() {
            let asked = format!("{}?redirect_ap_obj={was}", self.new.actor("ann"));
            assert_ne!(self.stranger.get(&asked, ACTIVITY).await.status, 301, "{asked}");
        }
        let actor = self.stranger.get(&self.new.actor("ann"), ACTIVITY).await.good();
        assert!(actor["name"] != "Ann of the flats" && actor["icon"].is_null(), "{actor:#}");
        let posts = self.map.iter().filter(|entry| entry["kind"] == "posts");
        for post in posts {
            let address = post["new"].as_str().unwrap();
            assert_eq!(self.mover.browser.get(address, ACTIVITY).await.status, 200, "hers: {address}");
        }
    }

    async fn press(&self, field: &str, why: &str) {
        let page = self.eve.get(&self.new.at(&format!("/desk/arrivals/{}", self.id)), PAGES).await;
        let form = page.form(field).fill(field, why).unwrap();
        let answer = self.eve.submit(&form).await;
        assert_eq!(answer.status, 303, "{}", answer.words());
    }

    /// Until the queue has done what it found.
    async fn until_no(&self, sql: &'static str) {
        self.eve.after_changes(&self.new.origin, async || tables::number(&self.new, sql).await == 0).await;
    }
}

async fn hidden_shown_and_removed(cluster: Option<Cluster>) {
    let mut story = Story::begin(cluster.as_ref()).await;
    let before = story.seen().await;
    let rows = match cluster {
        None => Some(tables::all_but(&story.new, &TRACES).await),
        Some(_) => None,
    };
    story.press("hide_why", "Somebody says these are not her pictures.").await;
    story.nothing_is_in_sight().await;
    let page = story.mover.browser.get(&story.new.at(&format!("/transfers/{}", story.id)), PAGES).await;
    assert!(
        page.text().contains("not her pictures") && page.text().contains("only you see it"),
        "{}",
        page.words()
    );
    let letters = story.mover.browser.get(&story.new.at("/letters"), PAGES).await;
    assert!(letters.text().contains("not her pictures"), "{}", letters.words());
    assert!(story.eve.get(&story.new.at("/desk"), PAGES).await.text().contains("not her pictures"));

    // Hidden twice is hidden once; shown by a program, everything is as it was, row by row.
    story.press("hide_why", "Somebody says these are not her pictures.").await;
    let show = story.new.at(&format!("/api/v1/desk/arrivals/{}/show", story.id));
    let shown = story.eve.post_json(&show, &json!({})).await.good();
    assert!(shown["hidden"].is_null(), "{shown:#}");
    for (now, was) in story.seen().await.iter().zip(&before) {
        assert_eq!(now, was);
    }
    if let Some(rows) = rows {
        tables::are_equal(&rows, &tables::all_but(&story.new, &TRACES).await);
    }

    // Cut off between the word and the deed: whoever starts next ends it.
    story.new.kill();
    tables::change(
        &story.new,
        "insert into hidden_imports (transfer_id, account_id, state, why, hidden_at) \
         select id, account_id, 'hiding', 'cut off', 1 from transfers",
    )
    .await;
    story.new.start();
    story.until_no("select count(*) from hidden_imports where state <> 'hidden'").await;
    story.nothing_is_in_sight().await;
    story.new.run(&["arrivals", "show", &story.id]);
    assert_eq!(story.seen().await, before);

    // Removed from the command line, and called back in time.
    story.new.run(&["arrivals", "remove", &story.id, "--why", "A court says so."]);
    story.nothing_is_in_sight().await;
    assert!(story.new.run(&["arrivals", "hidden"]).contains("gone for good on"));
    story.new.run(&["arrivals", "show", &story.id]);
    assert_eq!(story.seen().await, before);

    // And not called back: after a month it is gone, and Old home sends nobody here any more.
    story.press("remove_why", "A court says so.").await;
    story.nothing_is_in_sight().await;
    story.new.kill();
    tables::change(&story.new, "update hidden_imports set remove_at = 1").await;
    story.new.start();
    story.until_no("select count(*) from transfers where state <> 'removed'").await;
    for (was, now) in story.open() {
        let gone = story.stranger.get(now, ACTIVITY).await.status;
        assert!(
            gone == 410 || now.contains("/media/") && gone == 404 || now.contains("/boosts/"),
            "{now} {gone}"
        );
        assert_ne!(story.stranger.get(was, ACTIVITY).await.status, 301, "{was}");
    }
    assert_eq!(
        tables::number(&story.new, "select count(*) from posts where transfer_id is not null").await,
        0
    );
    let book = story.eve.get(&story.new.at("/api/v1/desk/audit.jsonl"), "*/*").await.text();
    for (deed, times) in
        [("import_hidden", 2), ("import_shown", 3), ("import_removal_set", 2), ("import_removed", 1)]
    {
        let lines = book.lines().filter(|line| line.contains(&format!("\"{deed}\""))).count();
        assert_eq!(lines, times, "{deed}: {book}");
    }
    let letters = story.mover.browser.get(&story.new.at("/letters"), PAGES).await;
    assert!(letters.text().contains("A court says so."), "{}", letters.words());
    assert!(story.old.is_well() && story.new.is_well());
}

#[tokio::test]
async fn a_copy_is_hidden_shown_as_it_was_and_gone_after_a_month() {
    hidden_shown_and_removed(None).await;
}

#[tokio::test]
async fn a_copy_is_hidden_shown_and_gone_on_postgresql_too() {
    let Some(cluster) = Cluster::start_or_skip() else { return };
    hidden_shown_and_removed(Some(cluster)).await;
}

#[tokio::test]
async fn what_is_hidden_in_its_trial_is_neither_kept_nor_announced_until_it_is_shown() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    let id = mover.copy().await;
    new.run(&["arrivals", "hide", &id, "--why", "We are looking at it."]);
    for word in ["keep", "announce"] {
        let refused = mover.press(&id, word).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(refused.text().contains("We are looking at it."), "{}", refused.text());
    }
    new.run(&["arrivals", "show", &id]);
    mover.press(&id, "keep").await.good();
    mover.until(&id, "kept").await;
    let stranger = Browser::new();
    let map = mover.map(&id).await;
    let open = map.iter().find(|entry| entry["visibility"] == "public" && entry["kind"] == "posts").unwrap();
    assert_eq!(stranger.get(open["new"].as_str().unwrap(), ACTIVITY).await.status, 200);
    assert!(old.is_well() && new.is_well());
}
