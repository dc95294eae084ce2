//! Many at once: whatever the order, no limit is exceeded, and nothing that ended keeps room.

use futures::future::join_all;
use proptest::prelude::*;
use url::Url;

use super::*;
use crate::model::{
    policy::{Applicant, Limits, Rule, RuleWord, Size},
    transfer::{Origin, Transfer},
};

const NOW: i64 = 1_000 * DAY;
/// Bytes of files everybody brings.
const EACH: u64 = 1 << 20;

struct Hall {
    store: Store,
    rules: Policy,
    _dir: tempfile::TempDir,
}

fn line(by: &str) -> audit::AuditRow {
    audit::AuditRow {
        id: crate::port::clock::Clock::id(&crate::port::clock::SystemClock),
        at: NOW,
        account_id: Some(by.to_owned()),
        what: "arrival_approved".to_owned(),
        detail: String::new(),
    }
}

impl Hall {
    async fn open(change: impl FnOnce(&mut Arrivals)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let mut rules = Policy::default();
        rules.arrivals.who = Rule::Word(RuleWord::Anyone);
        change(&mut rules.arrivals);
        Self { store, rules, _dir: dir }
    }

    async fn asking(&self, n: usize) -> Asking {
        let id = TransferId::from(format!("t{n}"));
        let actor = Url::parse(&format!("https://old{n}.example/users/ann")).unwrap();
        let transfer = Transfer {
            id: id.clone(),
            account: format!("a{n}").as_str().into(),
            asked_for: String::new(),
            origin: Origin::Live { actor: actor.clone() },
            state: S::AwaitingChoice,
            problem: None,
            resume_at: None,
            ending: None,
        };
        transfers::insert(&self.store, transfer, None, NOW).await.unwrap();
        let size = Size { posts: Some(0), media_bytes: Some(EACH), ..Size::default() };
        Asking {
            transfer: id,
            account: format!("a{n}").as_str().into(),
            old_actor: actor.to_string(),
            request: Request { who: Applicant::of_actor(&actor), size, ..Request::default() },
            choices: Choices::default(),
            from: S::AwaitingChoice,
            to: S::Fetching,
            is_exempt: false,
            free_bytes: Some(10 * EACH),
            now: NOW,
        }
    }

    async fn ask(&self, asking: Asking) -> Answer {
        ask(&self.store, asking, self.rules.clone()).await.unwrap()
    }

    async fn step(&self, n: usize, from: S, to: S) {
        transfers::step(&self.store, &TransferId::from(format!("t{n}")), from, to, NOW).await.unwrap();
    }

    async fn approve(&self, n: usize, by: &str) -> StoreResult<Answer> {
        let id = TransferId::from(format!("t{n}"));
        let (free, rules) = (Some(10 * EACH), self.rules.clone());
        approve(&self.store, &id, BTreeSet::new(), free, rules, line(by)).await
    }
}

fn begun(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| **answer == Answer::Begun).count()
}

#[tokio::test]
async fn ten_at_once_never_exceed_a_days_arrivals_nor_the_disk() {
    let few = Hall::open(|rules| rules.terms.limits.accounts_per_day = Some(3)).await;
    // Everybody needs room twice: what stays, and what lies beside it while it comes.
    let small = Hall::open(|rules| rules.terms.limits.free_disk_bytes = Some(EACH)).await;
    for (hall, most) in [(few, 3), (small, 4)] {
        let asking = join_all((0..10).map(|n| hall.asking(n))).await;
        let answers = join_all(asking.into_iter().map(|asking| hall.ask(asking))).await;
        assert_eq!(begun(&answers), most);
        assert_eq!(promised(&hall.store).await.unwrap(), 2 * EACH * u64::try_from(most).unwrap());
    }
}

#[tokio::test]
async fn two_admins_at_once_let_nobody_in_twice_and_no_more_than_may_come() {
    let hall = Hall::open(|rules| {
        rules.terms.approval.always = true;
        rules.terms.limits = Limits { accounts_per_day: Some(2), ..Limits::default() };
    })
    .await;
    for n in 0..5 {
        let asking = hall.asking(n).await;
        assert_eq!(hall.ask(asking).await, Answer::Waits);
    }
    let both = (0..5).flat_map(|n| ["eve", "kim"].map(|by| (n, by)));
    let answers = join_all(both.map(|(n, by)| hall.approve(n, by))).await;
    let let_in = answers.iter().filter(|answer| matches!(answer, Ok(Answer::Begun))).count();
    let too_late = answers.iter().filter(|answer| matches!(answer, Err(StoreError::Conflict(_)))).count();
    assert_eq!((let_in, too_late), (2, 2), "{answers:?}");
    let lines = audit::latest(&hall.store, 100).await.unwrap();
    assert_eq!(lines.len(), 2, "one line for each that was let in");
}

#[tokio::test]
async fn whatever_ends_a_copy_gives_its_room_back() {
    let hall = Hall::open(|rules| {
        rules.terms.limits.free_disk_bytes = Some(EACH);
        rules.terms.limits.accounts_per_day = Some(1);
    })
    .await;
    let ways: [&[S]; 4] = [
        &[S::Fetching, S::Failed],
        &[S::Fetching, S::Discarding],
        &[S::Fetching, S::Discarding, S::Discarded],
        &[S::Fetching, S::Planned, S::Failed],
    ];
    for (n, way) in ways.into_iter().enumerate() {
        let asking = hall.asking(n).await;
        assert_eq!(hall.ask(asking).await, Answer::Begun, "{way:?}");
        assert_eq!(promised(&hall.store).await.unwrap(), 2 * EACH);
        for pair in way.windows(2) {
            hall.step(n, pair[0], pair[1]).await;
        }
        assert_eq!(promised(&hall.store).await.unwrap(), 0, "{way:?}");
    }
}

#[tokio::test]
async fn a_failed_copy_that_goes_on_asks_for_room_anew_and_for_no_second_look() {
    let mut hall = Hall::open(|rules| rules.terms.approval.always = true).await;
    let asking = hall.asking(0).await;
    assert_eq!(hall.ask(asking.clone()).await, Answer::Waits);
    assert_eq!(hall.ask(asking.clone()).await, Answer::Waits, "asked twice is asked once");
    assert_eq!(hall.approve(0, "eve").await.unwrap(), Answer::Begun);
    hall.step(0, S::Fetching, S::Failed).await;
    let again = Asking { from: S::Failed, to: S::Fetching, ..asking };
    hall.rules.arrivals.terms.limits.media_bytes = Some(EACH - 1);
    let refused = hall.ask(again.clone()).await;
    assert!(matches!(refused, Answer::Refused(broken, _) if broken == [Broken::Media(EACH, EACH - 1)]));
    hall.rules.arrivals.terms.limits.media_bytes = None;
    assert_eq!(hall.ask(again).await, Answer::Begun);
}

#[tokio::test]
async fn the_same_pair_is_free_and_another_cools_down() {
    let hall = Hall::open(|rules| rules.terms.cool_down_days = 30).await;
    let asking = hall.asking(0).await;
    hall.ask(asking.clone()).await;
    let way = [S::Fetching, S::Planned, S::Importing, S::Verifying, S::Trial, S::HandingOver];
    for pair in way.windows(2) {
        hall.step(0, pair[0], pair[1]).await;
    }
    hall.step(0, S::HandingOver, S::AwaitingAnnouncement).await;
    hall.step(0, S::AwaitingAnnouncement, S::Done).await;
    let mut same = hall.asking(1).await;
    (same.account, same.old_actor) = (asking.account.clone(), asking.old_actor.clone());
    assert_eq!(hall.ask(same).await, Answer::Begun);
    let mut other = hall.asking(2).await;
    other.account = asking.account;
    other.now = NOW + 20 * DAY;
    assert!(
        matches!(hall.ask(other.clone()).await, Answer::Refused(broken, _) if broken == [Broken::Cooling(10)])
    );
    other.now = NOW + 30 * DAY;
    assert_eq!(hall.ask(other).await, Answer::Begun);
}

#[tokio::test]
async fn a_copy_that_failed_or_was_thrown_away_cools_nobody_down() {
    let hall = Hall::open(|rules| rules.terms.cool_down_days = 30).await;
    let account = AccountId::from("ann");
    for (n, ends) in [(0, &[S::Failed][..]), (1, &[S::Discarding, S::Discarded])] {
        let asking = Asking { account: account.clone(), ..hall.asking(n).await };
        assert_eq!(hall.ask(asking).await, Answer::Begun);
        let mut from = S::Fetching;
        for end in ends {
            hall.step(n, from, *end).await;
            from = *end;
        }
    }
    let other = Asking { account, ..hall.asking(2).await };
    assert_eq!(hall.ask(other).await, Answer::Begun);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Whatever way copies go, room is promised to those that are coming and to nobody else.
    #[test]
    fn no_way_a_copy_can_go_keeps_room_that_nobody_needs(
        ways in prop::collection::vec((0..4_usize, any::<prop::sample::Index>()), 0..40),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let hall = Hall::open(|rules| rules.terms.limits.free_disk_bytes = Some(0)).await;
            let mut states = Vec::new();
            for n in 0..4 {
                let asking = hall.asking(n).await;
                prop_assert_eq!(hall.ask(asking).await, Answer::Begun);
                states.push(S::Fetching);
            }
            for (n, choice) in ways {
                let from = states[n];
                let next: Vec<S> = S::ALL.iter().copied().filter(|to| from.may_become(*to)).collect();
                if next.is_empty() {
                    continue;
                }
                let to = *choice.get(&next);
                hall.step(n, from, to).await;
                states[n] = to;
                let coming = states.iter().filter(|state| {
                    matches!(state, S::AwaitingApproval | S::Fetching | S::Planned | S::Importing | S::Verifying)
                });
                let needed = 2 * EACH * u64::try_from(coming.count()).unwrap();
                prop_assert_eq!(promised(&hall.store).await.unwrap(), needed, "{:?}", states);
            }
            Ok(())
        })?;
    }
}
