//! New home: the owner has seen what there is and says what shall come. What is not wanted is counted
//! and never written.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::{Engine, TransferError, TransferResult, admit, prepare::shown, status::old_actor};
use crate::{
    model::{
        choices::Choices,
        collection::CollectionKind,
        id::ItemKey,
        item::{Item, ItemKind},
        transfer::{Transfer, TransferState},
    },
    store::{
        choices as rows,
        items::{self, ItemState, Waiting},
        transfers,
    },
    words::text,
};

/// Posts looked at in one go.
const BATCH: i64 = 500;

/// The owner begins the copy with what they chose. Saying it again changes nothing.
///
/// # Errors
/// [`TransferError::Refused`] when the choice makes no sense, [`TransferError::Store`] when nothing
/// waits for one.
pub async fn begin(engine: &Engine, transfer: &Transfer, choices: Choices) -> TransferResult<()> {
    if let Some(why) = choices.contradiction() {
        return Err(TransferError::Refused(text!("refusals-nothing-was-begun", why = why)));
    }
    if transfer.state != TransferState::AwaitingChoice {
        // Said again, or in an old tab.
        let (from, to) = (TransferState::AwaitingChoice, TransferState::Fetching);
        let now = engine.clock.now_micros();
        return match transfer.state {
            TransferState::AwaitingApproval => Ok(()),
            _ => Ok(transfers::step(&engine.store, &transfer.id, from, to, now).await?),
        };
    }
    let actor = actor_of(engine, transfer).await?;
    admit::begin(engine, transfer, &actor, choices).await.map(drop)
}

/// The account the survey found.
async fn actor_of(engine: &Engine, transfer: &Transfer) -> TransferResult<Url> {
    let survey = transfers::survey(&engine.store, &transfer.id).await?.unwrap_or_default();
    let named = survey.get("actor").and_then(serde_json::Value::as_str);
    let found = named.and_then(|text| Url::parse(text).ok()).or_else(|| old_actor(transfer).cloned());
    found.ok_or_else(|| TransferError::Refused(text!("refusals-not-looked-at-yet")))
}

/// Leaves out what was read and is not wanted. Doing it again changes nothing.
pub(super) async fn leave_out(engine: &Engine, transfer: &Transfer, choices: &Choices) -> TransferResult<()> {
    let (store, id) = (&engine.store, &transfer.id);
    let without_its_post = text!("reasons-you-left-its-post-out");
    if !choices.wants(CollectionKind::Content) {
        let left = (ItemState::Declined, without_its_post.as_str());
        items::end_rest(store, id, ItemKind::Media, left).await?;
    }
    if !choices.divides_posts() {
        return Ok(());
    }
    if let Some(span) = choices.span() {
        rows::decline_outside(store, id, span, &text!("reasons-not-of-the-time-you-chose")).await?;
    }
    if choices.originals_only {
        leave_replies(engine, transfer).await?;
    }
    // First every file of a post that does not come, then back in what another post shows as well.
    for state in [ItemState::Declined, ItemState::Fetched] {
        let mut after = (i64::MIN, 0);
        while let Some(batch) = posts(engine, transfer, state, &mut after).await? {
            let files: BTreeSet<&str> = batch.iter().flat_map(|waiting| shown(&waiting.item)).collect();
            let files = files.into_iter().map(ItemKey::from).collect();
            if state == ItemState::Declined {
                rows::decline(store, id, ItemKind::Media, files, &without_its_post).await?;
            } else {
                rows::take_in(store, id, ItemKind::Media, files, &without_its_post).await?;
            }
        }
    }
    Ok(())
}

/// Leaves replies to others out, and what continues them. Threads of the person's own stay whole.
async fn leave_replies(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let why = text!("reasons-answers-somebody-else");
    let mut after = (i64::MIN, 0);
    while let Some(batch) = posts(engine, transfer, ItemState::Fetched, &mut after).await? {
        let answered: BTreeSet<&str> = batch.iter().filter_map(parent).collect();
        let answered: Vec<&str> = answered.into_iter().collect();
        let own = rows::own_posts(&engine.store, &transfer.id, &answered).await?;
        let own: BTreeMap<&str, (&str, Option<&str>)> = own
            .iter()
            .map(|(address, key, said)| (address.as_str(), (key.as_str(), said.as_deref())))
            .collect();
        let mut left: BTreeSet<&str> = BTreeSet::new();
        // In the order of time, so that whoever is answered was looked at before.
        for waiting in &batch {
            let is_reply = parent(waiting).is_some_and(|parent| {
                own.get(parent).is_none_or(|(key, said)| *said == Some(why.as_str()) || left.contains(key))
            });
            if is_reply {
                left.insert(waiting.key.as_str());
            }
        }
        let keys = left.into_iter().map(ItemKey::from).collect();
        rows::decline(&engine.store, &transfer.id, ItemKind::Posts, keys, &why).await?;
    }
    Ok(())
}

fn parent(waiting: &Waiting) -> Option<&str> {
    let Item::Post(object) = &waiting.item else { return None };
    object.in_reply_to.as_ref().map(url::Url::as_str)
}

/// The next posts in this state; none after the last.
async fn posts(
    engine: &Engine,
    transfer: &Transfer,
    state: ItemState,
    after: &mut (i64, i64),
) -> TransferResult<Option<Vec<Waiting>>> {
    let of = (ItemKind::Posts, state);
    let batch = items::in_state(&engine.store, &transfer.id, of, *after, BATCH).await?;
    let Some(last) = batch.last() else { return Ok(None) };
    *after = (last.published_at, last.position);
    Ok(Some(batch))
}
