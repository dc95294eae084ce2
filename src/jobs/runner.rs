//! Finds due work, runs it, waits for the next commit or the next due time.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinSet};

use crate::{
    model::id::TransferId,
    store::transfers,
    transfer::{Engine, step},
};

/// Transfers worked on at the same time.
const AT_ONCE: usize = 4;
/// Longest sleep: a safety net, not the way changes are noticed.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Runs until `stop` says so; then finishes nothing new and waits for what is under way.
pub async fn run(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) {
    let mut commits = engine.store.commits();
    let mut running: JoinSet<TransferId> = JoinSet::new();
    let mut busy: BTreeSet<TransferId> = BTreeSet::new();
    loop {
        commits.mark_unchanged();
        start_due(&engine, &mut running, &mut busy).await;
        let wait = until_next(&engine, &busy).await;
        tokio::select! {
            _ = stop.changed() => break,
            _ = commits.changed() => {}
            () = tokio::time::sleep(wait) => {}
            Some(done) = running.join_next(), if !running.is_empty() => match done {
                Ok(id) => { busy.remove(&id); }
                Err(error) => {
                    tracing::error!(%error, "a step fell over; it is taken up again");
                    running.shutdown().await;
                    busy.clear();
                }
            },
        }
    }
    // Every step resumes from the store, so what is under way may simply end here.
    running.shutdown().await;
}

async fn start_due(engine: &Arc<Engine>, running: &mut JoinSet<TransferId>, busy: &mut BTreeSet<TransferId>) {
    if busy.len() >= AT_ONCE {
        return;
    }
    let due = match transfers::due(&engine.store, &step::RUNNING, engine.clock.now_micros()).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "cannot look for work");
            return;
        }
    };
    for transfer in due {
        if busy.len() >= AT_ONCE || !busy.insert(transfer.id.clone()) {
            continue;
        }
        let engine = Arc::clone(engine);
        running.spawn(async move {
            if let Err(error) = step::advance(&engine, &transfer).await {
                tracing::error!(transfer.id = %transfer.id, %error, "a step could not be noted");
            }
            transfer.id
        });
    }
}

async fn until_next(engine: &Engine, busy: &BTreeSet<TransferId>) -> Duration {
    if !busy.is_empty() {
        return LONGEST_WAIT;
    }
    let next = transfers::next_due(&engine.store, &step::RUNNING).await.ok().flatten();
    let Some(next) = next else { return LONGEST_WAIT };
    let micros = next.saturating_sub(engine.clock.now_micros()).max(0);
    Duration::from_micros(u64::try_from(micros).unwrap_or(0)).min(LONGEST_WAIT)
}
