//! New home, after a copy was kept or announced: what the software here could not show then is offered to a
//! newer one, and becomes visible like the rest of the copy. Nothing is asked of Old home, and nobody is
//! told.

use super::{
    Engine, TransferError, TransferResult, access::open_source, certificate, import, plan, remap::Sides,
    status::old_actor, verify::freeze,
};
use crate::{
    model::{
        certificate::Occasion,
        ending::Ending,
        id::TransferId,
        transfer::{Transfer, TransferState},
    },
    store::{transfers, unshown},
    words::text,
};

/// States of a copy that is there to stay.
const STAYING: [TransferState; 3] =
    [TransferState::Kept, TransferState::AwaitingAnnouncement, TransferState::Done];

/// Copies with something that another software than today's could not show.
///
/// # Errors
/// [`TransferError::Store`].
pub async fn due(engine: &Engine) -> TransferResult<Vec<TransferId>> {
    Ok(unshown::staying(&engine.store, &engine.destination.software(), &STAYING).await?)
}

/// Offers it again. What is shown now is counted, and stands in the certificate.
///
/// # Errors
/// [`TransferError`] with its disposition; going on later does the rest, and nothing twice.
pub async fn show(engine: &Engine, id: &TransferId) -> TransferResult<()> {
    let found = transfers::find(&engine.store, id).await?;
    let Some(transfer) = found.filter(|transfer| STAYING.contains(&transfer.state)) else { return Ok(()) };
    let account = engine.host.account(&transfer.account).await?;
    let account =
        account.ok_or_else(|| TransferError::Refused(text!("refusals-the-account-here-is-gone")))?;
    let source_actor = match old_actor(&transfer) {
        Some(actor) => actor.clone(),
        None => open_source(engine, &transfer).await?.actor().clone(),
    };
    let software = engine.destination.software();
    unshown::offer_staying(&engine.store, id, &software).await?;
    plan::decide(engine, &transfer).await?;
    import::bring(engine, &transfer, &Sides { source_actor, account }).await?;
    become_visible(engine, &transfer).await?;
    unshown::close(&engine.store, id, &software).await?;
    if let Some(differing) = freeze(engine, &transfer).await? {
        tracing::warn!(transfer.id = %id, differing, "the numbers of a kept copy do not agree any more");
    }
    let occasion = if transfer.state == TransferState::Done { Occasion::Done } else { Occasion::Kept };
    certificate::issue(engine, &transfer, occasion).await?;
    Ok(())
}

async fn become_visible(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    if transfer.ending == Some(Ending::Quiet) {
        engine.destination.hide_origin(&transfer.id, &transfer.account, true).await?;
    }
    Ok(engine.destination.release(&transfer.id, &transfer.account).await?)
}
