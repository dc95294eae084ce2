//! A line of those who wait for one of a few places. Whoever has worked long stands in a line of its own,
//! from which one is let in after so many of the others: so a giant account costs a small one little,
//! and is not forgotten beside ever so many small ones.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::oneshot;

/// One of those who have worked long is let in for so many of the others.
const OTHERS: usize = 7;

/// The line; the places are given in the order in which they were asked for.
#[derive(Debug)]
pub(super) struct Line(Mutex<Queue>);

#[derive(Debug)]
struct Queue {
    free: usize,
    fresh: VecDeque<oneshot::Sender<Held>>,
    long: VecDeque<oneshot::Sender<Held>>,
    /// Fresh ones let in since the last of the others.
    passed: usize,
    is_closed: bool,
}

/// A place that is held, until this is dropped.
#[derive(Debug)]
pub(super) struct Held(Arc<Line>);

impl Line {
    /// A line before so many places.
    pub(super) fn new(places: usize) -> Arc<Self> {
        let (fresh, long) = (VecDeque::new(), VecDeque::new());
        Arc::new(Self(Mutex::new(Queue { free: places, fresh, long, passed: 0, is_closed: false })))
    }

    /// Steps into the line. What this gives comes with the place, or with nothing once the line is closed.
    pub(super) fn ask(self: &Arc<Self>, has_worked_long: bool) -> oneshot::Receiver<Held> {
        let (called, asked) = oneshot::channel();
        let mut queue = self.queue();
        if queue.free > 0 && !queue.is_closed {
            queue.free -= 1;
            drop(queue);
            drop(called.send(Held(Arc::clone(self))));
        } else if !queue.is_closed {
            if has_worked_long { &mut queue.long } else { &mut queue.fresh }.push_back(called);
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

    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn next(&mut self) -> Option<oneshot::Sender<Held>> {
        let is_long_ones_turn = self.passed >= OTHERS || self.fresh.is_empty();
        let long = if is_long_ones_turn { self.long.pop_front() } else { None };
        self.passed = if long.is_some() { 0 } else { self.passed.saturating_add(1) };
        long.or_else(|| self.fresh.pop_front())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        while let Some(called) = queue.next() {
            // Whoever has gone away in between is passed over.
            if called.is_closed() {
                continue;
            }
            drop(queue);
            // One that goes away at this moment gives its place back as everybody does.
            drop(called.send(Self(Arc::clone(&self.0))));
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
        let (held, entered) = (line.ask(false).await, Mutex::new(String::new()));
        let come = async |name: char, is_long: bool| {
            let place = line.ask(is_long).await;
            entered.lock().unwrap().push(name);
            tokio::task::yield_now().await;
            drop(place);
        };
        let all = futures::future::join_all(waiting.iter().map(|(name, is_long)| come(*name, *is_long)));
        let open = async {
            tokio::task::yield_now().await;
            drop(held);
        };
        tokio::join!(all, open);
        entered.into_inner().unwrap()
    }

    #[tokio::test]
    async fn one_who_has_worked_long_is_let_in_after_seven_others() {
        let line = Line::new(1);
        let mut waiting = vec![('G', true), ('G', true)];
        waiting.extend("abcdefghijklmnop".chars().map(|name| (name, false)));
        assert_eq!(order(&line, &waiting).await, "abcdefgGhijklmnGop");
    }

    #[tokio::test]
    async fn those_who_have_worked_long_need_not_wait_for_nobody() {
        assert_eq!(order(&Line::new(1), &[('G', true), ('H', true)]).await, "GH");
    }

    #[tokio::test]
    async fn a_place_goes_past_those_who_have_left() {
        let line = Line::new(1);
        let held = line.ask(false).await;
        let mut gone = line.ask(false);
        let mut next = line.ask(false);
        assert!(futures::poll!(&mut gone).is_pending());
        assert!(futures::poll!(&mut next).is_pending());
        assert_eq!(line.fresh(), 2);
        drop(gone);
        assert_eq!(line.fresh(), 1);
        drop(held);
        assert!(next.await.is_ok());
        assert!(line.ask(false).await.is_ok(), "and is free again after them");
    }

    #[tokio::test]
    async fn one_called_who_leaves_at_that_moment_gives_its_place_back() {
        let line = Line::new(1);
        let held = line.ask(false).await;
        let mut called = line.ask(false);
        assert!(futures::poll!(&mut called).is_pending());
        drop(held);
        drop(called);
        let again = line.ask(false);
        assert!(futures::poll!(again).is_ready());
    }

    #[tokio::test]
    async fn nobody_is_let_in_after_the_end() {
        let line = Line::new(1);
        let held = line.ask(false).await;
        let mut waiting = line.ask(true);
        assert!(futures::poll!(&mut waiting).is_pending());
        line.close();
        assert!(waiting.await.is_err());
        drop(held);
        assert!(line.ask(false).await.is_err());
    }
}
