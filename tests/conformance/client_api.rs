//! An account read where nothing of ours runs: complete, within limits that nobody announces, and with an
//! end that is told after a minute and kept.

use std::collections::BTreeMap;

use godwit::{
    model::{
        collection::CollectionKind as K,
        item::{Item, ItemKind},
        object::Visibility,
    },
    port::{clock::Clock, source::Source},
};

use super::{
    borrowed::Borrowed,
    client_server::{Contents, Limit, Manner, USUAL},
    openings::walk,
};

const SMALL: Contents = Contents { statuses: 60, following: 90, bookmarks: 45, favourites: 50 };
/// Like the one with the smallest interface in the table.
const OTHER: Manner = Manner {
    software: "gotosocial",
    version: "0.20.0",
    says_actors: false,
    gives_many: false,
    publishes: false,
};
/// Read backwards.
const BACKWARDS: Manner = Manner { software: "pleroma", version: "2.5.0", ..OTHER };

async fn read(source: &dyn Source) -> BTreeMap<ItemKind, Vec<Item>> {
    let mut all: BTreeMap<ItemKind, Vec<Item>> = BTreeMap::new();
    for kind in source.collections() {
        let walked = walk(source, kind, None, 100).await;
        assert_eq!(walked.unreadable, [], "{}", kind.as_str());
        for item in walked.items {
            all.entry(item.kind()).or_default().push(item);
        }
    }
    all
}

#[actix_web::test]
async fn everything_its_owner_can_see_is_read_from_servers_of_three_kinds() {
    for manner in [USUAL, OTHER, BACKWARDS] {
        let there = Borrowed::new(manner, SMALL);
        let source = there.open(&there.servers()).await;
        let all = read(&*source).await;
        let count = |kind: ItemKind| u64::try_from(all.get(&kind).map_or(0, Vec::len)).unwrap();
        for (kind, number) in [
            (ItemKind::Posts, SMALL.posts()),
            (ItemKind::Boosts, SMALL.boosts()),
            (ItemKind::Media, SMALL.files()),
            (ItemKind::ProfileImages, 1),
            (ItemKind::Following, 90),
            (ItemKind::Blocked, 2),
            (ItemKind::Muted, 2),
            (ItemKind::Lists, 2),
            (ItemKind::Notes, 2),
            (ItemKind::Pins, 2),
            (ItemKind::Bookmarks, 45),
            (ItemKind::Likes, 50),
        ] {
            assert_eq!(count(kind), number, "{} of {}", kind.as_str(), manner.software);
        }
        for audience in Visibility::ALL {
            let is = |item: &&Item| item.visibility() == audience;
            assert!(all[&ItemKind::Posts].iter().any(|item| is(&item)), "{audience:?}");
        }
        let followed: Vec<&Item> = all[&ItemKind::Following].iter().collect();
        assert!(followed.iter().any(|item| item.key().as_str() == "https://birds.example/users/bird0"));
        let parents: Vec<String> = all[&ItemKind::Posts]
            .iter()
            .filter_map(|item| match item {
                Item::Post(post) => post.in_reply_to.as_ref().map(ToString::to_string),
                _ => None,
            })
            .collect();
        assert!(parents.iter().any(|parent| parent.starts_with("https://birds.example/notes/")));
        assert!(parents.iter().any(|parent| parent.starts_with("https://old.example/users/ann/statuses/")));
    }
}

#[actix_web::test]
async fn posts_boosts_and_files_are_one_walk() {
    let there = Borrowed::new(USUAL, SMALL);
    let source = there.open(&there.servers()).await;
    walk(&*source, K::Content, None, 100).await;
    let before = there.server().answered;
    walk(&*source, K::Outbox, None, 100).await;
    walk(&*source, K::Media, None, 100).await;
    assert_eq!(there.server().answered, before, "what was seen is not asked for again");
}

/// Reads a large account within limits; how long was foretold after a minute and how long it took, in
/// seconds, and how often the server refused.
async fn timed(limits: Vec<Limit>, announces: bool) -> (i64, i64, u64) {
    let large = Contents { statuses: 4_000, following: 800, bookmarks: 30, favourites: 30 };
    let there = Borrowed::new(USUAL, large);
    (there.server().limits, there.server().announces) = (limits, announces);
    let servers = there.servers();
    let source = there.open(&servers).await;
    let (began, mut foretold) = (there.now_micros(), None);
    for kind in source.collections() {
        let mut cursor = None;
        loop {
            let page = source.page(kind, cursor.as_ref(), 100).await.unwrap();
            if there.now_micros() - began > 75_000_000 {
                let said = servers.ends_at(&"a transfer".into()).unwrap();
                assert_eq!(*foretold.get_or_insert(said), said, "it is fixed");
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
    }
    let took = there.now_micros() - began;
    (foretold.unwrap_or(began + took) - began, took, there.server().refused)
}

fn within_15_percent((foretold, took, refused): (i64, i64, u64)) {
    let seconds = |micros: i64| micros / 1_000_000;
    let told = format!("foretold {} s, took {} s, {refused} refusals", seconds(foretold), seconds(took));
    assert!((foretold - took).abs() * 100 <= took * 15, "{told}");
    assert!(refused <= 40, "{told}");
}

#[actix_web::test]
async fn the_limits_a_software_is_known_to_have_are_kept_without_being_told() {
    let page = Limit { requests: 300, seconds: 900, is_paging: true };
    let all = Limit { requests: 300, seconds: 300, is_paging: false };
    let outcome = timed(vec![page, all], false).await;
    within_15_percent(outcome);
    assert_eq!(outcome.2, 0, "nothing was refused");
}

#[actix_web::test]
async fn a_limit_that_is_only_enforced_is_learned_within_the_first_minute() {
    within_15_percent(timed(vec![Limit { requests: 10, seconds: 60, is_paging: false }], false).await);
    within_15_percent(timed(vec![Limit { requests: 5, seconds: 20, is_paging: true }], false).await);
}

#[actix_web::test]
async fn a_limit_that_is_announced_is_obeyed_before_it_is_enforced() {
    let outcome = timed(vec![Limit { requests: 30, seconds: 300, is_paging: false }], true).await;
    within_15_percent(outcome);
    assert!(outcome.2 <= 2, "{} refusals", outcome.2);
}

#[actix_web::test]
async fn a_small_account_is_read_at_once() {
    let there = Borrowed::new(USUAL, SMALL);
    let source = there.open(&there.servers()).await;
    let began = there.now_micros();
    read(&*source).await;
    assert!(
        there.now_micros() - began < 30_000_000,
        "it took {} s",
        (there.now_micros() - began) / 1_000_000
    );
}
