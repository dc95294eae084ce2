//! New home: a move whose last word is spoken at an old home on which nothing of ours runs. We say here
//! that the account is also the old one; its owner presses the button on Old home's own page; then we look
//! whether Old home says so, too. Old links stay where they are: only Old home could send visitors on.

use url::Url;

use super::{Engine, TransferError, TransferResult, access, certificate, come_back, join, look::leave_trial};
use crate::{
    model::{
        certificate::Occasion,
        ending::Ending,
        transfer::{Transfer, TransferState},
    },
    port::lookup,
    store::{endings, transfers},
    words::text,
};

/// How long we wait before looking again, in microseconds: a few seconds, doubled up to some half hour.
/// Looking at the page asks at once.
const FIRST_WAIT: i64 = 4_000_000;
/// Doublings at most.
const DOUBLINGS: i64 = 9;

/// The owner says announce: the copy becomes visible, and the account says that it is also the old one.
///
/// # Errors
/// [`TransferError::Refused`] for another ending, or when the copy is not there to be announced.
pub(super) async fn begin(engine: &Engine, transfer: &Transfer, ending: Ending) -> TransferResult<()> {
    if ending != Ending::Announce {
        return Err(TransferError::Refused(text!("refusals-nothing-sends-visitors-on-there")));
    }
    if transfer.state == TransferState::AwaitingAnnouncement {
        return Ok(());
    }
    certificate::must_be_accepted(engine, transfer).await?;
    endings::decide(&engine.store, &transfer.id, ending).await?;
    leave_trial(engine, transfer, TransferState::HandingOver).await
}

/// Makes the copy visible and says here whose it is. Doing it again changes nothing.
///
/// # Errors
/// [`TransferError`] with its disposition.
pub(super) async fn prepare(engine: &Engine, transfer: &Transfer, old: &Url) -> TransferResult<()> {
    let account = engine.host.account(&transfer.account).await?;
    let account =
        account.ok_or_else(|| TransferError::Refused(text!("refusals-the-account-here-is-gone")))?;
    engine.destination.hide_origin(&transfer.id, &transfer.account, false).await?;
    engine.destination.release(&transfer.id, &transfer.account).await?;
    join::join(engine, transfer, true).await?;
    engine.host.add_alias(&transfer.account, old).await?;
    come_back::end_departures(engine, &account).await?;
    // Before the state changes: whoever comes here again after a crash gives it back then. Once Old home
    // has moved its owner on, it would not even let them take it back.
    access::end_reading(engine, &transfer.id).await?;
    certificate::issue(engine, transfer, Occasion::Kept).await?;
    let (from, to) = (TransferState::HandingOver, TransferState::AwaitingAnnouncement);
    Ok(transfers::step(&engine.store, &transfer.id, from, to, engine.clock.now_micros()).await?)
}

/// Looks whether Old home says that the account has moved to this one, and whether this one says the same.
///
/// # Errors
/// [`TransferError`] with its disposition.
pub(super) async fn settle(engine: &Engine, transfer: &Transfer, old: &Url) -> TransferResult<()> {
    let now = engine.clock.now_micros();
    let asked = transfers::attempts(&engine.store, &transfer.id).await?;
    let wait = FIRST_WAIT << asked.clamp(0, DOUBLINGS);
    let account = engine.host.account(&transfer.account).await?;
    let account =
        account.ok_or_else(|| TransferError::Refused(text!("refusals-the-account-here-is-gone")))?;
    let (there, _) = lookup::actor(&*engine.remote, &engine.signer, old, None).await?;
    let why = match &there.moved_to {
        Some(target) if *target == account.actor => {
            if !account.also_known_as.contains(old) {
                engine.host.add_alias(&transfer.account, old).await?;
            }
            certificate::issue(engine, transfer, Occasion::Done).await?;
            let (from, to) = (TransferState::AwaitingAnnouncement, TransferState::Done);
            return Ok(transfers::step(&engine.store, &transfer.id, from, to, now).await?);
        }
        Some(other) => Some(text!("refusals-says-you-moved-elsewhere", other = other.as_str())),
        None => None,
    };
    transfers::put_off(&engine.store, &transfer.id, why, now + wait).await?;
    Ok(())
}
