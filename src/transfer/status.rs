//! Both sides' numbers, as they are at this moment.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use url::Url;

use super::{
    Engine, TransferResult, again,
    certificate::{self, Differences},
    give_map, look,
};
use crate::{
    model::{
        choices::Choices,
        collection::CollectionKind,
        ending::Ending,
        item::ItemKind,
        moment::Moment,
        pass::Pass,
        report::{KindCounts, ReasonCount, Report},
        transfer::{Transfer, TransferState},
    },
    store::{
        applications, choices, deltas,
        hidden_imports::{self, Hidden},
        items::{self, ItemState},
        notes, passes, transfers, trials, url_map,
    },
    words::text,
};

/// How the hand-over of the URL map stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MapStatus {
    /// Entries of the map.
    pub entries: u64,
    /// Entries Old home has taken.
    pub handed_over: u64,
}

/// A transfer as its owner sees it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Status {
    /// Its id.
    pub id: String,
    /// Where it stands.
    #[schema(value_type = TransferState)]
    pub state: String,
    /// What it waits for or why it failed, in a sentence.
    pub problem: Option<String>,
    /// How it ends, once that is decided.
    pub ending: Option<Ending>,
    /// When Old home will announce, while its owner's last word rests there (RFC 3339).
    pub announces_at: Option<String>,
    /// When the trial ends, while it lasts (RFC 3339).
    pub trial_ends_at: Option<String>,
    /// What the person typed.
    pub asked_for: String,
    /// The actor it is copied from.
    pub old_actor: Option<String>,
    /// The actor it is copied to.
    pub new_actor: Option<String>,
    /// The numbers.
    pub report: Report,
    /// What differs between the two homes and needs the person's word.
    pub differences: Differences,
    /// The URL map.
    pub map: MapStatus,
    /// What is to come of it; all of it when nothing is chosen.
    pub choices: Choices,
    /// The last look at Old home since the copy was made.
    pub pass: Option<Pass>,
    /// Whether Old home can be looked at again.
    pub can_look_again: bool,
    /// Whether what failed can be tried again.
    pub can_try_again: bool,
    /// What the survey found: counts and a sample.
    #[schema(value_type = Option<Object>)]
    pub survey: Option<serde_json::Value>,
    /// The request to the admins, where their rules were asked.
    pub application: Option<Application>,
    /// Where the admins have taken it out of sight.
    pub hidden: Option<OutOfSight>,
    /// Grows with every change; pass it as `seen` to wait for the next.
    pub version: u64,
}

/// What the admins have done to a copy, as its owner sees it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct OutOfSight {
    /// Why.
    pub why: String,
    /// When it is taken away for good, in microseconds since 1970; absent where it is only hidden.
    pub remove_at: Option<i64>,
}

/// How a request to the admins stands, as its applicant sees it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Application {
    /// `pending`, `admitted`, `approved`, `declined`, `refused` or `timed_out`.
    pub outcome: String,
    /// Place in the queue, beginning with 1, while it waits.
    pub place: Option<u64>,
    /// Why an admin looks first, in sentences.
    pub needs: Vec<String>,
    /// Why not, where it was declined.
    pub why: Option<String>,
    /// What an admin wants to know.
    pub question: Option<String>,
    /// What the applicant said to it.
    pub answer: Option<String>,
    /// Kinds that stay where they are.
    pub without_kinds: BTreeSet<CollectionKind>,
}

/// The status of a transfer.
///
/// # Errors
/// [`super::TransferError::Store`].
pub async fn status(engine: &Engine, transfer: &Transfer) -> TransferResult<Status> {
    let version = *engine.store.commits().borrow();
    let frozen = transfers::report(&engine.store, &transfer.id).await?;
    let report = match frozen {
        Some(report) if transfer.state != TransferState::Verifying => report,
        _ => report(engine, transfer).await?,
    };
    let (entries, handed_over) = url_map::counts(&engine.store, &transfer.id).await?;
    let account = engine.host.account(&transfer.account).await?;
    let differences = certificate::differences(engine, &transfer.id, &report).await?;
    Ok(Status {
        differences,
        id: transfer.id.to_string(),
        state: transfer.state.as_str().to_owned(),
        problem: transfer.problem.clone(),
        ending: transfer.ending,
        announces_at: give_map::rests_until(transfer).map(|due| due.text().to_owned()),
        trial_ends_at: trial_ends(engine, transfer).await?,
        asked_for: transfer.asked_for.clone(),
        old_actor: old_actor(transfer).map(Url::to_string),
        new_actor: account.map(|account| account.actor.to_string()),
        report,
        map: MapStatus { entries, handed_over },
        choices: choices::find(&engine.store, &transfer.id).await?,
        pass: passes::last(&engine.store, &transfer.id).await?,
        can_look_again: transfer.state == TransferState::Trial && look::can_look(engine, transfer).await?,
        can_try_again: transfer.state == TransferState::Trial && again::can_try(engine, transfer).await?,
        survey: without_wall(transfers::survey(&engine.store, &transfer.id).await?),
        application: application(engine, transfer).await?,
        hidden: hidden_imports::find(&engine.store, &transfer.id)
            .await?
            .filter(Hidden::holds)
            .map(|hidden| OutOfSight { why: hidden.why, remove_at: hidden.remove_at }),
        version,
    })
}

async fn trial_ends(engine: &Engine, transfer: &Transfer) -> TransferResult<Option<String>> {
    if transfer.state != TransferState::Trial || engine.trial_micros == 0 {
        return Ok(None);
    }
    let trial = trials::find(&engine.store, &transfer.id).await?;
    Ok(trial.map(|trial| Moment::from_micros(trial.ends_at).text().to_owned()))
}

/// The survey without what is drawn from it for the admins: it is long, and the owner has it anyway.
fn without_wall(mut survey: Option<serde_json::Value>) -> Option<serde_json::Value> {
    if let Some(fields) = survey.as_mut().and_then(serde_json::Value::as_object_mut) {
        fields.remove("wall");
        fields.remove("wall_is");
    }
    survey
}

async fn application(engine: &Engine, transfer: &Transfer) -> TransferResult<Option<Application>> {
    let Some(one) = applications::find(&engine.store, &transfer.id).await? else { return Ok(None) };
    let place = match transfer.state {
        TransferState::AwaitingApproval => Some(applications::place(&engine.store, &one).await?),
        _ => None,
    };
    Ok(Some(Application {
        place,
        needs: one.needs.iter().map(|need| need.sentence(&engine.domain)).collect(),
        outcome: one.outcome,
        why: one.why,
        question: one.question,
        answer: one.answer,
        without_kinds: one.without_kinds,
    }))
}

/// The actor a live transfer copies.
pub fn old_actor(transfer: &Transfer) -> Option<&Url> {
    transfer.origin.actor()
}

/// Counts what was read, what is at the destination, and lists a reason for every difference.
///
/// # Errors
/// [`super::TransferError`].
pub async fn report(engine: &Engine, transfer: &Transfer) -> TransferResult<Report> {
    let mut kinds: BTreeMap<ItemKind, KindCounts> = BTreeMap::new();
    for (kind, state, n) in items::counts(&engine.store, &transfer.id).await? {
        let counts = kinds.entry(kind).or_default();
        match state {
            ItemState::Gone => {}
            ItemState::Own => counts.own += n,
            _ => counts.source += n,
        }
        match state {
            ItemState::Skipped | ItemState::Removed => counts.skipped += n,
            ItemState::Declined => counts.declined += n,
            ItemState::Failed => counts.failed += n,
            ItemState::Fetched
            | ItemState::Written
            | ItemState::Changed
            | ItemState::Gone
            | ItemState::Own => {}
        }
    }
    for (kind, n) in engine.destination.counts(&transfer.id).await? {
        kinds.entry(kind).or_default().destination = n;
    }
    let announced = items::announced(&engine.store, &transfer.id).await?;
    for collection in CollectionKind::ALL {
        if let ([kind], Some(n)) = (collection.yields(), announced.get(collection.as_str())) {
            kinds.entry(*kind).or_default().announced = Some(*n);
        }
    }
    let mut remarks = deltas::remarks(&engine.store, &transfer.id).await?;
    remarks.extend(notes::notes(&engine.store, &transfer.id).await?);
    let unwanted = unwanted(engine, transfer, &announced, &mut kinds).await?;
    let lines = |list: Vec<(String, u64, String)>| -> Vec<ReasonCount> {
        list.into_iter().map(|(kind, count, why)| ReasonCount { kind, count, why }).collect()
    };
    let notes = lines(remarks);
    let mut reasons = lines(items::reasons(&engine.store, &transfer.id).await?);
    reasons.extend(unwanted);
    Ok(Report {
        items: kinds.into_iter().map(|(kind, counts)| (kind.as_str().to_owned(), counts)).collect(),
        reasons,
        notes,
    })
}

/// Counts the kinds that were not read because they are not wanted, as many as Old home says it has.
async fn unwanted(
    engine: &Engine,
    transfer: &Transfer,
    announced: &BTreeMap<String, u64>,
    kinds: &mut BTreeMap<ItemKind, KindCounts>,
) -> TransferResult<Vec<ReasonCount>> {
    let choices = choices::find(&engine.store, &transfer.id).await?;
    let asked = applications::find(&engine.store, &transfer.id).await?;
    let refused = asked.map(|one| one.without_kinds).unwrap_or_default();
    let mut reasons = Vec::new();
    for collection in CollectionKind::ALL.into_iter().filter(|kind| !choices.wants(*kind)) {
        let (Some(count), Some(kind)) = (announced.get(collection.as_str()), collection.yields().first())
        else {
            continue;
        };
        let counts = kinds.entry(*kind).or_default();
        counts.source += count;
        counts.declined += count;
        if *count > 0 {
            let is_of_admins = refused.contains(&collection);
            let why = if is_of_admins {
                text!("reasons-the-admins-do-not-take-it")
            } else {
                text!("reasons-you-left-it-out")
            };
            reasons.push(ReasonCount { kind: kind.as_str().to_owned(), count: *count, why });
        }
    }
    Ok(reasons)
}
