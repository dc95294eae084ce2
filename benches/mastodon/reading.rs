//! The account read through the source, page by page, as it is served.

use std::time::{Duration, Instant};

use godwit::{
    adapters::mastodon_database::MastodonSource, model::collection::CollectionKind, port::source::Source,
};

use super::house::House;

/// Posts of one page: the most that the source gives.
const PAGE: usize = 1_000;

/// Reads all posts; how long that takes.
pub async fn read(house: &House, posts: usize) -> Duration {
    let (database, place) = (house.database.clone(), house.place.clone());
    let base = place.web.clone();
    let begin = Instant::now();
    let source = MastodonSource::open(database, place, base, &House::account(), true).await.unwrap();
    let (mut found, mut cursor) = (0, None);
    loop {
        let page = source.page(CollectionKind::Content, cursor.as_ref(), PAGE).await.unwrap();
        found += page.items.len();
        std::hint::black_box(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let took = begin.elapsed();
    assert_eq!(found, posts, "everything was read");
    took
}
