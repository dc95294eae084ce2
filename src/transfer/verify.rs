//! New home: counts again, in the destination's own tables, and compares. Done is computed from counts.

use super::{Engine, TransferError, TransferResult, certificate, kinds, status::report, trial_end};
use crate::{
    model::{
        certificate::Occasion,
        item::ItemKind,
        provenance::Provenance,
        transfer::{Origin, Transfer, TransferState},
    },
    store::{provenances, stated, transfers},
    words::text,
};

/// Freezes the report; the trial begins only when every kind agrees.
///
/// # Errors
/// [`TransferError::Refused`] naming the kinds that do not agree.
pub async fn verify(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    if let Some(differing) = freeze(engine, transfer).await? {
        return Err(TransferError::Refused(text!("refusals-numbers-do-not-agree", differing = differing)));
    }
    provenances::keep(&engine.store, &transfer.id, grade(engine, transfer).await?).await?;
    certificate::issue(engine, transfer, Occasion::Trial).await?;
    // Before the state changes: whoever is shown the trial is shown its end.
    trial_end::begin(engine, transfer).await?;
    let (from, to) = (TransferState::Verifying, TransferState::Trial);
    transfers::step(&engine.store, &transfer.id, from, to, engine.clock.now_micros()).await?;
    Ok(())
}

/// How far Old home vouches for what came.
async fn grade(engine: &Engine, transfer: &Transfer) -> TransferResult<Provenance> {
    Ok(match transfer.origin {
        Origin::Archive { .. } => Provenance::File,
        Origin::ClientApi { .. } => Provenance::AsClient,
        Origin::Live { .. } => match stated::last(&engine.store, &transfer.id).await? {
            Some(kept) if kept.document.is_some() && kept.is_compared => Provenance::Confirmed,
            _ => Provenance::Served,
        },
    })
}

/// Counts both sides again and keeps the report; gives the kinds that do not agree, as words.
pub(super) async fn freeze(engine: &Engine, transfer: &Transfer) -> TransferResult<Option<String>> {
    let report = report(engine, transfer).await?;
    transfers::keep_report(&engine.store, &transfer.id, &report).await?;
    let differing: Vec<String> = report
        .items
        .iter()
        .filter(|(_, counts)| !counts.agrees())
        .map(|(kind, c)| {
            let kind = ItemKind::from_word(kind).map_or_else(|| kind.clone(), kinds::name);
            text!(
                "refusals-what-differs",
                kind = kind,
                source = c.source,
                here = c.destination,
                skipped = c.skipped,
                declined = c.declined,
                failed = c.failed
            )
        })
        .collect();
    Ok((!differing.is_empty()).then(|| differing.join("; ")))
}
