//! Which transfers have something to do now, and when the next one has.

use crate::{
    model::{id::TransferId, transfer::TransferState},
    store::{Store, StoreResult},
};

/// Due transfers of one state that are looked at, of which some may be with other daemons.
const MOST_DUE: i64 = 500;

/// Transfers in one of `states` whose time has come, and their states: those under way before those whose
/// people are waited for, and who began first before who began later, whenever it is asked.
///
/// # Errors
/// [`StoreError`].
pub async fn due(
    store: &Store,
    states: &[TransferState],
    now: i64,
) -> StoreResult<Vec<(TransferId, TransferState)>> {
    let mut c = store.reader().await?;
    let mut due = Vec::new();
    for state in states {
        let found = rows!(
            &mut c,
            (String,),
            "select id from transfers where state = $1 and next_at <= $2 order by id limit $3",
            state.as_str(),
            now,
            MOST_DUE
        )?;
        due.extend(found.into_iter().map(|(id,)| (TransferId::from(id), *state)));
    }
    // Ids sort by time.
    due.sort_by(|(one, at), (other, there)| (!at.is_running(), one).cmp(&(!there.is_running(), other)));
    Ok(due)
}

/// The earliest time after `now` at which one of `states` becomes due.
///
/// # Errors
/// [`StoreError`].
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

    async fn add(store: &Store, id: &str, state: TransferState, changed: i64) {
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
        insert(store, transfer, None, changed).await.unwrap();
    }

    #[tokio::test]
    async fn who_began_first_comes_first_and_who_is_on_trial_after_those_who_wait_for_their_copy() {
        use TransferState as S;
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        for (id, state, changed) in [
            ("1", S::Trial, 1),
            ("3", S::Surveying, 2),
            ("2", S::Importing, 9),
            ("4", S::Fetching, 3),
            ("0", S::Trial, 4),
            ("5", S::Failed, 0),
        ] {
            add(&store, id, state, changed).await;
        }
        let states = [S::Surveying, S::Fetching, S::Importing, S::Trial];
        let found = due(&store, &states, 10).await.unwrap();
        assert_eq!(found.iter().map(|(id, _)| id.as_str()).collect::<String>(), "23401");
    }
}
