//! New home: an admin takes a whole copy out of sight, calls it back, or lets it go for good after a month.
//!
//! What is meant is noted first and then done, so that whatever is cut off in between is ended by the queue.

use super::{Engine, TransferError, TransferResult, admit::said};
use crate::{
    model::{
        id::TransferId,
        transfer::{Transfer, TransferState as S},
    },
    store::{
        audit::AuditRow,
        hidden_imports::{self, Hidden},
        transfers,
    },
    words::text,
};

/// How long a copy that is to be removed can still be called back, in microseconds: 30 days.
pub const CALL_BACK: i64 = 30 * 24 * 3600 * 1_000_000;
/// Copies looked after in one go.
const AT_ONCE: i64 = 20;

/// What an admin does to a whole copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Out of sight, until it is shown again; the owner reads why.
    Hide(String),
    /// Out of sight, and gone for good after [`CALL_BACK`]; the owner reads why.
    Remove(String),
    /// In sight again, as it was.
    Show,
}

/// Does it (`by`: the admin's account; nobody for the command line). Doing it again changes nothing.
///
/// # Errors
/// [`TransferError::Refused`] without a reason, for a copy that is not there yet or not any more, or at a host that
/// cannot hide.
pub async fn act(engine: &Engine, transfer: &Transfer, by: Option<&str>, deed: Deed) -> TransferResult<()> {
    let (why, is_removal) = match deed {
        Deed::Show => return show(engine, transfer, by).await,
        Deed::Hide(why) => (why, false),
        Deed::Remove(why) => (why, true),
    };
    if !engine.destination.can_hide() {
        return Err(TransferError::Refused(text!("refusals-this-server-cannot-hide")));
    }
    if !is_there(transfer.state) {
        return Err(TransferError::Refused(text!("refusals-only-a-copy-that-is-there-can-be-hidden")));
    }
    let why = said(&why, &text!("refusals-say-why-they-read-it"))?;
    let now = engine.clock.now_micros();
    let hidden = Hidden {
        transfer_id: transfer.id.to_string(),
        account_id: transfer.account.to_string(),
        state: "hiding".to_owned(),
        why,
        hidden_by: by.map(str::to_owned),
        hidden_at: now,
        remove_at: is_removal.then_some(now.saturating_add(CALL_BACK)),
    };
    let what = if is_removal { "import_removal_set" } else { "import_hidden" };
    hidden_imports::hide(&engine.store, hidden, line(engine, by, what, transfer)).await?;
    end_hiding(engine, transfer).await
}

/// States in which there is a whole copy.
fn is_there(state: S) -> bool {
    matches!(
        state,
        S::Trial | S::Looking | S::Keeping | S::Kept | S::HandingOver | S::AwaitingAnnouncement | S::Done
    )
}

async fn show(engine: &Engine, transfer: &Transfer, by: Option<&str>) -> TransferResult<()> {
    let line = line(engine, by, "import_shown", transfer);
    if !hidden_imports::show(&engine.store, &transfer.id, line).await? {
        return Ok(());
    }
    end_showing(engine, transfer).await
}

fn line(engine: &Engine, by: Option<&str>, what: &str, transfer: &Transfer) -> AuditRow {
    AuditRow {
        id: engine.clock.id(),
        at: engine.clock.now_micros(),
        account_id: by.map(str::to_owned),
        what: what.to_owned(),
        detail: transfer.id.to_string(),
    }
}

async fn end_hiding(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let id = &transfer.id;
    engine.destination.hide(id, &transfer.account, true).await?;
    Ok(hidden_imports::is_hidden(&engine.store, id).await?)
}

async fn end_showing(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let id = &transfer.id;
    engine.destination.hide(id, &transfer.account, false).await?;
    Ok(hidden_imports::is_shown(&engine.store, id).await?)
}

/// Refuses what would bring a hidden copy into sight or tell others of it.
///
/// # Errors
/// [`TransferError::Refused`] with the admins' reason.
pub async fn must_be_in_sight(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    match hidden_imports::find(&engine.store, &transfer.id).await? {
        Some(hidden) if hidden.holds() => {
            let why = text!("refusals-the-admins-have-hidden-this", here = engine.domain, why = hidden.why);
            Err(TransferError::Refused(why))
        }
        _ => Ok(()),
    }
}

/// Whether a step of the queue has to wait because it would bring a hidden copy into sight.
///
/// # Errors
/// [`TransferError::Store`].
pub async fn waits(engine: &Engine, transfer: &Transfer) -> TransferResult<bool> {
    if !matches!(transfer.state, S::Keeping | S::HandingOver) {
        return Ok(false);
    }
    let hidden = hidden_imports::find(&engine.store, &transfer.id).await?;
    Ok(hidden.is_some_and(|hidden| hidden.holds()))
}

/// Ends what was cut off, and takes away what was not called back in time.
///
/// # Errors
/// [`TransferError`] with its disposition; the rest is done later.
pub async fn look_after(engine: &Engine) -> TransferResult<()> {
    let (store, now) = (&engine.store, engine.clock.now_micros());
    for hidden in hidden_imports::due(store, now, AT_ONCE).await? {
        store.goes_on()?;
        let id = TransferId::from(hidden.transfer_id.clone());
        let Some(transfer) = transfers::find(store, &id).await? else { continue };
        match hidden.state.as_str() {
            "hiding" => end_hiding(engine, &transfer).await?,
            "showing" => end_showing(engine, &transfer).await?,
            _ => take_away(engine, &transfer).await?,
        }
    }
    Ok(())
}

/// Its time is over: it goes the way its owner's own word would have sent it.
async fn take_away(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let (store, id, now) = (&engine.store, &transfer.id, engine.clock.now_micros());
    let mut state = transfer.state;
    if matches!(state, S::Keeping | S::HandingOver) {
        // It waited in there because it was out of sight, and is not shown on its way out.
        transfers::step(store, id, state, S::Kept, now).await?;
        state = S::Kept;
    }
    if state.may_become(S::Removing) {
        transfers::step(store, id, state, S::Removing, now).await?;
    } else if state.can_discard() {
        transfers::step(store, id, state, S::Discarding, now).await?;
    }
    Ok(hidden_imports::let_go(store, id, line(engine, None, "import_removed", transfer)).await?)
}
