//! A line of those who wait for one of a few places. Whoever has worked long stands in a line of its own,
//! from which one is let in when the others have worked for so long: so a giant account costs a small one
//! little, and is not forgotten beside ever so many small ones.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::oneshot;

/// How long one works while others wait, in microseconds.
pub(super) const SLICE: i64 = 200_000;
/// How long others work until one of those who have worked long is let in for its slice.
const OTHERS: i64 = 15 * SLICE;

/// The line; the places are given in the order in which they were asked for, among those of a kind.
#[derive(Debug)]
pub(super) struct Line(Mutex<Queue>);

#[derive(Debug)]
struct Queue {
    free: usize,
    fresh: VecDeque<oneshot::Sender<Held>>,
    long: VecDeque<oneshot::Sender<Held>>,
    /// How long fresh ones have worked since one of the others was let in, in microseconds.
    worked: i64,
    is_closed: bool,
}

/// A place that is held, until this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    line: Arc<Line>,
    is_fresh: bool,
    worked: i64,
}

impl Line {
    /// A line before so many places.
    pub(super) fn new(places: usize) -> Arc<Self> {
        let (fresh, long) = (VecDeque::new(), VecDeque::new());
        Arc::new(Self(Mutex::new(Queue { free: places, fresh, long, worked: 0, is_closed: false })))
    }

    /// Steps into the line, as a fresh one or as one that has worked long. What this gives comes with the
    /// place, or with nothing once the line is closed.
    pub(super) fn ask(self: &Arc<Self>, is_fresh: bool) -> oneshot::Receiver<Held> {
        let (called, asked) = oneshot::channel();
        let mut queue = self.queue();
        if queue.free > 0 && !queue.is_closed {
            queue.free -= 1;
            drop(queue);
            drop(called.send(self.place(is_fresh)));
        } else if !queue.is_closed {
            if is_fresh { &mut queue.fresh } else { &mut queue.long }.push_back(called);
        }
        asked
    }

    /// How many wait who have not worked for long.
    pub(super) fn fresh(&self) -> usize {
        self.queue().fresh.iter().filter(|called| !called.is_closed()).count()
    }

    /// Sends everybody away who waits; nobody is let in any more.
    pub(super) fn close(&self) {
        let mut queue = self.queue();
        queue.is_closed = true;
        let waiting = (std::mem::take(&mut queue.fresh), std::mem::take(&mut queue.long));
        drop(queue);
        drop(waiting);
    }

    fn place(self: &Arc<Self>, is_fresh: bool) -> Held {
        Held { line: Arc::clone(self), is_fresh, worked: 0 }
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Who is let in next, and whether it is a fresh one.
    fn next(&mut self) -> Option<(oneshot::Sender<Held>, bool)> {
        let is_long_ones_turn = self.worked >= OTHERS || self.fresh.is_empty();
        if is_long_ones_turn && let Some(called) = self.long.pop_front() {
            return Some((called, false));
        }
        self.fresh.pop_front().map(|called| (called, true))
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
        let mut queue = self.line.queue();
        if self.is_fresh {
            queue.worked = queue.worked.saturating_add(self.worked);
        }
        while let Some((called, is_fresh)) = queue.next() {
            // Whoever has gone away in between is passed over.
            if called.is_closed() {
                continue;
            }
            if !is_fresh {
                queue.worked = 0;
            }
            drop(queue);
            // One that goes away at this moment gives its place back as everybody does.
            drop(called.send(self.line.place(is_fresh)));
            return;
        }
        queue.free = queue.free.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets everybody in who waits, one at a time; who came in which order.
    async fn order(line: &Arc<Line>, waiting: &[(char, bool)]) -> String {
        let (held, entered) = (line.ask(true).await, Mutex::new(String::new()));
        let come = async |name: char, is_fresh: bool| {
            let place = line.ask(is_fresh).await.unwrap();
            entered.lock().unwrap().push(name);
            tokio::task::yield_now().await;
            place.leave(OTHERS / 3);
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
        assert_eq!(order(&line, &waiting).await, "abcGdefGgh");
    }

    #[tokio::test]
    async fn those_who_have_worked_long_need_not_wait_for_nobody() {
        assert_eq!(order(&Line::new(1), &[('G', false), ('H', false)]).await, "GH");
    }

    #[tokio::test]
    async fn a_place_goes_past_those_who_have_left() {
        let line = Line::new(1);
        let held = line.ask(true).await;
        let mut gone = line.ask(true);
        let mut next = line.ask(true);
        assert!(futures::poll!(&mut gone).is_pending());
        assert!(futures::poll!(&mut next).is_pending());
        assert_eq!(line.fresh(), 2);
        drop(gone);
        assert_eq!(line.fresh(), 1);
        drop(held);
        assert!(next.await.is_ok());
        assert!(line.ask(true).await.is_ok(), "and is free again after them");
    }

    #[tokio::test]
    async fn one_called_who_leaves_at_that_moment_gives_its_place_back() {
        let line = Line::new(1);
        let held = line.ask(true).await;
        let mut called = line.ask(true);
        assert!(futures::poll!(&mut called).is_pending());
        drop(held);
        drop(called);
        let again = line.ask(true);
        assert!(futures::poll!(again).is_ready());
    }

    #[tokio::test]
    async fn nobody_is_let_in_after_the_end() {
        let line = Line::new(1);
        let held = line.ask(true).await;
        let mut waiting = line.ask(false);
        assert!(futures::poll!(&mut waiting).is_pending());
        line.close();
        assert!(waiting.await.is_err());
        drop(held);
        assert!(line.ask(true).await.is_err());
    }
}
