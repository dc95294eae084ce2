//! Who of those under way works at this moment. Many are under way together, a few work: whoever has
//! worked for a while lets the next one, and goes on where it stopped when its turn comes again. So a
//! giant account costs a small one no more than a small one would.

use std::{pin::pin, sync::Arc, time::Duration};

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use crate::port::clock::Clock;

/// How long one works while others wait, in microseconds.
const SLICE: i64 = 200_000;
/// Who waits for others for so long gives its place away until it has something to do again.
const IDLE: Duration = Duration::from_secs(3);

tokio::task_local! {
    /// The place of the current task.
    static MINE: Arc<Place>;
}

/// A place among those who work, held or waited for. The line is first come, first served.
struct Place {
    line: Arc<Semaphore>,
    held: Mutex<Held>,
}

struct Held {
    permit: Option<OwnedSemaphorePermit>,
    since: i64,
}

/// The places there are.
#[derive(Debug, Clone)]
pub struct Shares {
    line: Arc<Semaphore>,
    idle: Duration,
}

impl Shares {
    /// So many work at the same time.
    pub fn new(at_once: usize) -> Self {
        Self { line: Arc::new(Semaphore::new(at_once)), idle: IDLE }
    }

    /// Nobody begins any more; who waits to go on does, and is told elsewhere that it should not.
    pub fn close(&self) {
        self.line.close();
    }

    /// Does a work once there is a place, which it gives away from time to time (see `give_way`).
    /// `None` when nobody begins any more.
    pub async fn working<F: Future>(&self, clock: &dyn Clock, doing: F) -> Option<F::Output> {
        let permit = Arc::clone(&self.line).acquire_owned().await.ok()?;
        let held = Mutex::new(Held { permit: Some(permit), since: clock.now_micros() });
        let place = Arc::new(Place { line: Arc::clone(&self.line), held });
        let mut doing = pin!(MINE.scope(Arc::clone(&place), doing));
        loop {
            tokio::select! {
                done = &mut doing => return Some(done),
                () = tokio::time::sleep(self.idle) => {
                    // Busy or idle cannot be told from here: who is busy comes to give way soon.
                    if let Ok(mut held) = place.held.try_lock() {
                        held.permit = None;
                    }
                }
            }
        }
    }
}

/// Lets the next one work, if the current task has worked for its while, and waits for its turn again.
/// To be asked between batches; outside of [`Shares::working`] it does nothing.
pub(super) async fn give_way(clock: &dyn Clock) {
    let Ok(place) = MINE.try_with(Arc::clone) else { return };
    let mut held = place.held.lock().await;
    let is_fresh = clock.now_micros() < held.since.saturating_add(SLICE);
    if is_fresh && held.permit.is_some() {
        return;
    }
    held.permit = None;
    held.permit = Arc::clone(&place.line).acquire_owned().await.ok();
    held.since = clock.now_micros();
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Mutex as Plain,
        atomic::{AtomicI64, Ordering},
    };

    use super::*;

    /// Time goes on by so much whenever somebody looks.
    struct Ticking(AtomicI64, i64);

    impl Clock for Ticking {
        fn now_micros(&self) -> i64 {
            self.0.fetch_add(self.1, Ordering::SeqCst)
        }

        fn random(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    async fn batches(name: &'static str, number: usize, clock: &dyn Clock, log: &Plain<Vec<&'static str>>) {
        for _ in 0..number {
            log.lock().unwrap().push(name);
            tokio::task::yield_now().await;
            give_way(clock).await;
        }
    }

    #[tokio::test]
    async fn a_giant_lets_everybody_else_work_between_its_batches() {
        let (shares, log) = (Shares::new(1), Plain::new(Vec::new()));
        let clock = Ticking(AtomicI64::new(0), SLICE);
        let working = |name, number| shares.working(&clock, batches(name, number, &clock, &log));
        let all = tokio::join!(working("giant", 100), working("small", 3), working("other", 3));
        assert_eq!(all, (Some(()), Some(()), Some(())));
        let log = log.into_inner().unwrap();
        let last = log.iter().rposition(|name| *name != "giant").unwrap();
        assert!(last < 12, "the small ones waited: {:?}", &log[..=last]);
        assert_eq!(log.len(), 106);
    }

    #[tokio::test]
    async fn whoever_has_not_worked_for_long_keeps_its_place() {
        let (shares, log) = (Shares::new(1), Plain::new(Vec::new()));
        let clock = Ticking(AtomicI64::new(0), 1);
        let working = |name, number| shares.working(&clock, batches(name, number, &clock, &log));
        tokio::join!(working("one", 3), working("other", 3));
        assert_eq!(log.into_inner().unwrap(), ["one", "one", "one", "other", "other", "other"]);
    }

    #[tokio::test]
    async fn whoever_waits_for_an_answer_does_not_keep_others_from_working() {
        let shares = Shares { idle: Duration::ZERO, ..Shares::new(1) };
        let clock = Ticking(AtomicI64::new(0), 1);
        let silent = shares.working(&clock, std::future::pending::<()>());
        let other = shares.working(&clock, async {});
        tokio::select! {
            _ = silent => panic!("it waits for ever"),
            done = other => assert_eq!(done, Some(())),
        }
    }

    #[tokio::test]
    async fn nobody_begins_after_the_end() {
        let shares = Shares::new(1);
        shares.close();
        assert_eq!(shares.working(&Ticking(AtomicI64::new(0), 1), async {}).await, None);
    }
}
