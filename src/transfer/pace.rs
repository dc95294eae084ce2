//! How much is asked of others at the same time: of one peer as much as it answers well, of all
//! together no more than this machine can carry. All transfers share both, and so do all daemons that
//! share a database: each has a part of the places, leased for seconds, so that nothing is written for a
//! single file.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    port::{clock::SharedClock, error::AdapterError},
    store::{
        Store,
        peer_places::{self, Learnt},
    },
};

/// Files on the way from all peers together.
const BUDGET: usize = 32;
/// Files on the way from one peer at first.
const FIRST: usize = 4;
/// Files on the way from one peer at most, however well it answers.
pub(super) const MOST: usize = 12;
/// How long a file counts against what all share. One that drips for longer goes on, and takes a place
/// from nobody but its own peer.
const SHARE: Duration = Duration::from_secs(10);
/// How long a daemon that is not heard of keeps its part of the places, in microseconds.
const VALID: i64 = 10_000_000;
/// How often a daemon that asks is heard of.
const RENEWED: Duration = Duration::from_secs(3);
/// How long the same daemon has the place that cannot be divided, in microseconds.
const ROUND: i64 = 30_000_000;

/// The pace of everything that is fetched.
#[derive(Debug)]
pub struct Pace {
    budget: Arc<Peer>,
    peers: Mutex<BTreeMap<String, Arc<Peer>>>,
    shared: Option<Shared>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { budget: Peer::new(BUDGET, BUDGET), peers: Mutex::default(), shared: None }
    }
}

/// Where daemons divide the places among themselves.
struct Shared {
    store: Store,
    clock: SharedClock,
    /// Held by who divides.
    dividing: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// What one peer is asked for at the same time.
#[derive(Debug)]
struct Peer {
    line: Arc<Semaphore>,
    measure: Mutex<Measure>,
    /// When its places were divided.
    divided_at: AtomicI64,
}

/// How many places a peer has, and how it has answered since that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Measure {
    /// For all daemons together.
    places: usize,
    /// How much of that this daemon has found out and not told.
    learnt: i64,
    well: usize,
    /// Among how many daemons they are divided, and which of them this one is.
    daemons: usize,
    rank: usize,
    /// Places there are here, those that go away as soon as they are free among them.
    made: usize,
    owed: usize,
}

impl Measure {
    fn new(places: usize, made: usize) -> Self {
        Self { places, learnt: 0, well: 0, daemons: 1, rank: 0, made, owed: 0 }
    }

    /// This daemon's part.
    fn own(&self) -> usize {
        self.places / self.daemons + usize::from(self.rank < self.places % self.daemons)
    }

    /// An answer came whole: after as many as there are places there is one more.
    fn went_well(&mut self) {
        self.well += 1;
        if self.well >= self.places && self.places < MOST {
            self.places += 1;
            self.learnt += 1;
            self.well = 0;
        }
    }

    /// The peer is busy or does not answer: half as many places, one at least.
    fn went_badly(&mut self) {
        let left = (self.places / 2).max(1);
        self.learnt -= i64::try_from(self.places - left).unwrap_or(0);
        (self.places, self.well) = (left, 0);
    }

    /// Brings what there is here to this daemon's part: says how many places are made. Those that are too
    /// many are owed.
    fn follow(&mut self) -> usize {
        let there = self.made - self.owed;
        let own = self.own();
        if own < there {
            self.owed += there - own;
            return 0;
        }
        let forgiven = (own - there).min(self.owed);
        let more = own - there - forgiven;
        self.owed -= forgiven;
        self.made += more;
        more
    }

    /// Places that are free now go away, as many as are owed.
    fn gives_up(&mut self, free: usize) -> usize {
        let gone = free.min(self.owed);
        self.owed -= gone;
        self.made -= gone;
        gone
    }
}

impl Pace {
    /// A pace that daemons divide among themselves, where they share a database.
    pub fn of(store: Store, clock: SharedClock) -> Self {
        if !store.is_shared() {
            return Self::default();
        }
        let shared = Shared { store, clock, dividing: tokio::sync::Mutex::default() };
        Self { budget: Peer::new(BUDGET, 0), peers: Mutex::default(), shared: Some(shared) }
    }

    /// Does a work that asks `peer` for something once there is room for it, and learns from how it went.
    ///
    /// # Errors
    /// Those of the work.
    pub async fn keep<T, E>(
        &self,
        peer: &str,
        work: impl Future<Output = Result<T, E>>,
        is_strained: impl Fn(&E) -> bool,
    ) -> Result<T, E> {
        let peer = self.peer(peer);
        self.divide(&peer).await;
        let place = self.taken(&peer).await;
        let mut share = self.taken(&self.budget).await;
        let mut work = std::pin::pin!(work);
        let tick = if self.shared.is_some() { RENEWED } else { SHARE };
        let mut under_way = Duration::ZERO;
        let outcome = loop {
            tokio::select! {
                outcome = &mut work => break outcome,
                () = tokio::time::sleep(tick) => {
                    under_way = under_way.saturating_add(tick);
                    if under_way >= SHARE {
                        self.budget.give_back(share.take());
                    }
                    self.divide(&peer).await;
                }
            }
        };
        self.budget.give_back(share.take());
        peer.learn(outcome.as_ref().err().is_some_and(is_strained), outcome.is_ok());
        peer.give_back(place);
        outcome
    }

    /// Waits for a place; while it waits, this daemon is heard of.
    async fn taken(&self, peer: &Arc<Peer>) -> Option<OwnedSemaphorePermit> {
        let mut taking = std::pin::pin!(Arc::clone(&peer.line).acquire_owned());
        loop {
            tokio::select! {
                // Nobody ever closes it.
                place = &mut taking => return place.ok(),
                () = tokio::time::sleep(RENEWED), if self.shared.is_some() => self.divide(peer).await,
            }
        }
    }

    /// Divides the places anew among those who ask, where that was too long ago.
    async fn divide(&self, peer: &Arc<Peer>) {
        let Some(shared) = &self.shared else { return };
        let is_due = |last: i64, now: i64| {
            let after = i64::try_from(RENEWED.as_micros()).unwrap_or(i64::MAX);
            now >= last.saturating_add(after)
        };
        let now = shared.clock.now_micros();
        if !is_due(peer.divided_at.load(Ordering::Relaxed), now) {
            return;
        }
        let _alone = shared.dividing.lock().await;
        if !is_due(peer.divided_at.load(Ordering::Relaxed), now) {
            return;
        }
        let mut asked = self.asked();
        asked.insert(String::new(), Arc::clone(&self.budget));
        let told = asked.iter().map(|(name, peer)| peer.tell(name)).collect();
        match peer_places::divide(&shared.store, now, now.saturating_add(VALID), told).await {
            Ok(parts) => {
                for (name, part) in parts {
                    if let Some(peer) = asked.get(&name) {
                        let place = |number: i64| usize::try_from(number).unwrap_or(0);
                        let turned = part.rank + now.div_euclid(ROUND).rem_euclid(part.daemons.max(1));
                        let rank = turned.rem_euclid(part.daemons.max(1));
                        peer.set(place(part.places), place(part.daemons).max(1), place(rank));
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "what is asked of others cannot be divided among daemons");
                // Nobody stands still for that.
                for peer in asked.values() {
                    peer.measured(|measure| measure.rank = 0);
                }
            }
        }
        for peer in asked.values() {
            peer.divided_at.store(now, Ordering::Relaxed);
        }
    }

    /// Peers that somebody asks or waits for.
    fn asked(&self) -> BTreeMap<String, Arc<Peer>> {
        let peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        let is_asked = |peer: &Arc<Peer>| Arc::strong_count(peer) > 1;
        peers
            .iter()
            .filter(|(_, peer)| is_asked(peer))
            .map(|(name, peer)| (name.clone(), Arc::clone(peer)))
            .collect()
    }

    fn peer(&self, name: &str) -> Arc<Peer> {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        // Those nobody waits for or talks to have nothing to remember but how they answered once.
        if peers.len() > 1000 {
            peers.retain(|_, peer| Arc::strong_count(peer) > 1);
        }
        let made = if self.shared.is_some() { 0 } else { FIRST };
        Arc::clone(peers.entry(name.to_owned()).or_insert_with(|| Peer::new(FIRST, made)))
    }
}

impl Peer {
    fn new(places: usize, made: usize) -> Arc<Self> {
        let (line, measure) = (Arc::new(Semaphore::new(made)), Mutex::new(Measure::new(places, made)));
        Arc::new(Self { line, measure, divided_at: AtomicI64::new(i64::MIN) })
    }

    fn measured(&self, change: impl FnOnce(&mut Measure)) {
        let mut measure = self.measure.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut measure);
        let more = measure.follow();
        self.line.add_permits(more);
        let owed = measure.owed;
        let gone = self.line.forget_permits(owed);
        let _forgotten = measure.gives_up(gone);
    }

    fn learn(&self, is_strained: bool, is_well: bool) {
        if is_strained {
            self.measured(Measure::went_badly);
        } else if is_well {
            self.measured(Measure::went_well);
        }
    }

    fn give_back(&self, place: Option<OwnedSemaphorePermit>) {
        let Some(place) = place else { return };
        let mut measure = self.measure.lock().unwrap_or_else(PoisonError::into_inner);
        if measure.gives_up(1) == 1 {
            place.forget();
        }
    }

    /// What this daemon has found out since it told last.
    fn tell(&self, name: &str) -> Learnt {
        let mut measure = self.measure.lock().unwrap_or_else(PoisonError::into_inner);
        let change = std::mem::take(&mut measure.learnt);
        let (least, most) = if name.is_empty() { (BUDGET, BUDGET) } else { (1, MOST) };
        let number = |places: usize| i64::try_from(places).unwrap_or(i64::MAX);
        let first = if name.is_empty() { BUDGET } else { FIRST };
        Learnt {
            peer: name.to_owned(),
            change,
            first: number(first),
            least: number(least),
            most: number(most),
        }
    }

    /// What was divided. What was learnt meanwhile is told the next time.
    fn set(&self, places: usize, daemons: usize, rank: usize) {
        self.measured(|measure| {
            let meanwhile = usize::try_from(measure.learnt.max(0)).unwrap_or(0);
            measure.places = places.saturating_add(meanwhile).min(places.max(MOST));
            (measure.daemons, measure.rank) = (daemons, rank);
        });
    }
}

/// Whether a failure says that the other side has too much to do.
pub(super) fn is_strain(error: &AdapterError) -> bool {
    matches!(error, AdapterError::Busy { .. })
}

#[cfg(test)]
mod tests;
