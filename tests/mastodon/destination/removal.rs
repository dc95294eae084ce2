//! What came goes again, and nothing else does.

use godwit::{
    adapters::mastodon_database::schema::Version,
    model::id::TransferId,
    port::{destination::Destination, error::AdapterError},
};

use super::{
    house::{EVE, FRANK, House, same},
    luggage::Luggage,
};

fn t1() -> TransferId {
    TransferId::from("t1")
}

#[tokio::test]
async fn a_copy_that_is_thrown_away_leaves_everything_as_it_was() {
    for version in Version::ALL {
        let Some(house) = House::of(version).await else { return };
        let before = house.census();
        house.copy(&t1(), &Luggage::full()).await;
        assert_ne!(house.census(), before);
        for _ in 0..2 {
            house.destination.discard(&t1(), &House::eve()).await.unwrap();
        }
        same(&house.census(), &before, version.as_str());
        let counts = house.destination.counts(&t1()).await.unwrap();
        assert!(counts.values().all(|count| *count == 0), "{version}");
    }
}

#[tokio::test]
async fn a_copy_that_was_released_and_is_removed_leaves_everything_as_it_was() {
    for version in Version::ALL {
        let Some(house) = House::of(version).await else { return };
        let before = house.census();
        house.copy(&t1(), &Luggage::full()).await;
        house.destination.release(&t1(), &House::eve()).await.unwrap();
        let discarded = house.destination.discard(&t1(), &House::eve()).await;
        assert!(matches!(discarded, Err(AdapterError::Fatal { .. })), "what others saw is not thrown away");
        assert_eq!(house.destination.answered(&t1(), &House::eve()).await.unwrap(), 0);
        for _ in 0..2 {
            house.destination.remove(&t1(), &House::eve()).await.unwrap();
        }
        same(&house.census(), &before, version.as_str());
    }
}

#[tokio::test]
async fn what_others_did_since_is_counted_and_stays() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    let copied = house.copy(&t1(), &Luggage::full()).await;
    house.destination.release(&t1(), &House::eve()).await.unwrap();
    let first = &copied.prepared[0].reservation.local_id;
    house
        .stage
        .run(&format!(
            "insert into statuses (account_id, in_reply_to_id, text, visibility, reply, conversation_id, created_at, updated_at) \
             select {FRANK}, id, 'yes', 0, true, conversation_id, now(), now() from statuses where id = {first}; \
             insert into statuses (account_id, text, created_at, updated_at) values ({EVE}, 'new', now(), now()); \
             update account_stats set statuses_count = statuses_count + 1, updated_at = now() where account_id = {EVE}; \
             insert into statuses_tags (status_id, tag_id) select max(s.id), max(t.id) from statuses s, tags t \
             where t.name = 'zaunkonig' and s.account_id = {FRANK}"
        ))
        .await;
    assert_eq!(house.destination.answered(&t1(), &House::eve()).await.unwrap(), 1);
    house.destination.remove(&t1(), &House::eve()).await.unwrap();
    let posts = format!("select statuses_count from account_stats where account_id = {EVE}");
    assert_eq!(house.number(&posts).await, 2, "the one she had and the one she wrote since");
    let answers = format!(
        "select count(*) from statuses where account_id = {FRANK} and text = 'yes' and in_reply_to_id is null"
    );
    assert_eq!(house.number(&answers).await, 1, "the answer of another stays");
    assert_eq!(
        house.texts("select name from tags order by id").await,
        ["birds", "zaunkonig"],
        "a topic in use stays"
    );
}

#[tokio::test]
async fn two_copies_into_one_account_go_one_by_one() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    let before = house.census();
    house.copy(&t1(), &Luggage::full()).await;
    house.destination.release(&t1(), &House::eve()).await.unwrap();
    let between = house.census();
    let second = TransferId::from("t2");
    house.copy(&second, &Luggage::thread(5)).await;
    house.destination.release(&second, &House::eve()).await.unwrap();
    house.destination.remove(&second, &House::eve()).await.unwrap();
    same(&house.census(), &between, "after the second");
    house.destination.remove(&t1(), &House::eve()).await.unwrap();
    same(&house.census(), &before, "after both");
}
