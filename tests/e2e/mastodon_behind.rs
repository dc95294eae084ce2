//! Beside a Mastodon, with a real proxy in front of the daemon and a stand-in for Mastodon's web side: an account
//! that never moved is found by its bare handle and leaves; old addresses lead on in one step; without the daemon all
//! is as before. Once under one host, and once with handles and files under hosts of their own.

use reqwest::Method;
use serde_json::Value;

use crate::{
    lab::{
        address,
        browser::{ACTIVITY, ANYTHING, Answer, Browser, JSON, PAGES},
        front::{Apart, Front, Kind, OTHER_SITE},
        guest::Guest,
        home::{Home, OPEN},
        mover::comes_out_even,
        stand_in::StandIn,
    },
    mastodon_behind::ann::{HIDDEN, OPEN_POSTS},
    shared::Server,
};

mod ann;

/// What belongs to whom, and where.
struct Street {
    kind: Kind,
    old: Home,
    new: Home,
    /// The host in handles, and what the addresses of files begin with.
    handles: String,
    files: String,
    is_split: bool,
    /// Where the stand-in itself listens.
    there: String,
    stranger: Browser,
    _front: Front,
    _stand_in: StandIn,
    _postgres: std::sync::Arc<Server>,
}

impl Street {
    /// Everything up and running, with Ann at the stand-in and people at New home; nothing where a program is missing.
    async fn new(kind: Kind, is_split: bool) -> Option<Self> {
        if !kind.is_here() {
            return None;
        }
        let postgres = Server::shared()?;
        let [web, listens, there, at_new] = [(); 4].map(|()| address());
        let (handles, files) = if is_split { (address(), address()) } else { (web.clone(), web.clone()) };
        let hosts = [web.as_str(), &handles, &files, &at_new];
        let mut old = Home::behind(&web, &listens, "", &hosts, OPEN);
        let (database, disk) = (postgres.database(), old.directory("system"));
        let mut told = format!(
            "[home]\nkind = \"mastodon_database\"\nserver_database = \"{database}\"\nmedia_dir = \"{}\"\ntakes_copies = true\n",
            disk.display()
        );
        if is_split {
            told = format!("{told}handle_domain = \"{handles}\"\nmedia_url = \"http://{files}/\"\n");
        }
        old.tell(&told, OPEN);
        let stand_in = StandIn::start(&old, &there, &["ann"]);
        ann::write(&database, &old.origin, &disk).await;
        old.start();
        let mut new = Home::new(&at_new, &hosts, OPEN);
        new.account("ann");
        new.account("fay");
        new.start();
        let apart = is_split.then_some(Apart { handles: &handles, files: &files });
        let front = Front::with_files(kind, &old, &there, apart);
        let files = if is_split { format!("http://{files}") } else { format!("http://{files}/system") };
        let (stranger, handles) = (Browser::new(), handles.clone());
        Some(Self {
            kind,
            old,
            new,
            handles,
            files,
            is_split,
            there,
            stranger,
            _front: front,
            _stand_in: stand_in,
            _postgres: postgres,
        })
    }

    fn handle(&self) -> String {
        format!("@ann@{}", self.handles)
    }

    /// A post's address as a document, its page, and the file on it.
    fn post(&self, id: u64) -> [(String, &'static str); 3] {
        [
            (self.old.at(&format!("/users/ann/statuses/{id}")), ACTIVITY),
            (self.old.at(&format!("/@ann/{id}")), PAGES),
            (format!("{}/{}", self.files, ann::file(id)), ANYTHING),
        ]
    }

    /// What a move leaves where it is: whom servers ask and write to, and what stood open to nobody.
    fn staying(&self) -> Vec<(String, &'static str)> {
        let mut all = vec![
            (self.old.actor("ann"), ACTIVITY),
            (self.old.at("/@ann"), ACTIVITY),
            (finger(&self.old.authority, &format!("ann@{}", self.handles)), JSON),
            (self.old.at("/users/ann/outbox"), ACTIVITY),
            (self.old.at("/users/bob"), ACTIVITY),
            (self.old.at("/.well-known/host-meta"), ANYTHING),
            (self.old.at("/.well-known/oauth-authorization-server"), JSON),
            (self.old.at("/api/v1/timelines/home"), JSON),
            (self.old.at("/about"), PAGES),
        ];
        all.extend(HIDDEN.into_iter().flat_map(|id| self.post(id)));
        all
    }

    /// What leads on afterwards.
    fn leaving(&self) -> Vec<(String, &'static str)> {
        let profile = (self.old.at("/@ann"), PAGES);
        OPEN_POSTS.into_iter().flat_map(|id| self.post(id)).chain([profile]).collect()
    }

    /// Says that what an address is answered with is what the server behind says.
    async fn is_behind(&self, url: &str, accept: &str) -> Answer {
        let answer = self.stranger.get(url, accept).await;
        let (_, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let there = self.stranger.get(&format!("http://{}/{path}", self.there), accept).await;
        let location = |answer: &Answer| answer.headers.get("location").cloned();
        assert_eq!((answer.status, location(&answer)), (there.status, location(&there)), "{url} ({accept})");
        assert_eq!(self.without_us(&answer), self.without_us(&there), "{url} ({accept})");
        answer
    }

    /// The words of an answer without what the lines for nginx add to an actor.
    fn without_us(&self, answer: &Answer) -> String {
        let Ok(mut document) = serde_json::from_slice::<Value>(&answer.body) else { return answer.text() };
        if let Some(endpoints) = document["endpoints"].as_object_mut() {
            for name in ["oauthMigrationEndpoint", "oauthTokenEndpoint"] {
                let is_added = answer.url.as_str().starts_with(&self.old.origin) && self.kind == Kind::Nginx;
                assert_eq!(endpoints.remove(name).is_some(), is_added, "{name}: {}", answer.url);
            }
        }
        document.to_string()
    }

    /// A delivery without signature, which the server behind is known to refuse by its own words.
    async fn inbox_is_behind(&self) {
        let letter = async |origin: &str| {
            let url = format!("{origin}/users/ann/inbox");
            let answer = self.stranger.send(Method::POST, &url, &[("content-type", ACTIVITY)], "{}").await;
            (answer.status, answer.text())
        };
        let answered = letter(&self.old.origin).await;
        assert_eq!(answered, letter(&format!("http://{}", self.there)).await);
        assert_eq!(answered.0, 401, "{}", answered.1);
    }

    /// Everything that is there before anybody moves is there through the proxy, and so are we.
    async fn all_is_as_before(&self) {
        for (url, accept) in self.staying().into_iter().chain(self.leaving()) {
            self.is_behind(&url, accept).await;
        }
        self.inbox_is_behind().await;
        let file = format!("{}/{}", self.files, ann::file(OPEN_POSTS[0]));
        let asked = self.stranger.send(Method::OPTIONS, &file, &[], "").await;
        assert_eq!(asked.status, 200, "other methods are nobody's but the server's that has the files");
        let ours = self.stranger.get(&self.old.at("/godwit/actor"), ACTIVITY).await.good();
        let finger = finger(&self.old.authority, &format!("godwit.host@{}", self.old.authority));
        let found = self.stranger.json(&finger).await;
        assert_eq!(found["links"][0]["href"], ours["id"], "{found}");
        if self.is_split {
            let site = self.stranger.get(&format!("http://{}/", self.handles), PAGES).await;
            assert_eq!(site.text(), OTHER_SITE);
            for asked in ["webfinger?resource=acct:godwit.host@x", "host-meta"] {
                let led =
                    self.stranger.get(&format!("http://{}/.well-known/{asked}", self.handles), JSON).await;
                let to = led.location().map(String::from);
                assert_eq!((led.status, to), (301, Some(self.old.at(&format!("/.well-known/{asked}")))));
            }
        }
    }

    /// Old addresses lead on, each in one step to where it is answered; what stays, stays.
    async fn leads_on(&self) {
        for (url, accept) in self.leaving() {
            let led = self.stranger.get(&url, accept).await;
            assert_eq!(led.status, 301, "{url} ({accept}): {}", led.text());
            let next = led.location().unwrap();
            assert!(next.as_str().starts_with(&self.new.origin), "{url} ({accept}) leads to {next}");
            let there = self.stranger.get(next.as_str(), accept).await;
            assert_eq!(there.status, 200, "{url} ({accept}) leads to {next}");
            if accept == ANYTHING {
                assert_eq!(there.body, ann::picture(), "{url} leads to another file, {next}");
            }
        }
        for (url, accept) in self.staying() {
            self.is_behind(&url, accept).await;
        }
        let actor = self.is_behind(&self.old.actor("ann"), ACTIVITY).await.good();
        assert_eq!(actor["movedTo"], self.new.actor("ann").as_str(), "{actor}");
        let finger = finger(&self.handles, &format!("ann@{}", self.handles));
        let found = self.stranger.follow(self.stranger.get(&finger, JSON).await).await.good();
        assert!(found["links"].to_string().contains(&self.old.actor("ann")), "{found}");
        self.inbox_is_behind().await;
    }
}

/// Where a host is asked who somebody is.
fn finger(host: &str, who: &str) -> String {
    format!("http://{host}/.well-known/webfinger?resource=acct:{who}")
}

/// Fay at New home follows somebody, who says yes.
async fn follow(fay: &Browser, new: &Home, handle: &str) {
    let form = fay.visit(&new.at("/home")).await.form("handle").fill("handle", handle).unwrap();
    let answer = fay.submit(&form).await;
    assert_eq!(answer.status, 303, "{}", answer.words());
    let is_accepted = |list: &Value| list["following"][0]["state"] == "accepted";
    fay.wait(&new.at("/api/v1/following"), is_accepted).await;
}

async fn an_account_leaves(kind: Kind, is_split: bool) {
    let Some(mut street) = Street::new(kind, is_split).await else { return };
    street.all_is_as_before().await;
    let fay = Browser::new();
    fay.sign_in(&street.new.origin, "fay").await;
    follow(&fay, &street.new, &street.handle()).await;

    let guest = Guest::new(&street.old, &street.new, "ann", &street.handle()).await;
    let id = guest.copy().await;
    comes_out_even(&guest.announce(&id).await);
    let new_actor = street.new.actor("ann");
    let follows_on = |list: &Value| {
        let all = list["following"].as_array().unwrap();
        all.len() == 1 && all[0]["actor"] == new_actor.as_str() && all[0]["state"] == "accepted"
    };
    fay.wait(&street.new.at("/api/v1/following"), follows_on).await;
    street.leads_on().await;

    street.old.kill();
    for (url, accept) in street.staying().into_iter().chain(street.leaving()) {
        street.is_behind(&url, accept).await;
    }
    street.inbox_is_behind().await;
    assert!(street.new.is_well());
}

#[tokio::test]
async fn behind_nginx_an_account_of_a_mastodon_is_found_and_leaves_and_without_us_all_is_as_before() {
    an_account_leaves(Kind::Nginx, false).await;
}

#[tokio::test]
async fn behind_caddy_an_account_of_a_mastodon_is_found_and_leaves_and_without_us_all_is_as_before() {
    an_account_leaves(Kind::Caddy, false).await;
}

#[tokio::test]
async fn behind_nginx_handles_and_files_may_have_hosts_of_their_own() {
    an_account_leaves(Kind::Nginx, true).await;
}

#[tokio::test]
async fn behind_caddy_handles_and_files_may_have_hosts_of_their_own() {
    an_account_leaves(Kind::Caddy, true).await;
}
