//! What every destination holds to (tests/conformance asks it of all), and what this one in particular does.

use std::collections::BTreeSet;

use godwit::{
    model::{
        collection::CollectionKind,
        id::TransferId,
        item::{Item, ItemKind},
        object::Object,
    },
    port::{
        destination::{Destination, Prepared, Written},
        source::Source,
    },
};

use super::{
    house::{House, SOME, same},
    luggage::Luggage,
};

fn places(prepared: &[Prepared]) -> Vec<(String, String, String)> {
    let place = |one: &Prepared| {
        let it = &one.reservation;
        (it.key.to_string(), it.local_id.to_string(), it.url.to_string())
    };
    prepared.iter().map(place).collect()
}

#[tokio::test]
async fn the_same_reservation_twice_is_the_same_place_and_places_differ_and_nothing_is_written() {
    for version in SOME {
        let Some(house) = House::of(version).await else { return };
        let (before, luggage) = (house.census(), Luggage::full());
        let first = house.prepare(&TransferId::from("t1"), &luggage).await;
        let second = house.prepare(&TransferId::from("t1"), &luggage).await;
        assert_eq!(places(&first), places(&second), "{version}");
        let addresses: BTreeSet<_> = first.iter().map(|one| one.reservation.url.clone()).collect();
        assert_eq!(addresses.len(), first.len(), "{version}");
        let other = house.prepare(&TransferId::from("t2"), &luggage).await;
        let kept = |one: &&Prepared| matches!(one.reservation.kind, ItemKind::Posts | ItemKind::Boosts);
        let ids: BTreeSet<_> =
            first.iter().filter(kept).map(|one| one.reservation.local_id.clone()).collect();
        assert!(other.iter().filter(kept).all(|one| !ids.contains(&one.reservation.local_id)), "{version}");
        let counts = house.destination.counts(&TransferId::from("t1")).await.unwrap();
        assert!(counts.values().all(|count| *count == 0), "{version}");
        same(&house.census(), &before, version.as_str());
    }
}

#[tokio::test]
async fn what_was_written_reads_back_as_it_was_but_for_its_place() {
    for version in SOME {
        let Some(house) = House::of(version).await else { return };
        let (id, luggage) = (TransferId::from("t1"), Luggage::full());
        let copied = house.copy(&id, &luggage).await;
        house.destination.release(&id, &House::eve()).await.unwrap();
        let missing =
            copied.prepared.iter().zip(&copied.written).filter(|(_, written)| **written == Written::Done);
        let places: Vec<_> = missing.map(|(one, _)| one.reservation.clone()).collect();
        let missing = house.destination.missing(&id, &places).await.unwrap();
        assert!(missing.iter().all(|is_missing| !is_missing), "{version}");

        let source = house.source(true).await;
        let page = source.page(CollectionKind::Content, None, 100).await.unwrap();
        let read: Vec<Object> = page
            .items
            .into_iter()
            .map(|item| if let Item::Post(object) = item { *object } else { panic!("{item:?}") })
            .collect();
        for one in &copied.prepared {
            let Item::Post(written) = &one.item else { continue };
            let back = read.iter().find(|object| object.id == one.reservation.url).unwrap();
            let essence = |object: &Object| {
                let poll = object.poll.as_ref().map(|poll| (poll.options.clone(), poll.voters));
                let alt: Vec<_> = object.attachments.iter().map(|file| file.alt.clone()).collect();
                let versions: Vec<_> = object
                    .earlier
                    .iter()
                    .map(|earlier| (earlier.written.micros(), earlier.summary.clone(), earlier.is_sensitive))
                    .collect();
                format!(
                    "{:?} {:?} {:?} {:?} {poll:?} {alt:?} {versions:?}",
                    object.published.micros(),
                    object.updated.as_ref().map(godwit::model::moment::Moment::micros),
                    object.visibility,
                    object.is_sensitive,
                )
            };
            assert_eq!(essence(back), essence(written), "{version}: {}", one.reservation.key);
        }
    }
}
