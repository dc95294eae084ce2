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
    house::{EVE, FRANK, House, same},
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

/// Posts ready to be written, with their files.
async fn posts(house: &House, id: &TransferId, luggage: &Luggage) -> Vec<Prepared> {
    luggage.shelve(&house.blobs);
    let mut posts = house.prepare(id, luggage).await;
    posts.retain(|one| one.reservation.kind == ItemKind::Posts);
    posts
}

/// Somebody who is about to take the key of a post: whoever wants it waits for what becomes of that.
async fn taking(house: &House, post: &Prepared, whose: i64) -> PgConnection {
    let mut other = PgConnection::connect(&house.stage.url).await.unwrap();
    let uri = if whose == FRANK { "null".to_owned() } else { format!("'{}'", post.reservation.url) };
    let taking = format!(
        "begin; insert into statuses (id, account_id, uri, visibility, created_at, updated_at) \
         values ({}, {whose}, {uri}, 3, now(), now())",
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

/// What became of posts while they were on their way and somebody took the key of one.
async fn written_meanwhile(
    house: &House,
    id: &TransferId,
    posts: &[Prepared],
    (which, whose): (usize, i64),
) -> Vec<Written> {
    let mut other = taking(house, &posts[which], whose).await;
    let eve = House::eve();
    let mut writing = pin!(house.destination.write(id, &eve, posts.to_vec()));
    tokio::select! {
        written = &mut writing => panic!("it did not wait: {written:?}"),
        () = rows_wait(house) => {}
    }
    sqlx::raw_sql("commit").execute(&mut other).await.unwrap();
    writing.await.unwrap()
}

#[tokio::test]
async fn a_batch_let_go_of_while_its_rows_are_being_taken_leaves_no_connection_that_answers_for_it() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    let (id, eve) = (TransferId::from("t1"), House::eve());
    let posts = posts(&house, &id, &Luggage::full()).await;
    let mut other = taking(&house, &posts[0], FRANK).await;
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
    let (id, eve, nothing) = (TransferId::from("t1"), House::eve(), house.census());
    let posts = posts(&house, &id, &Luggage::full()).await;
    let written = written_meanwhile(&house, &id, &posts, (0, FRANK)).await;
    let why = "its id was given to something else at this server in the meantime";
    assert_eq!(written.first(), Some(&Written::Skipped(why.into())));
    assert!(written[1..].iter().all(|one| *one == Written::Done), "{written:?}");
    // The same again is the same answer.
    assert_eq!(house.destination.write(&id, &eve, posts.clone()).await.unwrap(), written);
    let counts = house.destination.counts(&id).await.unwrap();
    assert_eq!(counts[&ItemKind::Posts], u64::try_from(posts.len() - 1).unwrap(), "Frank's is none of them");
    // Nothing of the copy knows anything of Frank's post.
    let key = &posts[0].reservation.local_id;
    let answers = format!("select count(*) from statuses where in_reply_to_id = {key}");
    assert_eq!(house.number(&answers).await, 0);
    let files = "select count(*) from media_attachments m left join statuses s on s.id = m.status_id \
                 where s.account_id is distinct from m.account_id";
    assert_eq!(house.number(files).await, 0);
    house.destination.discard(&id, &eve).await.unwrap();
    let mut admin = PgConnection::connect(&house.stage.url).await.unwrap();
    let franks = format!("delete from statuses where account_id = {FRANK} and id = {key}");
    let franks = sqlx::raw_sql(AssertSqlSafe(franks)).execute(&mut admin).await.unwrap();
    assert_eq!(franks.rows_affected(), 1, "it was none of ours to take away");
    same(&house.census(), &nothing, "thrown away");
}

#[tokio::test]
async fn a_post_that_another_daemon_wrote_meanwhile_is_there_and_the_rest_comes() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    let id = TransferId::from("t1");
    let posts = posts(&house, &id, &Luggage::full()).await;
    let written = written_meanwhile(&house, &id, &posts, (0, EVE)).await;
    assert!(written.iter().all(|one| *one == Written::Done), "{written:?}");
    let counts = house.destination.counts(&id).await.unwrap();
    assert_eq!(counts[&ItemKind::Posts], u64::try_from(posts.len()).unwrap());
}

#[tokio::test]
async fn a_long_thread_in_one_batch_is_one_thread_each_post_with_its_own_text_answering_the_one_before() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    let (id, eve) = (TransferId::from("t1"), House::eve());
    let posts = posts(&house, &id, &Luggage::thread(240)).await;
    let written = house.destination.write(&id, &eve, posts.clone()).await.unwrap();
    assert!(written.iter().all(|one| *one == Written::Done), "{written:?}");
    let mut c = PgConnection::connect(&house.stage.url).await.unwrap();
    let rows: Vec<(i64, String, Option<i64>, i64)> = sqlx::query_as(
        "select id, text, in_reply_to_id, conversation_id from statuses where account_id = $1 and visibility = 3 order by id",
    )
    .bind(EVE)
    .fetch_all(&mut c)
    .await
    .unwrap();
    assert_eq!(rows.len(), posts.len());
    for (number, row) in rows.iter().enumerate() {
        let before = number.checked_sub(1).map(|before| rows[before].0);
        assert_eq!(*row, (row.0, format!("number {number}"), before, rows[0].3));
        assert_eq!(row.0.to_string(), posts[number].reservation.local_id.as_str());
    }
}

#[tokio::test]
async fn what_answers_a_post_that_stayed_away_answers_nothing() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    let id = TransferId::from("t1");
    let posts = posts(&house, &id, &Luggage::thread(40)).await;
    let written = written_meanwhile(&house, &id, &posts, (30, FRANK)).await;
    let away: Vec<usize> = written
        .iter()
        .enumerate()
        .filter(|(_, one)| **one != Written::Done)
        .map(|(index, _)| index)
        .collect();
    assert_eq!(away, [30]);
    let key = &posts[30].reservation.local_id;
    let answers = format!("select count(*) from statuses where in_reply_to_id = {key}");
    assert_eq!(house.number(&answers).await, 0);
}
