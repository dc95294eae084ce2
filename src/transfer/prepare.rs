//! New home: a batch of items, rewritten and with their files. The map is asked once for the whole
//! batch: asking for each item would cost more than writing it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Engine, TransferResult, remap};
use crate::{
    model::{
        id::TransferId,
        item::{Item, ItemKind},
        mapping::Reservation,
    },
    port::destination::{Prepared, StoredBlob},
    store::{
        StoreError,
        items::{self, Waiting},
        url_map,
    },
};

/// An item ready to be written, and the keys of the files it uses.
pub(super) type Ready = (Prepared, Vec<String>);

/// What a batch needs to know.
struct Ground {
    /// The items' own places, by key.
    places: BTreeMap<String, Reservation>,
    /// Where things that they point at live now.
    known: remap::Known,
    /// Their files, by the address in the attachment.
    files: BTreeMap<String, (Reservation, StoredBlob)>,
}

/// Rewrites a batch of one kind and finds its files.
pub(super) async fn prepare(
    engine: &Engine,
    transfer: &TransferId,
    kind: ItemKind,
    batch: &[Waiting],
    sides: &remap::Sides,
) -> TransferResult<Vec<Ready>> {
    let ground = ground(engine, transfer, kind, batch).await?;
    batch.iter().map(|waiting| ready(waiting, sides, &ground)).collect()
}

async fn ground(
    engine: &Engine,
    transfer: &TransferId,
    kind: ItemKind,
    batch: &[Waiting],
) -> TransferResult<Ground> {
    let store = &engine.store;
    let keys: Vec<&str> = batch.iter().map(|waiting| waiting.key.as_str()).collect();
    let places = url_map::reservations(store, transfer, kind, &keys).await?;
    let addresses: BTreeSet<String> =
        batch.iter().flat_map(|waiting| remap::addresses(&waiting.item)).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let posts = url_map::posts_at(store, transfer, &addresses).await?;
    let shown: BTreeSet<&str> = batch.iter().flat_map(|waiting| shown(&waiting.item)).collect();
    let shown: Vec<&str> = shown.into_iter().collect();
    let mut reserved = url_map::reservations(store, transfer, ItemKind::Media, &shown).await?;
    let files: BTreeMap<_, _> = items::blobs(store, transfer, &shown)
        .await?
        .into_iter()
        .filter_map(|(key, blob)| reserved.remove(&key).map(|place| (key, (place, blob))))
        .collect();
    let known = remap::Known {
        posts,
        files: files.iter().map(|(key, (place, _))| (key.clone(), place.url.clone())).collect(),
    };
    Ok(Ground { places, known, files })
}

/// Keys of the files an item shows.
pub(super) fn shown(item: &Item) -> impl Iterator<Item = &str> {
    let attachments = match item {
        Item::Post(object) => object.attachments.as_slice(),
        _ => &[],
    };
    attachments.iter().map(|attachment| attachment.url.as_str())
}

fn ready(waiting: &Waiting, sides: &remap::Sides, ground: &Ground) -> TransferResult<Ready> {
    let place = ground.places.get(waiting.key.as_str()).cloned();
    let reservation = place.ok_or(StoreError::Missing("reservation"))?;
    let item = remap::remap(&waiting.item, &reservation, sides, &ground.known);
    let used: BTreeSet<&str> = shown(&waiting.item).filter(|key| ground.files.contains_key(*key)).collect();
    let blobs = used
        .iter()
        .filter_map(|key| ground.files.get(*key))
        .map(|(file, blob)| (file.url.to_string(), (file.local_id.clone(), blob.clone())))
        .collect();
    Ok((Prepared { reservation, item, blobs }, used.into_iter().map(str::to_owned).collect()))
}
