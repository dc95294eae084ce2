//! Following again is a choice of its own; it asks slowly, and nobody twice.

use super::*;
use crate::{
    port::fakes::{FakeRemote, StillClock},
    store::{deliveries, refollows},
    transfer::{refollow, trial},
};

const PEOPLE: [&str; 4] = [
    "https://b.example/users/ben",
    "https://b.example/users/bob",
    "https://c.example/users/cid",
    "https://d.example/users/gone",
];

/// How many Follows wait to be sent.
async fn follows(new: &NewHome) -> usize {
    let due = deliveries::due(&new.app.store, i64::MAX, 9, 99).await.unwrap();
    due.iter().filter(|row| row.activity.contains(r#""type":"Follow""#)).count()
}

#[tokio::test]
async fn whom_one_followed_is_asked_by_choice_only_and_one_of_a_server_at_a_time() {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let followed =
        PEOPLE.map(|actor| Item::Follow { actor: url(actor), options: FollowOptions::default() }).to_vec();
    let (transfer, _) = new.copy(&ann, OldHome::new().page(CollectionKind::Following, followed)).await;
    let (remote, clock) = (FakeRemote::default(), Arc::new(StillClock::new()));
    for actor in &PEOPLE[..3] {
        remote.serve(actor, &json!({"id": actor, "type": "Person", "inbox": format!("{actor}/inbox")}));
    }
    remote.answer(PEOPLE[3], 404, &[], "");
    let engine = Engine { remote: Arc::new(remote), clock: clock.clone(), ..(*new.app.engine).clone() };

    refollow::begin(&engine, &ann.id).await.unwrap();
    assert!(refollow::run_due(&engine).await.unwrap().is_none(), "a copy on trial follows nobody");
    trial::keep(&engine, &transfer).await.unwrap();
    let keeping = transfers::find(&new.app.store, &transfer.id).await.unwrap().unwrap();
    step::advance(&engine, &keeping).await.unwrap();
    assert!(refollow::run_due(&engine).await.unwrap().is_none(), "nor does one that is kept");

    for _twice in 0..2 {
        refollow::begin(&engine, &ann.id).await.unwrap();
    }
    for _again in 0..2 {
        assert!(refollow::run_due(&engine).await.unwrap().is_some());
        assert_eq!(follows(&new).await, 2, "two people of one server are not asked at once");
    }
    clock.pass_seconds(i64::try_from(refollow::PACE.as_secs()).unwrap());
    assert!(refollow::run_due(&engine).await.unwrap().is_none());
    assert_eq!(follows(&new).await, 3);
    let people = refollows::people(&new.app.store, ann.id.as_str()).await.unwrap();
    let states: Vec<&str> = people.iter().map(|person| person.state.as_str()).collect();
    assert_eq!(states, ["asked", "asked", "asked", "failed"]);
    let why = people[3].why.clone().unwrap_or_default();
    let server = url::Url::parse(&people[3].actor).unwrap();
    let told = format!("{} did not have what was asked for.", crate::model::actor::authority(&server));
    assert_eq!(why, told);
}
