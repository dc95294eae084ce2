//! Letting somebody in: counting, promising and beginning are one transaction, one of them at a time. So two admins
//! and ten arrivals at once never exceed a limit.
//!
//! A promise of room is the row of a request whose transfer is in a state that needs it. Whatever takes the transfer
//! out of such a state gives the room back in the same commit, so that no crash can lose it.

use std::collections::BTreeSet;

use super::{
    Connection, Store, StoreError, StoreResult,
    applications::{self, Application, Row},
    audit, count, from_json, policies, to_json, transfers,
};
use crate::model::{
    choices::Choices,
    collection::CollectionKind,
    id::{AccountId, TransferId},
    policy::{Arrivals, Broken, Caps, Policy, Request, Room, Verdict},
    transfer::TransferState as S,
};
use crate::words::text;

/// A day, in microseconds.
const DAY: i64 = 86_400_000_000;

/// Somebody who wants to begin.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The transfer.
    pub transfer: TransferId,
    /// The account here.
    pub account: AccountId,
    /// The actor at Old home.
    pub old_actor: String,
    /// What is asked.
    pub request: Request,
    /// What is wanted.
    pub choices: Choices,
    /// Where the transfer stands.
    pub from: S,
    /// Where it goes if nothing speaks against it.
    pub to: S,
    /// Whether no rule is asked: a new name on this very server.
    pub is_exempt: bool,
    /// Bytes free on the disk.
    pub free_bytes: Option<u64>,
    /// Now.
    pub now: i64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It begins.
    Begun,
    /// An admin looks first.
    Waits,
    /// Not now: the rules that forbid it.
    Refused(Vec<Broken>, Box<Arrivals>),
}

/// One at a time, in whichever daemon.
pub(super) async fn take_turn(c: &mut Connection) -> StoreResult<()> {
    run!(
        c,
        "insert into desk_turns (name, turn) values ('arrivals', 1) \
         on conflict (name) do update set turn = desk_turns.turn + 1"
    )?;
    Ok(())
}

/// How full it is for whoever thinks of coming to an account, or to none yet.
///
/// # Errors
/// [`StoreError`].
pub async fn room(
    store: &Store,
    account: Option<&AccountId>,
    old_actor: &str,
    free_bytes: Option<u64>,
    now: i64,
) -> StoreResult<Room> {
    let asking = Asking {
        transfer: TransferId::from(""),
        account: account.cloned().unwrap_or_else(|| AccountId::from("")),
        old_actor: old_actor.to_owned(),
        request: Request::default(),
        choices: Choices::default(),
        from: S::AwaitingChoice,
        to: S::Fetching,
        is_exempt: false,
        free_bytes,
        now,
    };
    room_in(&mut store.reader().await?, &asking).await
}

/// How full it is, without this transfer itself.
async fn room_in(c: &mut Connection, asking: &Asking) -> StoreResult<Room> {
    let (id, account, now) = (asking.transfer.as_str(), asking.account.as_str(), asking.now);
    let today: Option<(i64,)> = row!(
        c,
        (i64,),
        "select cast(count(*) as bigint) from applications a join transfers t on t.id = a.transfer_id \
         where a.outcome in ('admitted', 'approved') and a.decided_at > $1 and a.transfer_id <> $2 \
         and t.state not in ('failed', 'discarding', 'discarded')",
        now.saturating_sub(DAY),
        id,
    )?;
    let promised: Option<(i64,)> = row!(
        c,
        (i64,),
        "select cast(coalesce(sum(a.reserved_bytes), 0) as bigint) from applications a \
         join transfers t on t.id = a.transfer_id where a.transfer_id <> $1 \
         and t.state in ('awaiting_approval', 'fetching', 'planned', 'importing', 'verifying')",
        id,
    )?;
    let accounts: Option<(i64,)> = row!(c, (i64,), "select cast(count(*) as bigint) from accounts")?;
    // The same pair once more is free, and only what was announced counts.
    let last: Option<(Option<i64>,)> = row!(
        c,
        (Option<i64>,),
        "select max(t.changed_at) from applications a join transfers t on t.id = a.transfer_id \
         where t.state = 'done' and (a.account_id = $1 or a.old_actor = $2) \
         and not (a.account_id = $1 and a.old_actor = $2)",
        account,
        &asking.old_actor,
    )?;
    let number = |found: Option<(i64,)>| found.map_or(0, |(n,)| count(n));
    Ok(Room {
        today: number(today),
        accounts: number(accounts),
        free_bytes: asking.free_bytes,
        promised_bytes: number(promised),
        last_move_at: last.and_then(|(at,)| at),
        now,
    })
}

/// Whether somebody came from one of these servers and stayed.
async fn is_known(c: &mut Connection, request: &Request) -> StoreResult<bool> {
    if request.is_archive {
        return Ok(false);
    }
    let servers = to_json(&request.who.servers);
    let found: Option<(i64,)> = row!(
        c,
        (i64,),
        "select cast(count(*) as bigint) from applications a join transfers t on t.id = a.transfer_id \
         where a.servers = $1 and a.is_archive = false \
         and t.state in ('keeping', 'kept', 'handing_over', 'awaiting_announcement', 'done')",
        servers,
    )?;
    Ok(found.is_some_and(|(n,)| n > 0))
}

async fn state_in(c: &mut Connection, id: &TransferId) -> StoreResult<S> {
    let found: Option<(String,)> =
        row!(c, (String,), "select state from transfers where id = $1", id.as_str())?;
    found.and_then(|(word,)| S::from_word(&word)).ok_or(StoreError::Missing("transfer"))
}

/// Asks the rules in force and begins, waits or refuses. Asking again changes nothing.
///
/// # Errors
/// [`StoreError::Conflict`] when the transfer has gone on meanwhile.
pub async fn ask(store: &Store, asking: Asking, default: Policy) -> StoreResult<Answer> {
    store.write(move |c| Box::pin(async move { ask_in(c, asking, &default).await })).await
}

async fn ask_in(c: &mut Connection, mut asking: Asking, default: &Policy) -> StoreResult<Answer> {
    take_turn(c).await?;
    match state_in(c, &asking.transfer).await? {
        state if state == asking.from => {}
        S::AwaitingApproval => return Ok(Answer::Waits),
        state if state == asking.to => return Ok(Answer::Begun),
        _ => return Err(StoreError::Conflict(text!("refusals-this-copy-has-gone-on"))),
    }
    let rules = policies::current_in(c, default).await?.policy.arrivals;
    asking.request.is_known_server = is_known(c, &asking.request).await?;
    let room = room_in(c, &asking).await?;
    let before = row!(c, Row, "select * from applications where transfer_id = $1", asking.transfer.as_str())?;
    let before = before.map(applications::read).transpose()?;
    let mut verdict = if asking.is_exempt { Verdict::default() } else { rules.judge(&asking.request, &room) };
    // Who was let in and met an obstacle goes on where they were; the limits hold all the same.
    let was_let_in = before.as_ref().filter(|one| matches!(one.outcome.as_str(), "admitted" | "approved"));
    if let Some(one) = was_let_in {
        verdict.needs.clear();
        verdict.without.extend(&one.without_kinds);
    }
    let caps = if asking.is_exempt { Caps::default() } else { rules.caps() };
    let outcome = match (&verdict, was_let_in) {
        (verdict, _) if !verdict.may_come() => "refused",
        (verdict, _) if !verdict.needs.is_empty() => "pending",
        (_, Some(one)) if one.outcome == "approved" => "approved",
        _ => "admitted",
    };
    let why: Option<String> = None;
    let one = Application {
        transfer: asking.transfer.clone(),
        account: asking.account.as_str().to_owned(),
        old_actor: asking.old_actor.clone(),
        reserved_bytes: asking.request.size.bytes(&caps),
        request: asking.request.clone(),
        outcome: outcome.to_owned(),
        needs: verdict.needs.clone(),
        why,
        without_kinds: verdict.without.clone(),
        caps,
        question: None,
        answer: None,
        held_until: None,
        asked_at: before.as_ref().map_or(asking.now, |one| one.asked_at),
        decided_at: (outcome != "pending").then_some(asking.now),
        decided_by: was_let_in.and_then(|one| one.decided_by.clone()),
    };
    if outcome == "refused" {
        // Who was let in before and may not go on now keeps that standing for when the rules allow it again.
        if was_let_in.is_none() {
            applications::write_in(c, &one).await?;
        }
        return Ok(Answer::Refused(verdict.broken, Box::new(rules)));
    }
    applications::write_in(c, &one).await?;
    keep_choices(c, &asking.transfer, asking.choices, &one.without_kinds).await?;
    let (to, answer) =
        if outcome == "pending" { (S::AwaitingApproval, Answer::Waits) } else { (asking.to, Answer::Begun) };
    transfers::step_in(c, &asking.transfer, asking.from, to, asking.now).await?;
    Ok(answer)
}

/// What stays where it is is not wanted either.
async fn keep_choices(
    c: &mut Connection,
    id: &TransferId,
    mut choices: Choices,
    without: &BTreeSet<CollectionKind>,
) -> StoreResult<()> {
    if !without.is_empty() {
        let wanted =
            CollectionKind::ALL.into_iter().filter(|kind| choices.wants(*kind) && !without.contains(kind));
        choices.kinds = Some(wanted.collect());
    }
    run!(
        c,
        "update transfers set choices = $2, waits_for_choice = false where id = $1",
        id.as_str(),
        to_json(&choices),
    )?;
    Ok(())
}

/// An admin lets somebody in who waits, perhaps without some kinds. The limits are asked once more.
///
/// # Errors
/// [`StoreError::Conflict`] when somebody else has answered.
pub async fn approve(
    store: &Store,
    id: &TransferId,
    without: BTreeSet<CollectionKind>,
    free_bytes: Option<u64>,
    default: Policy,
    line: audit::AuditRow,
) -> StoreResult<Answer> {
    let id = id.clone();
    store
        .write(move |c| Box::pin(async move { approve_in(c, id, without, free_bytes, &default, line).await }))
        .await
}

async fn approve_in(
    c: &mut Connection,
    id: TransferId,
    without: BTreeSet<CollectionKind>,
    free_bytes: Option<u64>,
    default: &Policy,
    line: audit::AuditRow,
) -> StoreResult<Answer> {
    take_turn(c).await?;
    let found = row!(
        c,
        Row,
        "select * from applications where transfer_id = $1 and outcome = 'pending'",
        id.as_str()
    )?;
    let mut one = applications::read(found.ok_or_else(applications::gone_on)?)?;
    let rules = policies::current_in(c, default).await?.policy.arrivals;
    let found: Option<(Option<String>,)> =
        row!(c, (Option<String>,), "select choices from transfers where id = $1", id.as_str())?;
    let choices = found.and_then(|(text,)| text).map(|text| from_json("choices", &text)).transpose()?;
    one.without_kinds.extend(without);
    one.request.size.kinds.retain(|kind| !one.without_kinds.contains(kind));
    if one.without_kinds.contains(&CollectionKind::Media) {
        one.request.size.media_bytes = Some(0);
    }
    if one.without_kinds.contains(&CollectionKind::Content) {
        one.request.size.posts = Some(0);
    }
    let asking = Asking {
        transfer: id.clone(),
        account: one.account.as_str().into(),
        old_actor: one.old_actor.clone(),
        request: one.request.clone(),
        choices: choices.unwrap_or_default(),
        from: S::AwaitingApproval,
        to: S::Fetching,
        is_exempt: false,
        free_bytes,
        now: line.at,
    };
    let room = room_in(c, &asking).await?;
    let verdict = rules.judge(&one.request, &room);
    if !verdict.may_come() {
        return Ok(Answer::Refused(verdict.broken, Box::new(rules)));
    }
    one.without_kinds.extend(&verdict.without);
    one.caps = rules.caps();
    one.reserved_bytes = one.request.size.bytes(&one.caps);
    "approved".clone_into(&mut one.outcome);
    one.decided_at = Some(line.at);
    one.decided_by.clone_from(&line.account_id);
    applications::write_in(c, &one).await?;
    keep_choices(c, &id, asking.choices, &one.without_kinds).await?;
    transfers::step_in(c, &id, asking.from, asking.to, line.at).await?;
    audit::insert_in(c, &line).await?;
    Ok(Answer::Begun)
}

#[cfg(test)]
mod tests;

/// Bytes that are promised at this moment.
///
/// # Errors
/// [`StoreError`].
pub async fn promised(store: &Store) -> StoreResult<u64> {
    let mut c = store.reader().await?;
    let found: Option<(i64,)> = row!(
        &mut c,
        (i64,),
        "select cast(coalesce(sum(a.reserved_bytes), 0) as bigint) from applications a \
         join transfers t on t.id = a.transfer_id \
         where t.state in ('awaiting_approval', 'fetching', 'planned', 'importing', 'verifying')"
    )?;
    Ok(found.map_or(0, |(n,)| count(n)))
}
