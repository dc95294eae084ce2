//! Who of those under way works at this moment. Many are under way together, a few work: whoever has
//! worked for a while lets the next one, and goes on where it stopped when its turn comes again. Whoever
//! has worked long steps back behind the others, so that a giant account costs small ones little.

use std::{pin::pin, sync::Arc, time::Duration};

use tokio::sync::{Mutex, oneshot};

use super::line::{Held, Line, SLICE};
use crate::port::clock::Clock;

/// How long a place is held in a step until that is long, in microseconds: an account of some thousand posts
/// needs less.
const LONG: i64 = 2_000_000;
/// Who waits for others for so long gives its place away until it has something to do again.
const IDLE: Duration = Duration::from_secs(3);

tokio::task_local! {
    /// The place of the current task.
    static MINE: Arc<Place>;
}

/// A place among those who work, held or waited for; the parts of a work that go on side by side share it.
struct Place {
    line: Arc<Line>,
    turn: Mutex<Turn>,
}

/// A turn at working, and those before it.
struct Turn {
    held: Option<Held>,
    since: i64,
    worked: i64,
}

/// The places there are.
#[derive(Debug, Clone)]
pub struct Shares {
    line: Arc<Line>,
    idle: Duration,
}

/// A place that was asked for.
#[derive(Debug)]
pub struct Asked(oneshot::Receiver<Held>);

impl Shares {
    /// So many work at the same time.
    pub fn new(at_once: usize) -> Self {
        Self { line: Line::new(at_once), idle: IDLE }
    }

    /// Steps into the line of those who want to work.
    pub fn ask(&self) -> Asked {
        Asked(self.line.ask(true))
    }

    /// How many wait to work who have not worked for long.
    pub fn in_line(&self) -> usize {
        self.line.fresh()
    }

    /// Nobody begins any more; who waits to go on does, and is told elsewhere that it should not.
    pub fn close(&self) {
        self.line.close();
    }

    /// Does a work once the place is there, which it gives away from time to time (see `give_way`).
    /// `None` when nobody begins any more.
    pub async fn working<F: Future>(&self, asked: Asked, clock: &dyn Clock, doing: F) -> Option<F::Output> {
        let held = Some(asked.0.await.ok()?);
        let turn = Mutex::new(Turn { held, since: clock.now_micros(), worked: 0 });
        let place = Arc::new(Place { line: Arc::clone(&self.line), turn });
        let mut doing = pin!(MINE.scope(Arc::clone(&place), doing));
        loop {
            tokio::select! {
                done = &mut doing => {
                    place.leave(clock.now_micros());
                    return Some(done);
                }
                // Busy or idle cannot be told from here: who is busy comes to give way soon.
                () = tokio::time::sleep(self.idle) => place.leave(clock.now_micros()),
            }
        }
    }
}

impl Place {
    /// Ends the turn, unless the work is just waiting for its next one.
    fn leave(&self, now: i64) {
        if let Ok(mut turn) = self.turn.try_lock() {
            turn.end(now);
        }
    }
}

impl Turn {
    /// Gives the place away, if it is held; how long that was, in microseconds.
    fn end(&mut self, now: i64) -> i64 {
        let Some(held) = self.held.take() else { return 0 };
        let worked = now.saturating_sub(self.since).max(0);
        held.leave(worked);
        worked
    }
}

/// Lets the next one work, if the current task has worked for its while, and waits for its turn again.
/// To be asked between batches; outside of [`Shares::working`] it does nothing.
pub(super) async fn give_way(clock: &dyn Clock) {
    let Ok(place) = MINE.try_with(Arc::clone) else { return };
    let mut turn = place.turn.lock().await;
    let now = clock.now_micros();
    if turn.held.is_some() && now < turn.since.saturating_add(SLICE) {
        return;
    }
    turn.worked = turn.worked.saturating_add(turn.end(now));
    turn.held = place.line.ask(turn.worked < LONG).await.ok();
    turn.since = clock.now_micros();
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
        let working =
            |name, number| shares.working(shares.ask(), &clock, batches(name, number, &clock, &log));
        let all = tokio::join!(working("giant", 100), working("small", 3), working("other", 3));
        assert_eq!(all, (Some(()), Some(()), Some(())));
        let log = log.into_inner().unwrap();
        let last = log.iter().rposition(|name| *name != "giant").unwrap();
        assert!(last < 12, "the small ones waited: {:?}", &log[..=last]);
        assert_eq!(log.len(), 106);
    }

    #[tokio::test]
    async fn a_giant_steps_back_once_it_has_worked_long_and_never_stands_still() {
        let (shares, log) = (Shares::new(1), Plain::new(Vec::new()));
        let clock = Ticking(AtomicI64::new(0), 1_000_000);
        let small = || shares.working(shares.ask(), &clock, async { log.lock().unwrap().push("small") });
        let giant = shares.working(shares.ask(), &clock, batches("giant", 100, &clock, &log));
        let others = async {
            while log.lock().unwrap().len() < 10 {
                tokio::task::yield_now().await;
            }
            futures::future::join_all((0..60).map(|_| small())).await
        };
        drop(tokio::join!(giant, others));
        let log = log.into_inner().unwrap();
        let passed: Vec<_> = log.split(|name| *name == "giant").map(<[_]>::len).filter(|n| *n > 0).collect();
        // At the first of them it does not stand behind yet.
        let between: Vec<_> = passed.iter().copied().skip(1).take(19).collect();
        assert_eq!(between, [3; 19], "others between two turns of the giant: {passed:?}");
    }

    #[tokio::test]
    async fn the_parts_of_a_work_stand_in_line_as_one() {
        let shares = Shares::new(1);
        let clock = Ticking(AtomicI64::new(0), SLICE);
        let parts = async {
            let other = shares.ask();
            let mut all = Box::pin(futures::future::join_all((0..30).map(|_| give_way(&clock))));
            assert!(futures::poll!(&mut all).is_pending());
            assert_eq!(shares.in_line(), 1);
            drop(other);
            all.await;
        };
        assert_eq!(shares.working(shares.ask(), &clock, parts).await, Some(()));
    }

    #[tokio::test]
    async fn whoever_has_not_worked_for_long_keeps_its_place() {
        let (shares, log) = (Shares::new(1), Plain::new(Vec::new()));
        let clock = Ticking(AtomicI64::new(0), 1);
        let working =
            |name, number| shares.working(shares.ask(), &clock, batches(name, number, &clock, &log));
        tokio::join!(working("one", 3), working("other", 3));
        assert_eq!(log.into_inner().unwrap(), ["one", "one", "one", "other", "other", "other"]);
    }

    #[tokio::test]
    async fn whoever_waits_for_an_answer_does_not_keep_others_from_working() {
        let shares = Shares { idle: Duration::ZERO, ..Shares::new(1) };
        let clock = Ticking(AtomicI64::new(0), 1);
        let silent = shares.working(shares.ask(), &clock, std::future::pending::<()>());
        let other = shares.working(shares.ask(), &clock, async {});
        tokio::select! {
            _ = silent => panic!("it waits for ever"),
            done = other => assert_eq!(done, Some(())),
        }
    }

    #[tokio::test]
    async fn nobody_begins_after_the_end() {
        let shares = Shares::new(1);
        shares.close();
        assert_eq!(shares.working(shares.ask(), &Ticking(AtomicI64::new(0), 1), async {}).await, None);
    }
}
