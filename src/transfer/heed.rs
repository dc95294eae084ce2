//! What other servers ask for is heeded by everything that speaks to them: one that wants to be left alone
//! for a while, or does not answer time and again, is left alone by all transfers of all daemons.
//!
//! It is known in memory, and in rows for the other daemons: these are written when something changes and
//! read every few seconds, never for a single request.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures::StreamExt;
use url::Url;

use crate::{
    port::{
        clock::SharedClock,
        remote::{Remote, RemoteError, Request, Response, SharedRemote},
    },
    store::{
        Store, StoreResult,
        troubled_peers::{self, Trouble},
    },
};

/// How often rows are read while somebody asks, in microseconds.
const LOOK: i64 = 3_000_000;
/// Longest pause a server is given, whatever it asks for.
const LONGEST: Duration = Duration::from_mins(10);
/// Questions in a row without an answer after which a server is left alone.
const MISSES: i64 = 5;
/// How long at first; doubled with each further one.
const FIRST_REST: Duration = Duration::from_secs(30);
/// Servers remembered at most that only failed to answer now and then.
const MOST: usize = 10_000;
/// How long others wait for the outcome when one asks again, in microseconds.
const PROBE: i64 = 30_000_000;

/// A way out that leaves servers alone that want it, or are away.
pub struct Heeding {
    inside: SharedRemote,
    store: Store,
    clock: SharedClock,
    known: Mutex<Known>,
}

/// What is known here.
struct Known {
    looked_at: i64,
    troubled: BTreeMap<String, Trouble>,
}

impl Heeding {
    /// Heeds what is answered to `inside`, together with the daemons that share `store`.
    pub fn new(inside: SharedRemote, store: Store, clock: SharedClock) -> Self {
        let known = Known { looked_at: i64::MIN, troubled: BTreeMap::new() };
        Self { inside, store, clock, known: Mutex::new(known) }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what other daemons have found out, if that was too long ago.
    async fn look(&self, now: i64) {
        {
            let mut known = self.known();
            if now < known.looked_at.saturating_add(LOOK) {
                return;
            }
            known.looked_at = now;
        }
        match troubled_peers::all(&self.store, now).await {
            Ok(rows) => {
                let mut known = self.known();
                // What nobody was told of stays; of the rest the rows know better.
                known.troubled.retain(|_, trouble| trouble.until == 0);
                known.troubled.extend(rows);
            }
            Err(error) => tracing::warn!(%error, "what other daemons know of servers cannot be read"),
        }
    }

    /// What is known of a server; one that may be asked again is asked by one at first.
    fn of(&self, peer: &str, now: i64) -> Option<Trouble> {
        let mut known = self.known();
        let trouble = known.troubled.get_mut(peer)?;
        let found = trouble.clone();
        if trouble.misses >= MISSES && trouble.until <= now {
            trouble.until = now.saturating_add(PROBE);
        }
        Some(found)
    }

    /// It did not answer. Many at the same time that get no answer count once.
    async fn missed(&self, peer: String, before: i64, now: i64) {
        let misses = before.saturating_add(1);
        let doublings = u32::try_from(misses.saturating_sub(MISSES).clamp(0, 10)).unwrap_or(10);
        let rest = FIRST_REST.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST);
        let until = if misses < MISSES { 0 } else { later(now, rest) };
        let trouble = Trouble { until, misses, status: 0 };
        let is_news = {
            let mut known = self.known();
            let is_news = known.troubled.get(&peer).is_none_or(|trouble| trouble.misses <= before);
            if known.troubled.len() > MOST {
                known.troubled.retain(|_, trouble| trouble.until > now);
            }
            if is_news {
                known.troubled.insert(peer.clone(), trouble.clone());
            }
            is_news
        };
        if is_news && until > 0 {
            tracing::info!(
                peer,
                misses,
                rest_seconds = rest.as_secs(),
                "a server that does not answer is left alone"
            );
            told(troubled_peers::note(&self.store, peer, trouble, now).await);
        }
    }

    /// It asks to be left alone.
    async fn asked_off(&self, peer: String, status: u16, pause: Duration, now: i64) {
        let trouble = Trouble { until: later(now, pause.min(LONGEST)), misses: 0, status };
        let is_news = {
            let mut known = self.known();
            // Answers to what was under way ask for the same again.
            let is_news = known.troubled.get(&peer).is_none_or(|known| known.until < trouble.until - LOOK);
            if is_news {
                known.troubled.insert(peer.clone(), trouble.clone());
            }
            is_news
        };
        if is_news {
            told(troubled_peers::note(&self.store, peer, trouble, now).await);
        }
    }

    /// It answers. Where one of our own pauses is under way, an answer to an earlier question ends nothing.
    async fn answered(&self, peer: String, before: Option<Trouble>) {
        let Some(before) = before else { return };
        let is_told = {
            let mut known = self.known();
            let is_news = known.troubled.get(&peer).is_some_and(|trouble| trouble.misses <= before.misses);
            if is_news { known.troubled.remove(&peer) } else { None }.is_some() && before.until > 0
        };
        if is_told {
            told(troubled_peers::forget(&self.store, peer).await);
        }
    }
}

/// What an outcome says of the server.
enum Said {
    /// There was no answer.
    Nothing,
    /// It asks to be left alone, with this status for so long.
    LeaveMe(u16, Duration),
    /// It answers.
    Something,
    /// Nothing about the server itself.
    Other,
}

impl Said {
    fn by(outcome: &Result<Response, RemoteError>, minds_limits: bool) -> Self {
        match outcome {
            Err(RemoteError::Unreachable { .. }) => Self::Nothing,
            Err(_) => Self::Other,
            Ok(answer) if answer.status == 503 || (answer.status == 429 && !minds_limits) => {
                answer.retry_after().map_or(Self::Other, |pause| Self::LeaveMe(answer.status, pause))
            }
            Ok(_) => Self::Something,
        }
    }
}

fn later(now: i64, pause: Duration) -> i64 {
    now.saturating_add(i64::try_from(pause.as_micros()).unwrap_or(i64::MAX))
}

fn told(noted: StoreResult<()>) {
    if let Err(error) = noted {
        tracing::warn!(%error, "other daemons are not told what is known of a server");
    }
}

#[async_trait]
impl Remote for Heeding {
    async fn send(&self, request: Request) -> Result<Response, RemoteError> {
        let peer = request.url.origin().ascii_serialization();
        let now = self.clock.now_micros();
        self.look(now).await;
        let before = self.of(&peer, now);
        if let Some(trouble) = before.as_ref().filter(|trouble| trouble.until > now) {
            return held_off(&request.url, trouble, now);
        }
        let minds_limits = request.minds_limits;
        let outcome = self.inside.send(request).await;
        let now = self.clock.now_micros();
        match Said::by(&outcome, minds_limits) {
            Said::Nothing => self.missed(peer, before.map_or(0, |trouble| trouble.misses), now).await,
            Said::LeaveMe(status, pause) => self.asked_off(peer, status, pause, now).await,
            Said::Something => self.answered(peer, before).await,
            Said::Other => {}
        }
        outcome
    }

    fn check(&self, url: &Url) -> Result<(), RemoteError> {
        self.inside.check(url)
    }

    fn origin_of(&self, host: &str) -> Option<Url> {
        self.inside.origin_of(host)
    }
}

/// What it would answer, without asking it.
fn held_off(url: &Url, trouble: &Trouble, now: i64) -> Result<Response, RemoteError> {
    let seconds = trouble.until.saturating_sub(now).saturating_add(999_999).div_euclid(1_000_000);
    if trouble.status == 0 {
        return Err(RemoteError::Unreachable {
            host: url.host_str().unwrap_or_default().to_owned(),
            why: format!(
                "it did not answer {} times in a row, and is asked again in {seconds} s",
                trouble.misses
            ),
        });
    }
    Ok(Response {
        status: trouble.status,
        url: url.clone(),
        headers: BTreeMap::from([("retry-after".to_owned(), seconds.to_string())]),
        body: futures::stream::empty().boxed(),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::port::fakes::{FakeRemote, StillClock};

    const PAGE: &str = "https://old.example/page";

    struct Daemon {
        remote: Arc<FakeRemote>,
        heeding: Heeding,
    }

    impl Daemon {
        fn new(store: Store, clock: &Arc<StillClock>) -> Self {
            let remote = Arc::new(FakeRemote::default());
            let heeding = Heeding::new(remote.clone(), store, clock.clone());
            Self { remote, heeding }
        }

        /// The status of an answer; 0 for none.
        async fn ask(&self) -> u16 {
            let answer = self.heeding.send(Request::get(Url::parse(PAGE).unwrap())).await;
            answer.map_or(0, |answer| answer.status)
        }

        fn asked(&self) -> usize {
            self.remote.sent().len()
        }
    }

    async fn one() -> (tempfile::TempDir, Daemon, Arc<StillClock>) {
        let (dir, clock) = (tempfile::tempdir().unwrap(), Arc::new(StillClock::new()));
        let store = Store::open(dir.path()).await.unwrap();
        (dir, Daemon::new(store, &clock), clock)
    }

    #[tokio::test]
    async fn who_asks_to_be_left_alone_is_until_then() {
        let (_dir, daemon, clock) = one().await;
        daemon.remote.answer(PAGE, 503, &[("retry-after", "20")], "");
        assert_eq!((daemon.ask().await, daemon.ask().await, daemon.asked()), (503, 503, 1));
        clock.pass_seconds(15);
        let answer = daemon.heeding.send(Request::get(Url::parse(PAGE).unwrap())).await.unwrap();
        assert_eq!(answer.retry_after(), Some(Duration::from_secs(5)));
        daemon.remote.answer(PAGE, 200, &[], "");
        clock.pass_seconds(6);
        assert_eq!((daemon.ask().await, daemon.asked()), (200, 2));
    }

    #[tokio::test]
    async fn who_counts_requests_itself_is_not_held_back_for_others() {
        let (_dir, daemon, _clock) = one().await;
        daemon.remote.answer(PAGE, 429, &[("retry-after", "20")], "");
        for _ in 0..2 {
            let request = Request::get(Url::parse(PAGE).unwrap()).minding_limits();
            assert_eq!(daemon.heeding.send(request).await.unwrap().status, 429);
        }
        assert_eq!(daemon.asked(), 2);
    }

    #[tokio::test]
    async fn who_does_not_answer_is_asked_ever_more_seldom_and_by_one_at_first() {
        let (_dir, daemon, clock) = one().await;
        for _ in 0..10 {
            assert_eq!(daemon.ask().await, 0);
        }
        assert_eq!(daemon.asked(), 5, "then it is left alone");
        clock.pass_seconds(29);
        assert_eq!((daemon.ask().await, daemon.asked()), (0, 5));
        clock.pass_seconds(2);
        assert_eq!((daemon.ask().await, daemon.ask().await, daemon.asked()), (0, 0, 6), "one asks");
        clock.pass_seconds(61);
        daemon.remote.answer(PAGE, 200, &[], "");
        assert_eq!((daemon.ask().await, daemon.ask().await, daemon.asked()), (200, 200, 8));
    }

    #[tokio::test]
    async fn many_that_get_no_answer_at_the_same_time_count_once() {
        let (_dir, daemon, _clock) = one().await;
        let before = daemon.heeding.of("https://old.example", 0);
        assert_eq!(before, None);
        for _ in 0..20 {
            daemon.heeding.missed("https://old.example".into(), 0, 0).await;
        }
        assert_eq!(daemon.heeding.of("https://old.example", 0).unwrap().misses, 1);
    }

    #[tokio::test]
    async fn what_one_daemon_is_asked_for_another_heeds() {
        let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let store = Store::open(dirs[0].path()).await.unwrap();
        let Some(other) = store.of_another_daemon(dirs[1].path()).await else { return };
        let clock = Arc::new(StillClock::new());
        let [one, other] = [store, other].map(|store| Daemon::new(store, &clock));
        other.remote.answer(PAGE, 200, &[], "");
        assert_eq!(other.ask().await, 200);
        one.remote.answer(PAGE, 503, &[("retry-after", "60")], "");
        assert_eq!(one.ask().await, 503);
        clock.pass_seconds(4);
        assert_eq!((other.ask().await, other.asked()), (503, 1), "it was not asked");
        clock.pass_seconds(60);
        assert_eq!(other.ask().await, 200);
        clock.pass_seconds(4);
        one.remote.answer(PAGE, 200, &[], "");
        assert_eq!(one.ask().await, 200, "what is over is over for all");
    }
}
