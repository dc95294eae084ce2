//! Table `transfers`: the long-lived record of each copy made here.

use super::{Connection, Store, StoreError, StoreResult, from_json, held_names, logins, to_json};
use crate::model::{
    ending::Ending,
    id::{AccountId, TransferId},
    login::Login,
    report::Report,
    transfer::{Origin, Transfer, TransferState},
};
pub use due::{Order, comes_last, due, next_due, once_taken_up};
pub use steps::{fail, step, step_in, step_saying};
pub use waiting::{NEVER, attempts, put_off, remark, rest_until, wait_for, wake, wake_all};

mod due;
mod steps;
mod waiting;

#[derive(sqlx::FromRow)]
struct TransferRow {
    id: String,
    account_id: String,
    asked_for: String,
    origin: String,
    state: String,
    problem: Option<String>,
    resume_at: Option<String>,
    ending: Option<String>,
}

fn read(row: TransferRow) -> StoreResult<Transfer> {
    let state = |word: &str| {
        TransferState::from_word(word).ok_or_else(|| StoreError::Corrupt {
            what: "transfer state",
            why: format!("unknown word {word}"),
        })
    };
    Ok(Transfer {
        id: TransferId::from(row.id),
        account: AccountId::from(row.account_id),
        asked_for: row.asked_for,
        origin: from_json::<Origin>("origin", &row.origin)?,
        state: state(&row.state)?,
        problem: row.problem,
        resume_at: row.resume_at.as_deref().map(state).transpose()?,
        ending: row.ending.as_deref().and_then(Ending::from_word),
    })
}

/// Adds a transfer.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(store: &Store, transfer: Transfer, login: Option<Login>, now: i64) -> StoreResult<()> {
    let login = login.map(|login| logins::sealed(store, &transfer.id, &login)).transpose()?;
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into transfers (id, account_id, asked_for, origin, state, source, attempts, next_at, \
                     created_at, changed_at) values ($1, $2, $3, $4, $5, $6, 0, 0, $7, $7)",
                    transfer.id.as_str(),
                    transfer.account.as_str(),
                    transfer.asked_for,
                    to_json(&transfer.origin),
                    transfer.state.as_str(),
                    login,
                    now,
                )?;
                held_names::follow_in(c, &transfer.id, transfer.state, now).await
            })
        })
        .await
}

/// Finds a transfer.
///
/// # Errors
/// [`StoreError`].
pub async fn find(store: &Store, id: &TransferId) -> StoreResult<Option<Transfer>> {
    let mut c = store.reader().await?;
    find_in(&mut c, id).await
}

async fn find_in(c: &mut Connection, id: &TransferId) -> StoreResult<Option<Transfer>> {
    row!(
        c,
        TransferRow,
        "select id, account_id, asked_for, origin, state, problem, resume_at, ending from transfers where id = $1",
        id.as_str()
    )?
    .map(read)
    .transpose()
}

/// An account's transfers, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account(store: &Store, account: &AccountId) -> StoreResult<Vec<Transfer>> {
    let mut c = store.reader().await?;
    rows!(
        &mut c,
        TransferRow,
        "select id, account_id, asked_for, origin, state, problem, resume_at, ending from transfers \
         where account_id = $1 order by id desc limit 100",
        account.as_str()
    )?
    .into_iter()
    .map(read)
    .collect()
}

/// Notes which account is copied after all: the person confirmed another than the one typed.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_origin(store: &Store, id: &TransferId, origin: Origin) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update transfers set origin = $2 where id = $1 and state = $3",
                    id.as_str(),
                    to_json(&origin),
                    TransferState::AwaitingConfirmation.as_str(),
                )?;
                Ok(())
            })
        })
        .await
}

/// Keeps what the survey found.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_survey(store: &Store, id: &TransferId, survey: serde_json::Value) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "update transfers set survey = $2 where id = $1", id.as_str(), to_json(&survey))?;
                Ok(())
            })
        })
        .await
}

/// What the survey found.
///
/// # Errors
/// [`StoreError`].
pub async fn survey(store: &Store, id: &TransferId) -> StoreResult<Option<serde_json::Value>> {
    let mut c = store.reader().await?;
    let found: Option<(Option<String>,)> =
        row!(&mut c, (Option<String>,), "select survey from transfers where id = $1", id.as_str())?;
    found.and_then(|(text,)| text).map(|text| from_json("survey", &text)).transpose()
}

/// Freezes the report with the transfer.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_report(store: &Store, id: &TransferId, report: &Report) -> StoreResult<()> {
    let (id, text) = (id.clone(), to_json(report));
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "update transfers set report = $2 where id = $1", id.as_str(), text)?;
                Ok(())
            })
        })
        .await
}

/// The frozen report, once there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn report(store: &Store, id: &TransferId) -> StoreResult<Option<Report>> {
    let mut c = store.reader().await?;
    let found: Option<(Option<String>,)> =
        row!(&mut c, (Option<String>,), "select report from transfers where id = $1", id.as_str())?;
    found.and_then(|(text,)| text).map(|text| from_json("report", &text)).transpose()
}

/// Erases everything a transfer gathered; the row itself stays.
///
/// # Errors
/// [`StoreError`].
pub async fn erase(store: &Store, id: &TransferId) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "delete from items where transfer_id = $1", id.as_str())?;
                run!(c, "delete from originals where transfer_id = $1", id.as_str())?;
                run!(c, "delete from notes where transfer_id = $1", id.as_str())?;
                run!(c, "delete from erasures where transfer_id = $1", id.as_str())?;
                run!(c, "delete from url_map where transfer_id = $1", id.as_str())?;
                run!(c, "delete from old_addresses where transfer_id = $1", id.as_str())?;
                run!(c, "delete from former_addresses where transfer_id = $1", id.as_str())?;
                run!(c, "delete from transfer_cursors where transfer_id = $1", id.as_str())?;
                run!(c, "delete from follower_servers where transfer_id = $1", id.as_str())?;
                run!(c, "delete from transfer_inventories where transfer_id = $1", id.as_str())?;
                run!(c, "delete from transfer_tallies where transfer_id = $1", id.as_str())?;
                run!(c, "delete from gaps where transfer_id = $1", id.as_str())?;
                run!(c, "delete from passes where transfer_id = $1", id.as_str())?;
                run!(c, "delete from trials where transfer_id = $1", id.as_str())?;
                run!(c, "delete from provenances where transfer_id = $1", id.as_str())?;
                run!(c, "delete from certificates where transfer_id = $1", id.as_str())?;
                run!(c, "delete from acceptances where transfer_id = $1", id.as_str())?;
                // What is told of a copy that is gone is why it could not come, or not stay.
                run!(
                    c,
                    "delete from letters where transfer_id = $1 \
                     and kind not in ('declined', 'timed_out', 'hidden', 'going')",
                    id.as_str()
                )?;
                run!(c, "delete from hidden_imports where transfer_id = $1", id.as_str())?;
                // How much was asked of this server is counted on, without a name.
                run!(
                    c,
                    "update applications set account_id = '', old_actor = '', names = '[]', question = null, \
                     answer = null where transfer_id = $1",
                    id.as_str()
                )?;
                run!(
                    c,
                    "update transfers set source = null, hand_over = null, survey = null, report = null where id = $1",
                    id.as_str()
                )?;
                Ok(())
            })
        })
        .await
}
