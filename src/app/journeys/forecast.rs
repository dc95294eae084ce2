//! Before anything is copied: how much, and who will come along.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;

use super::{NewHome, OldHome, post};
use crate::{
    model::{
        choices::Choices,
        collection::CollectionKind,
        outlook::{Outline, Outlook, Prospect, ServerShare},
        transfer::TransferState,
    },
    port::neighbours::Neighbours,
    store::{choices, transfers},
    transfer::{Engine, forecast::forecast, step},
};

/// Says of every server what its name says.
struct Told;

#[async_trait]
impl Neighbours for Told {
    async fn look(&self, host: &str) -> Outlook {
        let prospect = match host {
            "refuses.example" => Prospect::BlocksUs,
            "gone.example" => Prospect::Dead,
            _ => Prospect::MustClick,
        };
        Outlook { software: Some("some 1".to_owned()), prospect, why: "it says so".to_owned() }
    }
}

fn old() -> OldHome {
    let share = |host: &str, followers| ServerShare { host: host.to_owned(), followers };
    let mut servers = vec![share("refuses.example", 37), share("gone.example", 5), share("new.example", 2)];
    servers.extend((0..30).map(|n| share(&format!("s{n}.example"), 1)));
    let outline = Outline { media_bytes: Some(3 << 20), followers: Some(80), servers, ..Outline::default() };
    let posts = vec![post(1, json!({})), post(2, json!({}))];
    OldHome { outline: Some(outline), ..OldHome::new().page(CollectionKind::Content, posts) }
}

#[tokio::test]
async fn followers_are_told_apart_before_anything_is_copied() {
    let new = NewHome::open().await;
    let account = new.account("ann").await;
    let engine = Engine { neighbours: Arc::new(Told), ..new.engine(old()) };
    let id = new.transfer(&account).await;
    choices::keep(&new.app.store, &id, Choices::default(), true).await.unwrap();
    let (transfer, _) = new.run(&engine, &id).await;
    assert_eq!(transfer.state, TransferState::AwaitingChoice);
    let first = forecast(&engine, &transfer).await.unwrap().unwrap();
    assert_eq!(first.prospects["blocks_us"], 37, "the largest servers are looked at first");
    assert!(first.unknown > 6, "and not all at once");
    for _ in 0..10 {
        step::advance(&engine, &transfer).await.unwrap();
    }
    let all = forecast(&engine, &transfer).await.unwrap().unwrap();
    let prospects: Vec<(&str, u64)> = all.prospects.iter().map(|(word, n)| (word.as_str(), *n)).collect();
    assert_eq!(prospects, [("blocks_us", 37), ("dead", 5), ("follows_by_itself", 2), ("must_click", 30)]);
    assert_eq!(all.unknown, 6, "followers that Old home counts and names no server of");
    assert_eq!((all.followers, all.media_bytes, all.servers.len()), (Some(80), Some(3 << 20), 33));
    let now = new.app.clock.now_micros();
    let due = transfers::due(&new.app.store, &step::RUNNING, now).await.unwrap();
    assert!(due.is_empty(), "once all were looked at, it rests");
    choices::begin(&new.app.store, &id, Choices::default(), now).await.unwrap();
    step::advance(&engine, &transfer).await.unwrap();
    let due = transfers::due(&new.app.store, &step::RUNNING, now).await.unwrap();
    assert_eq!(due.len(), 1, "a look around that comes late puts nothing to sleep");
}
