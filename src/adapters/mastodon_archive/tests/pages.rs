//! Documents and the pages made of them.

use serde_json::json;

use super::{super::ArchiveLimits, sample::*};
use crate::{
    model::{
        collection::{CollectionKind, Cursor},
        item::ItemKind,
        object::Visibility,
    },
    port::{error::AdapterError, source::Source},
    words::pseudo,
};

fn has_note(archive: &dyn Source, words: &str) -> bool {
    archive.notes().iter().any(|(_, sentence)| sentence.contains(words))
}

#[tokio::test]
async fn posts_boosts_likes_and_bookmarks_are_told_apart() {
    let archive = Sample::ann().open();
    assert_eq!(archive.actor().as_str(), ANN);
    assert_eq!(archive.profile().await.unwrap().name, "Ann");
    let mut counts = Vec::new();
    for kind in archive.collections() {
        counts.push((kind, archive.count(kind).await.unwrap().unwrap()));
    }
    let expected = [
        (CollectionKind::Media, 2),
        (CollectionKind::Content, 5),
        (CollectionKind::Outbox, 2),
        (CollectionKind::Liked, 2),
        (CollectionKind::Bookmarks, 1),
    ];
    assert_eq!(counts, expected);
    assert_eq!(archive.count(CollectionKind::Following).await.unwrap(), None);
    assert!(archive.notes().is_empty(), "{:?}", archive.notes());
}

#[tokio::test]
async fn audiences_are_kept_and_the_order_is_the_archives() {
    let page = walk(&Sample::ann().open(), CollectionKind::Content, None, 100).await;
    let seen: Vec<_> = page.items.iter().map(|item| (item.key().to_string(), item.visibility())).collect();
    let expected = [
        (1, Visibility::Public),
        (3, Visibility::Public),
        (5, Visibility::Followers),
        (7, Visibility::Direct),
    ]
    .map(|(number, visibility)| (format!("{ANN}/statuses/{number}"), visibility));
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_broken_post_is_named_and_the_rest_arrives() {
    let page = walk(&Sample::ann().open(), CollectionKind::Content, None, 100).await;
    assert_eq!((page.items.len(), page.unreadable.len()), (4, 1));
    assert_eq!(page.unreadable[0].key, format!("{ANN}/statuses/4"));
    assert_eq!(page.unreadable[0].kind, ItemKind::Posts);
    assert!(page.unreadable[0].why.contains("date"));
}

#[tokio::test]
async fn a_cursor_from_elsewhere_is_refused() {
    let archive = Sample::ann().open();
    for text in ["x", "-1", "6", "99999999999999999999999"] {
        assert!(
            archive.page(CollectionKind::Content, Some(&Cursor(text.into())), 10).await.is_err(),
            "{text}"
        );
    }
}

#[tokio::test]
async fn of_a_list_that_stands_there_twice_the_last_counts() {
    let last = json!([create(9, &json!({}))]);
    let first = json!([create(8, &attached(PICTURE)), announce(2)]);
    let outbox = format!(r#"{{"orderedItems":{first},"totalItems":1,"orderedItems":{last}}}"#);
    let archive = Sample::ann().with("outbox.json", outbox.as_bytes()).open();
    let page = walk(&archive, CollectionKind::Content, None, 100).await;
    assert_eq!(page.items.len(), 1);
    assert!(page.items[0].key().as_str().ends_with("/9"));
    assert_eq!(archive.count(CollectionKind::Outbox).await.unwrap(), Some(0));
    assert_eq!(archive.count(CollectionKind::Media).await.unwrap(), Some(1), "only the avatar");
    assert!(has_note(&archive, "orderedItems stands more than once in outbox.json"));
}

#[tokio::test]
async fn a_wrong_total_is_noted_and_nothing_more() {
    let outbox = json!({"totalItems": 19, "orderedItems": [create(1, &json!({}))]}).to_string();
    let archive = Sample::ann().with("outbox.json", outbox.as_bytes()).open();
    assert_eq!(archive.count(CollectionKind::Content).await.unwrap(), Some(1));
    assert_eq!(
        archive.notes(),
        [(18, "outbox.json says it has 19 entries and has 1; those that are there count".into())]
    );
}

#[tokio::test]
async fn an_entry_that_stands_there_twice_is_taken_once() {
    let outbox = list(&[create(1, &json!({})), announce(2), create(1, &json!({}))]);
    let archive = Sample::ann().with("outbox.json", &outbox).open();
    assert_eq!(archive.count(CollectionKind::Content).await.unwrap(), Some(1));
    assert!(has_note(&archive, "more than once; each was taken once"));
}

#[tokio::test]
async fn a_move_of_the_account_is_noted_and_not_taken_over() {
    let actor = json!({"id": ANN, "type": "Person", "movedTo": "https://c.example/u", "alsoKnownAs": ["https://d.example/u"]});
    let archive = Sample::ann().with("actor.json", actor.to_string().as_bytes()).open();
    assert!(has_note(&archive, "had moved; that is not taken over"));
    assert!(has_note(&archive, "other addresses"));
}

#[tokio::test]
async fn without_an_actor_the_posts_tell_whose_they_are() {
    let archive = Sample::ann().without("actor.json").open();
    assert_eq!(archive.actor().as_str(), ANN);
    assert!(has_note(&archive, "actor.json is missing"));
    let page = walk(&archive, CollectionKind::Content, None, 100).await;
    assert_eq!(page.items[2].visibility(), Visibility::Followers);
    let mut bob = announce(3);
    bob["actor"] = json!("https://old.example/users/bob");
    let mixed = Sample::ann().without("actor.json").with("outbox.json", &list(&[announce(2), bob]));
    assert!(refusal(&mixed.zip()).contains("whose they are"));
}

#[tokio::test]
async fn collections_the_archive_does_not_have_are_not_offered() {
    let archive = Sample::ann().without("bookmarks.json").open();
    assert!(!archive.collections().contains(&CollectionKind::Bookmarks));
    assert!(walk(&archive, CollectionKind::Bookmarks, None, 10).await.items.is_empty());
}

#[test]
fn invalid_json_is_refused_with_the_document_at_fault() {
    for name in ["outbox.json", "likes.json", "actor.json"] {
        let why = refusal(&Sample::ann().with(name, b"{\"orderedItems\": [secret").zip());
        assert!(why.contains(name) && !why.contains("secret"), "{why}");
    }
}

#[test]
fn json_nested_too_deep_is_refused() {
    let outbox = format!(r#"{{"orderedItems":[{}{}]}}"#, "[".repeat(5000), "]".repeat(5000));
    assert!(refusal(&Sample::ann().with("outbox.json", outbox.as_bytes()).zip()).contains("outbox.json"));
}

#[test]
fn an_archive_without_an_outbox_is_refused() {
    assert!(refusal(&Sample::ann().without("outbox.json").zip()).contains("no outbox.json"));
}

#[test]
fn whatever_is_said_of_an_archive_comes_from_the_texts() {
    let spoken = pseudo::speak();
    let moved =
        json!({"id": ANN, "movedTo": "https://c.example/ann", "alsoKnownAs": ["https://d.example/ann"]});
    let twice = list(&[json!("https://b.example/1"), json!("https://b.example/1")]);
    let odd = Sample::ann().with("key.pem", b"key").with("likes.json", &twice);
    let notes = odd.clone().with("actor.json", moved.to_string().as_bytes()).open().notes();
    assert_eq!(notes.len(), 4, "{notes:?}");
    let refusals = [
        bytes_opened(b"", LIMITS),
        bytes_opened(b"no archive", LIMITS),
        bytes_opened(&odd.clone().without("outbox.json").zip(), LIMITS),
        bytes_opened(&odd.clone().with("outbox.json", b"{").zip(), LIMITS),
        bytes_opened(&odd.clone().with("../outbox.json", b"{}").zip(), LIMITS),
        bytes_opened(&odd.zip(), ArchiveLimits { bytes: 1, entries: 50 }),
        bytes_opened(&odd.zip(), ArchiveLimits { bytes: 4 << 20, entries: 1 }),
    ];
    let refusals = refusals.into_iter().map(|opened| match opened {
        Err(AdapterError::Fatal { why, .. }) => why,
        _ => panic!("it was taken"),
    });
    let said: Vec<String> = notes.into_iter().map(|(_, why)| why).chain(refusals).collect();
    drop(spoken);
    let by_code: Vec<&String> = said.iter().filter(|why| !pseudo::is_text(why)).collect();
    assert!(by_code.is_empty(), "{by_code:?}");
}
