//! Which transfers have something to do now, and when the next one has.

use crate::{
    model::{id::TransferId, transfer::TransferState},
    store::{Store, StoreResult},
};

/// Due transfers of one state that are looked at, of which some may be with other daemons.
const MOST_DUE: i64 = 500;

/// How long a copy on trial waits at most behind those that are being made, in microseconds: an hour.
const PATIENCE: i64 = 3_600_000_000;

/// Who is taken up before whom: the smaller one first. Ids sort by time.
pub type Order = (u8, TransferId);

/// Transfers in one of `states` whose time has come, and their states, in the order in which they are to be
/// taken up: those that ask something before a person's eyes, then who began first, at last those on trial.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn due(
    store: &Store,
    states: &[TransferState],
    now: i64,
) -> StoreResult<Vec<(Order, TransferState)>> {
    let mut c = store.reader().await?;
    let mut due = Vec::new();
    for state in states {
        let found = rows!(
            &mut c,
            (String, i64),
            "select id, next_at from transfers where state = $1 and next_at <= $2 order by id limit $3",
            state.as_str(),
            now,
            MOST_DUE
        )?;
        due.extend(
            found
                .into_iter()
                .map(|(id, since)| ((rank(*state, now.saturating_sub(since)), TransferId::from(id)), *state)),
        );
    }
    due.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(due)
}

/// The rank of those who come by when they began.
const BY_AGE: u8 = 1;

fn rank(state: TransferState, waited: i64) -> u8 {
    match state {
        TransferState::Surveying | TransferState::AwaitingChoice => 0,
        TransferState::Trial if waited < PATIENCE => 2,
        _ => BY_AGE,
    }
}

/// Whether one can wait until nobody else does.
pub const fn comes_last(order: &Order) -> bool {
    order.0 > BY_AGE
}

/// Where one stands among those who have been taken up: nobody who comes later passes it there.
pub fn once_taken_up((rank, id): Order) -> Order {
    (rank.min(BY_AGE), id)
}

/// The earliest time after `now` at which one of `states` becomes due.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn next_due(store: &Store, states: &[TransferState], now: i64) -> StoreResult<Option<i64>> {
    let mut c = store.reader().await?;
    let mut earliest: Option<i64> = None;
    for state in states {
        let found: Option<(Option<i64>,)> = row!(
            &mut c,
            (Option<i64>,),
            "select min(next_at) from transfers where state = $1 and next_at > $2",
            state.as_str(),
            now
        )?;
        if let Some((Some(at),)) = found {
            earliest = Some(earliest.map_or(at, |known| known.min(at)));
        }
    }
    Ok(earliest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{
            id::AccountId,
            transfer::{Origin, Transfer},
        },
        store::transfers::insert,
    };

    async fn add(store: &Store, id: &str, state: TransferState) {
        let transfer = Transfer {
            id: id.into(),
            account: AccountId::from("ann"),
            asked_for: "ann@old.example".into(),
            origin: Origin::Live { actor: "https://old.example/users/ann".parse().unwrap() },
            state,
            problem: None,
            resume_at: None,
            ending: None,
        };
        insert(store, transfer, None, 0).await.unwrap();
    }

    #[tokio::test]
    async fn who_began_first_comes_first_after_short_questions_and_before_what_is_on_trial() {
        use TransferState as S;
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        for (id, state) in [
            ("1", S::Trial),
            ("3", S::Fetching),
            ("2", S::Importing),
            ("5", S::Surveying),
            ("4", S::AwaitingAnnouncement),
            ("0", S::Trial),
            ("6", S::Failed),
        ] {
            add(&store, id, state).await;
        }
        let states = [S::Surveying, S::Fetching, S::Importing, S::Trial, S::AwaitingAnnouncement];
        let at = async |now| {
            let found = due(&store, &states, now).await.unwrap();
            found.iter().map(|((_, id), _)| id.as_str()).collect::<String>()
        };
        assert_eq!(at(10).await, "523401");
        assert_eq!(at(PATIENCE).await, "501234", "nobody is passed for ever");
        let last = due(&store, &states, 10).await.unwrap().pop().unwrap().0;
        assert!(comes_last(&last));
        assert!(once_taken_up(last.clone()) < (BY_AGE, "2".into()) && last > (BY_AGE, "6".into()));
    }
}
