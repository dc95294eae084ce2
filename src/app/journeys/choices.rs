//! Only what its owner wants is written; all else is counted.

use super::*;
use crate::{model::choices::Choices, store::choices};

fn reply(number: u32, to: &str) -> Item {
    post(number, json!({"inReplyTo": to}))
}

fn at(number: u32, day: &str, more: Value) -> Item {
    let mut more = more;
    more["published"] = json!(format!("{day}T12:00:00Z"));
    post(number, more)
}

fn chosen(text: &str) -> Choices {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn threads_of_ones_own_are_originals_and_what_continues_a_reply_is_not() {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let own = |number: u32| format!("{OLD}/posts/{number}");
    let old = OldHome::new().page(
        CollectionKind::Content,
        vec![
            post(1, json!({})),
            reply(2, &own(1)),
            reply(3, "https://b.example/notes/1"),
            reply(4, &own(3)),
            reply(5, &own(4)),
        ],
    );
    let (transfer, report) = new.copy_of(&ann, old, chosen(r#"{"originals_only": true}"#)).await;
    assert_eq!(transfer.state, TransferState::Trial, "{:?}", transfer.problem);
    let posts = report.items["posts"];
    assert_eq!((posts.source, posts.destination, posts.declined), (5, 2, 3), "{:?}", report.reasons);
    assert!(report.agrees());
}

#[tokio::test]
async fn a_file_stays_where_all_posts_that_show_it_stay() {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let shows = |name: &str| json!({"type": "Document", "url": format!("https://old.example/{name}.png")});
    let old = OldHome::new()
        .page(
            CollectionKind::Media,
            ["both", "early", "late"].map(|name| file(&format!("https://old.example/{name}.png"))).to_vec(),
        )
        .page(
            CollectionKind::Content,
            vec![
                at(1, "2021-12-31", json!({"attachment": [shows("both"), shows("early")]})),
                at(2, "2022-01-01", json!({"attachment": [shows("both"), shows("late")]})),
            ],
        );
    let (_, report) = new.copy_of(&ann, old, chosen(r#"{"from": "2022-01-01"}"#)).await;
    let (posts, media) = (report.items["posts"], report.items["media"]);
    assert_eq!((posts.destination, posts.declined), (1, 1), "{:?}", report.reasons);
    assert_eq!((media.destination, media.declined), (2, 1), "{:?}", report.reasons);
}

#[tokio::test]
async fn a_kind_that_is_not_wanted_is_counted_as_often_as_old_home_says() {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let mut old = OldHome::new()
        .page(CollectionKind::Content, vec![post(1, json!({}))])
        .page(CollectionKind::Liked, vec![like("https://b.example/1"), like("https://b.example/2")]);
    old.announced.insert(CollectionKind::Liked, 2);
    let (_, report) = new.copy_of(&ann, old, chosen(r#"{"kinds": ["content"]}"#)).await;
    let likes = report.items["likes"];
    assert_eq!((likes.source, likes.destination, likes.declined), (2, 0, 2));
    assert!(report.agrees() && report.reasons.iter().any(|line| line.kind == "likes" && line.count == 2));
}

impl NewHome {
    async fn copy_of(&self, account: &Account, old: OldHome, wanted: Choices) -> (Transfer, Report) {
        let engine = self.engine(old);
        let id = self.transfer(account).await;
        choices::keep(&self.app.store, &id, wanted, false).await.unwrap();
        self.run(&engine, &id).await
    }
}
