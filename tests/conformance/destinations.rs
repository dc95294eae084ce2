//! Writing: reservations, repetition, and what stands there afterwards.

use std::collections::BTreeMap;

use godwit::{
    model::{
        collection::CollectionKind,
        id::TransferId,
        item::{Item, ItemKind},
        object::Object,
    },
    port::destination::{Prepared, Wanted, Written},
    site::{accounts::Account, clean},
    transfer::remap::{self, Known, Sides},
};

use super::{
    invented::{ACTOR, Invented},
    laboratory::{self, Home},
    openings::{PAGE_ITEMS, Stage, walk},
};

/// Everything of Dora's but files, and pins, which need the places of what they pin.
async fn wanted() -> Vec<(Item, Wanted)> {
    let dora = Invented::dora();
    let mut all = Vec::new();
    for kind in CollectionKind::ALL
        .into_iter()
        .filter(|kind| !matches!(kind, CollectionKind::Media | CollectionKind::Pins))
    {
        for item in walk(&dora, kind, None, 100).await.items {
            let published = item.published().cloned();
            let (key, kind) = (item.key(), item.kind());
            let want = Wanted { key, kind, published, rank: 0, file_name: None, media_type: None };
            all.push((item, want));
        }
    }
    all
}

/// Writes all of it.
async fn write(home: &Home, account: &Account, transfer: &TransferId) -> Vec<Written> {
    let (items, wanted): (Vec<_>, Vec<_>) = wanted().await.into_iter().unzip();
    let destination = &home.app.engine.destination;
    let places = destination.reserve(transfer, &account.id, &wanted).await.unwrap();
    let sides = Sides {
        source_actor: url::Url::parse(ACTOR).unwrap(),
        account: home.host_account(&account.username).await,
    };
    let batch = items.iter().zip(places).map(|(item, reservation)| Prepared {
        item: remap::remap(item, &reservation, &sides, &Known::default()),
        reservation,
        blobs: BTreeMap::new(),
    });
    destination.write(transfer, &account.id, batch.collect()).await.unwrap()
}

#[actix_web::test]
async fn the_same_reservation_twice_is_the_same_place_and_places_differ() {
    let [home] = laboratory::homes(["new"], PAGE_ITEMS).await;
    let eve = home.account("eve").await;
    let (_, wanted): (Vec<_>, Vec<_>) = wanted().await.into_iter().unzip();
    let destination = &home.app.engine.destination;
    let id = TransferId::from("t1");
    let places = destination.reserve(&id, &eve.id, &wanted).await.unwrap();
    assert_eq!(places, destination.reserve(&id, &eve.id, &wanted).await.unwrap());
    let mut addresses: Vec<_> = places.iter().map(|place| place.url.clone()).collect();
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), places.len());
    assert!(places.iter().zip(&wanted).all(|(place, wanted)| place.key == wanted.key));
    let of_another = destination.reserve(&TransferId::from("t2"), &eve.id, &wanted).await.unwrap();
    assert!(places.iter().zip(&of_another).all(|(one, other)| one.local_id != other.local_id));
    assert!(destination.counts(&id).await.unwrap().values().all(|count| *count == 0), "nothing was written");
}

#[actix_web::test]
async fn writing_twice_writes_once_and_until_the_release_nothing_is_given_out() {
    let [home] = laboratory::homes(["new"], PAGE_ITEMS).await;
    let eve = home.account("eve").await;
    let destination = &home.app.engine.destination;
    let id = TransferId::from("t1");
    let first = write(&home, &eve, &id).await;
    assert!(first.iter().all(|written| *written == Written::Done));
    let counted = destination.counts(&id).await.unwrap();
    assert_eq!(write(&home, &eve, &id).await, first);
    assert_eq!(destination.counts(&id).await.unwrap(), counted);
    let own = home.app.source_of(&home.host_account("eve").await, true).await.unwrap();
    for kind in CollectionKind::ALL {
        assert_eq!(walk(&*own, kind, None, 100).await.len(), 0, "{}", kind.as_str());
    }
    destination.discard(&id, &eve.id).await.unwrap();
    assert!(destination.counts(&id).await.unwrap().values().all(|count| *count == 0));
}

#[actix_web::test]
async fn what_was_written_reads_back_as_it_was_but_for_what_the_house_changes() {
    let stage = Stage::set().await;
    let source = stage.beside(true).await;
    let read = walk(&*source, CollectionKind::Content, None, 100).await.items;
    let written = walk(&Invented::dora(), CollectionKind::Content, None, 100).await.items;
    assert_eq!(read.len(), written.len());
    assert!(read.iter().is_sorted_by_key(|item| item.published().map(|time| time.micros().div_euclid(1000))));
    let post = |item: &Item| match item {
        Item::Post(object) => (**object).clone(),
        other => panic!("{} is no post", other.key()),
    };
    let by_old_id: BTreeMap<_, _> =
        read.iter().map(post).map(|object| (object.previously[0].id.clone(), object)).collect();
    for original in written.iter().map(post) {
        let copy = &by_old_id[&original.id];
        assert_eq!(essence(&original), essence(copy));
        assert_eq!(original.attachments.len(), copy.attachments.len());
        let Some(parent) = &original.in_reply_to else { continue };
        let parent = by_old_id.get(parent).map_or(parent, |own| &own.id);
        assert_eq!(copy.in_reply_to.as_ref(), Some(parent), "a reply answers the copy of what it answered");
    }
}

/// A post without what moves: addresses, links, audience lists; content as the house cleans it.
fn essence(object: &Object) -> String {
    let mut object = object.clone();
    let poll = object.poll.take().map(|poll| (poll.options, poll.is_multiple, poll.ends, poll.voters));
    let alt: Vec<_> =
        object.attachments.iter().map(|file| (file.alt.clone(), file.blurhash.clone())).collect();
    let words = remap::without_markup(&clean::html(&object.content));
    let tags: Vec<_> = object.tags.iter().map(|tag| (tag.kind, tag.name.clone())).collect();
    let kept =
        (object.kind, object.name, object.summary, object.is_sensitive, object.language, object.source);
    let times = (object.published, object.updated, object.visibility, object.tallies);
    format!("{kept:?} {times:?} {words} {tags:?} {alt:?} {poll:?} {}", ItemKind::Posts.as_str())
}
