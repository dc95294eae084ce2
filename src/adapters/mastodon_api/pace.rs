//! How fast a server is asked: by the limits its software is known to have, by those it announces, and
//! by those it only enforces. Says after a minute when the reading will be over, and stays with that.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::dialects::Limit;
use crate::model::collection::CollectionKind;

/// A second, in microseconds, as all times here.
const SECOND: i64 = 1_000_000;
/// Share of a limit that is used, in percent: the owner's telephone asks with the same account.
const SHARE: i64 = 80;
/// Share of a limit that may be used at once, in percent, when a whole account does not need more.
const AT_ONCE: i64 = 70;
/// The same when it does.
const AT_ONCE_OF_MANY: i64 = 10;
/// First pause after a refusal that names none; doubled after every second one.
const PROBE: i64 = 5 * SECOND;
/// Longest of them.
const LONGEST_PROBE: i64 = 60 * SECOND;
/// Slowest pace that is learned.
const SLOWEST: i64 = 300 * SECOND;
/// When the estimate is fixed, after the reading began.
const FIXED_AFTER: i64 = 60 * SECOND;
/// Below this share of an announced limit the rest is spread, in percent.
const SCARCE: i64 = 20;

/// What a request counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// All requests.
    Plain,
    /// Requests for pages, besides.
    Paging,
}

/// What an answer says of limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Announced {
    /// Requests in a window.
    pub limit: Option<i64>,
    /// How many of them are left.
    pub remaining: Option<i64>,
    /// When the window ends, in microseconds since 1970.
    pub ends_at: Option<i64>,
}

/// One limit: evenly spaced requests, some of them ahead of time.
#[derive(Debug)]
struct Bucket {
    limit: Limit,
    spacing: i64,
    ahead: i64,
    /// When the next request would be due if none were ahead of time.
    due: i64,
    /// Since when, and how many requests were answered since then.
    since: Option<i64>,
    answered: i64,
    is_refused: bool,
    /// Whether the whole account needs less than the known limit.
    is_small: bool,
}

impl Bucket {
    fn new(limit: Limit) -> Self {
        let mut bucket = Self {
            limit,
            spacing: 0,
            ahead: 0,
            due: 0,
            since: None,
            answered: 0,
            is_refused: false,
            is_small: true,
        };
        bucket.expect(0);
        bucket
    }

    /// A whole account that needs few requests may have them at once.
    fn expect(&mut self, requests: i64) {
        let Limit { requests: most, seconds } = self.limit;
        self.is_small = requests <= most * AT_ONCE / 100;
        let share = if self.is_small { AT_ONCE } else { AT_ONCE_OF_MANY };
        self.ahead = most * share / 100;
        let steady = (most * (SHARE - share + AT_ONCE_OF_MANY) / 100).max(1);
        self.spacing = seconds * SECOND / steady;
    }

    fn wait(&self, now: i64) -> i64 {
        (self.due - self.ahead * self.spacing - now).max(0)
    }

    fn take(&mut self, now: i64) {
        self.due = self.due.max(now) + self.spacing;
    }

    /// How long so many more requests take from now on.
    fn lasts(&self, requests: i64, now: i64) -> i64 {
        let due = self.due.max(now) + requests * self.spacing;
        (due - self.ahead * self.spacing - now).max(0)
    }

    fn answered(&mut self, now: i64) {
        if self.is_refused {
            // From the beginning to here so many were answered, pauses included: that is its limit.
            let since = self.since.unwrap_or(now);
            let learned = (now - since) / self.answered.max(1);
            self.slow_to(learned + learned / 50, now);
            (self.since, self.answered, self.is_refused) = (Some(now), 0, false);
        }
        self.since.get_or_insert(now);
        self.answered += 1;
    }

    /// From now on evenly and not faster than this, nor, for what takes long, than the limit that is known.
    fn slow_to(&mut self, spacing: i64, now: i64) {
        let floor = if self.is_small { 0 } else { self.steady() };
        self.spacing = spacing.max(floor).min(SLOWEST);
        self.ahead = 0;
        self.due = self.due.min(now + self.spacing);
    }

    /// The spacing that the known limit bears for ever.
    fn steady(&self) -> i64 {
        self.limit.seconds * SECOND * 100 / (self.limit.requests * SHARE).max(1)
    }
}

/// How far one collection is.
#[derive(Debug, Default)]
struct Progress {
    planned: i64,
    pages: i64,
    plain: i64,
}

#[derive(Debug)]
struct State {
    all: Bucket,
    paging: Bucket,
    blocked_until: i64,
    refusals: u32,
    progress: BTreeMap<CollectionKind, Progress>,
    began: i64,
    last: i64,
    requests: i64,
    asking: i64,
    ends_at: Option<i64>,
    is_fixed: bool,
}

/// The pace of one account's reading.
#[derive(Debug)]
pub struct Governor(Mutex<State>);

impl Governor {
    /// A pace within the limits a software is known to have.
    pub fn new(all: Limit, paging: Limit) -> Self {
        Self(Mutex::new(State {
            all: Bucket::new(all),
            paging: Bucket::new(paging),
            blocked_until: 0,
            refusals: 0,
            progress: BTreeMap::new(),
            began: 0,
            last: 0,
            requests: 0,
            asking: 0,
            ends_at: None,
            is_fixed: false,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account was opened; so many pages of each collection are expected, and so many requests beside.
    pub fn expect(&self, pages: BTreeMap<CollectionKind, i64>, besides: i64, now: i64) {
        let mut state = self.state();
        let in_all = pages.values().sum();
        if state.began == 0 {
            state.paging.expect(in_all);
            state.all.expect(in_all * 2 + besides);
        }
        if state.began == 0 || now - state.last > FIXED_AFTER {
            (state.began, state.ends_at, state.is_fixed) = (now, None, false);
        }
        for (kind, planned) in pages {
            state.progress.entry(kind).or_default().planned = planned;
        }
    }

    /// How long the next request has to wait; nothing where it may go now, and then it counts.
    pub fn admit(&self, lane: Lane, now: i64) -> i64 {
        let mut state = self.state();
        let paging = if lane == Lane::Paging { state.paging.wait(now) } else { 0 };
        let wait = paging.max(state.all.wait(now)).max(state.blocked_until - now);
        if wait <= 0 {
            state.all.take(now);
            if lane == Lane::Paging {
                state.paging.take(now);
            }
        }
        wait.max(0)
    }

    /// A request was answered; `asked` is when it was sent.
    pub fn answered(&self, lane: Lane, of: CollectionKind, said: Announced, asked: i64, now: i64) {
        let mut state = self.state();
        state.refusals = 0;
        state.requests += 1;
        state.asking += (now - asked).max(0);
        state.last = now;
        state.all.answered(now);
        let progress = state.progress.entry(of).or_default();
        match lane {
            Lane::Paging => progress.pages += 1,
            Lane::Plain => progress.plain += 1,
        }
        if lane == Lane::Paging {
            state.paging.answered(now);
        }
        state.heed(lane, said, now);
        if !state.is_fixed {
            state.ends_at = Some(now + state.left(now));
            state.is_fixed = now - state.began >= FIXED_AFTER;
        }
    }

    /// The server refused, and named a pause or none; how long it is left alone.
    pub fn refused(&self, lane: Lane, named: Option<i64>, said: Announced, now: i64) -> i64 {
        let mut state = self.state();
        let window = said.ends_at.map(|end| end - now).filter(|left| *left > 0);
        let probe = PROBE.saturating_mul(1 << (state.refusals / 2).min(10)).min(LONGEST_PROBE);
        state.refusals += 1;
        let pause = named.or(window).unwrap_or(probe).max(SECOND);
        state.blocked_until = now + pause;
        let bucket = match lane {
            Lane::Plain => &mut state.all,
            Lane::Paging => &mut state.paging,
        };
        bucket.is_refused = true;
        pause
    }

    /// When the reading of what was counted will be over, in microseconds since 1970.
    pub fn ends_at(&self) -> Option<i64> {
        self.state().ends_at
    }

    /// Whether that is said for good.
    #[cfg(test)]
    pub fn is_fixed(&self) -> bool {
        self.state().is_fixed
    }
}

impl State {
    /// Goes by what is announced: never above the limit, and what is scarce is spread.
    fn heed(&mut self, lane: Lane, said: Announced, now: i64) {
        let Announced { limit: Some(limit), remaining: Some(remaining), ends_at: Some(end) } = said else {
            return;
        };
        let left = end - now;
        if left <= 0 || limit <= 0 {
            return;
        }
        if remaining <= 0 {
            self.blocked_until = self.blocked_until.max(end);
            return;
        }
        let bucket = match lane {
            Lane::Plain => &mut self.all,
            Lane::Paging => &mut self.paging,
        };
        if remaining * 100 < limit * SCARCE {
            bucket.due = bucket.due.max(now + bucket.ahead * bucket.spacing + left / remaining);
        }
        // Windows are whole minutes; the rest of one says at least how long it is.
        let window = [60, 300, 600, 900, 1800, 3600].map(|seconds| seconds * SECOND);
        if let Some(window) = window.into_iter().find(|window| *window >= left) {
            let spacing = window * 100 / (limit * SHARE).max(1);
            let is_slower = spacing > bucket.steady() && (bucket.ahead > 0 || spacing > bucket.spacing);
            if is_slower && remaining * 100 < limit * (100 - AT_ONCE_OF_MANY) {
                bucket.slow_to(spacing, now);
            }
        }
    }

    /// How long what is left takes.
    fn left(&self, now: i64) -> i64 {
        let (mut pages, mut plain) = (0, 0);
        for (kind, progress) in &self.progress {
            let left = (progress.planned - progress.pages).max(0);
            pages += left;
            // Until one was read: pages of people bring a question about relations along.
            let asks =
                matches!(kind, CollectionKind::Following | CollectionKind::Muted | CollectionKind::Notes);
            plain += match progress.pages {
                0 => left * i64::from(asks),
                read => left * progress.plain / read,
            };
        }
        let answers = (pages + plain) * (self.asking / self.requests.max(1));
        self.paging.lasts(pages, now).max(self.all.lasts(pages + plain, now)).max(answers)
    }
}
