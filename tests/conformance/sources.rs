//! Reading: pages, cursors, keys, counts, files.

use std::collections::BTreeSet;

use aws_lc_rs::digest;
use futures::TryStreamExt;
use godwit::{
    model::{collection::Cursor, item::Item},
    store::blobs::hex,
};

use super::openings::{Stage, walk};

#[actix_web::test]
async fn pages_of_one_and_of_a_hundred_yield_the_same_and_every_collection_has_something() {
    let stage = Stage::set().await;
    for one in stage.openings() {
        let source = (one.open)().await;
        for kind in source.collections() {
            let at_once = walk(&*source, kind, None, 100).await;
            assert!(at_once.len() > 0, "{} {}", one.name, kind.as_str());
            for limit in [1, 3] {
                let walked = walk(&*source, kind, None, limit).await;
                assert_eq!(walked.items, at_once.items, "{} {}", one.name, kind.as_str());
                assert_eq!(walked.unreadable, at_once.unreadable, "{} {}", one.name, kind.as_str());
            }
        }
    }
}

#[actix_web::test]
async fn reading_goes_on_from_any_cursor_also_of_an_earlier_opening() {
    let stage = Stage::set().await;
    for one in stage.openings() {
        let source = (one.open)().await;
        for kind in source.collections() {
            let whole = walk(&*source, kind, None, 4).await;
            let again = (one.open)().await;
            for (cursor, before) in &whole.cursors {
                let rest = walk(&*again, kind, Some(cursor.clone()), 5).await;
                assert_eq!(rest.len(), whole.len() - before, "{} {}", one.name, kind.as_str());
                assert!(whole.items.ends_with(&rest.items), "{} {}", one.name, kind.as_str());
            }
        }
    }
}

#[actix_web::test]
async fn keys_are_unique_and_the_same_at_the_next_opening() {
    let stage = Stage::set().await;
    for one in stage.openings() {
        let (first, second) = ((one.open)().await, (one.open)().await);
        assert_eq!(first.actor(), second.actor());
        assert_eq!(first.profile().await.unwrap(), second.profile().await.unwrap());
        for kind in first.collections() {
            let keys =
                |items: Vec<Item>| items.iter().map(|item| (item.kind(), item.key())).collect::<Vec<_>>();
            let read = keys(walk(&*first, kind, None, 100).await.items);
            assert_eq!(read, keys(walk(&*second, kind, None, 100).await.items), "{}", one.name);
            assert_eq!(
                read.iter().collect::<BTreeSet<_>>().len(),
                read.len(),
                "{} {}",
                one.name,
                kind.as_str()
            );
            assert!(
                read.iter().all(|(item, _)| kind.yields().contains(item)),
                "{} {}",
                one.name,
                kind.as_str()
            );
        }
    }
}

#[actix_web::test]
async fn a_count_is_what_the_pages_yield() {
    let stage = Stage::set().await;
    for one in stage.openings() {
        let source = (one.open)().await;
        for kind in source.collections() {
            let Some(counted) = source.count(kind).await.unwrap() else { continue };
            let yielded = u64::try_from(walk(&*source, kind, None, 100).await.len()).unwrap();
            assert_eq!(counted, yielded, "{} {}", one.name, kind.as_str());
        }
    }
}

#[actix_web::test]
async fn a_file_has_the_announced_length_and_hash_and_belongs_to_a_post_or_the_profile() {
    let stage = Stage::set().await;
    for one in stage.openings() {
        let source = (one.open)().await;
        let mut shown = BTreeSet::new();
        for item in walk(&*source, godwit::model::collection::CollectionKind::Content, None, 100).await.items
        {
            let Item::Post(object) = item else { continue };
            shown.extend(object.attachments.into_iter().map(|attachment| attachment.url));
        }
        let files = walk(&*source, godwit::model::collection::CollectionKind::Media, None, 100).await.items;
        for item in &files {
            let Item::Media(file) = item else { panic!("{} is no file", item.key()) };
            let chunks: Vec<_> = source.media(file).await.unwrap().try_collect().await.unwrap();
            let bytes = chunks.concat();
            if let Some(announced) = file.bytes {
                assert_eq!(announced, u64::try_from(bytes.len()).unwrap(), "{} {}", one.name, file.url);
            }
            if let Some(announced) = &file.sha256 {
                let found = hex(digest::digest(&digest::SHA256, &bytes).as_ref());
                assert_eq!(*announced, found, "{} {}", one.name, file.url);
            }
            let is_shown = shown.remove(&file.url);
            assert_eq!(
                is_shown,
                item.kind() == godwit::model::item::ItemKind::Media,
                "{} {}",
                one.name,
                file.url
            );
        }
        assert!(shown.is_empty(), "{}: files that nobody gives out: {shown:?}", one.name);
    }
}

#[actix_web::test]
async fn a_cursor_from_elsewhere_yields_nothing_that_is_not_the_accounts() {
    let stage = Stage::set().await;
    for one in stage.openings() {
        let source = (one.open)().await;
        for kind in source.collections() {
            let own = walk(&*source, kind, None, 100).await.items;
            for made_up in ["x", "-1", "' or 1=1 --", "99999999999999999999", "https://evil.example/?cursor="]
            {
                let page = source.page(kind, Some(&Cursor(made_up.to_owned())), 100).await;
                let read = page.map(|page| page.items).unwrap_or_default();
                assert!(read.iter().all(|item| own.contains(item)), "{} {made_up}", one.name);
            }
        }
    }
}
