//! Random chains of moves and returns over four homes, their words late, doubled and in any order: no
//! address ever leads in a circle, and when all is said each leads to the present home in one hop.

use std::{collections::BTreeSet, fmt::Write};

use crate::model::ending::Ending;
use crate::store::{
    Store,
    announcements::{self, Announcement},
    deliveries::Letter,
    departures::{self, NewDeparture},
    forwards::{self, ForwardRow, Proof, Proven},
    onwards::{self, Followed, NewOnward},
    redirects,
};

const HOMES: usize = 4;
const STEPS: usize = 14;
const CHAINS: u64 = 8;

/// A home says to another that the account left it for a third (or is back, when that is itself).
type Word = (usize, usize, usize);

/// Four homes of one account with one post, and what is said between them.
struct World {
    homes: Vec<(tempfile::TempDir, Store)>,
    present: usize,
    /// Who handed an address list to whom: that one may be told.
    gave: BTreeSet<(usize, usize)>,
    words: Vec<Word>,
    now: i64,
    seed: u64,
}

fn actor(home: usize) -> String {
    format!("https://home{home}.example/users/ann")
}

fn post(home: usize) -> String {
    format!("{}/posts/1", actor(home))
}

impl World {
    async fn new(seed: u64) -> Self {
        let mut homes = Vec::new();
        for _ in 0..HOMES {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::open(dir.path()).await.unwrap();
            homes.push((dir, store));
        }
        let mut world = Self { homes, present: 0, gave: BTreeSet::new(), words: Vec::new(), now: 1, seed };
        world.draw(2);
        world
    }

    /// A number below `limit`.
    fn draw(&mut self, limit: usize) -> usize {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.seed >> 33).unwrap() % limit
    }

    fn store(&self, home: usize) -> &Store {
        &self.homes[home].1
    }

    fn tick(&mut self) -> i64 {
        self.now += 1;
        self.now
    }

    async fn targets(&self, home: usize, states: &[&str]) -> Vec<String> {
        let all = departures::of_account(self.store(home), "ann").await.unwrap();
        all.into_iter().filter(|row| states.contains(&row.state.as_str())).map(|row| row.target).collect()
    }

    async fn moved_to(&self, home: usize) -> Option<String> {
        self.targets(home, &["announced"]).await.pop()
    }

    fn entry(departure: &str, home: usize, new: String) -> ForwardRow {
        ForwardRow {
            departure_id: departure.to_owned(),
            old_url: post(home),
            new_url: new,
            new_page: None,
            kind: "posts".into(),
            visibility: "public".into(),
            proof: "none".into(),
            why: None,
        }
    }

    fn letter(at: i64) -> Letter {
        Letter {
            account_id: "ann".into(),
            activity_id: format!("update {at}"),
            activity: "{}".into(),
            announcement_id: None,
            at,
        }
    }

    /// The account moves; whoever handed a list to the home it leaves is owed a word, and after a return
    /// whoever handed one to the home it is at again.
    async fn moves(&mut self, to: usize) {
        let (from, at) = (self.present, self.tick());
        onwards::come_back(self.store(to), "ann".into(), Self::letter(at), Vec::new()).await.unwrap();
        let new = NewDeparture {
            id: format!("{at:05}"),
            account_id: "ann".into(),
            consent_id: "consent".into(),
            is_hand_over: true,
            target: actor(to),
            target_page: None,
            return_url: None,
            ending: Ending::Announce,
            created_at: at,
        };
        let store = self.store(from);
        departures::start(store, new).await.unwrap();
        let all = departures::of_account(store, "ann").await.unwrap();
        let id = all.into_iter().find(|row| row.target == actor(to)).unwrap().id;
        let entries = vec![Self::entry(&id, from, post(to))];
        assert!(forwards::add(store, id.clone(), entries, true).await.unwrap().is_empty());
        assert!(departures::ask(store, id.clone(), format!("move {at}"), at).await.unwrap());
        self.proven(from, &id).await;
        let announcement = Announcement {
            departure_id: id,
            account_id: "ann".into(),
            target_page: None,
            inboxes: Vec::new(),
            activities: [(format!("u{at}"), "{}".into()), (format!("m{at}"), "{}".into())],
            base_id: format!("{at}"),
            now: at,
        };
        announcements::announce(self.store(from), announcement).await.unwrap();
        self.gave.insert((from, to));
        self.present = to;
        self.owe(from, to);
        let before: Vec<usize> =
            self.gave.iter().filter(|(who, whom)| *whom == to && *who != from).map(|(who, _)| *who).collect();
        self.words.extend(before.into_iter().map(|who| (to, who, to)));
    }

    fn owe(&mut self, from: usize, to: usize) {
        let earlier: Vec<usize> =
            self.gave.iter().filter(|(_, whom)| *whom == from).map(|(who, _)| *who).collect();
        self.words.extend(earlier.into_iter().filter(|who| *who != to).map(|who| (from, who, to)));
    }

    async fn proven(&self, home: usize, departure: &str) {
        let open = forwards::to_prove(self.store(home), departure, 10).await.unwrap();
        let proofs =
            open.into_iter().map(|row| Proof { old_url: row.old_url, outcome: Ok(Proven::default()) });
        forwards::keep_proofs(self.store(home), departure.to_owned(), proofs.collect()).await.unwrap();
    }

    /// A word arrives: what the one who hears it does, as `told` and `advance` do.
    async fn hears(&mut self, (from, who, to): Word) {
        let known = self.targets(who, &["announced", "passed"]).await.contains(&actor(from));
        let says = self.moved_to(from).await;
        let is_so = if from == to { says.is_none() } else { says == Some(actor(to)) };
        if !known || !is_so || to == who || self.moved_to(to).await.is_some() {
            return;
        }
        let (at, store) = (self.tick(), self.store(who).clone());
        let new = NewOnward {
            id: format!("{at:05}"),
            account_id: "ann".into(),
            target: actor(to),
            list: "https://list.example".into(),
            now: at,
        };
        if !onwards::begin(&store, new).await.unwrap() {
            return;
        }
        let all = departures::of_account(&store, "ann").await.unwrap();
        let Some(row) = all.into_iter().find(|row| row.target == actor(to) && row.state == "onward") else {
            return;
        };
        // Its list names where the post was at each home that it can know of.
        let olds: Vec<String> = (0..HOMES).filter(|home| *home != to).map(post).collect();
        let olds: Vec<&str> = olds.iter().map(String::as_str).collect();
        let led = onwards::leading_to(&store, "ann", &olds).await.unwrap();
        let named = led.iter().map(|_| Self::entry(&row.id, who, post(to))).collect();
        onwards::save(&store, row.id.clone(), named, None).await.unwrap();
        self.proven(who, &row.id).await;
        let followed = Followed {
            departure_id: row.id,
            account_id: "ann".into(),
            target_page: None,
            letter: Self::letter(at),
            inboxes: Vec::new(),
            now: at,
        };
        assert!(onwards::follow(&store, followed).await.unwrap());
        self.owe(who, to);
    }

    /// Where the address of the post at a home leads in one hop.
    async fn leads(&self, home: usize) -> Option<usize> {
        let forwarding = redirects::forwarding(self.store(home), "ann").await.unwrap()?;
        let place = redirects::place(self.store(home), &forwarding.id, &post(home)).await.unwrap()?;
        assert_eq!(place.proof, "proven");
        (0..HOMES).find(|other| post(*other) == place.new_url)
    }

    async fn never_in_a_circle(&self, done: &str) {
        for home in 0..HOMES {
            let (mut at, mut been) = (home, BTreeSet::from([home]));
            while let Some(next) = self.leads(at).await {
                assert!(been.insert(next), "{done}: from {home} in a circle at {next}");
                at = next;
            }
        }
    }
}

#[tokio::test]
async fn no_chain_of_moves_leads_in_a_circle_and_each_ends_one_hop_away() {
    for seed in 0..CHAINS {
        let mut world = World::new(seed).await;
        let (mut been, mut done) = (BTreeSet::from([0]), format!("seed {seed}:"));
        for _ in 0..STEPS {
            let some = (!world.words.is_empty()).then(|| world.draw(world.words.len()));
            match (world.draw(3), some) {
                (0, _) | (_, None) => {
                    let to = (world.present + 1 + world.draw(HOMES - 1)) % HOMES;
                    write!(done, " {}→{to}", world.present).unwrap();
                    world.moves(to).await;
                    been.insert(to);
                }
                (1, Some(late)) => world.hears(world.words[late]).await,
                (_, Some(late)) => {
                    let word = world.words.swap_remove(late);
                    world.hears(word).await;
                }
            }
            world.never_in_a_circle(&done).await;
        }
        while let Some(word) = world.words.pop() {
            world.hears(word).await;
            world.never_in_a_circle(&done).await;
        }
        assert_eq!(world.leads(world.present).await, None, "{done}: the present home answers itself");
        for home in been.into_iter().filter(|home| *home != world.present) {
            assert_eq!(world.leads(home).await, Some(world.present), "{done}: from {home}");
        }
    }
}
