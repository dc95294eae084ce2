//! Who of those under way works at this moment. Many are under way together, a few work: whoever has
//! worked for a while lets one work that began before it, and goes on where it stopped when its turn comes again.
//! Whoever has much to do steps back behind the others, so that a giant account costs small ones little.

use std::{pin::pin, sync::Arc, time::Duration};

use tokio::sync::{Mutex, oneshot};

use super::line::{Held, Line, SLICE};
use crate::{port::clock::Clock, store::transfers::Order};

/// How long a place is held in a step until that is long, in microseconds: an account of some thousand posts
/// needs less, on a busy machine too.
const LONG: i64 = 5_000_000;
/// So many things are long to do, whatever was worked on them so far.
const MANY: u64 = 5_000;
/// Who waits for others for so long gives its place away until it has something to do again: no turn is longer
/// than that, whatever a clock says.
const IDLE: Duration = Duration::from_micros(LONGEST.unsigned_abs());
/// The same in microseconds.
const LONGEST: i64 = 3_000_000;

tokio::task_local! {
    /// The place of the current task.
    static MINE: Arc<Place>;
}

/// A place among those who work, held or waited for; the parts of a work that go on side by side share it.
struct Place {
    line: Arc<Line>,
    order: Order,
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

/// A place that was asked for, in which order.
#[derive(Debug)]
pub struct Asked(oneshot::Receiver<Held>, Order);

impl Shares {
    /// So many work at the same time.
    pub fn new(at_once: usize) -> Self {
        Self { line: Line::new(at_once), idle: IDLE }
    }

    /// Steps into the line of those who want to work.
    pub fn ask(&self, order: Order) -> Asked {
        Asked(self.line.ask(order.clone()), order)
    }

    /// Whether so many wait who would work before one that asks now.
    pub fn has_before(&self, order: &Order, number: usize) -> bool {
        self.line.has_before(order, number)
    }

    /// Nobody begins any more; who waits to go on does, and is told elsewhere that it should not.
    pub fn close(&self) {
        self.line.close();
    }

    /// Does a work once the place is there, which it gives away from time to time (see `give_way`).
    /// `None` when nobody begins any more.
    pub async fn working<F: Future>(&self, asked: Asked, clock: &dyn Clock, doing: F) -> Option<F::Output> {
        let Asked(place, order) = asked;
        let held = Some(place.await.ok()?);
        let turn = Mutex::new(Turn { held, since: clock.now_micros(), worked: 0 });
        let place = Arc::new(Place { line: Arc::clone(&self.line), order, turn });
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
    /// How long it has lasted, in microseconds.
    fn lasted(&self, now: i64) -> i64 {
        if self.held.is_some() { now.saturating_sub(self.since).clamp(0, LONGEST) } else { 0 }
    }

    /// Gives the place away, if it is held.
    fn end(&mut self, now: i64) {
        let worked = self.lasted(now);
        if let Some(held) = self.held.take() {
            held.leave(worked);
        }
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
    turn.worked = turn.worked.saturating_add(turn.lasted(now));
    let asked = if turn.worked < LONG {
        // It stands in line before it leaves, or one behind the others would take it for gone.
        let asked = place.line.ask(place.order.clone());
        turn.end(now);
        asked
    } else {
        turn.end(now);
        place.line.ask_again()
    };
    turn.held = asked.await.ok();
    turn.since = clock.now_micros();
}

/// Lets whoever has much before it step back from its next turn on, as if it had worked long already: that so
/// many things are to be done is known before. A server that says so falsely keeps only its own account waiting.
pub(super) async fn expect(things: u64) {
    let Ok(place) = MINE.try_with(Arc::clone) else { return };
    if things >= MANY {
        let mut turn = place.turn.lock().await;
        turn.worked = turn.worked.max(LONG);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Mutex as Plain,
        atomic::{AtomicI64, Ordering},
    };

    use super::*;
    use crate::model::id::TransferId;

    /// In the order of asking.
    fn any() -> Order {
        (1, TransferId::from("any"))
    }

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
            |name, number| shares.working(shares.ask(any()), &clock, batches(name, number, &clock, &log));
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
        let small = || shares.working(shares.ask(any()), &clock, async { log.lock().unwrap().push("small") });
        let giant = shares.working(shares.ask(any()), &clock, batches("giant", 100, &clock, &log));
        let others = async {
            while log.lock().unwrap().len() < 20 {
                tokio::task::yield_now().await;
            }
            futures::future::join_all((0..60).map(|_| small())).await
        };
        drop(tokio::join!(giant, others));
        let log = log.into_inner().unwrap();
        let passed: Vec<_> = log.split(|name| *name == "giant").map(<[_]>::len).filter(|n| *n > 0).collect();
        // At the first of them it does not stand behind yet.
        let between: Vec<_> = passed.iter().copied().skip(1).take(3).collect();
        assert_eq!(between, [15; 3], "others between two turns of the giant: {passed:?}");
    }

    #[tokio::test]
    async fn whoever_has_much_before_it_steps_back_before_it_has_worked_long() {
        let clock = Ticking(AtomicI64::new(0), SLICE);
        let turns = async |things| {
            let (shares, log) = (Shares::new(1), Plain::new(Vec::new()));
            let giant = shares.working(shares.ask(any()), &clock, async {
                expect(things).await;
                batches("giant", 6, &clock, &log).await;
            });
            let small = shares.working(shares.ask(any()), &clock, batches("small", 6, &clock, &log));
            let _done = tokio::join!(giant, small);
            let log = log.into_inner().unwrap();
            let until = log.iter().rposition(|name| *name == "small").unwrap();
            log[..until].iter().filter(|name| **name == "giant").count()
        };
        assert_eq!(turns(MANY).await, 2, "its first one, and the next");
        assert_eq!(turns(MANY - 1).await, 6);
    }

    #[tokio::test]
    async fn a_giant_beside_one_who_works_and_waits_for_nobody_works_less() {
        let (shares, log) = (Shares::new(2), Plain::new(Vec::new()));
        let clocks = [Ticking(AtomicI64::new(0), SLICE), Ticking(AtomicI64::new(0), SLICE)];
        let giant = shares.working(shares.ask(any()), &clocks[0], async {
            expect(MANY).await;
            batches("giant", 100, &clocks[0], &log).await;
        });
        let small = shares.working(shares.ask(any()), &clocks[1], batches("small", 20, &clocks[1], &log));
        let _done = tokio::join!(giant, small);
        let log = log.into_inner().unwrap();
        let until = log.iter().rposition(|name| *name == "small").unwrap();
        let turns = log[..until].iter().filter(|name| **name == "giant").count();
        assert!((5..=8).contains(&turns), "{turns} beside 20 of the other");
    }

    #[tokio::test]
    async fn the_parts_of_a_work_stand_in_line_as_one() {
        let shares = Shares::new(1);
        let clock = Ticking(AtomicI64::new(0), SLICE);
        let parts = async {
            let other = shares.ask(any());
            let mut all = Box::pin(futures::future::join_all((0..30).map(|_| give_way(&clock))));
            assert!(futures::poll!(&mut all).is_pending());
            assert!(shares.has_before(&any(), 1) && !shares.has_before(&any(), 2));
            drop(other);
            all.await;
        };
        assert_eq!(shares.working(shares.ask(any()), &clock, parts).await, Some(()));
    }

    #[tokio::test]
    async fn whoever_has_not_worked_for_long_keeps_its_place() {
        let (shares, log) = (Shares::new(1), Plain::new(Vec::new()));
        let clock = Ticking(AtomicI64::new(0), 1);
        let working =
            |name, number| shares.working(shares.ask(any()), &clock, batches(name, number, &clock, &log));
        tokio::join!(working("one", 3), working("other", 3));
        assert_eq!(log.into_inner().unwrap(), ["one", "one", "one", "other", "other", "other"]);
    }

    #[tokio::test]
    async fn whoever_waits_for_an_answer_does_not_keep_others_from_working() {
        let shares = Shares { idle: Duration::ZERO, ..Shares::new(1) };
        let clock = Ticking(AtomicI64::new(0), 1);
        let silent = shares.working(shares.ask(any()), &clock, std::future::pending::<()>());
        let other = shares.working(shares.ask(any()), &clock, async {});
        tokio::select! {
            _ = silent => panic!("it waits for ever"),
            done = other => assert_eq!(done, Some(())),
        }
    }

    #[tokio::test]
    async fn nobody_begins_after_the_end() {
        let shares = Shares::new(1);
        shares.close();
        assert_eq!(shares.working(shares.ask(any()), &Ticking(AtomicI64::new(0), 1), async {}).await, None);
    }
}
