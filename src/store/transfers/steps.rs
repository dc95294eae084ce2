//! From one state to the next, and what else is true from then on: a name that is held longer or let go, a letter.

use super::find_in;
use crate::{
    model::{id::TransferId, transfer::TransferState},
    store::{Connection, Store, StoreError, StoreResult, held_names, letters},
    words::text,
};

/// Moves a transfer from `from` to `to`. Doing it again changes nothing.
///
/// # Errors
/// [`StoreError::Conflict`] when it stands in neither, or the step is not legal.
pub async fn step(
    store: &Store,
    id: &TransferId,
    from: TransferState,
    to: TransferState,
    now: i64,
) -> StoreResult<()> {
    let id = id.clone();
    store.write(move |c| Box::pin(async move { step_in(c, &id, from, to, now).await })).await
}

/// As [`step`], with a sentence for the person in the same transaction.
///
/// # Errors
/// As [`step`].
pub async fn step_saying(
    store: &Store,
    id: &TransferId,
    (from, to): (TransferState, TransferState),
    why: Option<String>,
    now: i64,
) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                step_in(c, &id, from, to, now).await?;
                run!(c, "update transfers set problem = $2 where id = $1", id.as_str(), why)?;
                Ok(())
            })
        })
        .await
}

/// As [`step`], inside a transaction.
///
/// # Errors
/// As [`step`].
pub async fn step_in(
    c: &mut Connection,
    id: &TransferId,
    from: TransferState,
    to: TransferState,
    now: i64,
) -> StoreResult<()> {
    if !from.may_become(to) {
        return Err(StoreError::Conflict(format!(
            "a transfer cannot go from {} to {}",
            from.as_str(),
            to.as_str()
        )));
    }
    let moved = run!(
        c,
        "update transfers set state = $3, problem = null, resume_at = null, attempts = 0, next_at = 0, \
         changed_at = $4 where id = $1 and state = $2",
        id.as_str(),
        from.as_str(),
        to.as_str(),
        now,
    )?;
    if moved == 1 {
        held_names::follow_in(c, id, to, now).await?;
        let told = match (from, to) {
            (TransferState::Verifying, TransferState::Trial) => Some(letters::kind::COPIED),
            (TransferState::HandingOver, TransferState::AwaitingAnnouncement) => Some(letters::kind::DUE),
            (TransferState::AwaitingAnnouncement, TransferState::Done) => Some(letters::kind::SETTLED),
            (TransferState::AwaitingApproval, TransferState::Fetching) => Some(letters::kind::LET_IN),
            _ => None,
        };
        if let Some(kind) = told {
            letters::about_transfer_in(c, id.as_str(), kind, "", now).await?;
        }
        return Ok(());
    }
    match find_in(c, id).await? {
        Some(transfer) if transfer.state == to => Ok(()),
        Some(_) => Err(StoreError::Conflict(text!("refusals-this-copy-has-gone-on"))),
        None => Err(StoreError::Missing("transfer")),
    }
}

/// Ends a transfer's present step with a sentence; it can be taken up again at `resume_at`.
///
/// # Errors
/// [`StoreError`].
pub async fn fail(
    store: &Store,
    id: &TransferId,
    at: TransferState,
    why: String,
    now: i64,
) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update transfers set state = 'failed', problem = $3, resume_at = $2, changed_at = $4 \
                     where id = $1 and state = $2",
                    id.as_str(),
                    at.as_str(),
                    why,
                    now,
                )?;
                Ok(())
            })
        })
        .await
}
