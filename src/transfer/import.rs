//! New home: reserve all ids, then write all items. Replies, quotes and links resolve in any order
//! because every address is known before the first item is written.

use url::Url;

use super::{
    Engine, TransferError, TransferResult,
    access::open_source,
    prepare::{Ready, prepare},
    remap,
};
use crate::{
    model::{
        collection::CollectionKind,
        item::{Item, ItemKind},
        mapping::Reservation,
        media::MediaRole,
        object::Visibility,
        transfer::{Transfer, TransferState},
    },
    port::{
        destination::{Wanted, Written},
        error::{AdapterError, Cause},
    },
    store::{
        items::{self, ItemState, Waiting},
        transfers, unshown,
        url_map::{self, Line},
    },
    words::text,
};

/// Items that are given their places in one transaction.
const PLACES: i64 = 1000;

/// Kinds in the order they are written, protection first: the order collections are read in. Files
/// stand with the posts that show them, pictures with the profile.
pub(super) fn written() -> impl Iterator<Item = ItemKind> {
    let kinds = CollectionKind::ALL.into_iter().flat_map(|collection| collection.yields().iter().copied());
    kinds.filter(|kind| !matches!(kind, ItemKind::Media | ItemKind::ProfileImages))
}

/// Writes everything that was fetched, visible to its owner only; notifies nobody.
///
/// # Errors
/// [`TransferError`] with its disposition; going on later writes nothing twice.
pub async fn import(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let account = engine.host.account(&transfer.account).await?;
    let account =
        account.ok_or_else(|| TransferError::Refused(text!("refusals-the-account-here-is-gone")))?;
    let source = open_source(engine, transfer).await?;
    let side = remap::Sides { source_actor: source.actor().clone(), account };
    bring(engine, transfer, &side).await?;
    write_profile(engine, transfer, source.profile().await?).await?;
    let (from, to) = (TransferState::Importing, TransferState::Verifying);
    transfers::step(&engine.store, &transfer.id, from, to, engine.clock.now_micros()).await?;
    Ok(())
}

/// Reserves and writes everything that waits.
pub(super) async fn bring(engine: &Engine, transfer: &Transfer, sides: &remap::Sides) -> TransferResult<()> {
    reserve(engine, transfer, ItemKind::Media).await?;
    for kind in written() {
        reserve(engine, transfer, kind).await?;
    }
    for kind in written() {
        write(engine, transfer, kind, sides).await?;
    }
    let orphan = text!("reasons-the-file-belongs-to-no-post");
    Ok(items::end_rest(&engine.store, &transfer.id, ItemKind::Media, (ItemState::Skipped, orphan.as_str()))
        .await?)
}

/// Gives everything of a kind its place. While a batch of places is saved the next items are read.
async fn reserve(engine: &Engine, transfer: &Transfer, kind: ItemKind) -> TransferResult<()> {
    let read = |after| items::sketches(&engine.store, &transfer.id, kind, after, PLACES);
    let (mut millis, mut rank) = (i64::MIN, 0_u16);
    let mut batch = read((i64::MIN, 0)).await?;
    while let Some(last) = batch.last() {
        engine.goes_on().await?;
        let after = (last.published_at, last.position);
        let mut wanted = Vec::with_capacity(batch.len());
        for item in &batch {
            // Items of one millisecond keep the order of reading, in which parents stand first.
            let at = item.published_at.div_euclid(1000);
            rank = if at == millis { rank.saturating_add(1) } else { 0 };
            millis = at;
            wanted.push(Wanted {
                key: item.key.clone(),
                kind,
                published: item.published.clone(),
                rank,
                file_name: item.address.as_deref().and_then(file_name),
                media_type: item.media_type.clone(),
            });
        }
        let reserved = engine.destination.reserve(&transfer.id, &transfer.account, &wanted).await?;
        let visibility = |index: usize| batch.get(index).map(|item| item.visibility);
        let lines = reserved
            .into_iter()
            .enumerate()
            .map(|(index, reservation)| Line {
                old: former(kind, &reservation),
                visibility: visibility(index).unwrap_or(Visibility::Direct),
                reservation,
            })
            .collect();
        // Both come to their end: what is being saved when reading fails is saved.
        let (saved, ahead) = tokio::join!(url_map::save(&engine.store, &transfer.id, lines), read(after));
        saved?;
        batch = ahead?;
    }
    Ok(())
}

/// Where an item of one's own lived. The key of a like, a follow or a block is somebody else's address.
fn former(kind: ItemKind, reservation: &Reservation) -> Option<String> {
    let is_own = matches!(kind, ItemKind::Posts | ItemKind::Boosts | ItemKind::Media);
    Url::parse(reservation.key.as_str()).ok().filter(|_| is_own).map(String::from)
}

/// The last part of a file's address.
fn file_name(address: &str) -> Option<String> {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    path.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Writes everything of a kind. While a batch is written the next one is made ready.
async fn write(
    engine: &Engine,
    transfer: &Transfer,
    kind: ItemKind,
    sides: &remap::Sides,
) -> TransferResult<()> {
    let most = i64::try_from(engine.destination.most_at_once()).unwrap_or(i64::MAX).max(1);
    let ready = async |after| {
        let batch = items::fetched(&engine.store, &transfer.id, kind, after, most).await?;
        let ready = prepare(engine, &transfer.id, kind, &batch, sides).await?;
        TransferResult::Ok((batch, ready))
    };
    let mut ahead = ready((i64::MIN, 0)).await?;
    while let Some(last) = ahead.0.last() {
        engine.goes_on().await?;
        let after = (last.published_at, last.position);
        let (batch, prepared) = ahead;
        // Both come to their end: what is being written when preparing fails is written and noted.
        let (written, following) =
            tokio::join!(write_batch(engine, transfer, kind, batch, prepared), ready(after));
        written?;
        ahead = following?;
    }
    Ok(())
}

/// Writes a batch and notes what became of it.
async fn write_batch(
    engine: &Engine,
    transfer: &Transfer,
    kind: ItemKind,
    batch: Vec<Waiting>,
    ready: Vec<Ready>,
) -> TransferResult<()> {
    let (prepared, files): (Vec<_>, Vec<_>) = ready.into_iter().unzip();
    let written = engine.destination.write(&transfer.id, &transfer.account, prepared).await?;
    if written.len() != batch.len() {
        let why = format!("{} of {} items were answered for", written.len(), batch.len());
        return Err(TransferError::Adapter(
            AdapterError::fatal("writing the copy", why).because(Cause::Beside),
        ));
    }
    let (mut outcomes, mut unshown) = (Vec::with_capacity(batch.len()), Vec::new());
    for ((waiting, used), written) in batch.into_iter().zip(files).zip(written) {
        let (state, why) = match written {
            Written::Done => (ItemState::Written, None),
            Written::Skipped(why) => (ItemState::Skipped, Some(why)),
            Written::Unshown(why) => {
                unshown.push(waiting.key.clone());
                (ItemState::Skipped, Some(why))
            }
        };
        if state == ItemState::Written {
            outcomes
                .extend(used.into_iter().map(|key| (ItemKind::Media, key.into(), ItemState::Written, None)));
        }
        outcomes.push((kind, waiting.key, state, why));
    }
    items::settle(&engine.store, &transfer.id, outcomes).await?;
    if !unshown.is_empty() {
        let software = engine.destination.software();
        unshown::note(&engine.store, &transfer.id, kind, unshown, &software).await?;
    }
    Ok(())
}

/// The profile and its two pictures wait until the owner keeps the copy.
pub(super) async fn write_profile(
    engine: &Engine,
    transfer: &Transfer,
    profile: crate::model::actor::Profile,
) -> TransferResult<()> {
    let (mut avatar, mut header, mut outcomes) = (None, None, Vec::new());
    // Pictures that stand already belong to the profile as much as new ones.
    for state in [ItemState::Written, ItemState::Changed, ItemState::Fetched] {
        let of = (ItemKind::ProfileImages, state);
        for waiting in items::in_state(&engine.store, &transfer.id, of, (i64::MIN, 0), 10).await? {
            let Item::Media(file) = &waiting.item else { continue };
            match file.role {
                MediaRole::Avatar => avatar.clone_from(&waiting.blob),
                MediaRole::Header => header.clone_from(&waiting.blob),
                MediaRole::Attachment => {}
            }
            if state != ItemState::Written {
                outcomes.push((ItemKind::ProfileImages, waiting.key, ItemState::Written, None));
            }
        }
    }
    engine.destination.write_profile(&transfer.id, &transfer.account, profile, avatar, header).await?;
    if !outcomes.is_empty() {
        items::settle(&engine.store, &transfer.id, outcomes).await?;
    }
    Ok(())
}
