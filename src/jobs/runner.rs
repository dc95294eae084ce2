//! Finds due work, runs it, waits for the next commit or the next due time.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use tokio::{sync::watch, task::JoinSet};

use super::{deliveries, letters as posts};
use crate::{
    port::error::AdapterError,
    store::{
        StoreError, StoreResult, deliveries as letters, departures, erasures, held_names as names,
        hidden_imports, leases, letters as post, onward_words, refollows, restored, rests, transfers,
    },
    transfer::{
        Engine, SourceSide, announce, bring, erase, held_names, hide, later, onward, pass_on, refollow, rest,
        share::Shares, source_side::SourceSideError, step, turn, wake_up,
    },
};

/// Transfers that work at the same time; and other works, which come in small pieces.
const AT_ONCE: usize = 4;
/// Transfers under way together, who work by turns.
const UNDER_WAY: usize = 64;
/// Transfers that wait for their turn, having worked little, before more are taken on that come after them: each
/// holds something in memory.
const IN_LINE: usize = 8;
/// Earlier homes told in one go.
const WORDS: i64 = 4;
/// Longest sleep: a safety net, not the way changes are noticed.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// Shortest time between two looks for work that commits give rise to.
const BREATH: Duration = Duration::from_millis(50);
/// Pause of a work that did not go through, where nobody names another.
const REST: Duration = Duration::from_secs(5);
/// How long a daemon that is told to stop waits for the batches under way.
const GRACE: Duration = Duration::from_secs(5);
/// Longest pause another server may ask for; an announcement is not held up by a wish for a year.
const LONGEST_REST: Duration = Duration::from_mins(10);

/// What the queue works with.
#[derive(Clone)]
pub struct Parts {
    /// For transfers that arrive.
    pub engine: Arc<Engine>,
    /// For accounts that leave.
    pub side: SourceSide,
}

/// A unit of work under way; no two of the same at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    Transfer(String),
    Departure(String),
    Word(String, String),
    Deliveries,
    Refollows,
    Letters,
    Hidden,
    Erasures,
    Sweeping,
    Names,
}

impl Work {
    /// Its name in the table of leases.
    fn name(&self) -> String {
        match self {
            Self::Transfer(id) => step::work(id),
            Self::Departure(id) => format!("departure {id}"),
            Self::Word(departure, transfer) => format!("word {departure} {transfer}"),
            Self::Deliveries => "deliveries".to_owned(),
            Self::Refollows => "refollows".to_owned(),
            Self::Letters => "letters".to_owned(),
            Self::Hidden => "hidden imports".to_owned(),
            Self::Erasures => "erasures".to_owned(),
            Self::Sweeping => "sweeping".to_owned(),
            Self::Names => "names".to_owned(),
        }
    }
}

/// A work that has ended, and how long it wants to be left alone if it did not go through.
type Ended = (Work, Option<Duration>);

/// What is under way, and what rests until when (microseconds since 1970).
struct Desk {
    running: JoinSet<Ended>,
    shares: Shares,
    busy: BTreeSet<Work>,
    resting: BTreeMap<Work, i64>,
}

impl Default for Desk {
    fn default() -> Self {
        let shares = Shares::new(AT_ONCE);
        Self { running: JoinSet::new(), shares, busy: BTreeSet::new(), resting: BTreeMap::new() }
    }
}

impl Desk {
    /// Whether so many stand in line before this one that it need not step in.
    fn has_a_long_line(&self, order: &transfers::Order) -> bool {
        self.shares.has_before(order, if transfers::comes_last(order) { 1 } else { IN_LINE })
    }

    /// Takes a work on, unless it is under way, rests, or the desk is full.
    fn takes(&mut self, work: &Work, now: i64) -> bool {
        let is_resting = self.resting.get(work).is_some_and(|until| *until > now);
        let transfers = self.busy.iter().filter(|busy| matches!(busy, Work::Transfer(_))).count();
        let has_room = match work {
            Work::Transfer(_) => transfers < UNDER_WAY,
            Work::Deliveries => true,
            _ => self.busy.len() - transfers < AT_ONCE,
        };
        !is_resting && has_room && self.busy.insert(work.clone())
    }

    /// Puts an ended work aside.
    fn put_aside(&mut self, (work, rest): Ended, now: i64) {
        self.busy.remove(&work);
        self.resting.retain(|_, until| *until > now);
        if let Some(rest) = rest {
            let micros = i64::try_from(rest.min(LONGEST_REST).as_micros()).unwrap_or(i64::MAX);
            self.resting.insert(work, now.saturating_add(micros));
        }
    }
}

/// Runs until `stop` says so. What is under way then ends its batch: every step resumes from the store,
/// here or in another daemon.
pub async fn run(parts: Parts, mut stop: watch::Receiver<bool>) {
    let store = &parts.engine.store;
    let mut commits = store.commits();
    let mut desk = Desk::default();
    match leases::give_all_back(store, store.daemon().to_owned()).await {
        Ok(0) => {}
        Ok(left) => tracing::info!(left, "what was under way when this daemon ended is taken up again"),
        Err(error) => tracing::error!(%error, "works left behind wait until their time is over"),
    }
    hold_against_the_world(&parts).await;
    if let Err(error) = bring::sweep(&parts.engine).await {
        tracing::error!(%error, "archives that are not needed any more may lie around until the next start");
    }
    let mut remember = tokio::time::interval(LONGEST_WAIT);
    loop {
        commits.mark_unchanged();
        let looked = tokio::time::Instant::now();
        let wait = match start_due(&parts, &mut desk).await {
            Ok(next) => until(&parts, next),
            Err(error) => {
                tracing::error!(%error, "cannot look for work");
                REST
            }
        };
        tokio::select! {
            _ = stop.changed() => break,
            () = something_new(&mut commits, looked + BREATH) => {}
            _ = remember.tick() => {
                match restored::count_on(store, parts.engine.clock.now_micros()).await {
                    Ok(true) => hold_against_the_world(&parts).await,
                    Ok(false) => {}
                    Err(error) => tracing::error!(%error, "a restored backup would not be noticed"),
                }
                sweep(&parts, &mut desk).await;
                offer_later(&parts, &mut desk).await;
            }
            () = tokio::time::sleep(wait) => {}
            Some(ended) = desk.running.join_next(), if !desk.running.is_empty() => match ended {
                Ok(ended) => desk.put_aside(ended, parts.engine.clock.now_micros()),
                Err(error) => {
                    tracing::error!(%error, "a step fell over; everything is taken up again");
                    give_up_all(&parts, &mut desk).await;
                }
            },
        }
    }
    store.drain(true);
    desk.shares.close();
    let ends = async { while desk.running.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, ends).await.is_err() {
        tracing::info!("what waits for others is taken up again later");
    }
    give_up_all(&parts, &mut desk).await;
    store.drain(false);
}

/// Looks whether our own accounts say something else than their departures: a database may have forgotten it.
async fn hold_against_the_world(parts: &Parts) {
    if let Err(error) = wake_up::look_around(&parts.side).await {
        tracing::error!(%error, "rows could not be held against what the world says");
    }
}

/// Waits for a commit, and for the end of a breath since the last look: a copy commits hundreds of times a
/// second and finds its own next step when it has ended this one.
async fn something_new(commits: &mut watch::Receiver<u64>, breath: tokio::time::Instant) {
    let _store_closed = commits.changed().await;
    tokio::time::sleep_until(breath).await;
}

/// Drops what is under way and gives it back at once, to this daemon or another.
async fn give_up_all(parts: &Parts, desk: &mut Desk) {
    desk.running.shutdown().await;
    desk.busy.clear();
    let store = &parts.engine.store;
    if let Err(error) = leases::give_all_back(store, store.daemon().to_owned()).await {
        tracing::error!(%error, "works wait until their time is over");
    }
}

/// Starts what is due and neither under way, here or elsewhere, nor resting; tells when the next thing
/// becomes due.
async fn start_due(parts: &Parts, desk: &mut Desk) -> StoreResult<Option<i64>> {
    let (engine, store) = (&parts.engine, &parts.engine.store);
    let now = engine.clock.now_micros();
    let elsewhere: BTreeMap<_, _> =
        leases::of_others(store, store.daemon(), now).await?.into_iter().collect();
    let is_free = |work: &Work| !elsewhere.contains_key(&work.name());
    for (order, state) in transfers::due(store, &step::RUNNING, now).await? {
        if desk.has_a_long_line(&order) {
            break;
        }
        let id = order.1.clone();
        let work = Work::Transfer(id.to_string());
        if is_free(&work) && desk.takes(&work, now) {
            let (engine, shares) = (Arc::clone(engine), desk.shares.clone());
            let place = shares.ask(transfers::once_taken_up(order));
            let clock = Arc::clone(&engine.clock);
            let none: Ended = (work.clone(), None);
            let doing = in_turn(parts.clone(), work, async move {
                // Another daemon may have gone on with it in between.
                let found = transfers::find(&engine.store, &id).await;
                let noted = match found {
                    Ok(Some(found)) if found.state == state => step::advance(&engine, &found).await,
                    Ok(_) => Ok(()),
                    Err(error) => Err(error.into()),
                };
                noted.err().map(|error| troubled(&error, "a step could not be noted", REST))
            });
            // The place comes before the lease: who waits for one keeps no other daemon from the work.
            desk.running
                .spawn(async move { Box::pin(shares.working(place, &*clock, doing)).await.unwrap_or(none) });
        }
    }
    let is_frozen = restored::is_frozen(store).await?;
    let mut announcing = Vec::new();
    if !is_frozen {
        announcing = departures::in_state(store, "announcing").await?;
        announcing.extend(rests::due(store, now).await?);
    }
    for departure in announcing.into_iter().chain(departures::in_state(store, "onward").await?) {
        let work = Work::Departure(departure.id.clone());
        if is_free(&work) && desk.takes(&work, now) {
            let side = parts.side.clone();
            desk.running.spawn(in_turn(parts.clone(), work, async move {
                let outcome = match departure.state.as_str() {
                    "onward" => onward::advance(&side, &departure.id).await,
                    "resting" => rest::wake(&side, &departure).await.map(|()| true),
                    _ => announce::advance(&side, &departure.id).await,
                };
                outcome.err().map(|error| {
                    let rest = match &error {
                        SourceSideError::Adapter(AdapterError::Busy { after, .. }) => (*after).max(REST),
                        _ => REST,
                    };
                    troubled(&error, "an announcement did not go on", rest)
                })
            }));
        }
    }
    for word in onward_words::due(store, now, WORDS).await? {
        let work = Work::Word(word.departure_id.clone(), word.transfer_id.clone());
        if is_free(&work) && desk.takes(&work, now) {
            let engine = Arc::clone(engine);
            desk.running.spawn(in_turn(parts.clone(), work, async move {
                let noted = pass_on::tell(&engine, &word).await;
                noted.err().map(|error| troubled(&error, "a word could not be noted", REST))
            }));
        }
    }
    let due_at = letters::next_due(store).await?;
    let letters_are_due = due_at.is_some_and(|at| at <= now);
    if letters_are_due && is_free(&Work::Deliveries) && desk.takes(&Work::Deliveries, now) {
        let side = parts.side.clone();
        desk.running.spawn(in_turn(parts.clone(), Work::Deliveries, async move {
            let sent = deliveries::run_due(&side.store, &*side.clock, &*side.remote, &*side.host).await;
            sent.err().map(|error| troubled(&error, "the deliveries did not go on", REST))
        }));
    }
    let follow_at = refollows::next_due(store).await?;
    let follows_are_due = follow_at.is_some_and(|at| at <= now);
    if follows_are_due && is_free(&Work::Refollows) && desk.takes(&Work::Refollows, now) {
        let engine = Arc::clone(engine);
        desk.running.spawn(in_turn(parts.clone(), Work::Refollows, async move {
            let asked = refollow::run_due(&engine).await;
            asked.err().map(|error| troubled(&error, "following again did not go on", REST))
        }));
    }
    let post_at = post::next_due(store).await?;
    let posts_are_due = post_at.is_some_and(|at| at <= now);
    if posts_are_due && is_free(&Work::Letters) && desk.takes(&Work::Letters, now) {
        let engine = Arc::clone(engine);
        desk.running.spawn(in_turn(parts.clone(), Work::Letters, async move {
            let carried = posts::run_due(&engine).await;
            carried.err().map(|error| troubled(&error, "the letters did not go on", REST))
        }));
    }
    let hidden_at = hidden_imports::next_due(store).await?;
    let hidden_is_due = hidden_at.is_some_and(|at| at <= now);
    if hidden_is_due && is_free(&Work::Hidden) && desk.takes(&Work::Hidden, now) {
        let engine = Arc::clone(engine);
        desk.running.spawn(in_turn(parts.clone(), Work::Hidden, async move {
            let done = hide::look_after(&engine).await;
            done.err().map(|error| troubled(&error, "what admins have hidden was not looked after", REST))
        }));
    }
    let erasure_at = erasures::next_due(store).await?;
    let erasures_are_due = erasure_at.is_some_and(|at| at <= now);
    if erasures_are_due && is_free(&Work::Erasures) && desk.takes(&Work::Erasures, now) {
        let engine = Arc::clone(engine);
        desk.running.spawn(in_turn(parts.clone(), Work::Erasures, async move {
            let told = erase::tell(&engine).await;
            told.err().map(|error| troubled(&error, "Old homes were not told what is erased", REST))
        }));
    }
    let name_at = names::next_due(store).await?;
    let names_are_due = name_at.is_some_and(|at| at <= now);
    if names_are_due && is_free(&Work::Names) && desk.takes(&Work::Names, now) {
        let engine = Arc::clone(engine);
        desk.running.spawn(in_turn(parts.clone(), Work::Names, async move {
            let given = held_names::run_due(&engine).await;
            given.err().map(|error| troubled(&error, "a name was not given back", REST))
        }));
    }
    let waits = desk.resting.values().chain(elsewhere.values()).copied();
    let word_at = onward_words::next_due(store, now).await?;
    let rest_at = if is_frozen { None } else { rests::next_due(store).await? };
    let due = [
        transfers::next_due(store, &step::RUNNING, now).await?,
        due_at,
        word_at,
        follow_at,
        post_at,
        rest_at,
        hidden_at,
        erasure_at,
        name_at,
    ];
    Ok(due.into_iter().flatten().chain(waits).filter(|at| *at > now).min())
}

/// Offers what could not be shown in copies that stay to the software that is here now.
async fn offer_later(parts: &Parts, desk: &mut Desk) {
    let (engine, now) = (&parts.engine, parts.engine.clock.now_micros());
    let due = match later::due(engine).await {
        Ok(due) => due,
        Err(error) => {
            let _until_the_next_look = troubled(&error, "cannot look for what could not be shown", REST);
            return;
        }
    };
    for id in due {
        let work = Work::Transfer(id.to_string());
        if desk.takes(&work, now) {
            let engine = Arc::clone(engine);
            desk.running.spawn(in_turn(parts.clone(), work, async move {
                let shown = later::show(&engine, &id).await;
                shown.err().map(|error| troubled(&error, "what could not be shown stays so", LONGEST_REST))
            }));
        }
    }
}

/// Removes from a bucket what a daemon that ended too soon left there.
async fn sweep(parts: &Parts, desk: &mut Desk) {
    let (blobs, now) = (parts.engine.blobs.clone(), parts.engine.clock.now_micros());
    if blobs.are_to_be_swept().await.unwrap_or(false) && desk.takes(&Work::Sweeping, now) {
        desk.running.spawn(in_turn(parts.clone(), Work::Sweeping, async move {
            let swept = blobs.sweep().await;
            swept.err().map(|error| troubled(&error, "files that nothing needs any more stay", REST))
        }));
    }
}

/// Does a work while it is ours.
async fn in_turn(parts: Parts, work: Work, doing: impl Future<Output = Option<Duration>>) -> Ended {
    let (store, clock) = (&parts.engine.store, &*parts.engine.clock);
    let done = turn::with(store, clock, work.name(), store.daemon().to_owned(), Box::pin(doing)).await;
    let rest = match done {
        Ok(done) => done.flatten(),
        // It is free again at the latest when the other's time is over, and that is looked for.
        Err(StoreError::Superseded) => None,
        Err(error) => Some(troubled(&error, "a work could not be taken or given back", REST)),
    };
    (work, rest)
}

/// Says what did not go through, once; it is tried again after `rest`.
fn troubled(error: &dyn std::error::Error, what: &str, rest: Duration) -> Duration {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    tracing::warn!(%error, cause, rest_seconds = rest.as_secs(), "{what}");
    rest
}

fn until(parts: &Parts, next: Option<i64>) -> Duration {
    let Some(next) = next else { return LONGEST_WAIT };
    let micros = next.saturating_sub(parts.engine.clock.now_micros()).max(0);
    Duration::from_micros(u64::try_from(micros).unwrap_or(0)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_work_that_did_not_go_through_rests_and_others_go_on() {
        let mut desk = Desk::default();
        let (silent, other) = (Work::Departure("a".into()), Work::Departure("b".into()));
        assert!(desk.takes(&silent, 0));
        assert!(!desk.takes(&silent, 0), "no two of the same at once");
        desk.put_aside((silent.clone(), Some(Duration::from_secs(30))), 0);
        assert!(!desk.takes(&silent, 29_999_999));
        assert!(desk.takes(&other, 0));
        assert!(desk.takes(&silent, 30_000_000));
    }

    #[test]
    fn a_wish_for_a_year_is_not_heeded() {
        let mut desk = Desk::default();
        desk.put_aside((Work::Deliveries, Some(Duration::from_hours(8760))), 0);
        assert!(desk.takes(&Work::Deliveries, 600_000_000));
    }

    #[test]
    fn the_desk_takes_so_many_at_once_and_letters_always() {
        let mut desk = Desk::default();
        for n in 0..UNDER_WAY {
            assert!(desk.takes(&Work::Transfer(n.to_string()), 0));
        }
        assert!(!desk.takes(&Work::Transfer("one more".into()), 0));
        for n in 0..AT_ONCE {
            assert!(desk.takes(&Work::Departure(n.to_string()), 0), "transfers keep nobody else waiting");
        }
        assert!(!desk.takes(&Work::Departure("one more".into()), 0));
        assert!(desk.takes(&Work::Deliveries, 0));
    }

    #[test]
    fn the_line_is_long_while_many_wait_for_their_turn() {
        let desk = Desk::default();
        let order = |number: u8| (number, "any".into());
        let mut asked: Vec<_> = (0..AT_ONCE + IN_LINE).map(|_| desk.shares.ask(order(1))).collect();
        assert!(desk.has_a_long_line(&order(1)) && !desk.has_a_long_line(&order(0)));
        asked.pop();
        assert!(!desk.has_a_long_line(&order(1)) && desk.has_a_long_line(&order(2)));
    }
}
