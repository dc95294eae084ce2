//! A person who has an account at both homes and walks a transfer through their pages and JSON.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::{
    browser::{Answer, Browser, PAGES},
    home::{Home, password},
};

/// How long a transfer may take on a busy machine before the story counts as broken.
const PATIENCE: Duration = Duration::from_secs(90);

/// States in which nothing goes on by itself.
const RESTING: [&str; 9] = [
    "awaiting_choice",
    "awaiting_approval",
    "trial",
    "kept",
    "awaiting_announcement",
    "done",
    "failed",
    "discarded",
    "awaiting_confirmation",
];

/// The person, signed in at both homes under one name.
pub struct Mover {
    /// The person's browser.
    pub browser: Browser,
    old: String,
    new: String,
    handle: String,
    name: String,
}

impl Mover {
    /// Signs `name` in at two running homes.
    pub async fn new(old: &Home, new: &Home, name: &str) -> Self {
        Self::at(&old.origin, &old.authority, &new.origin, name).await
    }

    /// Signs `name` in at two running homes by their addresses.
    pub async fn at(old: &str, old_authority: &str, new: &str, name: &str) -> Self {
        let browser = Browser::new();
        browser.sign_in(old, name).await;
        browser.sign_in(new, name).await;
        let handle = format!("@{name}@{old_authority}");
        Self { browser, old: old.to_owned(), new: new.to_owned(), handle, name: name.to_owned() }
    }

    /// Where Old home is.
    pub fn old_origin(&self) -> &str {
        &self.old
    }

    /// Where New home is.
    pub fn new_origin(&self) -> &str {
        &self.new
    }

    /// Signs `name` in at New home only; Old home is a server of the story's making.
    pub async fn guest(new: &Home, name: &str) -> Self {
        let browser = Browser::new();
        browser.sign_in(&new.origin, name).await;
        let (old, handle) = (String::new(), String::new());
        Self { browser, old, new: new.origin.clone(), handle, name: name.to_owned() }
    }

    /// The same person asking for the account with this handle.
    pub fn known_as(self, handle: &str) -> Self {
        Self { handle: handle.to_owned(), ..self }
    }

    /// The same person asking for an account of a home, which may be the one they are at.
    pub fn asking_for(self, home: &Home, name: &str) -> Self {
        Self { old: home.origin.clone(), handle: format!("@{name}@{}", home.authority), ..self }
    }

    /// Two running homes and Ann at both, with an archive at the old one.
    pub async fn between(old: &mut Home, new: &mut Home, archive: &std::path::Path) -> Self {
        old.account("ann");
        new.account("ann");
        old.import(archive, "ann");
        old.start();
        new.start();
        Self::new(old, new, "ann").await
    }

    /// Asks New home for a copy; gives the transfer's id and where the person is asked.
    pub async fn ask(&self) -> (String, String) {
        self.ask_with(&json!({})).await
    }

    /// As [`Mover::ask`], with more to say than the handle.
    pub async fn ask_with(&self, more: &Value) -> (String, String) {
        let started = self.try_asking_for(&self.handle, more).await.good();
        let text = |field: &str| started[field].as_str().unwrap().to_owned();
        assert_eq!(started["state"], "awaiting_consent");
        (text("id"), text("authorize_url"))
    }

    /// Asks New home for a copy of any account.
    pub async fn try_asking(&self, handle: &str) -> Answer {
        self.try_asking_for(handle, &json!({})).await
    }

    /// As [`Mover::try_asking`], with more to say than the handle.
    pub async fn try_asking_for(&self, handle: &str, more: &Value) -> Answer {
        let mut body = more.clone();
        body["handle"] = json!(handle);
        self.browser.post_json(&format!("{}/api/v1/transfers", self.new), &body).await
    }

    /// Says yes at Old home to everything; gives the answer that leads back.
    pub async fn allow(&self, authorize_url: &str) -> Answer {
        let page = self.browser.get(authorize_url, PAGES).await;
        let mut form = page.form("decision");
        if form.has("password") {
            form = form.tick("private").unwrap().tick("unlock").unwrap();
            form = form.fill("password", &password(&self.name)).unwrap();
        }
        let answer = self.browser.submit(&form.press("decision", "allow").unwrap()).await;
        assert_eq!(answer.status, 303, "{}", answer.words());
        answer
    }

    /// Asks, agrees, comes back; gives the transfer's id.
    pub async fn begin(&self) -> String {
        self.begin_with(&json!({})).await
    }

    /// As [`Mover::begin`], with more to say than the handle.
    pub async fn begin_with(&self, more: &Value) -> String {
        let (id, url) = self.ask_with(more).await;
        let page = self.browser.follow(self.allow(&url).await).await;
        assert_eq!(page.url.path(), format!("/transfers/{id}"), "{}", page.words());
        id
    }

    /// A whole copy, in its trial.
    pub async fn copy(&self) -> String {
        let id = self.begin().await;
        self.until(&id, "trial").await;
        id
    }

    /// The status of a transfer; with `seen`, after the next change.
    pub async fn status(&self, id: &str, seen: Option<u64>) -> Value {
        let seen = seen.map(|version| format!("?seen={version}")).unwrap_or_default();
        self.browser.json(&format!("{}/api/v1/transfers/{id}{seen}", self.new)).await
    }

    /// Waits until a transfer rests, which must be in this state.
    pub async fn until(&self, id: &str, state: &str) -> Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut status = self.status(id, None).await;
        while status["state"] != state {
            assert!(tokio::time::Instant::now() < deadline, "{state} was waited for too long: {status:#}");
            let is_resting = RESTING.iter().any(|resting| status["state"] == *resting);
            // The last word is spoken at Old home; New home notices by asking.
            let is_expected = state == "done" && status["state"] == "awaiting_announcement";
            assert!(!is_resting || is_expected, "{state} was expected: {status:#}");
            status = self.status(id, status["version"].as_u64()).await;
        }
        status
    }

    /// Presses a button by its JSON address.
    pub async fn press(&self, id: &str, action: &str) -> Answer {
        let url = format!("{}/api/v1/transfers/{id}/{action}", self.new);
        self.browser.post_json(&url, &json!({})).await
    }

    /// Announces up to the last word: the list of new addresses is at Old home then.
    pub async fn hand_over(&self, id: &str) {
        self.hand_over_as(id, "announce").await;
    }

    /// As [`Mover::hand_over`], for what else is ended at Old home.
    pub async fn hand_over_as(&self, id: &str, ending: &str) {
        let url = format!("{}/api/v1/transfers/{id}/announce", self.new);
        let asked = self.browser.post_json(&url, &json!({"ending": ending})).await.good();
        self.browser.follow(self.allow(asked["authorize_url"].as_str().unwrap()).await).await;
        self.until(id, "awaiting_announcement").await;
    }

    /// Speaks the last word at Old home, with the password; gives the answer.
    pub async fn last_word(&self) -> Answer {
        let page = self.browser.get(&format!("{}/departures/{}/finish", self.old, self.name), PAGES).await;
        let form = page.form("departure").fill("password", &password(&self.name)).unwrap();
        self.browser.submit(&form).await
    }

    /// Announces a copy and waits until New home knows.
    pub async fn announce(&self, id: &str) -> Value {
        self.hand_over(id).await;
        let answer = self.last_word().await;
        assert_eq!(answer.status, 303, "{}", answer.words());
        self.until(id, "done").await
    }

    /// Every entry of the URL map: old, new, kind, visibility.
    pub async fn map(&self, id: &str) -> Vec<Value> {
        let list = format!("{}/api/v1/transfers/{id}/map", self.new);
        let (mut entries, mut next) = (Vec::new(), Some(list.clone()));
        while let Some(url) = next {
            let page = self.browser.json(&url).await;
            entries.extend(page["entries"].as_array().unwrap().clone());
            let cursor = page["next"].as_str().filter(|_| page["entries"] != json!([]));
            next = cursor.map(|cursor| Url::parse_with_params(&list, [("cursor", cursor)]).unwrap().into());
        }
        entries
    }

    /// Comes back from Old home with an answer of the story's making.
    pub async fn come_back(&self, fields: &[(&str, &str)]) -> Answer {
        let url = Url::parse_with_params(&format!("{}/godwit/callback", self.new), fields).unwrap();
        self.browser.send(Method::GET, url.as_str(), &[("accept", PAGES)], String::new()).await
    }
}

/// A count of a status: how many of a kind are in a column of the report.
pub fn count(status: &Value, kind: &str, column: &str) -> u64 {
    status["report"]["items"][kind][column].as_u64().unwrap_or(0)
}

/// Says that every kind of a status comes out even.
pub fn comes_out_even(status: &Value) {
    for (kind, counts) in status["report"]["items"].as_object().unwrap() {
        let number = |column: &str| counts[column].as_u64().unwrap();
        let there = number("destination") + number("skipped") + number("declined") + number("failed");
        assert_eq!(number("source"), there, "{kind}: {status:#}");
    }
}
