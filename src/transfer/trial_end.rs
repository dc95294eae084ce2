//! New home: a trial ends. Its owner is told before, can extend it as often as they like, and what is thrown away
//! in the end is a copy only: as long as Old home does not show the account, the trial goes on by itself.

use super::{Engine, TransferError, TransferResult, status::old_actor};
use crate::{
    model::{
        moment::Moment,
        transfer::{Transfer, TransferState},
    },
    port::lookup,
    store::{
        transfers::{self, NEVER},
        trials,
    },
    words::text,
};

/// One week, in microseconds: so long before the end its owner is told, and so much longer it lasts while Old home
/// cannot be seen.
const WEEK: i64 = 7 * 24 * 3600 * 1_000_000;

/// Says when a trial that begins now will end. Doing it again changes nothing.
///
/// # Errors
/// [`TransferError::Store`].
pub(super) async fn begin(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    if engine.trial_micros == 0 {
        return Ok(());
    }
    let ends_at = engine.clock.now_micros().saturating_add(engine.trial_micros);
    Ok(trials::begin(&engine.store, &transfer.id, ends_at).await?)
}

/// Looks at the calendar: tells the owner, or throws the copy away. Gives when to look again; nothing when the
/// trial is over.
///
/// # Errors
/// [`TransferError`].
pub async fn look(engine: &Engine, transfer: &Transfer) -> TransferResult<Option<i64>> {
    let (store, id, now) = (&engine.store, &transfer.id, engine.clock.now_micros());
    if engine.trial_micros == 0 {
        return Ok(Some(NEVER));
    }
    begin(engine, transfer).await?;
    let Some(trial) = trials::find(store, id).await? else { return Ok(Some(NEVER)) };
    if now >= trial.ends_at {
        if !is_elsewhere(engine, transfer).await? {
            trials::extend(store, id, now.saturating_add(WEEK)).await?;
            return Ok(Some(now.saturating_add(WEEK)));
        }
        transfers::step(store, id, TransferState::Trial, TransferState::Discarding, now).await?;
        return Ok(None);
    }
    let soon = trial.ends_at - WEEK.min(engine.trial_micros / 2);
    if now < soon {
        return Ok(Some(soon));
    }
    trials::tell(store, id, Moment::from_micros(trial.ends_at).day(), now).await?;
    Ok(Some(trial.ends_at))
}

/// Whether what was copied is still where it came from, and not said there to be here: a restored backup forgets that
/// this copy was announced. A file is with whoever gave it.
async fn is_elsewhere(engine: &Engine, transfer: &Transfer) -> TransferResult<bool> {
    let Some(old) = old_actor(transfer) else { return Ok(true) };
    let Ok((there, _)) = lookup::actor(&*engine.remote, &engine.signer, old, None).await else {
        return Ok(false);
    };
    let account = engine.host.account(&transfer.account).await?;
    Ok(account.is_none_or(|account| there.moved_to != Some(account.actor)))
}

/// The owner wants more time: as long as a trial lasts, from now on.
///
/// # Errors
/// [`TransferError::Refused`] when there is no trial that ends.
pub async fn extend(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    if transfer.state != TransferState::Trial || engine.trial_micros == 0 {
        return Err(TransferError::Refused(text!("refusals-no-trial-to-extend")));
    }
    let ends_at = engine.clock.now_micros().saturating_add(engine.trial_micros);
    Ok(trials::extend(&engine.store, &transfer.id, ends_at).await?)
}
