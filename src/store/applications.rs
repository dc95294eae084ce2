//! Table `applications`: who asked to come, what was promised to them, and what became of it.

use std::collections::BTreeSet;

use super::{Store, StoreError, StoreResult, from_json, letters, to_json, transfers};
use crate::model::{
    collection::CollectionKind,
    id::TransferId,
    policy::{Applicant, Caps, Need, Past, Request},
    transfer::TransferState,
};
use crate::words::text;

/// A request with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its transfer.
    pub transfer: TransferId,
    /// The account here; empty once the copy was thrown away.
    pub account: String,
    /// The actor at Old home, likewise.
    pub old_actor: String,
    /// What was asked.
    pub request: Request,
    /// `pending`, `admitted`, `approved`, `declined`, `refused` or `timed_out`.
    pub outcome: String,
    /// Why an admin looks first.
    pub needs: Vec<Need>,
    /// Why not.
    pub why: Option<String>,
    /// Kinds that stay where they are.
    pub without_kinds: BTreeSet<CollectionKind>,
    /// What it is held to.
    pub caps: Caps,
    /// Bytes it was promised.
    pub reserved_bytes: u64,
    /// What an admin wants to know.
    pub question: Option<String>,
    /// What the applicant says to it.
    pub answer: Option<String>,
    /// Not to be looked at before.
    pub held_until: Option<i64>,
    /// When it was made.
    pub asked_at: i64,
    /// When it was answered.
    pub decided_at: Option<i64>,
    /// Who answered; nobody where the rules did.
    pub decided_by: Option<String>,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    transfer_id: String,
    account_id: String,
    old_actor: String,
    names: String,
    servers: String,
    size: String,
    is_archive: bool,
    is_known_server: bool,
    pub(super) outcome: String,
    needs: String,
    why: Option<String>,
    without_kinds: String,
    caps: String,
    reserved_bytes: i64,
    question: Option<String>,
    answer: Option<String>,
    held_until: Option<i64>,
    asked_at: i64,
    decided_at: Option<i64>,
    decided_by: Option<String>,
}

pub(super) fn read(row: Row) -> StoreResult<Application> {
    let who =
        Applicant { servers: from_json("servers", &row.servers)?, names: from_json("names", &row.names)? };
    Ok(Application {
        transfer: TransferId::from(row.transfer_id),
        account: row.account_id,
        old_actor: row.old_actor,
        request: Request {
            who,
            size: from_json("size", &row.size)?,
            is_known_server: row.is_known_server,
            is_archive: row.is_archive,
        },
        outcome: row.outcome,
        needs: from_json("needs", &row.needs)?,
        why: row.why,
        without_kinds: from_json("kinds", &row.without_kinds)?,
        caps: from_json("caps", &row.caps)?,
        reserved_bytes: super::count(row.reserved_bytes),
        question: row.question,
        answer: row.answer,
        held_until: row.held_until,
        asked_at: row.asked_at,
        decided_at: row.decided_at,
        decided_by: row.decided_by,
    })
}

/// The request of a transfer.
///
/// # Errors
/// [`StoreError`].
pub async fn find(store: &Store, id: &TransferId) -> StoreResult<Option<Application>> {
    let mut c = store.reader().await?;
    let found = row!(&mut c, Row, "select * from applications where transfer_id = $1", id.as_str())?;
    found.map(read).transpose()
}

/// What a transfer is held to; nothing where it began before there were rules.
///
/// # Errors
/// [`StoreError`].
pub async fn caps(store: &Store, id: &TransferId) -> StoreResult<Caps> {
    Ok(find(store, id).await?.map(|one| one.caps).unwrap_or_default())
}

/// Bytes of files of a transfer that have come.
///
/// # Errors
/// [`StoreError`].
pub async fn taken_bytes(store: &Store, id: &TransferId) -> StoreResult<u64> {
    let mut c = store.reader().await?;
    let sql = "select taken_bytes from applications where transfer_id = $1";
    let found: Option<(i64,)> = row!(&mut c, (i64,), sql, id.as_str())?;
    Ok(found.map_or(0, |(n,)| super::count(n)))
}

/// Requests that wait for an admin, in their order: those held back last.
///
/// # Errors
/// [`StoreError`].
pub async fn pending(store: &Store, now: i64, limit: i64) -> StoreResult<Vec<Application>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        Row,
        "select a.* from applications a join transfers t on t.id = a.transfer_id \
         where a.outcome = 'pending' and t.state = 'awaiting_approval' \
         order by case when coalesce(a.held_until, 0) > $1 then 1 else 0 end, a.asked_at, a.transfer_id limit $2",
        now,
        limit,
    )?;
    found.into_iter().map(read).collect()
}

/// The latest requests that were answered, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn answered(store: &Store, limit: i64) -> StoreResult<Vec<Application>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        Row,
        "select * from applications where outcome <> 'pending' order by asked_at desc, transfer_id desc limit $1",
        limit,
    )?;
    found.into_iter().map(read).collect()
}

/// Place in the queue, beginning with 1.
///
/// # Errors
/// [`StoreError`].
pub async fn place(store: &Store, application: &Application) -> StoreResult<u64> {
    let mut c = store.reader().await?;
    let before: Option<(i64,)> = row!(
        &mut c,
        (i64,),
        "select cast(count(*) as bigint) from applications a join transfers t on t.id = a.transfer_id \
         where a.outcome = 'pending' and t.state = 'awaiting_approval' \
         and (a.asked_at < $1 or (a.asked_at = $1 and a.transfer_id < $2))",
        application.asked_at,
        application.transfer.as_str(),
    )?;
    Ok(before.map_or(0, |(n,)| super::count(n)) + 1)
}

/// Requests since `since`, oldest first, for whoever plays them again under other rules.
///
/// # Errors
/// [`StoreError`].
pub async fn since(store: &Store, since: i64, limit: i64) -> StoreResult<Vec<Past>> {
    let mut c = store.reader().await?;
    let accounts: Option<(i64,)> = row!(&mut c, (i64,), "select cast(count(*) as bigint) from accounts")?;
    let accounts = accounts.map_or(0, |(n,)| super::count(n));
    let found = rows!(
        &mut c,
        Row,
        "select * from applications where asked_at >= $1 order by asked_at, transfer_id limit $2",
        since,
        limit,
    )?;
    let past = found.into_iter().map(|row| {
        let one = read(row)?;
        Ok(Past {
            id: one.transfer.to_string(),
            at: one.asked_at,
            request: one.request,
            outcome: one.outcome,
            accounts,
        })
    });
    past.collect()
}

/// An admin asks, the applicant answers, an admin holds it back: only while it waits.
#[derive(Debug, Clone)]
pub enum Remark {
    /// What an admin wants to know.
    Question(String),
    /// What the applicant says to it.
    Answer(String),
    /// Not to be looked at before.
    HeldUntil(i64),
}

/// Keeps a remark.
///
/// # Errors
/// [`StoreError::Conflict`] when it does not wait any more.
pub async fn remark(
    store: &Store,
    id: &TransferId,
    remark: Remark,
    line: super::audit::AuditRow,
) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                if let Remark::Question(text) = &remark {
                    letters::about_transfer_in(c, id.as_str(), letters::kind::ASKED, text, line.at).await?;
                }
                let (question, answer, held) = match remark {
                    Remark::Question(text) => (Some(text), None, None),
                    Remark::Answer(text) => (None, Some(text), None),
                    Remark::HeldUntil(at) => (None, None, Some(at)),
                };
                // A new question takes the old answer away.
                let kept = run!(
                    c,
                    "update applications set answer = case when cast($2 as text) is null then coalesce($3, answer) \
                     else null end, question = coalesce($2, question), held_until = coalesce($4, held_until) \
                     where transfer_id = $1 and outcome = 'pending'",
                    id.as_str(),
                    question,
                    answer,
                    held,
                )?;
                if kept == 0 {
                    return Err(gone_on());
                }
                super::audit::insert_in(c, &line).await
            })
        })
        .await
}

pub(super) fn gone_on() -> StoreError {
    StoreError::Conflict(text!("refusals-this-request-was-answered-meanwhile"))
}

/// Ends a request that waits, and the copy with it.
///
/// # Errors
/// [`StoreError::Conflict`] when it does not wait any more.
pub async fn end(
    store: &Store,
    id: &TransferId,
    outcome: &'static str,
    why: String,
    line: super::audit::AuditRow,
) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let ended = run!(
                    c,
                    "update applications set outcome = $2, why = $3, decided_at = $4, decided_by = $5 \
                     where transfer_id = $1 and outcome = 'pending'",
                    id.as_str(),
                    outcome,
                    &why,
                    line.at,
                    line.account_id.as_deref(),
                )?;
                if ended == 0 {
                    return Err(gone_on());
                }
                let kind =
                    if outcome == "declined" { letters::kind::DECLINED } else { letters::kind::TIMED_OUT };
                letters::about_transfer_in(c, id.as_str(), kind, &why, line.at).await?;
                let (from, to) = (TransferState::AwaitingApproval, TransferState::Discarding);
                transfers::step_in(c, &id, from, to, line.at).await?;
                super::audit::insert_in(c, &line).await
            })
        })
        .await
}

/// Writes what of a request is known.
pub(super) async fn write_in(c: &mut super::Connection, one: &Application) -> StoreResult<()> {
    run!(
        c,
        "insert into applications (transfer_id, account_id, old_actor, names, servers, size, is_archive, \
         is_known_server, outcome, needs, why, without_kinds, caps, reserved_bytes, asked_at, decided_at, decided_by) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
         on conflict (transfer_id) do update set account_id = excluded.account_id, old_actor = excluded.old_actor, \
         names = excluded.names, servers = excluded.servers, size = excluded.size, \
         is_known_server = excluded.is_known_server, outcome = excluded.outcome, needs = excluded.needs, \
         why = excluded.why, without_kinds = excluded.without_kinds, caps = excluded.caps, \
         reserved_bytes = excluded.reserved_bytes, decided_at = excluded.decided_at, decided_by = excluded.decided_by",
        one.transfer.as_str(),
        &one.account,
        &one.old_actor,
        to_json(&one.request.who.names),
        to_json(&one.request.who.servers),
        to_json(&one.request.size),
        one.request.is_archive,
        one.request.is_known_server,
        &one.outcome,
        to_json(&one.needs),
        one.why.as_deref(),
        to_json(&one.without_kinds),
        to_json(&one.caps),
        i64::try_from(one.reserved_bytes).unwrap_or(i64::MAX),
        one.asked_at,
        one.decided_at,
        one.decided_by.as_deref(),
    )?;
    Ok(())
}
