//! One step of whatever a transfer needs next; the queue calls this and knows only dispositions.

use std::{future::ready, sync::LazyLock, time::Duration};

use futures::future::BoxFuture;

use super::{
    Engine, TransferError, TransferResult, admit,
    fetch::fetch,
    forecast::look_around,
    give_map, hide,
    import::import,
    look::look,
    plan::plan,
    removal::remove_all,
    share,
    survey::survey,
    trial::{discard_all, release},
    trouble::{self, Next},
    verify::verify,
};
use crate::{
    model::{
        collection::CollectionKind,
        transfer::{Transfer, TransferState},
    },
    port::error::Disposition,
    store::{StoreError, choices, items, transfers},
};

/// States in which the queue has something to do.
pub static RUNNING: LazyLock<Vec<TransferState>> =
    LazyLock::new(|| TransferState::ALL.iter().copied().filter(|state| state.is_looked_after()).collect());

/// Longest rest of a step, but for what another server asks for.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// Failures in a row after which a person is asked.
const PATIENCE: i64 = 20;

/// The name under which a transfer is worked on by one at a time.
pub fn work(id: &str) -> String {
    format!("transfer {id}")
}

/// Runs the step of the state a transfer is in, and notes how it went.
///
/// # Errors
/// [`crate::store::StoreError`] when not even that could be noted.
pub async fn advance(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    if hide::waits(engine, transfer).await? {
        return Ok(
            transfers::rest_until(&engine.store, &transfer.id, transfer.state, transfers::NEVER).await?
        );
    }
    share::expect(listed(engine, transfer).await?).await;
    let outcome = step_of(engine, transfer).await;
    let Err(error) = outcome else { return Ok(()) };
    let (of, error) = error.apart();
    let is_interrupted = matches!(error, TransferError::Store(StoreError::Closed | StoreError::Superseded));
    if is_interrupted || engine.store.goes_on().is_err() {
        // Nothing is wrong with it: it goes on after the restart, or where it is now. Connections of a daemon that
        // ends break off as well.
        return Ok(());
    }
    let now = engine.clock.now_micros();
    let doing = transfer.state.as_str();
    tracing::warn!(transfer.id = %transfer.id, doing, %error, "a step did not go through");
    let told = |next| trouble::told(transfer, &engine.domain, of, &error, next);
    match error.disposition() {
        Disposition::Retry { after } => {
            let tries = transfers::attempts(&engine.store, &transfer.id).await?;
            let after = after.max(pause(tries));
            let next = now + i64::try_from(after.as_micros()).unwrap_or(i64::MAX / 4);
            let attempts =
                transfers::put_off(&engine.store, &transfer.id, Some(told(Next::Soon)), next).await?;
            if attempts > PATIENCE {
                give_up(engine, transfer, told(given_up(transfer.state)), now).await?;
            }
        }
        Disposition::SkipItem | Disposition::StopTransfer => {
            give_up(engine, transfer, told(given_up(transfer.state)), now).await?;
        }
    }
    Ok(())
}

/// How many things stand in the lists that are wanted, as far as they have been read.
async fn listed(engine: &Engine, transfer: &Transfer) -> TransferResult<u64> {
    let choices = choices::find(&engine.store, &transfer.id).await?;
    let announced = items::announced(&engine.store, &transfer.id).await?;
    let wanted = CollectionKind::ALL.into_iter().filter(|kind| choices.wants(*kind));
    Ok(wanted.filter_map(|kind| announced.get(kind.as_str())).fold(0, |sum, n| sum.saturating_add(*n)))
}

/// The step of a transfer's state. Made here and boxed: a thread's stack then holds the one that runs, and not room for
/// every one that could.
fn step_of<'a>(engine: &'a Engine, transfer: &'a Transfer) -> BoxFuture<'a, TransferResult<()>> {
    use TransferState as S;
    match transfer.state {
        S::Surveying => Box::pin(survey(engine, transfer)),
        S::AwaitingChoice => Box::pin(look_around(engine, transfer)),
        S::AwaitingApproval => Box::pin(admit::wait(engine, transfer)),
        S::Fetching => Box::pin(fetch(engine, transfer)),
        S::Planned => Box::pin(plan(engine, transfer)),
        S::Importing => Box::pin(import(engine, transfer)),
        S::Verifying => Box::pin(verify(engine, transfer)),
        S::Trial | S::Looking => Box::pin(look(engine, transfer)),
        S::Keeping => Box::pin(release(engine, transfer)),
        S::HandingOver => Box::pin(give_map::hand_over(engine, transfer)),
        S::AwaitingAnnouncement => Box::pin(give_map::settle(engine, transfer)),
        S::Discarding => Box::pin(discard_all(engine, transfer)),
        S::Removing => Box::pin(remove_all(engine, transfer)),
        _ => Box::pin(ready(Ok(()))),
    }
}

/// How long a step rests at least that did not go through so often: a second, doubled up to a minute.
fn pause(tries: i64) -> Duration {
    let doublings = u32::try_from(tries.clamp(0, 6)).unwrap_or(6);
    Duration::from_secs(2_u64.pow(doublings)).min(LONGEST_PAUSE)
}

/// What giving up means in a state; [`give_up`] does it.
fn given_up(state: TransferState) -> Next {
    use TransferState as S;
    match state {
        S::HandingOver => Next::AsBefore,
        S::Trial | S::Looking | S::Keeping | S::AwaitingAnnouncement | S::Discarding | S::Removing => {
            Next::InAnHour
        }
        _ => Next::Stopped,
    }
}

/// Stops where a person must look; what has become public goes back to where it can be tried again.
async fn give_up(engine: &Engine, transfer: &Transfer, why: String, now: i64) -> TransferResult<()> {
    use TransferState as S;
    match (given_up(transfer.state), transfer.state) {
        (Next::AsBefore, _) => {
            transfers::step(&engine.store, &transfer.id, S::HandingOver, S::Kept, now).await?;
            transfers::remark(&engine.store, &transfer.id, why).await?;
        }
        (Next::InAnHour, _) => {
            let hour = 3_600_000_000;
            transfers::put_off(&engine.store, &transfer.id, Some(why), now + hour).await?;
        }
        (_, state) => transfers::fail(&engine.store, &transfer.id, state, why, now).await?,
    }
    Ok(())
}
