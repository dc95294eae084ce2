//! A line of those who wait for one of a few places. Whoever has worked long stands in a line of its own,
//! from which one is let in when the others have worked for so much longer than it will: so a giant account
//! costs a small one little, and is not forgotten beside ever so many small ones.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::oneshot;

use crate::store::transfers::Order;

/// How long one works while others wait, in microseconds.
pub(super) const SLICE: i64 = 200_000;
/// Of so many parts of time one that has worked long gets one, while others wait.
const BESIDE_A_CROWD: i64 = 15;
/// The same while others work and nobody waits: there is room, but the machine may be busy.
const BESIDE_A_FEW: i64 = 3;

/// The line. The places are given by their [`Order`] to those who have not worked long, whenever they ask, and
/// to the others as they ask.
#[derive(Debug)]
pub(super) struct Line(Mutex<Queue>);

#[derive(Debug)]
struct Queue {
    free: usize,
    /// By their order and by when they asked.
    fresh: BTreeMap<(Order, u64), oneshot::Sender<Held>>,
    long: VecDeque<oneshot::Sender<Held>>,
    /// Fresh ones who hold a place.
    working: usize,
    /// How long fresh ones work, taken together, until one of the others is let in, in microseconds.
    owed: i64,
    /// How often somebody has asked.
    asked: u64,
    is_closed: bool,
}

/// A place that is held, until this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    line: Arc<Line>,
    kind: Kind,
    worked: i64,
}

/// Who holds a place.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Fresh,
    /// One that has worked long; how many times as long the others are to work.
    Long(i64),
}

impl Line {
    /// A line before so many places.
    pub(super) fn new(places: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Queue {
            free: places,
            fresh: BTreeMap::new(),
            long: VecDeque::new(),
            working: 0,
            owed: 0,
            asked: 0,
            is_closed: false,
        })))
    }

    /// Steps into the line as a fresh one. What this gives comes with the place, or with nothing once the line
    /// is closed.
    pub(super) fn ask(self: &Arc<Self>, order: Order) -> oneshot::Receiver<Held> {
        self.step_in(|queue, called| drop(queue.fresh.insert((order, queue.asked), called)))
    }

    /// Steps into the line of those who have worked long.
    pub(super) fn ask_again(self: &Arc<Self>) -> oneshot::Receiver<Held> {
        self.step_in(|queue, called| queue.long.push_back(called))
    }

    fn step_in(
        self: &Arc<Self>,
        stand: impl FnOnce(&mut Queue, oneshot::Sender<Held>),
    ) -> oneshot::Receiver<Held> {
        let (called, asked) = oneshot::channel();
        let mut queue = self.queue();
        if !queue.is_closed {
            queue.asked = queue.asked.saturating_add(1);
            stand(&mut queue, called);
        }
        drop(queue);
        self.let_in();
        asked
    }

    /// Whether so many wait who would be let in before one that steps in now.
    pub(super) fn has_before(&self, order: &Order, number: usize) -> bool {
        let queue = self.queue();
        let before = queue.fresh.range(..(order.clone(), u64::MAX));
        before.filter(|(_, called)| !called.is_closed()).take(number).count() == number
    }

    /// Sends everybody away who waits; nobody is let in any more.
    pub(super) fn close(&self) {
        let mut queue = self.queue();
        queue.is_closed = true;
        let waiting = (std::mem::take(&mut queue.fresh), std::mem::take(&mut queue.long));
        drop(queue);
        drop(waiting);
    }

    /// Gives the places that are free to those whose turn it is.
    fn let_in(self: &Arc<Self>) {
        loop {
            let Some((called, kind)) = self.queue().next() else { return };
            // One that goes away at this moment gives its place back as everybody does.
            drop(called.send(Held { line: Arc::clone(self), kind, worked: 0 }));
        }
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Who is let in next, if there is room and somebody's turn. Whoever has gone away is passed over.
    fn next(&mut self) -> Option<(oneshot::Sender<Held>, Kind)> {
        if self.free == 0 {
            return None;
        }
        while self.long.front().is_some_and(oneshot::Sender::is_closed) {
            self.long.pop_front();
        }
        while let Some(first) = self.fresh.first_entry().filter(|first| first.get().is_closed()) {
            first.remove();
        }
        // Without it they would be so many.
        let others = self.working.saturating_add(self.fresh.len().min(self.free));
        if (others == 0 || self.owed <= 0)
            && let Some(called) = self.long.pop_front()
        {
            let times = if self.fresh.is_empty() { BESIDE_A_FEW } else { BESIDE_A_CROWD };
            if others == 0 {
                self.owed = 0;
            }
            let times = times.saturating_mul(i64::try_from(others).unwrap_or(i64::MAX));
            return Some(self.admit(called, Kind::Long(times)));
        }
        let (_, called) = self.fresh.pop_first()?;
        Some(self.admit(called, Kind::Fresh))
    }

    fn admit(&mut self, called: oneshot::Sender<Held>, kind: Kind) -> (oneshot::Sender<Held>, Kind) {
        self.free = self.free.saturating_sub(1);
        match kind {
            Kind::Fresh => self.working = self.working.saturating_add(1),
            Kind::Long(times) => self.owe(times, SLICE),
        }
        (called, kind)
    }

    fn put_back(&mut self, kind: Kind, worked: i64) {
        self.free = self.free.saturating_add(1);
        match kind {
            Kind::Fresh => {
                self.working = self.working.saturating_sub(1);
                self.owe(-1, worked);
            }
            // A slice was reckoned with when it came.
            Kind::Long(times) => self.owe(times, worked.saturating_sub(SLICE)),
        }
    }

    fn owe(&mut self, times: i64, worked: i64) {
        self.owed = self.owed.saturating_add(times.saturating_mul(worked)).max(0);
    }
}

impl Held {
    /// Gives the place to the next one after so many microseconds of work.
    pub(super) fn leave(mut self, worked: i64) {
        self.worked = worked;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.line.queue().put_back(self.kind, self.worked);
        self.line.let_in();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::TransferId;

    fn named(name: &str) -> Order {
        (1, TransferId::from(name))
    }

    fn ask(line: &Arc<Line>, is_fresh: bool) -> oneshot::Receiver<Held> {
        if is_fresh { line.ask(named("any")) } else { line.ask_again() }
    }

    /// Lets everybody in who waits, one at a time; who came in which order.
    async fn order(line: &Arc<Line>, waiting: &[(char, bool)]) -> String {
        let (held, entered) = (ask(line, true).await, Mutex::new(String::new()));
        let come = async |name: char, is_fresh: bool| {
            let place = ask(line, is_fresh).await.unwrap();
            entered.lock().unwrap().push(name);
            tokio::task::yield_now().await;
            place.leave(if is_fresh { SLICE * BESIDE_A_CROWD / 3 } else { SLICE });
        };
        let all = futures::future::join_all(waiting.iter().map(|(name, is_fresh)| come(*name, *is_fresh)));
        let open = async {
            tokio::task::yield_now().await;
            drop(held);
        };
        tokio::join!(all, open);
        entered.into_inner().unwrap()
    }

    #[tokio::test]
    async fn one_who_has_worked_long_is_let_in_when_others_have_worked_for_a_while() {
        let line = Line::new(1);
        let mut waiting = vec![('G', false), ('G', false)];
        waiting.extend("abcdefgh".chars().map(|name| (name, true)));
        assert_eq!(order(&line, &waiting).await, "GabcGdefgh");
    }

    #[tokio::test]
    async fn who_began_first_is_let_in_first_whenever_it_asks() {
        let line = Line::new(1);
        let held = ask(&line, true).await.unwrap();
        let (mut late, mut early) = (line.ask(named("2")), line.ask(named("1")));
        assert!(line.has_before(&named("2"), 2) && !line.has_before(&named("1"), 2));
        drop(held);
        let held = early.try_recv().unwrap();
        assert!(late.try_recv().is_err());
        drop(held);
        assert!(late.try_recv().is_ok());
    }

    #[tokio::test]
    async fn one_who_has_worked_long_leaves_room_to_others_who_work_though_nobody_waits() {
        let line = Line::new(2);
        let other = ask(&line, true).await.unwrap();
        let long = ask(&line, false).await.unwrap();
        long.leave(2 * SLICE);
        let mut again = ask(&line, false);
        assert!(futures::poll!(&mut again).is_pending(), "there is room, but not for it");
        let beside = ask(&line, true).await.unwrap();
        other.leave(2 * SLICE * BESIDE_A_FEW - 1);
        assert!(futures::poll!(&mut again).is_pending(), "the others have not worked for long enough");
        let other = ask(&line, true).await.unwrap();
        beside.leave(1);
        again.await.unwrap().leave(SLICE);
        let mut again = ask(&line, false);
        assert!(futures::poll!(&mut again).is_pending());
        drop(other);
        assert!(futures::poll!(&mut again).is_ready(), "nobody is there it could be in the way of");
    }

    #[tokio::test]
    async fn those_who_have_worked_long_need_not_wait_for_nobody() {
        assert_eq!(order(&Line::new(1), &[('G', false), ('H', false)]).await, "GH");
    }

    #[tokio::test]
    async fn a_place_goes_past_those_who_have_left() {
        let line = Line::new(1);
        let held = ask(&line, true).await;
        let mut gone = ask(&line, true);
        let mut next = ask(&line, true);
        assert!(futures::poll!(&mut gone).is_pending());
        assert!(futures::poll!(&mut next).is_pending());
        assert!(line.has_before(&named("any"), 2));
        drop(gone);
        assert!(!line.has_before(&named("any"), 2) && line.has_before(&named("any"), 1));
        drop(held);
        assert!(next.await.is_ok());
        assert!(ask(&line, true).await.is_ok(), "and is free again after them");
    }

    #[tokio::test]
    async fn one_called_who_leaves_at_that_moment_gives_its_place_back() {
        let line = Line::new(1);
        let held = ask(&line, true).await;
        let mut called = ask(&line, true);
        assert!(futures::poll!(&mut called).is_pending());
        drop(held);
        drop(called);
        let again = ask(&line, true);
        assert!(futures::poll!(again).is_ready());
    }

    #[tokio::test]
    async fn nobody_is_let_in_after_the_end() {
        let line = Line::new(1);
        let held = ask(&line, true).await;
        let mut waiting = ask(&line, false);
        assert!(futures::poll!(&mut waiting).is_pending());
        line.close();
        assert!(waiting.await.is_err());
        drop(held);
        assert!(ask(&line, true).await.is_err());
    }
}
