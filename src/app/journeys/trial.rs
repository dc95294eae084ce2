//! A trial does not act on anybody.

use super::*;
use crate::{model::item::ItemKind, port::fakes::FakeRemote, site::inbox::Received, transfer::trial};

const CID: &str = "https://c.example/users/cid";

/// Cid follows ann; what ann's server answers.
async fn answer_to_follow(new: &NewHome, number: u32) -> String {
    let document = json!({"id": CID, "type": "Person", "inbox": format!("{CID}/inbox")});
    let cid = wire::actor::read(&document).unwrap();
    let follow = json!({
        "id": format!("{CID}#follows/{number}"), "type": "Follow", "actor": CID,
        "object": "https://new.example/users/ann"
    });
    let received = new.app.site.receive(&FakeRemote::default(), &cid, &follow).await.unwrap();
    assert_eq!(received, Received::Done);
    let due = crate::store::deliveries::due(&new.app.store, i64::MAX, 9, 9).await.unwrap();
    let newest = due.iter().find(|row| row.activity.contains(&format!("follows/{number}\""))).unwrap();
    serde_json::from_str::<Value>(&newest.activity).unwrap()["type"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_copied_block_acts_only_once_the_copy_is_kept() {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let blocks = OldHome::new().page(CollectionKind::Blocked, vec![Item::Block { actor: url(CID) }]);
    let (transfer, report) = new.copy(&ann, blocks).await;
    assert_eq!(report.kind(ItemKind::Blocked).destination, 1);
    assert_eq!(answer_to_follow(&new, 1).await, "Accept", "nobody notices a trial");
    trial::keep(&new.app.engine, &transfer).await.unwrap();
    let keeping = transfers::find(&new.app.store, &transfer.id).await.unwrap().unwrap();
    step::advance(&new.app.engine, &keeping).await.unwrap();
    assert_eq!(answer_to_follow(&new, 2).await, "Reject");
}
