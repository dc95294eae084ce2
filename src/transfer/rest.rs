//! Old home: a day to think between the last word and the announcement. It rests as a row until it is due,
//! and can be called off until then, also by whoever holds the letter's link.

use super::{
    announce::activity_id,
    findings::{self, Finding, target_of},
    leave,
    source_side::{SourceSide, SourceSideError, SourceSideResult},
    tokens::hashed,
};
use crate::{
    model::{
        actor::authority, departure::DepartureState, ending::Ending, id::AccountId, moment::Moment,
        problem::ProblemKind,
    },
    oauth::scope::Scope,
    port::host::HostAccount,
    store::{
        departures::{self, DepartureRow},
        rests::{self, Rest},
    },
    words::text,
};

/// How long a link says what became of the announcement, in microseconds.
const LINK_MICROS: i64 = 90 * 24 * 3600 * 1_000_000;

/// The owner says announce, but not yet: as [`super::announce::announce`], and it is heard when it is due.
///
/// # Errors
/// [`SourceSideError`].
pub async fn begin(
    side: &SourceSide,
    account: &HostAccount,
    departure: &DepartureRow,
) -> SourceSideResult<Vec<Finding>> {
    let is_startable = departure.account_id == account.id.as_str()
        && departure.state == DepartureState::Started.as_str()
        && departure.ending() == Some(Ending::Announce);
    if !is_startable {
        let why = text!("refusals-cannot-be-announced-later");
        return Err(SourceSideError::refused(ProblemKind::NotFound, why));
    }
    let found = findings::look(side, account, departure).await?;
    if !found.is_empty() {
        return Ok(found);
    }
    let (now, secret) = (side.clock.now_micros(), side.clock.secret());
    let due_at = now.saturating_add(side.rest_micros);
    let rest = Rest {
        departure_id: departure.id.clone(),
        activity_id: activity_id(side, account),
        about: format!("{} {}", authority(&target_of(departure)?), Moment::from_micros(due_at).minute()),
        link: (secret.clone(), hashed(&secret)),
        now,
        due_at,
        until: due_at.saturating_add(LINK_MICROS),
    };
    if rests::begin(&side.store, rest).await? {
        side.note(account.id.as_str(), "announces later", &departure.target).await?;
    }
    Ok(Vec::new())
}

/// Its time has come: it goes on as if the last word had been spoken now, unless the admins' rules say no by now.
///
/// # Errors
/// [`SourceSideError`].
pub async fn wake(side: &SourceSide, departure: &DepartureRow) -> SourceSideResult<()> {
    let account = side.account(&departure.account_id).await?;
    let (there, now) = (authority(&target_of(departure)?), side.clock.now_micros());
    match leave::may_leave(side, &account, &there, Scope::HandOver).await {
        Ok(()) => {}
        Err(SourceSideError::Refused { why, .. }) => {
            return Ok(departures::stop(&side.store, departure.id.clone(), why, now).await?);
        }
        Err(error) => return Err(error),
    }
    if rests::wake(&side.store, departure.id.clone(), now).await? {
        side.note(account.id.as_str(), "announced", &departure.target).await?;
    }
    Ok(())
}

/// The owner calls it off. Doing it again changes nothing.
///
/// # Errors
/// [`SourceSideError::Refused`] when it is not this account's, or the announcement has begun.
pub async fn call_off(side: &SourceSide, account: &AccountId, departure: &str) -> SourceSideResult<()> {
    let found = departures::find(&side.store, departure).await?;
    let found = found.filter(|row| row.account_id == account.as_str());
    let found = found
        .ok_or_else(|| SourceSideError::refused(ProblemKind::NotFound, text!("refusals-no-such-move")))?;
    if !rests::call_off(&side.store, found.id.clone()).await? {
        return Ok(());
    }
    side.note(account.as_str(), "called off", &found.target).await
}

/// The departure behind a link that calls off.
///
/// # Errors
/// [`SourceSideError::Store`].
pub async fn behind(side: &SourceSide, token: &str) -> SourceSideResult<Option<DepartureRow>> {
    Ok(rests::behind(&side.store, &hashed(token), side.clock.now_micros()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        port::{clock::Clock, host::Host},
        store::{departures::find, letters},
        transfer::{
            announce, consent,
            fakes::{Bench, target},
            hand_over::{self, Batch},
            withdraw,
        },
    };

    const NEW: &str = "https://new.example/users/ann";
    const DAY: i64 = 24 * 3600;

    async fn rested() -> (Bench, crate::transfer::tokens::Grant, DepartureRow) {
        let bench = Bench::new().await;
        let grant = bench.grant(Scope::HandOver).await;
        hand_over::start(&bench.side, &grant, NEW, None).await.unwrap();
        hand_over::take(
            &bench.side,
            &grant,
            Batch { entries: Vec::new(), erased: Vec::new(), complete: true },
        )
        .await
        .unwrap();
        let departure = hand_over::departure_of(&bench.side, &grant).await.unwrap().unwrap();
        assert_eq!(begin(&bench.side, &bench.ann(), &departure).await.unwrap(), []);
        let departure = find(&bench.store, &departure.id).await.unwrap().unwrap();
        (bench, grant, departure)
    }

    async fn state(bench: &Bench, departure: &DepartureRow) -> String {
        find(&bench.store, &departure.id).await.unwrap().unwrap().state
    }

    /// What the queue does at this moment: `true` when something was due.
    async fn look(bench: &Bench) -> bool {
        let due = rests::due(&bench.store, bench.clock.now_micros()).await.unwrap();
        for departure in &due {
            wake(&bench.side, departure).await.unwrap();
            while announce::advance(&bench.side, &departure.id).await.unwrap() {}
        }
        !due.is_empty()
    }

    async fn secret_of(bench: &Bench) -> String {
        let all = letters::of_account(&bench.store, "ann-id", 10).await.unwrap();
        let letter = all.iter().find(|letter| letter.kind == letters::kind::RESTS).unwrap();
        letters::secret(&bench.store, letter).unwrap()
    }

    #[tokio::test]
    async fn it_is_announced_when_it_is_due_and_once() {
        let (bench, _, departure) = rested().await;
        assert_eq!(state(&bench, &departure).await, "resting");
        assert_eq!(departure.due_at, rests::next_due(&bench.store).await.unwrap());
        bench.clock.advance(DAY - 1);
        assert!(!look(&bench).await);
        assert_eq!(bench.ann().moved_to, None);
        bench.clock.advance(1);
        assert!(look(&bench).await);
        let told = find(&bench.store, &departure.id).await.unwrap().unwrap();
        assert_eq!((told.state.as_str(), told.due_at), ("announced", None));
        assert_eq!(told.activity_id, departure.activity_id, "the Move that was meant");
        assert!(!look(&bench).await);
        assert!(!rests::wake(&bench.store, departure.id.clone(), i64::MAX).await.unwrap());
        assert_eq!(find(&bench.store, &departure.id).await.unwrap().unwrap(), told);
    }

    #[tokio::test]
    async fn whoever_calls_it_off_tells_nobody_and_may_say_it_again() {
        let (bench, _, departure) = rested().await;
        assert!(call_off(&bench.side, &"bob-id".into(), &departure.id).await.is_err());
        for _ in 0..2 {
            call_off(&bench.side, &"ann-id".into(), &departure.id).await.unwrap();
        }
        bench.clock.advance(2 * DAY);
        assert!(!look(&bench).await);
        let row = find(&bench.store, &departure.id).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.activity_id.as_deref()), ("started", None));
        assert_eq!(begin(&bench.side, &bench.ann(), &row).await.unwrap(), []);
        assert_eq!(state(&bench, &departure).await, "resting");
    }

    #[tokio::test]
    async fn the_letters_link_leads_to_the_departure_and_no_other_does() {
        let (bench, _, departure) = rested().await;
        let secret = secret_of(&bench).await;
        let behind_it = behind(&bench.side, &secret).await.unwrap().unwrap();
        assert_eq!(behind_it.id, departure.id);
        assert_eq!(behind(&bench.side, "another").await.unwrap(), None);
        bench.clock.advance(92 * DAY);
        assert_eq!(behind(&bench.side, &secret).await.unwrap(), None, "no link holds for ever");
    }

    #[tokio::test]
    async fn what_is_handed_over_while_it_rests_is_on_the_list() {
        let (bench, grant, departure) = rested().await;
        let post = |base: &str| format!("{base}/users/ann/posts/1");
        let (old, new) = (post("https://old.example"), post("https://new.example"));
        let batch = Batch { entries: vec![hand_over::Entry { old, new, page: None }], ..Batch::default() };
        let taken = hand_over::take(&bench.side, &grant, batch).await.unwrap();
        assert_eq!((taken.accepted, taken.refused), (1, Vec::new()));
        call_off(&bench.side, &"ann-id".into(), &departure.id).await.unwrap();
        let counts = crate::store::forwards::counts(&bench.store, &departure.id).await.unwrap();
        assert_eq!(counts.entries, 1, "called off or not, nothing has to be handed over again");
    }

    #[tokio::test]
    async fn a_withdrawal_or_a_permission_taken_back_ends_it() {
        let (bench, grant, departure) = rested().await;
        withdraw::withdraw(&bench.side, &grant).await.unwrap();
        assert_eq!(state(&bench, &departure).await, "withdrawn");
        let (other, grant, departure) = rested().await;
        consent::revoke(&other.side, &grant.account, grant.consent.as_str()).await.unwrap();
        assert_eq!(state(&other, &departure).await, "withdrawn");
        for bench in [&bench, &other] {
            bench.clock.advance(2 * DAY);
            assert!(!look(bench).await);
            assert_eq!(bench.ann().moved_to, None);
        }
    }

    #[tokio::test]
    async fn a_new_home_that_is_no_longer_fit_when_it_is_due_stops_it_and_a_letter_says_why() {
        let (bench, _, departure) = rested().await;
        bench.remote.put(NEW, target(&[]));
        bench.clock.advance(DAY);
        assert!(look(&bench).await);
        let row = find(&bench.store, &departure.id).await.unwrap().unwrap();
        assert_eq!(row.state, "started");
        assert!(row.problem.unwrap().contains("also you"));
        let all = letters::of_account(&bench.store, "ann-id", 10).await.unwrap();
        assert!(all.iter().any(|letter| letter.kind == letters::kind::STOPPED));
    }

    #[tokio::test]
    async fn what_is_announced_at_once_does_not_rest_and_only_announcements_do() {
        let (bench, _, departure) = rested().await;
        assert!(begin(&bench.side, &bench.ann(), &departure).await.is_err(), "it rests already");
        assert_eq!(announce::announce(&bench.side, &bench.ann(), &departure).await.unwrap(), []);
        assert_eq!(state(&bench, &departure).await, "resting", "the last word is not said over it");
        let copy = DepartureRow { ending: "copy".into(), state: "started".into(), ..departure };
        assert!(begin(&bench.side, &bench.ann(), &copy).await.is_err());
    }

    #[tokio::test]
    async fn a_restored_backup_calls_it_off_also_when_it_has_begun() {
        for has_begun in [false, true] {
            let (bench, _, departure) = rested().await;
            let store = &bench.store;
            if has_begun {
                bench.clock.advance(DAY);
                wake(&bench.side, &departure).await.unwrap();
                assert_eq!(state(&bench, &departure).await, "announcing");
            }
            for _ in 0..3 {
                crate::store::restored::count_on(store, 0).await.unwrap();
            }
            let back = store.write(|c| {
                Box::pin(async move {
                    crate::store::run!(c, "update counters set value = 1 where name = 'life'")?;
                    Ok(())
                })
            });
            back.await.unwrap();
            crate::store::restored::count_on(store, 0).await.unwrap();
            let row = find(store, &departure.id).await.unwrap().unwrap();
            assert_eq!(row.state, "started");
            assert!(row.problem.unwrap().contains("restored"));
            let all = letters::of_account(store, "ann-id", 10).await.unwrap();
            let told = all.iter().filter(|letter| letter.kind == letters::kind::STOPPED).count();
            assert_eq!(told, 1, "who said the last word may have gone away since");
            assert!(bench.host.account(&"ann-id".into()).await.unwrap().unwrap().moved_to.is_none());
        }
    }
}
