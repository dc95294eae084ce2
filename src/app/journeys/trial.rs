//! A trial does not act on anybody.

use super::*;
use crate::{
    model::item::ItemKind,
    port::{
        clock::Clock,
        fakes::{FakeRemote, StillClock},
    },
    site::inbox::Received,
    store::letters,
    transfer::{trial, trial_end},
};

const DAY: i64 = 24 * 3600;

/// A copy in its trial, read as a client from a home that `remote` stands for, and a clock for it.
async fn tried(new: &NewHome, remote: FakeRemote) -> (Engine, Arc<StillClock>, TransferId) {
    let ann = new.account("ann").await;
    let (transfer, _) =
        new.copy(&ann, OldHome::new().page(CollectionKind::Content, vec![post(1, json!({}))])).await;
    let clock = Arc::new(StillClock::new());
    // The copy was made by the running clock, and its trial counts from then.
    clock.pass_seconds((new.app.clock.now_micros() - clock.now_micros()) / 1_000_000);
    let engine = Engine { remote: Arc::new(remote), clock: clock.clone(), ..(*new.app.engine).clone() };
    (engine, clock, transfer.id)
}

/// What the queue does with it at this moment; gives where it stands.
async fn looked(new: &NewHome, engine: &Engine, id: &TransferId) -> TransferState {
    let transfer = transfers::find(&new.app.store, id).await.unwrap().unwrap();
    let origin = Origin::ClientApi {
        actor: url(OLD),
        software: "other 1".to_owned(),
        move_page: None,
        lacks: Vec::new(),
    };
    step::advance(engine, &Transfer { origin, ..transfer }).await.unwrap();
    transfers::find(&new.app.store, id).await.unwrap().unwrap().state
}

async fn warnings(new: &NewHome, engine: &Engine, id: &TransferId) -> usize {
    let transfer = transfers::find(&new.app.store, id).await.unwrap().unwrap();
    let all = letters::of_account(&engine.store, transfer.account.as_str(), 99).await.unwrap();
    all.iter().filter(|letter| letter.kind == letters::kind::TRIAL_ENDS).count()
}

fn shows_ann() -> FakeRemote {
    let remote = FakeRemote::default();
    remote.serve(OLD, &json!({"id": OLD, "type": "Person", "inbox": format!("{OLD}/inbox")}));
    remote
}

#[tokio::test]
async fn a_trial_ends_after_a_warning_and_leaves_nothing() {
    let new = NewHome::open().await;
    let (engine, clock, id) = tried(&new, shows_ann()).await;
    assert_eq!(looked(&new, &engine, &id).await, TransferState::Trial);
    assert_eq!(warnings(&new, &engine, &id).await, 0);
    clock.pass_seconds(24 * DAY);
    for _twice in 0..2 {
        assert_eq!(looked(&new, &engine, &id).await, TransferState::Trial);
        assert_eq!(warnings(&new, &engine, &id).await, 1, "told once");
    }
    clock.pass_seconds(7 * DAY);
    assert_eq!(looked(&new, &engine, &id).await, TransferState::Discarding);
    assert_eq!(looked(&new, &engine, &id).await, TransferState::Discarded);
}

#[tokio::test]
async fn whoever_extends_a_trial_has_as_long_again_from_then() {
    let new = NewHome::open().await;
    let (engine, clock, id) = tried(&new, shows_ann()).await;
    looked(&new, &engine, &id).await;
    clock.pass_seconds(29 * DAY);
    let transfer = transfers::find(&new.app.store, &id).await.unwrap().unwrap();
    trial_end::extend(&engine, &transfer).await.unwrap();
    clock.pass_seconds(29 * DAY);
    assert_eq!(looked(&new, &engine, &id).await, TransferState::Trial);
    assert_eq!(warnings(&new, &engine, &id).await, 1, "told of the new end");
    clock.pass_seconds(2 * DAY);
    assert_eq!(looked(&new, &engine, &id).await, TransferState::Discarding);
    let over = transfers::find(&new.app.store, &id).await.unwrap().unwrap();
    assert!(trial_end::extend(&engine, &over).await.is_err(), "too late");
}

#[tokio::test]
async fn the_only_copy_there_is_is_never_thrown_away_by_a_calendar() {
    let new = NewHome::open().await;
    let gone = FakeRemote::default();
    gone.answer(OLD, 410, &[], "");
    let (engine, clock, id) = tried(&new, gone).await;
    for _month in 0..6 {
        clock.pass_seconds(31 * DAY);
        assert_eq!(looked(&new, &engine, &id).await, TransferState::Trial);
    }
}

#[tokio::test]
async fn a_copy_that_old_home_has_moved_to_is_never_thrown_away_by_a_calendar() {
    let new = NewHome::open().await;
    let moved = FakeRemote::default();
    let to = "https://new.example/users/ann";
    moved.serve(OLD, &json!({"id": OLD, "type": "Person", "inbox": format!("{OLD}/inbox"), "movedTo": to}));
    let (engine, clock, id) = tried(&new, moved).await;
    clock.pass_seconds(24 * DAY);
    for _week in 0..6 {
        assert_eq!(looked(&new, &engine, &id).await, TransferState::Trial);
        assert_eq!(warnings(&new, &engine, &id).await, 1, "nobody is told again and again what will not be");
        clock.pass_seconds(8 * DAY);
    }
}

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
