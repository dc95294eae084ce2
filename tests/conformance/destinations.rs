//! Writing: reservations, repetition, and what is seen of a copy on trial.

use std::collections::{BTreeMap, BTreeSet};

use godwit::{
    model::{
        id::TransferId,
        item::{Item, ItemKind},
        mapping::Reservation,
    },
    port::destination::{Wanted, Written},
};

use super::{
    landings::{self, Landing},
    luggage::Luggage,
    unpacking::{self, Copied},
};

/// All things of a kind in one batch.
pub const AT_ONCE: usize = usize::MAX;

/// Fails with what stands only in one of two lists.
pub fn same(one: &[String], other: &[String], when: &str) {
    let only =
        |a: &[String], b: &[String]| a.iter().filter(|line| !b.contains(line)).cloned().collect::<Vec<_>>();
    assert!(one == other, "{when}: {:#?} against {:#?}", only(one, other), only(other, one));
}

/// How many of each kind should be counted: what was written, the files that posts show, and the pictures.
pub fn expected(copied: &Copied, luggage: &Luggage) -> BTreeMap<ItemKind, u64> {
    let mut expected = BTreeMap::new();
    let mut files = BTreeSet::new();
    for (one, written) in copied.prepared.iter().zip(&copied.written) {
        if *written == Written::Done {
            *expected.entry(one.reservation.kind).or_insert(0) += 1;
            files.extend(one.blobs.keys());
        }
    }
    let pictures = u64::from(luggage.avatar.is_some()) + u64::from(luggage.header.is_some());
    expected.insert(ItemKind::Media, u64::try_from(files.len()).unwrap());
    expected.insert(ItemKind::ProfileImages, pictures);
    expected
}

#[actix_web::test]
async fn the_same_reservation_twice_is_the_same_place_and_places_differ() {
    let luggage = landings::luggage().await;
    let wanted = unpacking::wanted(&luggage);
    for there in Landing::all().await {
        let (name, id, before) = (&there.name, TransferId::from("t1"), there.standing().await);
        let reserve =
            async |id: &TransferId| there.destination.reserve(id, there.account(), &wanted).await.unwrap();
        let places = reserve(&id).await;
        assert_eq!(places, reserve(&id).await, "{name}");
        let addresses: BTreeSet<_> = places.iter().map(|place| place.url.clone()).collect();
        assert_eq!(addresses.len(), places.len(), "{name}");
        let answers =
            |(place, wanted): (&Reservation, &Wanted)| (&place.key, place.kind) == (&wanted.key, wanted.kind);
        assert!(places.iter().zip(&wanted).all(answers), "{name}");
        let ids = |places: &[Reservation]| -> BTreeSet<_> {
            places.iter().map(|place| (place.kind, place.local_id.clone())).collect()
        };
        let of_another = reserve(&TransferId::from("t2")).await;
        assert_eq!(ids(&places).intersection(&ids(&of_another)).next(), None, "{name}");
        // Some of it, in another cut, is where it was.
        let some = there.destination.reserve(&id, there.account(), &wanted[3..50]).await.unwrap();
        assert_eq!(some, places[3..50], "{name}");
        assert_eq!(there.counts(&id).await, BTreeMap::new(), "{name}: nothing was written");
        let missing = there.destination.missing(&id, &places).await.unwrap();
        assert!(missing.iter().all(|is_missing| *is_missing), "{name}");
        same(&there.standing().await, &before, name);
    }
}

#[actix_web::test]
async fn writing_twice_writes_once_and_until_the_release_nothing_is_given_out() {
    let luggage = landings::luggage().await;
    for there in Landing::all().await {
        let (name, id) = (&there.name, TransferId::from("t1"));
        let (before, unseen) = (there.standing().await, there.shown().await);
        let first = there.copy(&id, &luggage, AT_ONCE).await;
        let counted = there.counts(&id).await;
        assert_eq!(counted, expected(&first, &luggage), "{name}");
        assert_eq!(there.shown().await, unseen, "{name}");
        let written = there.standing().await;
        let second = there.copy(&id, &luggage, AT_ONCE).await;
        assert_eq!(second.written, first.written, "{name}");
        assert_eq!(there.counts(&id).await, counted, "{name}");
        same(&there.standing().await, &written, name);
        assert_eq!(there.shown().await, unseen, "{name}");
        let places: Vec<_> = first.prepared.iter().map(|one| one.reservation.clone()).collect();
        let missing = there.destination.missing(&id, &places).await.unwrap();
        for ((place, is_missing), written) in places.iter().zip(missing).zip(&first.written) {
            assert_eq!(is_missing, *written != Written::Done, "{name} {:?} {}", place.kind, place.key);
        }
        for times in 1..=2 {
            there.destination.discard(&id, there.account()).await.unwrap();
            assert_eq!(there.counts(&id).await, BTreeMap::new(), "{name}, {times}");
            same(&there.standing().await, &before, &format!("{name}, thrown away {times} times"));
        }
    }
}

#[actix_web::test]
async fn in_one_batch_of_all_kinds_what_is_left_out_has_a_reason_and_posts_never_are() {
    let luggage = landings::luggage().await;
    for there in Landing::all().await {
        let (name, id) = (&there.name, TransferId::from("t1"));
        let prepared = there.prepare(&id, &luggage).await;
        let written = there.destination.write(&id, there.account(), prepared.clone()).await.unwrap();
        for (one, written) in prepared.iter().zip(&written) {
            let (Written::Skipped(why) | Written::Unshown(why)) = written else { continue };
            let key = &one.reservation.key;
            assert!(!there.takes_everything(), "{name} {key}: {why}");
            assert!(!matches!(one.item, Item::Post(_)), "{name} {key}: {why}");
            assert!(why.len() > 20, "{name} {key}: {why}");
        }
        let mut expected = expected(&Copied { prepared, written }, &luggage);
        assert!(!there.takes_everything() || expected.len() == ItemKind::ALL.len(), "{name}: {expected:?}");
        // They come with the profile.
        expected.remove(&ItemKind::ProfileImages);
        assert_eq!(there.counts(&id).await, expected, "{name}");
    }
}
