//! New home: a trial ends. Its owner is told before, can extend it as often as they like, and what is thrown away
//! in the end is a copy only: as long as Old home does not show the account, or says that it is here, the trial goes on
//! by itself.

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
        let later = now.saturating_add(WEEK);
        match seen_there(engine, transfer).await? {
            There::Stays => {
                transfers::step(store, id, TransferState::Trial, TransferState::Discarding, now).await?;
                return Ok(None);
            }
            There::Unseen => trials::extend(store, id, later).await?,
            There::IsHere => trials::go_on(store, id, later).await?,
        }
        return Ok(Some(later));
    }
    let soon = trial.ends_at - WEEK.min(engine.trial_micros / 2);
    if now < soon {
        return Ok(Some(soon));
    }
    trials::tell(store, id, Moment::from_micros(trial.ends_at).day(), now).await?;
    Ok(Some(trial.ends_at))
}

/// What Old home says of the account whose copy this is.
enum There {
    /// It is still there. A file is with whoever gave it.
    Stays,
    /// Nothing now.
    Unseen,
    /// It has moved to this account: a restored backup has forgotten that this copy was announced.
    IsHere,
}

async fn seen_there(engine: &Engine, transfer: &Transfer) -> TransferResult<There> {
    let Some(old) = old_actor(transfer) else { return Ok(There::Stays) };
    let Ok((there, _)) = lookup::actor(&*engine.remote, &engine.signer, old, None).await else {
        return Ok(There::Unseen);
    };
    let account = engine.host.account(&transfer.account).await?;
    let is_here = account.is_some_and(|account| there.moved_to == Some(account.actor));
    Ok(if is_here { There::IsHere } else { There::Stays })
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
