//! Ten arrivals and two admins at once, through one daemon and through two: no limit is exceeded, and no promise of room
//! outlives what it was given for.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    cluster::Cluster,
    lab::{
        archive,
        browser::{Answer, Browser},
        home::{Home, OPEN},
        mover::Mover,
        tables,
    },
};

const PEOPLE: [&str; 10] = ["ann", "bea", "cid", "dot", "edd", "flo", "gus", "hal", "ivy", "jon"];
const A_DAY: u64 = 3;

/// What is promised to copies that need it.
const PROMISED: &str = "select cast(coalesce(sum(a.reserved_bytes), 0) as bigint) from applications a \
    join transfers t on t.id = a.transfer_id \
    where t.state in ('awaiting_approval', 'fetching', 'planned', 'importing', 'verifying')";
/// Who was let in.
const LET_IN: &str = "select count(*) from applications where outcome in ('admitted', 'approved')";

struct Crowd {
    old: Home,
    new: Home,
    beside: Option<Home>,
    admins: [(Browser, String); 2],
    movers: Vec<Mover>,
}

impl Crowd {
    async fn begin(cluster: Option<&Cluster>) -> Self {
        let [mut old, mut new] = Home::pair(&[], OPEN);
        if let Some(cluster) = cluster {
            new.use_database(&cluster.create("new"), OPEN);
        }
        for admin in ["eve", "sue"] {
            new.account(admin);
            new.run(&["account", "admin", admin]);
        }
        let dir = tempfile::tempdir().unwrap();
        let archive = archive::write(dir.path(), 6, 2);
        for name in PEOPLE {
            old.account(name);
            new.account(name);
            old.import(&archive, name);
        }
        old.start();
        new.start();
        let beside = cluster.map(|_| {
            let mut beside = new.beside(OPEN);
            beside.start();
            beside
        });
        let doors = [new.origin.clone(), beside.as_ref().map_or(new.origin.clone(), Home::socket)];
        let mut admins = Vec::new();
        for (name, door) in ["eve", "sue"].into_iter().zip(doors) {
            let browser = Browser::new();
            browser.sign_in(&door, name).await;
            admins.push((browser, door));
        }
        let mut movers = Vec::new();
        for name in PEOPLE {
            movers.push(Mover::new(&old, &new, name).await);
        }
        Self { old, new, beside, admins: admins.try_into().ok().unwrap(), movers }
    }

    /// Puts limits into force.
    async fn rules(&self, always: bool, a_day: u64) {
        let (eve, door) = &self.admins[0];
        let url = format!("{door}/api/v1/desk/policy");
        let now = eve.json(&url).await;
        let mut policy = now["policy"].clone();
        policy["arrivals"]["terms"]["approval"]["always"] = json!(always);
        policy["arrivals"]["terms"]["limits"]["accounts_per_day"] = json!(a_day);
        eve.post_json(&url, &json!({"version": now["version"], "policy": policy})).await.good();
    }

    /// Everybody says yes at Old home, one after the other, and comes back at the same moment.
    async fn all_at_once(&self) -> Vec<String> {
        let mut back: Vec<(String, Answer)> = Vec::new();
        for mover in &self.movers {
            let (id, url) = mover.ask().await;
            back.push((id, mover.allow(&url).await));
        }
        let ids = back.iter().map(|(id, _)| id.clone()).collect();
        let all = self.movers.iter().zip(back).map(|(mover, (_, answer))| mover.browser.follow(answer));
        join_all(all).await;
        ids
    }

    /// Waits until a copy stands in one of these states.
    async fn until(&self, n: usize, id: &str, states: &[&str]) -> Value {
        let mover = &self.movers[n];
        let url = self.new.at(&format!("/api/v1/transfers/{id}"));
        mover.browser.wait(&url, |status| states.iter().any(|state| status["state"] == *state)).await;
        mover.status(id, None).await
    }

    /// Both admins say the same to everybody, at the same moment.
    async fn both_say(&self, ids: &[String], word: &str, body: &Value) -> Vec<u16> {
        let all = self.admins.iter().flat_map(|(admin, door)| {
            ids.iter().map(move |id| {
                let url = format!("{door}/api/v1/desk/arrivals/{id}/{word}");
                async move { admin.post_json(&url, body).await.status }
            })
        });
        join_all(all).await
    }

    async fn number(&self, sql: &'static str) -> i64 {
        tables::number(&self.new, sql).await
    }

    fn is_well(&mut self) -> bool {
        self.old.is_well() && self.new.is_well() && self.beside.as_mut().is_none_or(Home::is_well)
    }
}

async fn no_limit_is_exceeded(cluster: Option<Cluster>) {
    let mut crowd = Crowd::begin(cluster.as_ref()).await;
    let most = i64::try_from(A_DAY).unwrap();

    // By the rules alone.
    crowd.rules(false, A_DAY).await;
    let ids = crowd.all_at_once().await;
    let mut came = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        let status = crowd.until(n, id, &["trial", "failed"]).await;
        if status["state"] == "failed" {
            assert!(status["problem"].as_str().unwrap().contains("within 24 hours"), "{status:#}");
        } else {
            came.push((n, id.clone()));
        }
    }
    assert_eq!((i64::try_from(came.len()).unwrap(), crowd.number(LET_IN).await), (most, most));
    assert_eq!(crowd.number(PROMISED).await, 0, "what has come, and what was refused, holds no room");
    for (n, id) in ids.iter().enumerate() {
        crowd.movers[n].press(id, "discard").await.good();
        crowd.until(n, id, &["discarded"]).await;
    }

    // With an admin's word: both say yes to everybody at once. Those of before were thrown away and do not count.
    crowd.rules(true, A_DAY).await;
    let ids = crowd.all_at_once().await;
    for (n, id) in ids.iter().enumerate() {
        crowd.until(n, id, &["awaiting_approval"]).await;
    }
    let each = crowd.number(PROMISED).await / 10;
    assert!(each > 0, "whoever waits is promised room");
    let said = crowd.both_say(&ids, "approve", &json!({})).await;
    let good = said.iter().filter(|status| **status == 200).count();
    assert_eq!(i64::try_from(good).unwrap(), most, "{said:?}");
    assert!(said.iter().all(|status| matches!(status, 200 | 409 | 422)), "{said:?}");
    let waiting = "select count(*) from transfers where state = 'awaiting_approval'";
    assert_eq!(crowd.number(waiting).await, 10 - most);

    // Killed while some copy and some wait, nothing is lost and nothing kept for nobody.
    crowd.new.kill();
    crowd.new.start();
    let mut rest = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        let status = crowd.until(n, id, &["trial", "awaiting_approval"]).await;
        if status["state"] == "awaiting_approval" {
            rest.push((n, id.clone()));
        }
    }
    assert_eq!(crowd.number(PROMISED).await, each * i64::try_from(rest.len()).unwrap());
    let (admin, _) = &crowd.admins[0];
    admin.sign_in(&crowd.new.origin, "eve").await;
    let left: Vec<String> = rest.iter().map(|(_, id)| id.clone()).collect();
    let said = crowd.both_say(&left, "decline", &json!({"why": "We are full."})).await;
    assert_eq!(said.iter().filter(|status| **status == 200).count(), left.len(), "once each: {said:?}");
    for (n, id) in &rest {
        crowd.until(*n, id, &["discarded"]).await;
    }
    assert_eq!(crowd.number(PROMISED).await, 0, "nothing leaks");
    assert!(crowd.is_well());
}

#[tokio::test]
async fn ten_arrivals_and_two_admins_at_once_never_exceed_a_limit_nor_keep_room() {
    no_limit_is_exceeded(None).await;
}

#[tokio::test]
async fn ten_arrivals_and_two_admins_at_two_daemons_never_exceed_a_limit_nor_keep_room() {
    let Some(cluster) = Cluster::start_or_skip() else { return };
    no_limit_is_exceeded(Some(cluster)).await;
}
