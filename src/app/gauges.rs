//! How fast work goes whose page somebody looks at: measured from one look to the next, so that what was done before a
//! halt counts for nothing.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// A pace tells something after so many microseconds.
const TELLS_AFTER: i64 = 5_000_000;
/// A pace is of the last one to two minutes.
const WINDOW: i64 = 60_000_000;
/// Where nobody has looked for so long, measuring begins anew.
const FORGOTTEN_AFTER: i64 = 120_000_000;
/// Works that are measured at once; beyond it those that nobody looks at any more are forgotten.
const MOST: usize = 1_024;

/// What was measured. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Gauges {
    seen: Arc<Mutex<BTreeMap<String, Seen>>>,
}

/// One work: where its pace is measured from, where it will be after that, and when it was looked at last.
#[derive(Debug, Clone, Copy)]
struct Seen {
    from: Look,
    next: Look,
    last: i64,
}

#[derive(Debug, Clone, Copy)]
struct Look {
    done: u64,
    at: i64,
}

/// How much was done, in how many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// Things; never none.
    pub done: u64,
    /// Seconds; never none.
    pub seconds: u64,
}

impl Gauges {
    /// Notes how much of a work is done at a moment (microseconds since 1970); the pace, once it can be told.
    pub fn look(&self, work: &str, done: u64, now: i64) -> Option<Measured> {
        let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, seen| now - seen.last < FORGOTTEN_AFTER);
        }
        let look = Look { done, at: now };
        let fresh = Seen { from: look, next: look, last: now };
        if all.len() >= MOST && !all.contains_key(work) {
            return None;
        }
        let seen = all.entry(work.to_owned()).or_insert(fresh);
        if now - seen.last > FORGOTTEN_AFTER || now < seen.last || done < seen.next.done {
            *seen = fresh;
        }
        seen.last = now;
        if now - seen.next.at > WINDOW {
            (seen.from, seen.next) = (seen.next, look);
        }
        let (done, micros) = (done - seen.from.done, now - seen.from.at);
        let seconds = u64::try_from(micros / 1_000_000).unwrap_or(0);
        (done > 0 && micros >= TELLS_AFTER).then_some(Measured { done, seconds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn what_was_done_before_anybody_looked_counts_for_nothing() {
        let gauges = Gauges::default();
        assert_eq!(gauges.look("copy", 50_000, 0), None, "one look is no pace");
        assert_eq!(gauges.look("copy", 50_100, 2 * SECOND), None, "too soon");
        assert_eq!(gauges.look("copy", 50_300, 10 * SECOND), Some(Measured { done: 300, seconds: 10 }));
        assert_eq!(gauges.look("another", 9, 10 * SECOND), None, "each work has its own");
    }

    #[test]
    fn a_pace_is_of_the_last_two_minutes_and_begins_anew_after_a_halt_that_nobody_saw() {
        let gauges = Gauges::default();
        for second in 0..=100 {
            gauges.look("copy", 100 * second, i64::try_from(second).unwrap() * SECOND);
        }
        // From then on one a second.
        let mut last = None;
        for second in 101_u64..=300 {
            last = gauges.look("copy", 10_000 + second - 100, i64::try_from(second).unwrap() * SECOND);
        }
        let Measured { done, seconds } = last.unwrap();
        assert!(done == seconds && (60..=122).contains(&seconds), "{done} in {seconds} s");
        assert_eq!(gauges.look("copy", 10_201, 3_600 * SECOND), None);
        assert_eq!(gauges.look("copy", 10_211, 3_610 * SECOND), Some(Measured { done: 10, seconds: 10 }));
    }

    #[test]
    fn many_works_are_measured_and_not_without_end() {
        let gauges = Gauges::default();
        for work in 0..2 * MOST {
            gauges.look(&work.to_string(), 0, 0);
        }
        assert_eq!(gauges.seen.lock().unwrap().len(), MOST);
        gauges.look("later", 0, FORGOTTEN_AFTER);
        assert_eq!(gauges.seen.lock().unwrap().len(), 1);
    }
}
