//! How much is asked of others at the same time: of one peer as much as it answers well, of all
//! together no more than this machine can carry. All transfers share both.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::port::error::AdapterError;

/// Files on the way from all peers together.
const BUDGET: usize = 32;
/// Files on the way from one peer at first.
const FIRST: usize = 4;
/// Files on the way from one peer at most, however well it answers.
pub(super) const MOST: usize = 12;
/// How long a file counts against what all share. One that drips for longer goes on, and takes a place
/// from nobody but its own peer.
const SHARE: Duration = Duration::from_secs(10);

/// The pace of everything this daemon fetches.
#[derive(Debug)]
pub struct Pace {
    budget: Arc<Semaphore>,
    peers: Mutex<BTreeMap<String, Arc<Peer>>>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { budget: Arc::new(Semaphore::new(BUDGET)), peers: Mutex::default() }
    }
}

/// What one peer is asked for at the same time.
#[derive(Debug)]
struct Peer {
    places: Arc<Semaphore>,
    measure: Mutex<Measure>,
}

/// How many places a peer has, and how it has answered since that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Measure {
    places: usize,
    /// Places to be taken away as soon as they are free.
    owed: usize,
    well: usize,
}

impl Measure {
    /// An answer came whole: after as many as there are places there is one more. Says so.
    fn went_well(&mut self) -> bool {
        self.well += 1;
        let grows = self.well >= self.places && self.places < MOST;
        if grows {
            self.places += 1;
            self.well = 0;
        }
        grows
    }

    /// The peer is busy or does not answer: half as many places, one at least.
    fn went_badly(&mut self) {
        let left = (self.places / 2).max(1);
        self.owed += self.places - left;
        (self.places, self.well) = (left, 0);
    }

    /// Whether a place that is free now goes away.
    fn gives_up_one(&mut self) -> bool {
        let gives = self.owed > 0;
        self.owed = self.owed.saturating_sub(1);
        gives
    }
}

impl Pace {
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
        // Nobody ever closes them.
        let place = Arc::clone(&peer.places).acquire_owned().await.ok();
        let mut share = Arc::clone(&self.budget).acquire_owned().await.ok();
        let mut work = std::pin::pin!(work);
        let outcome = tokio::select! {
            outcome = &mut work => outcome,
            () = tokio::time::sleep(SHARE) => {
                drop(share.take());
                work.await
            }
        };
        peer.learn(outcome.as_ref().err().is_some_and(is_strained), outcome.is_ok(), place);
        outcome
    }

    fn peer(&self, name: &str) -> Arc<Peer> {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        // Those nobody waits for or talks to have nothing to remember but how they answered once.
        if peers.len() > 1000 {
            peers.retain(|_, peer| Arc::strong_count(peer) > 1);
        }
        let new = || {
            let measure = Mutex::new(Measure { places: FIRST, owed: 0, well: 0 });
            Arc::new(Peer { places: Arc::new(Semaphore::new(FIRST)), measure })
        };
        Arc::clone(peers.entry(name.to_owned()).or_insert_with(new))
    }
}

impl Peer {
    fn learn(&self, is_strained: bool, is_well: bool, place: Option<OwnedSemaphorePermit>) {
        let mut measure = self.measure.lock().unwrap_or_else(PoisonError::into_inner);
        if is_strained {
            measure.went_badly();
        } else if is_well && measure.went_well() {
            self.places.add_permits(1);
        }
        if let Some(place) = place
            && measure.gives_up_one()
        {
            place.forget();
        }
    }
}

/// Whether a failure says that the other side has too much to do.
pub(super) fn is_strain(error: &AdapterError) -> bool {
    matches!(error, AdapterError::Busy { .. })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::future::join_all;

    use super::*;

    fn busy() -> AdapterError {
        AdapterError::Busy { doing: "asking".into(), why: "429".into(), after: Duration::ZERO }
    }

    #[test]
    fn a_peer_that_answers_well_is_asked_for_more_up_to_a_bound() {
        let mut measure = Measure { places: FIRST, owed: 0, well: 0 };
        let grown = (0..1000).filter(|_| measure.went_well()).count();
        assert_eq!(measure.places, MOST);
        assert_eq!(grown, MOST - FIRST);
    }

    #[test]
    fn a_busy_peer_is_asked_for_half_and_for_one_at_least() {
        let mut measure = Measure { places: 8, owed: 0, well: 3 };
        let left: Vec<usize> = (0..5)
            .map(|_| {
                measure.went_badly();
                measure.places
            })
            .collect();
        assert_eq!(left, [4, 2, 1, 1, 1]);
        assert_eq!((0..20).filter(|_| measure.gives_up_one()).count(), 7);
    }

    /// How many of `works` were under way at the same time at most.
    async fn most_at_once(pace: &Pace, works: usize) -> usize {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = async || {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            now.fetch_sub(1, Ordering::SeqCst);
            Ok::<(), AdapterError>(())
        };
        join_all((0..works).map(|_| pace.keep("a.example", work(), is_strain))).await;
        most.into_inner()
    }

    #[tokio::test]
    async fn the_places_follow_what_was_learnt() {
        let pace = Pace::default();
        assert_eq!(most_at_once(&pace, FIRST).await, FIRST);
        most_at_once(&pace, 500).await;
        assert_eq!(most_at_once(&pace, 500).await, MOST);
        for _ in 0..4 {
            let refused = pace.keep("a.example", async { Err::<(), _>(busy()) }, is_strain).await;
            assert!(refused.is_err());
        }
        assert_eq!(most_at_once(&pace, 1).await, 1);
    }

    #[tokio::test]
    async fn one_peer_takes_nothing_from_another() {
        let pace = Pace::default();
        let silent =
            || pace.keep("silent.example", std::future::pending::<Result<(), AdapterError>>(), is_strain);
        let mut waiting = Box::pin(join_all((0..100).map(|_| silent())));
        assert!(futures::poll!(&mut waiting).is_pending());
        assert_eq!(most_at_once(&pace, FIRST).await, FIRST);
    }
}
