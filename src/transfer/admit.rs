//! New home: the admins' rules are asked, room is promised, and whoever must be looked at waits.

use url::Url;

use super::{Engine, TransferError, TransferResult, wall};
use crate::{
    model::{
        actor::authority,
        choices::Choices,
        collection::CollectionKind,
        handle::Handle,
        id::AccountId,
        policy::{Applicant, Arrivals, Broken, Policy, Request, Size},
        transfer::{Origin, Transfer, TransferState},
    },
    port::lookup,
    store::{
        admissions::{self, Answer, Asking},
        applications::{self, Remark},
        audit::AuditRow,
        policies, transfers,
    },
    words::text,
};

/// How long a request waits before it ends by itself, in microseconds: three weeks. After a month Old home
/// would have to be asked anew.
pub const PATIENCE: i64 = 21 * 24 * 3600 * 1_000_000;

/// The rules in force.
///
/// # Errors
/// [`TransferError::Store`].
pub async fn rules(engine: &Engine) -> TransferResult<Policy> {
    Ok(policies::current(&engine.store, &engine.policy).await?.policy)
}

/// The first rules: whom at all. Who takes a new name on this server arrives from nowhere.
///
/// # Errors
/// [`TransferError::Refused`] with the rule in a sentence.
pub async fn allowed(engine: &Engine, who: &Applicant) -> TransferResult<()> {
    if !engine.takes_copies {
        return Err(TransferError::Refused(text!("refusals-only-hands-out", here = engine.domain)));
    }
    if is_from_here(engine, who) {
        return Ok(());
    }
    let rules = rules(engine).await?.arrivals;
    match rules.turns_away(who) {
        None => Ok(()),
        Some(broken) => Err(refused(engine, &rules, &[broken], who)),
    }
}

/// The rules that hold whatever somebody brings: how many come, how full it is, how long ago they moved. Asked
/// before anybody signs in anywhere; nothing is promised yet.
///
/// # Errors
/// [`TransferError::Refused`] with the rules in sentences.
pub async fn has_room(
    engine: &Engine,
    who: &Applicant,
    account: Option<&AccountId>,
    actor: &Url,
) -> TransferResult<()> {
    if is_from_here(engine, who) {
        return Ok(());
    }
    let rules = rules(engine).await?.arrivals;
    let (free, now) = (engine.blobs.free_bytes(), engine.clock.now_micros());
    let mut room = admissions::room(&engine.store, account, actor.as_str(), free, now).await?;
    // An account that is still to be made needs a place, too.
    room.accounts = room.accounts.saturating_add(u64::from(account.is_none()));
    let size = Size { posts: Some(0), media_bytes: Some(0), ..Size::default() };
    let broken = rules.judge(&Request { who: who.clone(), size, ..Request::default() }, &room).broken;
    if broken.is_empty() { Ok(()) } else { Err(refused(engine, &rules, &broken, who)) }
}

fn is_from_here(engine: &Engine, who: &Applicant) -> bool {
    who.servers.len() == 1 && who.servers.contains(&engine.domain.to_ascii_lowercase())
}

fn refused(engine: &Engine, rules: &Arrivals, broken: &[Broken], who: &Applicant) -> TransferError {
    let other = who.shown();
    let said: Vec<String> = broken.iter().map(|rule| rule.sentence(rules, &engine.domain, &other)).collect();
    TransferError::Refused(said.join(" "))
}

/// Whom an actor is known as: by its own address, and by the handle that was typed if that leads to it.
pub async fn applicant(engine: &Engine, actor: &Url, typed: &str) -> Applicant {
    let who = Applicant::of_actor(actor);
    let Ok(handle) = typed.parse::<Handle>() else { return who };
    let known = Applicant::of_handle(&handle);
    if known.names.is_subset(&who.names) {
        return who;
    }
    match lookup::resolve(&*engine.remote, &engine.signer, &handle).await {
        Ok(resolved) if resolved == *actor => who.and(known),
        _ => who,
    }
}

/// The owner has chosen, or did not want to: asks the rules, and begins, waits or says why not.
///
/// # Errors
/// [`TransferError::Refused`] with every rule that forbids it; nothing has changed then.
pub async fn begin(
    engine: &Engine,
    transfer: &Transfer,
    actor: &Url,
    choices: Choices,
) -> TransferResult<Answer> {
    let survey = transfers::survey(&engine.store, &transfer.id).await?.unwrap_or_default();
    let request = Request {
        who: applicant(engine, actor, &transfer.asked_for).await,
        size: size(&survey, &choices),
        is_known_server: false,
        is_archive: matches!(transfer.origin, Origin::Archive { .. }),
    };
    enter(engine, transfer, actor, request, choices, TransferState::Fetching).await
}

/// Takes a failed copy up again at `to`: the limits hold once more, a look at it does not.
///
/// # Errors
/// As [`begin`].
pub async fn go_on(engine: &Engine, transfer: &Transfer, to: TransferState) -> TransferResult<()> {
    let Some(before) = applications::find(&engine.store, &transfer.id).await? else {
        let (from, now) = (TransferState::Failed, engine.clock.now_micros());
        return Ok(transfers::step(&engine.store, &transfer.id, from, to, now).await?);
    };
    let choices = crate::store::choices::find(&engine.store, &transfer.id).await?;
    let actor = Url::parse(&before.old_actor)
        .map_err(|_| TransferError::Refused(text!("refusals-nothing-to-try-again")))?;
    enter(engine, transfer, &actor, before.request, choices, to).await.map(drop)
}

async fn enter(
    engine: &Engine,
    transfer: &Transfer,
    actor: &Url,
    request: Request,
    choices: Choices,
    to: TransferState,
) -> TransferResult<Answer> {
    let who = request.who.clone();
    let asking = Asking {
        transfer: transfer.id.clone(),
        account: transfer.account.clone(),
        old_actor: actor.to_string(),
        // A file may claim anything; only a live account of this server arrives from nowhere.
        is_exempt: is_from_here(engine, &who) && !request.is_archive,
        request,
        choices,
        from: transfer.state,
        to,
        free_bytes: engine.blobs.free_bytes(),
        now: engine.clock.now_micros(),
    };
    match admissions::ask(&engine.store, asking, engine.policy.clone()).await? {
        Answer::Refused(broken, rules) => Err(refused(engine, &rules, &broken, &who)),
        answer => Ok(answer),
    }
}

/// How much of what the survey found is wanted. Of a part of the posts nobody knows how much it is.
fn size(survey: &serde_json::Value, choices: &Choices) -> Size {
    let counts = survey.get("counts").and_then(serde_json::Value::as_object);
    let count = |kind: CollectionKind| counts.and_then(|counts| counts.get(kind.as_str()));
    let is_there = |kind: &CollectionKind| {
        count(*kind).is_some_and(|count| count.as_u64() != Some(0)) && choices.wants(*kind)
    };
    let whole =
        |kind: CollectionKind, value: Option<u64>| match (choices.wants(kind), choices.divides_posts()) {
            (false, _) => Some(0),
            (true, true) => None,
            (true, false) if count(kind).is_none() => Some(0),
            (true, false) => value,
        };
    let posts = count(CollectionKind::Content).and_then(serde_json::Value::as_u64);
    let bytes = survey.get("media_bytes").and_then(serde_json::Value::as_u64);
    Size {
        posts: whole(CollectionKind::Content, posts),
        media_bytes: whole(CollectionKind::Media, bytes),
        kinds: CollectionKind::ALL.into_iter().filter(is_there).collect(),
    }
}

/// The step of a request that waits: nothing, until it has waited too long.
///
/// # Errors
/// [`TransferError::Store`].
pub async fn wait(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let (store, id, now) = (&engine.store, &transfer.id, engine.clock.now_micros());
    let Some(one) = applications::find(store, id).await? else { return Ok(()) };
    let until = one.asked_at.saturating_add(PATIENCE).max(one.held_until.unwrap_or(0));
    if now < until {
        wall::draw(engine, transfer).await?;
        return Ok(transfers::rest_until(store, id, transfer.state, until).await?);
    }
    let why = text!("reasons-nobody-answered-in-three-weeks");
    let line = line(engine, None, "arrival_timed_out", &one);
    Ok(applications::end(store, id, "timed_out", why, line).await?)
}

/// A line of the audit about a request.
fn line(engine: &Engine, by: Option<&str>, what: &str, one: &applications::Application) -> AuditRow {
    AuditRow {
        id: engine.clock.id(),
        at: engine.clock.now_micros(),
        account_id: by.map(str::to_owned),
        what: what.to_owned(),
        detail: format!("{} from {}", one.transfer, one.request.who.shown()),
    }
}

/// What an admin says to a request.
#[derive(Debug, Clone)]
pub enum Word {
    /// Let in, without these kinds.
    Approve(std::collections::BTreeSet<CollectionKind>),
    /// Not let in, for this reason.
    Decline(String),
    /// A question to the applicant.
    Ask(String),
    /// Not to be looked at for so many days.
    Hold(u32),
}

/// An admin (`by`: their account; nobody for the command line) answers a request.
///
/// # Errors
/// [`TransferError::Refused`] when a limit is reached, or a reason is missing; [`TransferError::Store`] when
/// somebody else was quicker.
pub async fn answer(
    engine: &Engine,
    transfer: &Transfer,
    by: Option<&str>,
    word: Word,
) -> TransferResult<()> {
    let (store, id) = (&engine.store, &transfer.id);
    let one = applications::find(store, id).await?;
    let one = one.ok_or_else(|| TransferError::Refused(text!("refusals-no-request-of-this-copy")))?;
    match word {
        Word::Approve(without) => {
            let line = line(engine, by, "arrival_approved", &one);
            let (free, policy) = (engine.blobs.free_bytes(), engine.policy.clone());
            match admissions::approve(store, id, without, free, policy, line).await? {
                Answer::Refused(broken, rules) => Err(refused(engine, &rules, &broken, &one.request.who)),
                Answer::Begun | Answer::Waits => Ok(()),
            }
        }
        Word::Decline(why) => {
            let why = said(&why, &text!("refusals-say-why-the-applicant-reads-it"))?;
            Ok(applications::end(store, id, "declined", why, line(engine, by, "arrival_declined", &one))
                .await?)
        }
        Word::Ask(text) => {
            let text = said(&text, &text!("refusals-write-the-question"))?;
            let line = line(engine, by, "arrival_asked", &one);
            Ok(applications::remark(store, id, Remark::Question(text), line).await?)
        }
        Word::Hold(days) => {
            let micros = i64::from(days.clamp(1, 90)) * 24 * 3600 * 1_000_000;
            let until = Remark::HeldUntil(engine.clock.now_micros().saturating_add(micros));
            let line = line(engine, by, "arrival_held", &one);
            applications::remark(store, id, until, line).await?;
            Ok(transfers::wake(store, id).await?)
        }
    }
}

/// The applicant answers the admins' question.
///
/// # Errors
/// As [`answer`].
pub async fn reply(engine: &Engine, transfer: &Transfer, text: &str) -> TransferResult<()> {
    let one = applications::find(&engine.store, &transfer.id).await?;
    let one = one.filter(|one| one.question.is_some());
    let one = one.ok_or_else(|| TransferError::Refused(text!("refusals-nobody-has-asked")))?;
    let text = said(text, &text!("refusals-write-an-answer"))?;
    let line = line(engine, Some(transfer.account.as_str()), "arrival_answered", &one);
    Ok(applications::remark(&engine.store, &transfer.id, Remark::Answer(text), line).await?)
}

/// What somebody wrote, not empty and not without end.
///
/// # Errors
/// [`TransferError::Refused`] with what is wanted.
pub fn said(text: &str, wanted: &str) -> TransferResult<String> {
    let text: String = text.trim().chars().take(1_000).collect();
    if text.is_empty() { Err(TransferError::Refused(wanted.to_owned())) } else { Ok(text) }
}

/// The server a request comes from, for lines and lists.
pub fn server_of(actor: &str) -> String {
    Url::parse(actor).map_or_else(|_| String::new(), |url| authority(&url))
}
