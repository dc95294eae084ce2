//! Numbers that agree must not hide that something was lost on the way.

use super::*;
use crate::model::{collection::Unreadable, item::ItemKind};

fn noted(report: &Report, part: &str) -> Option<u64> {
    report.notes.iter().find(|note| note.why.contains(part)).map(|note| note.count)
}

#[tokio::test]
async fn one_address_with_two_contents_is_carried_once_and_noted() {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let old = OldHome::new()
        .page(CollectionKind::Content, vec![post(1, json!({})), post(2, json!({}))])
        .page(CollectionKind::Content, vec![post(1, json!({"content": "another"})), post(2, json!({}))]);
    let (transfer, report) = new.copy(&ann, old).await;
    assert_eq!(transfer.state, TransferState::Trial, "{:?}", transfer.problem);
    assert_eq!((report.items["posts"].source, report.items["posts"].destination), (2, 2));
    assert_eq!(noted(&report, "with different content"), Some(1), "{:?}", report.notes);
    assert_eq!(noted(&report, "listed more than once"), Some(1), "{:?}", report.notes);
}

#[tokio::test]
async fn a_broken_element_under_a_known_address_is_noted() {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let mut old = OldHome::new().page(CollectionKind::Content, vec![post(1, json!({}))]);
    let key = format!("{OLD}/posts/1");
    let lost = Unreadable { kind: ItemKind::Posts, key, why: "it has no date".to_owned() };
    old.pages.get_mut(&CollectionKind::Content).unwrap()[0].unreadable.push(lost);
    let (_, report) = new.copy(&ann, old).await;
    assert_eq!(noted(&report, "with different content"), Some(1), "{:?}", report.notes);
}

#[tokio::test]
async fn a_list_shorter_than_its_own_count_is_noted() {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let mut old = OldHome::new().page(CollectionKind::Content, vec![post(1, json!({}))]);
    old.announced.insert(CollectionKind::Content, 5);
    let (transfer, report) = new.copy(&ann, old).await;
    assert_eq!(transfer.state, TransferState::Trial);
    assert_eq!(report.items["posts"].announced, Some(5));
    assert_eq!(noted(&report, "counts more"), Some(4), "{:?}", report.notes);
}

#[tokio::test]
async fn a_file_that_only_its_post_speaks_of_is_noted() {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let shows = |address: &str| json!({"type": "Document", "url": address});
    let two = json!({"attachment": [shows("https://old.example/a.png"), shows("https://old.example/b.png")]});
    let old = OldHome::new()
        .page(CollectionKind::Media, vec![file("https://old.example/a.png")])
        .page(CollectionKind::Content, vec![post(1, two)]);
    let (transfer, report) = new.copy(&ann, old).await;
    assert_eq!(transfer.state, TransferState::Trial, "{:?}", transfer.problem);
    assert_eq!(report.items["media"].destination, 1);
    assert_eq!(noted(&report, "arrives without"), Some(1), "{:?}", report.notes);
}

#[tokio::test]
async fn a_list_that_runs_in_a_circle_of_two_pages_is_given_up() {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let mut old = OldHome::new()
        .page(CollectionKind::Content, vec![post(1, json!({}))])
        .page(CollectionKind::Content, vec![post(2, json!({}))])
        .page(CollectionKind::Content, vec![post(3, json!({}))]);
    old.pages.get_mut(&CollectionKind::Content).unwrap()[2].next = Some(Cursor("1".to_owned()));
    let (transfer, _) = new.copy(&ann, old).await;
    assert_eq!(transfer.state, TransferState::Failed);
    assert!(transfer.problem.unwrap().contains("circle"));
}

#[tokio::test]
async fn a_list_without_end_is_given_up_at_the_limit() {
    let mut new = NewHome::open().await;
    let ann = new.account("ann").await;
    Arc::get_mut(&mut new.app.engine).unwrap().most_items = 2;
    let items = (1..=3).map(|number| post(number, json!({}))).collect();
    let (transfer, _) = new.copy(&ann, OldHome::new().page(CollectionKind::Content, items)).await;
    assert_eq!(transfer.state, TransferState::Failed);
    assert!(transfer.problem.unwrap().contains("more than this server takes"));
}
