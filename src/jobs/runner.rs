//! Finds due work, runs it, waits for the next commit or the next due time.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinSet};

use super::deliveries;
use crate::{
    store::{StoreResult, deliveries as letters, departures, transfers},
    transfer::{Engine, SourceSide, announce, step},
};

/// Transfers and departures worked on at the same time.
const AT_ONCE: usize = 4;
/// Longest sleep: a safety net, not the way changes are noticed.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// Pause after something fell over, so that a broken disk is not asked a thousand times a second.
const AFTER_TROUBLE_MICROS: i64 = 5_000_000;

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
    Deliveries,
}

/// Runs until `stop` says so. What is under way then simply ends: every step resumes from the store.
pub async fn run(parts: Parts, mut stop: watch::Receiver<bool>) {
    let mut commits = parts.engine.store.commits();
    let mut running: JoinSet<Work> = JoinSet::new();
    let mut busy: BTreeSet<Work> = BTreeSet::new();
    loop {
        commits.mark_unchanged();
        let wait = match start_due(&parts, &mut running, &mut busy).await {
            Ok(next) => until(&parts, next),
            Err(error) => {
                tracing::error!(%error, "cannot look for work");
                Duration::from_secs(5)
            }
        };
        tokio::select! {
            _ = stop.changed() => break,
            _ = commits.changed() => {}
            () = tokio::time::sleep(wait) => {}
            Some(done) = running.join_next(), if !running.is_empty() => match done {
                Ok(work) => { busy.remove(&work); }
                Err(error) => {
                    tracing::error!(%error, "a step fell over; everything is taken up again");
                    running.shutdown().await;
                    busy.clear();
                }
            },
        }
    }
    running.shutdown().await;
}

/// Starts what is due and not under way; tells when the next thing becomes due.
async fn start_due(
    parts: &Parts,
    running: &mut JoinSet<Work>,
    busy: &mut BTreeSet<Work>,
) -> StoreResult<Option<i64>> {
    let (engine, store) = (&parts.engine, &parts.engine.store);
    let now = engine.clock.now_micros();
    let mut next: Option<i64> = None;
    let was_busy = busy.len();
    let mut sooner = |at: Option<i64>| next = [next, at].into_iter().flatten().min();
    for transfer in transfers::due(store, &step::RUNNING, now).await? {
        let work = Work::Transfer(transfer.id.to_string());
        if busy.len() < AT_ONCE && busy.insert(work.clone()) {
            let engine = Arc::clone(engine);
            running.spawn(async move {
                if let Err(error) = step::advance(&engine, &transfer).await {
                    tracing::error!(transfer.id = %transfer.id, %error, "a step could not be noted");
                }
                work
            });
        }
    }
    sooner(transfers::next_due(store, &step::RUNNING, now).await?);
    for departure in departures::in_state(store, "announcing").await? {
        let departure = departure.id;
        let work = Work::Departure(departure.clone());
        if busy.len() < AT_ONCE && busy.insert(work.clone()) {
            let side = parts.side.clone();
            running.spawn(async move {
                if let Err(error) = announce::advance(&side, &departure).await {
                    tracing::error!(departure.id = departure, %error, "an announcement did not go on");
                }
                work
            });
        }
    }
    let due_at = letters::next_due(store).await?;
    if due_at.is_some_and(|at| at <= now) && busy.insert(Work::Deliveries) {
        let side = parts.side.clone();
        running.spawn(async move {
            if let Err(error) =
                deliveries::run_due(&side.store, &*side.clock, &*side.remote, &*side.host).await
            {
                tracing::error!(%error, "the deliveries did not go on");
            }
            Work::Deliveries
        });
    }
    sooner(due_at.filter(|at| *at > now));
    // Whatever was started now and ends without a commit (trouble) is looked at again after a pause.
    sooner(Some(now + AFTER_TROUBLE_MICROS).filter(|_| busy.len() > was_busy));
    Ok(next)
}

fn until(parts: &Parts, next: Option<i64>) -> Duration {
    let Some(next) = next else { return LONGEST_WAIT };
    let micros = next.saturating_sub(parts.engine.clock.now_micros()).max(0);
    Duration::from_micros(u64::try_from(micros).unwrap_or(0)).min(LONGEST_WAIT)
}
