//! A suitcase unpacked at a destination as the engine does it: places for everything first, then
//! everything rewritten for its place and written, kind by kind.

use godwit::{
    model::{
        id::TransferId,
        item::{Item, ItemKind},
        mapping::Reservation,
        moment::Moment,
    },
    port::destination::{Destination, Prepared, Wanted, Written},
    transfer::remap::{Known, Sides, remap},
};

use super::luggage::Luggage;

/// Everything that was copied.
pub struct Copied {
    pub prepared: Vec<Prepared>,
    pub written: Vec<Written>,
}

/// The files of a suitcase, which want a place before the posts that show them.
pub fn files(luggage: &Luggage) -> Vec<Wanted> {
    let wanted = |address: &String, media_type: &String| Wanted {
        key: address.as_str().into(),
        kind: ItemKind::Media,
        published: None,
        rank: 0,
        file_name: address.rsplit('/').next().map(str::to_owned),
        media_type: Some(media_type.clone()),
    };
    luggage.files.iter().map(|(address, blob)| wanted(address, &blob.media_type)).collect()
}

/// Everything else of it, kind by kind and the older before the younger.
fn things(luggage: &Luggage) -> Vec<&Item> {
    let mut kinds: Vec<_> = luggage.items.iter().map(Item::kind).collect();
    kinds.dedup();
    let of = |kind| {
        let mut of: Vec<_> = luggage.items.iter().filter(|item| item.kind() == kind).collect();
        of.sort_by_key(|item| item.published().map_or(0, Moment::micros));
        of
    };
    kinds.into_iter().flat_map(of).collect()
}

/// What things ask for. Those of one millisecond keep their order, in which parents stand first.
fn asked(things: &[&Item]) -> Vec<Wanted> {
    let (mut before, mut rank) = (None, 0_u16);
    let mut wanted = |item: &&Item| {
        let at = (item.kind(), item.published().map(|at| at.micros().div_euclid(1000)));
        rank = if before == Some(at) { rank.saturating_add(1) } else { 0 };
        before = Some(at);
        let published = item.published().cloned();
        Wanted { key: item.key(), kind: at.0, published, rank, file_name: None, media_type: None }
    };
    things.iter().map(&mut wanted).collect()
}

/// All requests that a suitcase makes.
pub fn wanted(luggage: &Luggage) -> Vec<Wanted> {
    let mut all = files(luggage);
    all.extend(asked(&things(luggage)));
    all
}

/// Gives all things of a suitcase their places, and rewrites them.
pub async fn prepare(
    destination: &dyn Destination,
    transfer: &TransferId,
    sides: &Sides,
    luggage: &Luggage,
) -> Vec<Prepared> {
    let account = &sides.account.id;
    let mut known = Known::default();
    let files = destination.reserve(transfer, account, &files(luggage)).await.unwrap();
    for place in &files {
        known.files.insert(place.key.to_string(), place.url.clone());
        luggage.keys_of_files.lock().unwrap().insert(place.url.to_string(), place.key.to_string());
    }
    let things = things(luggage);
    let mut places = Vec::with_capacity(things.len());
    for of in asked(&things).chunk_by(|one, next| one.kind == next.kind) {
        places.extend(destination.reserve(transfer, account, of).await.unwrap());
    }
    for (item, place) in things.iter().zip(&places) {
        let Item::Post(object) = item else { continue };
        known.posts.insert(place.key.to_string(), place.clone());
        known.posts.extend(object.url.as_ref().map(|page| (page.to_string(), place.clone())));
    }
    let prepared = |(item, reservation): (&Item, Reservation)| {
        let shown = match item {
            Item::Post(object) => object.attachments.as_slice(),
            _ => &[],
        };
        let blobs = shown.iter().filter_map(|attachment| {
            let place = files.iter().find(|place| place.key.as_str() == attachment.url)?;
            let blob = luggage.files.get(&attachment.url)?.clone();
            Some((place.url.to_string(), (place.local_id.clone(), blob)))
        });
        let blobs = blobs.collect();
        Prepared { item: remap(item, &reservation, sides, &known), reservation, blobs }
    };
    things.into_iter().zip(places).map(prepared).collect()
}

/// Copies a suitcase whose files lie where fetched ones do, so many things of a kind at once.
pub async fn copy(
    destination: &dyn Destination,
    transfer: &TransferId,
    sides: &Sides,
    luggage: &Luggage,
    at_once: usize,
) -> Copied {
    let account = &sides.account.id;
    let prepared = prepare(destination, transfer, sides, luggage).await;
    let mut written = Vec::with_capacity(prepared.len());
    for of in prepared.chunk_by(|one, next| one.reservation.kind == next.reservation.kind) {
        for batch in of.chunks(at_once) {
            written.extend(destination.write(transfer, account, batch.to_vec()).await.unwrap());
        }
    }
    let Luggage { profile, avatar, header, .. } = luggage;
    let (profile, avatar, header) = (profile.clone(), avatar.clone(), header.clone());
    destination.write_profile(transfer, account, profile, avatar, header).await.unwrap();
    Copied { prepared, written }
}
