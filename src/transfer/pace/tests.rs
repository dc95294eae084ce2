//! What one peer is asked for, and all together, as it was learnt and as daemons divide it.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;

use super::*;

fn busy() -> AdapterError {
    AdapterError::Busy {
        doing: "asking".into(),
        why: "429".into(),
        after: Duration::ZERO,
        cause: crate::port::error::Cause::Strained,
    }
}

#[test]
fn a_peer_that_answers_well_is_asked_for_more_up_to_a_bound() {
    let mut measure = Measure::new(FIRST, FIRST);
    let made: usize = (0..1000)
        .map(|_| {
            measure.went_well();
            measure.follow()
        })
        .sum();
    assert_eq!(measure.places, MOST);
    assert_eq!(made, MOST - FIRST);
}

#[test]
fn a_busy_peer_is_asked_for_half_and_for_one_at_least() {
    let mut measure = Measure { well: 3, ..Measure::new(8, 8) };
    let left: Vec<usize> = (0..5)
        .map(|_| {
            measure.went_badly();
            assert_eq!(measure.follow(), 0);
            measure.places
        })
        .collect();
    assert_eq!(left, [4, 2, 1, 1, 1]);
    assert_eq!((0..20).map(|_| measure.gives_up(1)).sum::<usize>(), 7);
}

/// How many of `works` were under way at the same time at most, divided among so many peers.
async fn most_at_once(pace: &Pace, peers: usize, works: usize) -> usize {
    let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = async || {
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        now.fetch_sub(1, Ordering::SeqCst);
        Ok::<(), AdapterError>(())
    };
    let names: Vec<String> = (0..peers).map(|n| format!("{n}.example")).collect();
    join_all(names.iter().cycle().take(works).map(|peer| pace.keep(peer, work(), is_strain))).await;
    most.into_inner()
}

#[tokio::test]
async fn the_places_follow_what_was_learnt() {
    let pace = Pace::default();
    assert_eq!(most_at_once(&pace, 1, FIRST).await, FIRST);
    most_at_once(&pace, 1, 500).await;
    assert_eq!(most_at_once(&pace, 1, 500).await, MOST);
    for _ in 0..4 {
        let refused = pace.keep("0.example", async { Err::<(), _>(busy()) }, is_strain).await;
        assert!(refused.is_err());
    }
    assert_eq!(most_at_once(&pace, 1, 1).await, 1);
}

#[tokio::test]
async fn one_peer_takes_nothing_from_another() {
    let pace = Pace::default();
    let silent =
        || pace.keep("silent.example", std::future::pending::<Result<(), AdapterError>>(), is_strain);
    let mut waiting = Box::pin(join_all((0..100).map(|_| silent())));
    assert!(futures::poll!(&mut waiting).is_pending());
    assert_eq!(most_at_once(&pace, 1, FIRST).await, FIRST);
}

#[tokio::test]
async fn many_peers_together_are_asked_for_no_more_than_this_machine_carries() {
    let pace = Pace::default();
    assert_eq!(most_at_once(&pace, 7, 7 * FIRST).await, 7 * FIRST, "seven leave room");
    assert_eq!(most_at_once(&pace, 20, 2000).await, BUDGET);
}

#[test]
fn what_cannot_be_divided_goes_to_some_and_never_to_more_than_there_are() {
    for (places, daemons) in [(12, 2), (5, 2), (1, 3), (4, 4), (7, 5)] {
        let own = |rank| Measure { daemons, rank, ..Measure::new(places, 0) }.own();
        assert_eq!((0..daemons).map(own).sum::<usize>(), places, "{places} among {daemons}");
    }
}

#[tokio::test]
async fn daemons_that_share_a_database_ask_together_for_no_more_than_one_would() {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let store = Store::open(dirs[0].path()).await.unwrap();
    let Some(other) = store.of_another_daemon(dirs[1].path()).await else { return };
    let clock = Arc::new(crate::port::fakes::StillClock::new());
    let [one, other] = [store, other].map(|store| Pace::of(store, clock.clone()));
    let silent = |pace: &'static Pace| {
        pace.keep("a.example", std::future::pending::<Result<(), AdapterError>>(), is_strain)
    };
    let [one, other] = [one, other].map(|pace| &*Box::leak(Box::new(pace)));
    let own = |pace: &Pace| pace.peer("a.example").measure.lock().unwrap().own();
    let mut first = Box::pin(join_all((0..20).map(|_| silent(one))));
    while own(one) != one.peer("a.example").measure.lock().unwrap().made {
        assert!(futures::poll!(&mut first).is_pending());
        tokio::task::yield_now().await;
    }
    assert_eq!(own(one), FIRST, "it is alone");
    let mut second = Box::pin(join_all((0..20).map(|_| silent(other))));
    while other.peer("a.example").divided_at.load(Ordering::Relaxed) == i64::MIN {
        assert!(futures::poll!(&mut second).is_pending());
        tokio::task::yield_now().await;
    }
    assert_eq!(own(other), FIRST / 2, "it came second");
    clock.pass_seconds(4);
    one.divide(&one.peer("a.example")).await;
    assert_eq!(own(one) + own(other), FIRST);
    one.peer("a.example").learn(true, false);
    clock.pass_seconds(4);
    one.divide(&one.peer("a.example")).await;
    other.divide(&other.peer("a.example")).await;
    assert_eq!(own(one) + own(other), FIRST / 2, "what one has learnt holds for both");
    drop(second);
    clock.pass_seconds(11);
    one.divide(&one.peer("a.example")).await;
    assert_eq!(own(one), FIRST / 2, "who is not heard of has no part any more");
}
