//! Table `passes`: the looks at the source during a trial.

use super::{Connection, Store, StoreError, StoreResult, count, transfers};
use crate::model::{
    id::TransferId,
    pass::{Found, Pass, PassReason, PassState},
    transfer::TransferState,
};

#[derive(sqlx::FromRow)]
struct PassRow {
    number: i64,
    why: String,
    state: String,
    rounds: i64,
    inventory: i64,
    added: i64,
    changed: i64,
    gone: i64,
    own: i64,
    problem: Option<String>,
    started_at: i64,
    ended_at: Option<i64>,
}

fn read(row: PassRow) -> StoreResult<Pass> {
    let unknown = |word: &str| StoreError::Corrupt { what: "pass", why: format!("unknown word {word}") };
    let small = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(Pass {
        number: count(row.number),
        why: PassReason::from_word(&row.why).ok_or_else(|| unknown(&row.why))?,
        state: PassState::from_word(&row.state).ok_or_else(|| unknown(&row.state))?,
        rounds: small(row.rounds),
        inventory: small(row.inventory),
        found: Found {
            added: count(row.added),
            changed: count(row.changed),
            gone: count(row.gone),
            own: count(row.own),
        },
        problem: row.problem,
        started_at: row.started_at,
        ended_at: row.ended_at,
    })
}

/// The last pass of a transfer.
///
/// # Errors
/// [`StoreError`].
pub async fn last(store: &Store, transfer: &TransferId) -> StoreResult<Option<Pass>> {
    let mut c = store.reader().await?;
    last_in(&mut c, transfer).await
}

async fn last_in(c: &mut Connection, transfer: &TransferId) -> StoreResult<Option<Pass>> {
    let found = row!(
        c,
        PassRow,
        "select number, why, state, rounds, inventory, added, changed, gone, own, problem, started_at, \
         ended_at from passes where transfer_id = $1 order by number desc limit 1",
        transfer.as_str(),
    )?;
    found.map(read).transpose()
}

/// Opens a pass, unless one is open already; gives the open one.
///
/// # Errors
/// [`StoreError`].
pub async fn open(store: &Store, transfer: &TransferId, why: PassReason, now: i64) -> StoreResult<Pass> {
    let transfer = transfer.clone();
    store.write(move |c| Box::pin(async move { open_in(c, &transfer, why, now).await })).await
}

async fn open_in(c: &mut Connection, transfer: &TransferId, why: PassReason, now: i64) -> StoreResult<Pass> {
    let last = last_in(c, transfer).await?;
    if let Some(pass) = last.as_ref().filter(|pass| pass.state.is_open()) {
        return Ok(pass.clone());
    }
    let number = last.as_ref().map_or(1, |pass| pass.number + 1);
    // An inventory of a number is frozen: the next pass must not ask for the last one's again.
    let inventory = last.map_or(0, |pass| pass.inventory);
    run!(
        c,
        "insert into passes (transfer_id, number, why, state, rounds, inventory, added, changed, gone, own, \
         started_at) values ($1, $2, $3, $4, 0, $5, 0, 0, 0, 0, $6)",
        transfer.as_str(),
        i64::try_from(number).unwrap_or(i64::MAX),
        why.as_str(),
        PassState::Waiting.as_str(),
        i64::from(inventory),
        now,
    )?;
    Ok(Pass {
        number,
        why,
        state: PassState::Waiting,
        rounds: 0,
        inventory,
        found: Found::default(),
        problem: None,
        started_at: now,
        ended_at: None,
    })
}

/// The owner wants to look now: opens a pass and makes the transfer due.
///
/// # Errors
/// [`StoreError`].
pub async fn ask(store: &Store, transfer: &TransferId, now: i64) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                open_in(c, &transfer, PassReason::Asked, now).await?;
                run!(
                    c,
                    "update transfers set next_at = 0, attempts = 0 where id = $1 and state = $2",
                    transfer.as_str(),
                    TransferState::Trial.as_str(),
                )?;
                Ok(())
            })
        })
        .await
}

/// Keeps how a pass stands now.
///
/// # Errors
/// [`StoreError::Conflict`] when the step is not legal.
pub async fn keep(store: &Store, transfer: &TransferId, from: PassState, pass: &Pass) -> StoreResult<()> {
    if from != pass.state && !from.may_become(pass.state) {
        let (from, to) = (from.as_str(), pass.state.as_str());
        return Err(StoreError::Conflict(format!("a pass cannot go from {from} to {to}")));
    }
    let (transfer, pass) = (transfer.clone(), pass.clone());
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update passes set state = $3, rounds = $4, inventory = $5, added = $6, changed = $7, \
                     gone = $8, own = $9, problem = $10, ended_at = $11 where transfer_id = $1 and number = $2",
                    transfer.as_str(),
                    whole(pass.number),
                    pass.state.as_str(),
                    i64::from(pass.rounds),
                    i64::from(pass.inventory),
                    whole(pass.found.added),
                    whole(pass.found.changed),
                    whole(pass.found.gone),
                    whole(pass.found.own),
                    pass.problem.clone(),
                    pass.ended_at,
                )?;
                Ok(())
            })
        })
        .await
}

/// One last look: the transfer leaves its trial for it, and goes on to `then` afterwards.
///
/// # Errors
/// As [`transfers::step`].
pub async fn look_last(
    store: &Store,
    transfer: &TransferId,
    then: TransferState,
    now: i64,
) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                transfers::step_in(c, &transfer, TransferState::Trial, TransferState::Looking, now).await?;
                run!(
                    c,
                    "update transfers set after_look = $2 where id = $1 and state = $3",
                    transfer.as_str(),
                    then.as_str(),
                    TransferState::Looking.as_str(),
                )?;
                open_in(c, &transfer, PassReason::Last, now).await?;
                Ok(())
            })
        })
        .await
}

/// Where a transfer goes on after its last look.
///
/// # Errors
/// [`StoreError`].
pub async fn after_look(store: &Store, transfer: &TransferId) -> StoreResult<Option<TransferState>> {
    let mut c = store.reader().await?;
    let found =
        row!(&mut c, (Option<String>,), "select after_look from transfers where id = $1", transfer.as_str())?;
    Ok(found.and_then(|(word,)| word).and_then(|word| TransferState::from_word(&word)))
}

/// When a transfer came into the state it is in.
///
/// # Errors
/// [`StoreError`].
pub async fn changed_at(store: &Store, transfer: &TransferId) -> StoreResult<i64> {
    let mut c = store.reader().await?;
    let found = row!(&mut c, (i64,), "select changed_at from transfers where id = $1", transfer.as_str())?;
    found.map(|(at,)| at).ok_or(StoreError::Missing("transfer"))
}
