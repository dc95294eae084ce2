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
    client_server::{
        Contents, Limit, Manner, Mischief, USUAL,
        manners::{AKKOMA, FRIENDICA, GOTOSOCIAL, MITRA, ONLY_THERE, PIXELFED, PLEROMA, SNAC, Shows},
    },
    openings::walk,
};

const SMALL: Contents = Contents { statuses: 60, following: 90, bookmarks: 45, favourites: 50 };

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

/// Reads an account at a server of this manner, and compares what came with what its software gives out.
async fn everything_comes_from(manner: Manner) {
    let there = Borrowed::new(manner, SMALL);
    let source = there.open(&there.servers()).await;
    let all = read(&*source).await;
    let count = |kind: ItemKind| u64::try_from(all.get(&kind).map_or(0, Vec::len)).unwrap();
    let has = |path: &str| !manner.lacks.contains(&path);
    let of = |path: &str, number: u64| if has(path) { number } else { 0 };
    let [posts, boosts, files] = SMALL.of(manner.shows);
    let has_filters = has("/api/v1/filters") && !["pixelfed", "mitra", "snac"].contains(&manner.software);
    for (kind, number) in [
        (ItemKind::Posts, posts),
        (ItemKind::Boosts, boosts),
        (ItemKind::Media, files),
        (ItemKind::ProfileImages, 1),
        (ItemKind::Following, of("/following", 90)),
        (ItemKind::Blocked, of("/api/v1/blocks", 2)),
        (ItemKind::Muted, of("/api/v1/mutes", 2)),
        (ItemKind::BlockedDomains, of("/api/v1/domain_blocks", 2)),
        (ItemKind::Filters, u64::from(has_filters)),
        (ItemKind::Lists, if manner.software == "pixelfed" { 0 } else { 2 }),
        (ItemKind::Notes, of("/following", 1) + of("/api/v1/mutes", 1)),
        (ItemKind::Pins, if manner.software == "pixelfed" { 0 } else { 2 }),
        (ItemKind::Bookmarks, 45),
        (ItemKind::Likes, 50),
    ] {
        assert_eq!(count(kind), number, "{} of {}", kind.as_str(), manner.software);
    }
    if manner.shows == Shows::All {
        assert_eq!([posts, boosts, files], [SMALL.posts(), SMALL.boosts(), SMALL.files()]);
        for audience in Visibility::ALL {
            let is = |item: &&Item| item.visibility() == audience;
            assert!(all[&ItemKind::Posts].iter().any(|item| is(&item)), "{audience:?}");
        }
        let parents: Vec<String> = all[&ItemKind::Posts]
            .iter()
            .filter_map(|item| match item {
                Item::Post(post) => post.in_reply_to.as_ref().map(ToString::to_string),
                _ => None,
            })
            .collect();
        let own = format!("https://old.example{}", manner.posts);
        for begin in ["https://birds.example/notes/", &own] {
            assert!(parents.iter().any(|parent| parent.starts_with(begin)), "{begin} of {}", manner.software);
        }
    }
    if manner.software == "gotosocial" {
        let words = format!("<p>Post number {ONLY_THERE}</p>");
        let is = |item: &&Item| matches!(item, Item::Post(post) if post.content == words);
        assert_eq!(all[&ItemKind::Posts].iter().find(is).unwrap().visibility(), Visibility::Direct);
        assert!(source.notes().iter().any(|(times, why)| *times == 1 && why.contains("people of Old home")));
    }
    if has("/following") {
        let mut followed = all[&ItemKind::Following].iter().map(Item::key);
        assert!(followed.any(|key| key.as_str() == "https://birds.example/users/bird0"));
        let chosen = |item: &&Item| matches!(item, Item::Follow { options, .. } if !options.is_usual());
        assert_eq!(all[&ItemKind::Following].iter().filter(chosen).count(), 2, "of {}", manner.software);
    }
    let typed = all[&ItemKind::Posts].iter().filter(|item| match item {
        Item::Post(post) => {
            post.source.as_ref().is_some_and(|source| source.content.starts_with("Post number"))
        }
        _ => false,
    });
    let tells = !manner.says_typed.is_empty() || ["mastodon", "mitra"].contains(&manner.software);
    assert_eq!(typed.count() > 0, tells, "what was typed, of {}", manner.software);
}

#[actix_web::test]
async fn everything_its_owner_can_see_is_read_from_every_kind_of_server() {
    for manner in [USUAL, GOTOSOCIAL, PLEROMA, AKKOMA, PIXELFED, FRIENDICA, MITRA, SNAC] {
        everything_comes_from(manner).await;
    }
}

/// What becomes of reading whom the account follows, while the server does something to whoever reads.
async fn troubled(mischief: Mischief) -> Result<usize, String> {
    let there = Borrowed::new(USUAL, SMALL);
    let source = there.open(&there.servers()).await;
    there.server().mischief = Some(mischief);
    let (mut found, mut cursor) = (0, None);
    for _ in 0..50 {
        let page =
            source.page(K::Following, cursor.as_ref(), 100).await.map_err(|error| error.to_string())?;
        found += page.items.len() + page.unreadable.len();
        cursor = page.next;
        if cursor.is_none() {
            return Ok(found);
        }
    }
    panic!("{mischief:?} never ends");
}

#[actix_web::test]
async fn a_server_that_does_harm_is_an_error_or_an_end_and_never_without_end() {
    let circle = troubled(Mischief::Circle).await.unwrap_err();
    assert!(circle.contains("lead back"), "{circle}");
    let elsewhere = troubled(Mischief::Elsewhere).await;
    assert!(elsewhere.as_ref().is_ok_and(|found| *found < 5), "{elsewhere:?}");
    let huge = troubled(Mischief::Huge).await.unwrap_err();
    assert!(huge.contains("following"), "{huge}");
    for text in ["{}", "null", "7", "\"list\"", "{\"error\": []}", "[[", ""] {
        assert!(troubled(Mischief::WrongTypes(text)).await.is_err(), "{text}");
    }
    for (text, found) in [("[]", 0), ("[1, null, {}, [], \"x\"]", 5), ("[{\"id\": 7, \"acct\": {}}]", 1)] {
        assert_eq!(troubled(Mischief::WrongTypes(text)).await, Ok(found), "{text}");
    }
    assert!(troubled(Mischief::SendsOn).await.is_err());
}

#[actix_web::test]
async fn a_permission_that_was_taken_back_in_the_middle_says_what_to_do() {
    let there = Borrowed::new(USUAL, SMALL);
    let source = there.open(&there.servers()).await;
    let page = source.page(K::Content, None, 20).await.unwrap();
    there.server().tokens.revoke_all();
    let error = source.page(K::Content, page.next.as_ref(), 20).await.unwrap_err().to_string();
    assert!(error.contains("Sign in there again"), "{error}");
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
