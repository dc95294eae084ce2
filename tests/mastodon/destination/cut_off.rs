//! The daemon dies anywhere, and goes on.

use std::{
    future::Future,
    pin::{Pin, pin},
    task::Poll,
};

use godwit::{
    adapters::mastodon_database::schema::Version,
    model::{id::TransferId, item::ItemKind},
    port::{
        destination::{Destination, Prepared, Written},
        error::{AdapterError, Disposition},
    },
};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::{
    house::{FRANK, House, same},
    luggage::Luggage,
    views::anonymous,
};

/// Works on something until it was woken so often, and then never again; what came of it, if it came to its end.
async fn cut_off<T>(work: impl Future<Output = T>, after: u32) -> Option<T> {
    let mut work = pin!(work);
    let mut left = after;
    std::future::poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        Pin::as_mut(&mut work).poll(cx).map(Some)
    })
    .await
}

/// Whether a step is done. One that was told to come back later is not: what was cut off before it may still hold
/// what it needs, as with a daemon that died a moment ago.
fn is_done(outcome: Option<Result<(), AdapterError>>) -> bool {
    match outcome {
        None => false,
        Some(Ok(())) => true,
        Some(Err(error)) => {
            assert!(matches!(error.disposition(), Disposition::Retry { .. }), "{error}");
            false
        }
    }
}

#[tokio::test]
async fn from_wherever_it_was_cut_off_a_copy_comes_to_its_end_and_goes_without_trace() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    let (id, eve, luggage) = (TransferId::from("t1"), House::eve(), Luggage::full());
    let (nothing, unseen) = (house.census(), anonymous(&house).await);
    // Further and further, until a whole one goes through.
    for after in (1..).step_by(29) {
        let is_whole = cut_off(house.copy(&id, &luggage), after).await.is_some();
        assert_eq!(anonymous(&house).await, unseen, "cut off after {after}");
        if after % 2 == 0 {
            house.destination.discard(&id, &eve).await.unwrap();
            same(&house.census(), &nothing, &format!("cut off after {after}"));
        }
        if is_whole {
            break;
        }
    }
    house.copy(&id, &luggage).await;
    for after in (1..).step_by(11) {
        if is_done(cut_off(house.destination.release(&id, &eve), after).await) {
            break;
        }
    }
    let posts = "select statuses_count from account_stats";
    assert_eq!(house.number(posts).await, 12, "each was counted once");
    for after in (1..).step_by(13) {
        if is_done(cut_off(house.destination.remove(&id, &eve), after).await) {
            break;
        }
    }
    same(&house.census(), &nothing, "in the end");
}

/// Posts ready to be written, without files: those are another matter.
async fn posts(house: &House, id: &TransferId) -> Vec<Prepared> {
    let mut posts = house.prepare(id, &Luggage::full()).await;
    posts.retain(|one| one.reservation.kind == ItemKind::Posts);
    for one in &mut posts {
        one.blobs.clear();
    }
    posts
}

/// Somebody who is about to take the key of a post: whoever wants it waits for what becomes of that.
async fn taking(house: &House, post: &Prepared) -> PgConnection {
    let mut other = PgConnection::connect(&house.stage.url).await.unwrap();
    let taking = format!(
        "begin; insert into statuses (id, account_id, created_at, updated_at) values ({}, {FRANK}, now(), now())",
        post.reservation.local_id
    );
    sqlx::raw_sql(AssertSqlSafe(taking)).execute(&mut other).await.unwrap();
    other
}

/// Comes to its end when rows wait for somebody who is about to take a key.
async fn rows_wait(house: &House) {
    let waits = "select count(*) from pg_stat_activity \
                 where wait_event_type = 'Lock' and query like 'copy statuses %' and datname = current_database()";
    while house.number(waits).await == 0 {}
}

#[tokio::test]
async fn a_batch_let_go_of_while_its_rows_are_being_taken_leaves_no_connection_that_answers_for_it() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    let (id, eve) = (TransferId::from("t1"), House::eve());
    let posts = posts(&house, &id).await;
    let mut other = taking(&house, &posts[0]).await;
    tokio::select! {
        written = house.destination.write(&id, &eve, posts.clone()) => panic!("it did not wait: {written:?}"),
        () = rows_wait(&house) => {}
    }
    sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
    // More often than there are connections.
    for _ in 0..10 {
        let written = house.destination.write(&id, &eve, posts.clone()).await.unwrap();
        assert!(written.iter().all(|one| *one == Written::Done), "{written:?}");
    }
}

#[tokio::test]
async fn a_key_taken_by_somebody_while_a_batch_is_on_its_way_stays_theirs_and_only_that_post_stays_away() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    let (id, eve) = (TransferId::from("t1"), House::eve());
    let posts = posts(&house, &id).await;
    let mut other = taking(&house, &posts[0]).await;
    let goes_through = async {
        rows_wait(&house).await;
        sqlx::raw_sql("commit").execute(&mut other).await.unwrap();
    };
    let (written, ()) = tokio::join!(house.destination.write(&id, &eve, posts.clone()), goes_through);
    let written = written.unwrap();
    assert!(matches!(written.first(), Some(Written::Skipped(why)) if why.contains("id")), "{written:?}");
    assert!(written[1..].iter().all(|one| *one == Written::Done), "{written:?}");
    // The same again is the same answer.
    assert_eq!(house.destination.write(&id, &eve, posts.clone()).await.unwrap(), written);
    let key = &posts[0].reservation.local_id;
    let franks = format!("select count(*) from statuses where account_id = {FRANK} and id = {key}");
    assert_eq!(house.number(&franks).await, 1);
    house.destination.discard(&id, &eve).await.unwrap();
    assert_eq!(house.number(&franks).await, 1, "it is none of ours to take away");
    let rest = format!("select count(*) from statuses where id in ({})", all(&posts));
    assert_eq!(house.number(&rest).await, 1);
}

fn all(posts: &[Prepared]) -> String {
    let ids: Vec<&str> = posts.iter().map(|one| one.reservation.local_id.as_str()).collect();
    ids.join(", ")
}
