//! New home: brings what a pass found into the copy: new things are written, newer versions over older
//! ones, what is gone is taken away. What its owner made their own here stays as it is.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Engine, TransferError, TransferResult, again, choose, import, media::fetch_files, plan, prepare::prepare,
    recognize, remap::Sides,
};
use crate::{
    model::{
        item::{Item, ItemKind},
        transfer::Transfer,
    },
    port::{
        destination::{Amended, Prepared, Withdrawn},
        error::{AdapterError, Cause},
        source::Source,
    },
    store::{
        choices, deltas,
        items::{self, ItemState, Waiting},
        url_map,
    },
    words::text,
};

/// Items written over or taken away in one transaction.
const BATCH: i64 = 200;

/// Brings everything that waits into the copy; gives how many things were left as their owner made them.
///
/// # Errors
/// [`TransferError`] with its disposition; going on later does the rest, and nothing twice.
pub(super) async fn follow(
    engine: &Engine,
    transfer: &Transfer,
    source: &Arc<dyn Source>,
) -> TransferResult<u64> {
    let account = engine.host.account(&transfer.account).await?;
    let account =
        account.ok_or_else(|| TransferError::Refused(text!("refusals-the-account-here-is-gone")))?;
    let sides = Sides { source_actor: source.actor().clone(), account };
    let wanted = choices::find(&engine.store, &transfer.id).await?;
    fetch_files(engine, transfer, source).await?;
    again::show(engine, transfer).await?;
    choose::leave_out(engine, transfer, &wanted).await?;
    recognize::recognize(engine, transfer).await?;
    plan::decide(engine, transfer).await?;
    import::bring(engine, transfer, &sides).await?;
    let mut own = 0;
    for kind in import::written() {
        own += amend(engine, transfer, kind, &sides).await?;
    }
    own += amend(engine, transfer, ItemKind::Media, &sides).await?;
    // Before files are cleared away: the profile lets go of those it no longer shows.
    import::write_profile(engine, transfer, source.profile().await?).await?;
    for kind in import::written().chain([ItemKind::Media, ItemKind::ProfileImages]) {
        own += withdraw(engine, transfer, kind).await?;
    }
    Ok(own)
}

async fn amend(engine: &Engine, transfer: &Transfer, kind: ItemKind, sides: &Sides) -> TransferResult<u64> {
    let mut own = 0;
    loop {
        engine.goes_on().await?;
        let of = (kind, ItemState::Changed);
        let batch = items::in_state(&engine.store, &transfer.id, of, (i64::MIN, 0), BATCH).await?;
        if batch.is_empty() {
            return Ok(own);
        }
        let ready = match kind {
            ItemKind::Media => files(engine, transfer, &batch).await?,
            _ => prepare(engine, &transfer.id, kind, &batch, sides).await?,
        };
        let (prepared, shown): (Vec<_>, Vec<_>) = ready.into_iter().unzip();
        let amended = engine.destination.amend(&transfer.id, &transfer.account, prepared).await?;
        answered(amended.len(), batch.len())?;
        let (mut outcomes, mut seen) = (Vec::with_capacity(batch.len()), Vec::new());
        for ((waiting, used), amended) in batch.iter().zip(shown).zip(amended) {
            let (state, why) = match amended {
                Amended::Done => (ItemState::Written, None),
                Amended::OwnersStays => (ItemState::Written, Some(text!("reasons-changed-at-both-homes"))),
                Amended::IsAway => (ItemState::Removed, Some(text!("reasons-you-took-it-away-here"))),
            };
            own += u64::from(amended != Amended::Done);
            if amended == Amended::Done {
                let written = |key: String| (ItemKind::Media, key.into(), ItemState::Written, None);
                outcomes.extend(used.into_iter().map(written));
            }
            seen.push((waiting.key.clone(), waiting.item.visibility()));
            outcomes.push((kind, waiting.key.clone(), state, why));
        }
        url_map::see(&engine.store, &transfer.id, kind, seen).await?;
        items::settle(&engine.store, &transfer.id, outcomes).await?;
    }
}

/// Files whose bytes are others now, under the addresses they have here.
async fn files(
    engine: &Engine,
    transfer: &Transfer,
    batch: &[Waiting],
) -> TransferResult<Vec<(Prepared, Vec<String>)>> {
    let keys: Vec<&str> = batch.iter().map(|waiting| waiting.key.as_str()).collect();
    let mut places = url_map::reservations(&engine.store, &transfer.id, ItemKind::Media, &keys).await?;
    let ready = |waiting: &Waiting| {
        let missing = crate::store::StoreError::Missing("reservation");
        let reservation = places.remove(waiting.key.as_str()).ok_or(missing)?;
        let mut item = waiting.item.clone();
        let mut blobs = BTreeMap::new();
        if let (Item::Media(file), Some(blob)) = (&mut item, &waiting.blob) {
            file.url = reservation.url.to_string();
            blobs.insert(file.url.clone(), (reservation.local_id.clone(), blob.clone()));
        }
        Ok((Prepared { reservation, item, blobs }, Vec::new()))
    };
    batch.iter().map(ready).collect()
}

async fn withdraw(engine: &Engine, transfer: &Transfer, kind: ItemKind) -> TransferResult<u64> {
    let mut own = 0;
    loop {
        engine.goes_on().await?;
        let keys = deltas::gone(&engine.store, &transfer.id, kind, BATCH).await?;
        if keys.is_empty() {
            return Ok(own);
        }
        let named: Vec<&str> = keys.iter().map(crate::model::id::ItemKey::as_str).collect();
        let places = url_map::reservations(&engine.store, &transfer.id, kind, &named).await?;
        let places: Vec<_> = places.into_values().collect();
        let withdrawn = engine.destination.withdraw(&transfer.id, &transfer.account, &places).await?;
        answered(withdrawn.len(), places.len())?;
        let stays = places.iter().zip(withdrawn).filter(|(_, one)| *one == Withdrawn::OwnersStays);
        let stays: Vec<_> = stays
            .map(|(place, _)| {
                (kind, place.key.clone(), ItemState::Own, Some(text!("reasons-gone-there-and-changed-here")))
            })
            .collect();
        let is_away = |key: &crate::model::id::ItemKey| !stays.iter().any(|(_, stays, ..)| stays == key);
        let away = keys.into_iter().filter(is_away).collect();
        own += u64::try_from(stays.len()).unwrap_or(0);
        items::settle(&engine.store, &transfer.id, stays).await?;
        deltas::forget(&engine.store, &engine.blobs, &transfer.id, kind, away).await?;
    }
}

fn answered(answers: usize, asked: usize) -> TransferResult<()> {
    if answers == asked {
        return Ok(());
    }
    let why = format!("{answers} of {asked} items were answered for");
    Err(TransferError::Adapter(AdapterError::fatal("changing the copy", why).because(Cause::Beside)))
}

/// Finds what its owner took away here since it was written, where the numbers say that there is such;
/// gives how many.
///
/// # Errors
/// [`TransferError`] with its disposition.
pub(super) async fn notice_removed(engine: &Engine, transfer: &Transfer) -> TransferResult<u64> {
    let mut expected: BTreeMap<ItemKind, u64> = BTreeMap::new();
    for (kind, state, count) in items::counts(&engine.store, &transfer.id).await? {
        if matches!(state, ItemState::Written | ItemState::Own) {
            *expected.entry(kind).or_default() += count;
        }
    }
    let here = engine.destination.counts(&transfer.id).await?;
    let mut removed = 0;
    for (kind, expected) in expected {
        if here.get(&kind).copied().unwrap_or(0) < expected {
            for state in [ItemState::Written, ItemState::Own] {
                removed += notice(engine, transfer, kind, state).await?;
            }
        }
    }
    Ok(removed)
}

async fn notice(
    engine: &Engine,
    transfer: &Transfer,
    kind: ItemKind,
    state: ItemState,
) -> TransferResult<u64> {
    let (mut after, mut removed) = ((i64::MIN, 0), 0);
    loop {
        engine.goes_on().await?;
        let batch = items::in_state(&engine.store, &transfer.id, (kind, state), after, BATCH).await?;
        let Some(last) = batch.last() else { return Ok(removed) };
        after = (last.published_at, last.position);
        let keys: Vec<&str> = batch.iter().map(|waiting| waiting.key.as_str()).collect();
        let places = url_map::reservations(&engine.store, &transfer.id, kind, &keys).await?;
        let places: Vec<_> = places.into_values().collect();
        let missing = engine.destination.missing(&transfer.id, &places).await?;
        let why = if kind == ItemKind::Media {
            text!("reasons-no-post-shows-it-here")
        } else {
            text!("reasons-you-took-it-away-here")
        };
        let away = places.into_iter().zip(missing).filter(|(_, is_missing)| *is_missing);
        let outcomes: Vec<_> =
            away.map(|(place, _)| (kind, place.key, ItemState::Removed, Some(why.clone()))).collect();
        removed += u64::try_from(outcomes.len()).unwrap_or(0);
        if state == ItemState::Own {
            let keys = outcomes.into_iter().map(|(_, key, ..)| key).collect();
            deltas::forget(&engine.store, &engine.blobs, &transfer.id, kind, keys).await?;
        } else if !outcomes.is_empty() {
            items::settle(&engine.store, &transfer.id, outcomes).await?;
        }
    }
}
