//! The account written through the destination, in the batches a transfer makes of it.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use godwit::{
    model::{
        item::{Item, ItemKind},
        mapping::Reservation,
    },
    port::destination::{Destination, Prepared, Wanted, Written},
    transfer::remap::{Known, remap},
};

use super::{
    house::House,
    memory,
    suitcase::{address, post, published},
};

/// Items that are given their places at once, as a transfer asks for them.
const PLACES: usize = 1000;

/// How it went.
pub struct Writing {
    /// Time within the destination.
    pub took: Duration,
    /// Of it, time in which ids were given.
    pub reserving: Duration,
    /// Memory at the end against memory when a tenth was written.
    pub growth: f64,
}

/// Writes so many posts. What the engine does between the batches is no part of the time.
pub async fn write(house: &House, posts: usize) -> Writing {
    let (mut reserving, mut writing) = (Duration::ZERO, Duration::ZERO);
    let mut places: Vec<Reservation> = Vec::with_capacity(posts);
    for first in (0..posts).step_by(PLACES) {
        let wanted: Vec<Wanted> = (first..posts.min(first + PLACES)).map(wanted).collect();
        let begin = Instant::now();
        places
            .extend(house.destination.reserve(&House::transfer(), &House::account(), &wanted).await.unwrap());
        reserving += begin.elapsed();
    }
    let mut early = memory::now_mb();
    // As a transfer asks it.
    let most = house.destination.most_at_once();
    for first in (0..posts).step_by(most) {
        let batch: Vec<Prepared> = (first..posts.min(first + most)).map(|n| prepared(n, &places)).collect();
        let begin = Instant::now();
        let written = house.destination.write(&House::transfer(), &House::account(), batch).await.unwrap();
        writing += begin.elapsed();
        assert!(written.iter().all(|one| *one == Written::Done), "{written:?}");
        if first <= posts / 10 {
            early = memory::now_mb();
        }
    }
    Writing { took: reserving + writing, reserving, growth: memory::now_mb() / early }
}

/// Makes everything visible.
pub async fn release(house: &House) -> Duration {
    let begin = Instant::now();
    house.destination.release(&House::transfer(), &House::account()).await.unwrap();
    begin.elapsed()
}

fn wanted(number: usize) -> Wanted {
    Wanted {
        key: address(number).as_str().into(),
        kind: ItemKind::Posts,
        published: Some(published(number)),
        rank: 0,
        file_name: None,
        media_type: None,
    }
}

/// A post with its new addresses, as a transfer hands it over.
fn prepared(number: usize, places: &[Reservation]) -> Prepared {
    let around = number.saturating_sub(1)..=number;
    let known = Known {
        posts: around.map(|n| (address(n).to_string(), places.get(n).unwrap().clone())).collect(),
        files: BTreeMap::new(),
    };
    let reservation = places.get(number).unwrap().clone();
    let item = remap(&Item::Post(Box::new(post(number))), &reservation, &House::sides(), &known);
    Prepared { reservation, item, blobs: BTreeMap::new() }
}
