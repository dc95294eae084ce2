//! New home: a copy that is read and planned like any other, and ends before anything is written of it.
//!
//! It is a transfer whose owner has not chosen. Whoever takes it up after a crash throws it away where writing would
//! begin.

use serde::Serialize;

use super::{
    Engine, TransferError, TransferResult, admit, choose,
    forecast::{Forecast, forecast},
    plan, status,
};
use crate::{
    model::{
        choices::Choices,
        report::Report,
        transfer::{Transfer, TransferState},
    },
    store::{choices, transfers},
    words::text,
};

/// What a copy of everything would be like.
#[derive(Debug, Clone, Serialize)]
pub struct DryRun {
    /// How much there is, how long it takes, and what changes.
    pub forecast: Forecast,
    /// The rules of this server that would refuse it, in sentences; nothing more was read then.
    pub refused: Vec<String>,
    /// Why an admin would look first, in sentences.
    pub looked_at_first: Vec<String>,
    /// What was read, and why some of it would not come. Nothing of it is here.
    pub report: Report,
}

/// Says of a transfer that was just begun that it is a dry run.
///
/// # Errors
/// [`TransferError::Store`].
pub async fn begin(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    Ok(choices::keep(&engine.store, &transfer.id, Choices::default(), true).await?)
}

/// After the survey: asks what the rules would say, and lets everything be read unless they refuse it.
///
/// # Errors
/// [`TransferError`] with its disposition.
pub async fn read_all(engine: &Engine, transfer: &Transfer) -> TransferResult<DryRun> {
    let forecast = forecast(engine, transfer).await?;
    let forecast = forecast.ok_or_else(|| TransferError::Refused(text!("refusals-not-looked-at-yet")))?;
    let actor = choose::actor_of(engine, transfer).await?;
    let (refused, looked_at_first) = admit::foreseen(engine, transfer, &actor).await?;
    if refused.is_empty() {
        let (from, to) = (TransferState::AwaitingChoice, TransferState::Fetching);
        transfers::step(&engine.store, &transfer.id, from, to, engine.clock.now_micros()).await?;
    }
    Ok(DryRun { forecast, refused, looked_at_first, report: Report::default() })
}

/// After everything was read: decides as before a real writing, and counts.
///
/// # Errors
/// [`TransferError`] with its disposition.
pub async fn report(engine: &Engine, transfer: &Transfer) -> TransferResult<Report> {
    plan::look_over(engine, transfer).await?;
    status::report(engine, transfer).await
}
