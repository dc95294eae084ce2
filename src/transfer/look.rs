//! New home: when Old home is looked at again during a trial: once a day, when its owner asks, and one
//! last time before the copy is kept or announced.

use std::time::Duration;

use futures::future::BoxFuture;

use super::{
    Engine, TransferError, TransferResult,
    access::{self, Renewal},
    again, certificate,
    pass::{self, Outcome},
    trial_end,
    trouble::{self, Next},
};
use crate::{
    model::{
        pass::{PassReason, PassState},
        transfer::{Origin, Transfer, TransferState},
    },
    port::error::Disposition,
    store::{
        passes, stated,
        transfers::{self, NEVER},
        unshown,
    },
    words::text,
};

/// Between two looks nobody asked for: one day, in microseconds.
const DAY: i64 = 24 * 3600 * 1_000_000;
/// Tries of one look at a home that does not answer, and of a last look, for which somebody waits.
const TRIES: i64 = 6;
const LAST_TRIES: i64 = 4;
/// Longest pause between two tries of a last look.
const SHORT: Duration = Duration::from_secs(10);
/// Shortest pause between two tries of another.
const LONG: Duration = Duration::from_mins(5);

/// Whether Old home can say what has changed there.
///
/// # Errors
/// [`TransferError::Store`].
pub async fn can_look(engine: &Engine, transfer: &Transfer) -> TransferResult<bool> {
    Ok(transfer.origin.is_home() && stated::last(&engine.store, &transfer.id).await?.is_some())
}

/// The owner wants Old home to be looked at now.
///
/// # Errors
/// [`TransferError::Refused`] when there is no trial, or Old home cannot say what changed.
pub async fn ask(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    if transfer.state == TransferState::Looking {
        return Ok(());
    }
    if transfer.state != TransferState::Trial {
        return Err(TransferError::Refused(text!("refusals-only-a-trial-follows")));
    }
    if !can_look(engine, transfer).await? {
        let why = text!("refusals-cannot-say-what-changed");
        return Err(TransferError::Refused(why));
    }
    Ok(passes::ask(&engine.store, &transfer.id, engine.clock.now_micros()).await?)
}

/// The owner wants what failed to be tried again now.
///
/// # Errors
/// [`TransferError::Refused`] when there is no trial, or nothing that another try could bring.
pub async fn try_again(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    if transfer.state == TransferState::Trial && again::can_try(engine, transfer).await? {
        return Ok(passes::ask(&engine.store, &transfer.id, engine.clock.now_micros()).await?);
    }
    let why = match (transfer.state, &transfer.origin) {
        (TransferState::Trial, Origin::Archive { .. }) => {
            text!("refusals-a-file-stays-the-same")
        }
        (TransferState::Trial, Origin::Live { .. } | Origin::ClientApi { .. }) => {
            text!("refusals-nothing-has-failed")
        }
        _ => text!("refusals-only-a-trial-tries-again"),
    };
    Err(TransferError::Refused(why))
}

/// Whether a look can bring anything: what changed, what failed before, or what an older software here
/// could not show.
async fn has_use(engine: &Engine, transfer: &Transfer) -> TransferResult<bool> {
    Ok(can_look(engine, transfer).await?
        || again::can_try(engine, transfer).await?
        || unshown::is_open(&engine.store, &transfer.id, &engine.destination.software()).await?)
}

/// Leaves the trial for `then`, after one last look where Old home can be looked at. Whoever was told
/// that this look failed and says it again goes on without.
///
/// # Errors
/// [`TransferError::Store`] when the transfer has gone on meanwhile.
pub async fn leave_trial(engine: &Engine, transfer: &Transfer, then: TransferState) -> TransferResult<()> {
    let (store, id, now) = (&engine.store, &transfer.id, engine.clock.now_micros());
    let last = passes::last(store, id).await?;
    let has_failed = last.is_some_and(|pass| pass.why == PassReason::Last && pass.state == PassState::Failed);
    if transfer.state == TransferState::Trial && !has_failed && can_look(engine, transfer).await? {
        return Ok(passes::look_last(store, id, then, now).await?);
    }
    Ok(transfers::step(store, id, transfer.state, then, now).await?)
}

/// The step of a transfer in its trial: makes the pass that is due, if one is.
///
/// # Errors
/// [`TransferError::Store`] when not even that could be noted. A pass that does not go through changes
/// nothing about the trial.
pub async fn look(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let is_last = transfer.state == TransferState::Looking;
    let last = passes::last(&engine.store, &transfer.id).await?;
    let is_open = last.as_ref().is_some_and(|pass| pass.state.is_open());
    if !is_last && !is_open && trial_end::look(engine, transfer).await?.is_none() {
        return Ok(());
    }
    if !is_last && !has_use(engine, transfer).await? {
        return rest(engine, transfer, NEVER).await;
    }
    let why = match &last {
        Some(pass) if pass.state.is_open() => pass.why,
        _ if is_last => PassReason::Last,
        _ => {
            let since = match last.and_then(|pass| pass.ended_at) {
                Some(ended) => ended,
                None => passes::changed_at(&engine.store, &transfer.id).await?,
            };
            if engine.clock.now_micros() < since.saturating_add(DAY) {
                return rest(engine, transfer, since.saturating_add(DAY)).await;
            }
            PassReason::Daily
        }
    };
    match passing(engine, transfer, why).await {
        Ok(Outcome::Over) => Ok(()),
        Ok(Outcome::Unsupported) if !is_last && !has_use(engine, transfer).await? => {
            rest(engine, transfer, NEVER).await
        }
        Ok(_) if is_last => go_on(engine, transfer).await,
        Ok(_) => rest(engine, transfer, engine.clock.now_micros().saturating_add(DAY)).await,
        Err((error, renewal)) => troubled(engine, transfer, error, renewal == Renewal::Void).await,
    }
}

/// A pass and what surrounds it, boxed: whoever looks needs no room for it when there is nothing to look at.
fn passing<'a>(
    engine: &'a Engine,
    transfer: &'a Transfer,
    why: PassReason,
) -> BoxFuture<'a, Result<Outcome, (TransferError, Renewal)>> {
    Box::pin(run(engine, transfer, why))
}

/// A token that is no longer taken looks like many other troubles, so one fresh one is tried.
async fn run(
    engine: &Engine,
    transfer: &Transfer,
    why: PassReason,
) -> Result<Outcome, (TransferError, Renewal)> {
    let error = match pass::run(engine, transfer, why).await {
        Ok(outcome) => return Ok(outcome),
        Err(error @ TransferError::Store(_)) => return Err((error, Renewal::Unknown)),
        Err(error) => error,
    };
    match access::renew_reading(engine, transfer).await {
        Renewal::Fresh => pass::run(engine, transfer, why).await.map_err(|error| (error, Renewal::Fresh)),
        renewal => Err((error, renewal)),
    }
}

/// Rests until something is to be done: another look, or what the trial's calendar says.
async fn rest(engine: &Engine, transfer: &Transfer, until: i64) -> TransferResult<()> {
    let Some(by_calendar) = trial_end::look(engine, transfer).await? else { return Ok(()) };
    let until = until.min(by_calendar);
    Ok(transfers::rest_until(&engine.store, &transfer.id, TransferState::Trial, until).await?)
}

/// After the last look it goes where its owner said; differences it brought are theirs to accept first.
async fn go_on(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let (store, id) = (&engine.store, &transfer.id);
    let then = passes::after_look(store, id).await?.unwrap_or(TransferState::Trial);
    let (from, now) = (TransferState::Looking, engine.clock.now_micros());
    match certificate::must_be_accepted(engine, transfer).await {
        Ok(()) => Ok(transfers::step(store, id, from, then, now).await?),
        Err(TransferError::Refused(why)) => {
            transfers::step(store, id, from, TransferState::Trial, now).await?;
            transfers::remark(store, id, why).await?;
            rest(engine, transfer, now.saturating_add(DAY)).await
        }
        Err(error) => Err(error),
    }
}

/// A look did not go through: it is tried again, or given up and said so. The copy stays as it is.
async fn troubled(
    engine: &Engine,
    transfer: &Transfer,
    error: TransferError,
    is_void: bool,
) -> TransferResult<()> {
    let (store, id, now) = (&engine.store, &transfer.id, engine.clock.now_micros());
    let is_last = transfer.state == TransferState::Looking;
    tracing::warn!(transfer.id = %id, error = %error, "a look at Old home did not go through");
    if let (Disposition::Retry { after }, false) = (error.disposition(), is_void) {
        let after = if is_last { after.min(SHORT) } else { after.max(LONG) };
        let next = now.saturating_add(i64::try_from(after.as_micros()).unwrap_or(DAY));
        let attempts = transfers::put_off(store, id, transfer.problem.clone(), next).await?;
        if attempts < if is_last { LAST_TRIES } else { TRIES } {
            return Ok(());
        }
    }
    let why = if is_void {
        text!("refusals-no-permission-any-more")
    } else {
        trouble::told(transfer, &engine.domain, None, &error, Next::LooksAgain)
    };
    pass::fail(engine, transfer, why.clone()).await?;
    if is_last {
        transfers::step(store, id, TransferState::Looking, TransferState::Trial, now).await?;
        let said = text!("refusals-last-look-did-not-go-through", why = why);
        transfers::remark(store, id, said).await?;
    }
    rest(engine, transfer, if is_void { NEVER } else { now.saturating_add(DAY) }).await
}
