//! Two daemons serve one home on PostgreSQL: one falls, or stands still, and the other goes on with what
//! it did.

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{
    cluster::Cluster,
    lab::{
        archive,
        browser::Browser,
        home::{Home, OPEN},
        mover::{Mover, comes_out_even, count},
    },
};

const POSTS: usize = 80;
const FILES: usize = 6;
/// More than one daemon works on at a time.
const PEOPLE: [&str; 6] = ["ann", "bea", "cid", "dot", "eve", "fay"];

async fn number(url: &str, sql: &str) -> i64 {
    let mut database = PgConnection::connect(url).await.unwrap();
    let found = sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut database).await.unwrap();
    database.close().await.unwrap();
    found
}

/// Two homes on one server, everybody's account full at the old one.
fn homes(cluster: &Cluster, people: &[&str]) -> ([Home; 2], String) {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    old.use_database(&cluster.create("old"), OPEN);
    let url = cluster.create("new");
    new.use_database(&url, OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = archive::write(dir.path(), POSTS, FILES);
    for name in people {
        old.account(name);
        new.account(name);
        old.import(&archive, name);
    }
    old.start();
    new.start();
    ([old, new], url)
}

/// Everything of everybody is there once.
async fn nothing_is_missing_or_doubled(statuses: &[Value], url: &str) {
    for status in statuses {
        comes_out_even(status);
        assert_eq!(count(status, "posts", "destination"), u64::try_from(POSTS).unwrap(), "{status:#}");
    }
    let all = i64::try_from(POSTS * statuses.len()).unwrap();
    assert_eq!(number(url, "select count(*) from posts").await, all);
    let distinct = "select count(distinct (account_id, object::json #>> '{previously,0,id}')) from posts";
    assert_eq!(number(url, distinct).await, all);
    let files = i64::try_from(FILES * statuses.len()).unwrap();
    assert_eq!(number(url, "select count(*) from media where post_id is not null").await, files);
}

/// Everybody copies at once while `fall` happens to the daemon beside, which is at work by then.
async fn everybody_copies(fall: impl Fn(&mut Home), rise: impl Fn(&mut Home)) -> Option<()> {
    let cluster = Cluster::start_or_skip()?;
    let ([mut old, mut new], url) = homes(&cluster, &PEOPLE);
    let mut beside = new.beside(OPEN);
    beside.start();
    let mut movers = Vec::new();
    for name in PEOPLE {
        let mover = Mover::new(&old, &new, name).await;
        movers.push((mover.begin().await, mover));
    }
    let its = format!("select count(*) from leases where holder = '{}'", beside.daemon());
    let watching = Browser::new();
    watching.sign_in(&new.origin, "ann").await;
    watching.after_changes(&new.origin, async || number(&url, &its).await > 0).await;
    fall(&mut beside);
    let mut statuses = Vec::new();
    for (id, mover) in &movers {
        statuses.push(mover.until(id, "trial").await);
    }
    rise(&mut beside);
    nothing_is_missing_or_doubled(&statuses, &url).await;
    // Everything is given back, a moment after it is done.
    let leases = "select count(*) from leases";
    watching.after_changes(&new.origin, async || number(&url, leases).await == 0).await;
    // One of them goes the whole way; the others are thrown away without trace.
    let mut left = movers.into_iter();
    let (id, mover) = left.next()?;
    mover.announce(&id).await;
    for (id, mover) in left {
        mover.press(&id, "discard").await.good();
        mover.until(&id, "discarded").await;
    }
    assert_eq!(number(&url, "select count(*) from posts").await, i64::try_from(POSTS).unwrap());
    assert!(old.is_well() && new.is_well());
    // Told to stop, a daemon ends in order.
    for home in [&mut old, &mut new, &mut beside] {
        if home.is_running() {
            assert!(home.stop().success(), "{}", home.log());
        }
    }
    assert_eq!(number(&url, leases).await, 0, "nobody holds anything who has ended");
    Some(())
}

#[tokio::test]
async fn a_daemon_that_is_killed_is_followed_by_the_other_and_nothing_is_done_twice() {
    everybody_copies(Home::kill, |_| {}).await;
}

#[tokio::test]
async fn a_daemon_that_stood_still_finds_its_work_taken_over_and_writes_no_more_of_it() {
    everybody_copies(Home::freeze, Home::thaw).await;
}
