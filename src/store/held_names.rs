//! Table `held_names`: accounts made on the way of a move. The row stands from the making of the account until a
//! copy stays in it, or until its time is over: then both go.

use super::{
    Connection, Store, StoreResult,
    accounts::{self, NewAccount},
    admissions, count,
};
use crate::model::{
    id::{AccountId, TransferId},
    transfer::TransferState,
};

/// How long a name is held while nothing is under way: time to go to Old home, to sleep over it, to start again.
pub const AT_FIRST: i64 = DAY;
/// How long it is held from the yes at Old home on, approval and trial included.
pub const UNDER_WAY: i64 = 60 * DAY;
/// A day, in microseconds.
const DAY: i64 = 86_400_000_000;

/// How the making of an account ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It is there.
    Yes,
    /// Somebody has its name.
    Taken,
    /// The server has so many accounts already.
    Full(u64),
}

/// Makes an account where there are fewer than `most`; with `until`, its name is only held until then. Counting
/// and making are one turn: of two who want the same name, or the last place, one gets it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn make(
    store: &Store,
    new: NewAccount,
    most: Option<u64>,
    until: Option<i64>,
) -> StoreResult<Made> {
    let new = accounts::sealed(store, new)?;
    store
        .write(move |c| {
            Box::pin(async move {
                admissions::take_turn(c).await?;
                let there: Option<(i64,)> = row!(c, (i64,), "select cast(count(*) as bigint) from accounts")?;
                let there = there.map_or(0, |(n,)| count(n));
                if let Some(most) = most.filter(|most| there >= *most) {
                    return Ok(Made::Full(most));
                }
                let id = new.id.clone();
                if !accounts::insert_in(c, new).await? {
                    return Ok(Made::Taken);
                }
                if let Some(until) = until {
                    run!(c, "insert into held_names (account_id, until) values ($1, $2)", id, until)?;
                }
                Ok(Made::Yes)
            })
        })
        .await
}

/// What a step of a transfer means for the name it comes to, in the same transaction.
pub(super) async fn follow_in(
    c: &mut Connection,
    id: &TransferId,
    to: TransferState,
    now: i64,
) -> StoreResult<()> {
    use TransferState as S;
    match to {
        S::Keeping | S::Kept | S::HandingOver => {
            run!(
                c,
                "delete from held_names where account_id = (select account_id from transfers where id = $1)",
                id.as_str()
            )?;
        }
        S::Surveying => {
            run!(
                c,
                "update held_names set until = $2 where until < $2 \
                 and account_id = (select account_id from transfers where id = $1)",
                id.as_str(),
                now.saturating_add(UNDER_WAY),
            )?;
        }
        // Thrown away: time to start again, unless another copy is on its way to the same name.
        S::Discarded => {
            run!(
                c,
                "update held_names set until = $2 where until > $2 \
                 and account_id = (select account_id from transfers where id = $1) and not exists \
                 (select 1 from transfers t where t.account_id = held_names.account_id and t.id <> $1 \
                  and t.state not in ('awaiting_consent', 'failed', 'discarded'))",
                id.as_str(),
                now.saturating_add(AT_FIRST),
            )?;
        }
        _ => {}
    }
    Ok(())
}

/// The account stays whatever becomes of the copy. Saying it again changes nothing.
///
/// # Errors
/// [`super::StoreError`].
pub async fn settle(store: &Store, account: &AccountId) -> StoreResult<()> {
    let account = account.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "delete from held_names where account_id = $1", account.as_str())?;
                Ok(())
            })
        })
        .await
}

/// Holds a name until another time.
///
/// # Errors
/// [`super::StoreError`].
pub async fn hold(store: &Store, account: &AccountId, until: i64) -> StoreResult<()> {
    let account = account.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "update held_names set until = $2 where account_id = $1", account.as_str(), until)?;
                Ok(())
            })
        })
        .await
}

/// Puts off what is due. What is no longer due, because something has begun meanwhile, stays as it is.
///
/// # Errors
/// [`super::StoreError`].
pub async fn put_off(store: &Store, account: &AccountId, now: i64, until: i64) -> StoreResult<()> {
    let account = account.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let put = "update held_names set until = $3 where account_id = $1 and until <= $2";
                run!(c, put, account.as_str(), now, until)?;
                Ok(())
            })
        })
        .await
}

/// Until when an account's name is held; none where it is the account's own.
///
/// # Errors
/// [`super::StoreError`].
pub async fn until(store: &Store, account: &AccountId) -> StoreResult<Option<i64>> {
    let mut c = store.reader().await?;
    let found: Option<(i64,)> =
        row!(&mut c, (i64,), "select until from held_names where account_id = $1", account.as_str())?;
    Ok(found.map(|(until,)| until))
}

/// Accounts whose time is over.
///
/// # Errors
/// [`super::StoreError`].
pub async fn due(store: &Store, now: i64) -> StoreResult<Vec<AccountId>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String,),
        "select account_id from held_names where until <= $1 order by until limit 50",
        now
    )?;
    Ok(found.into_iter().map(|(id,)| AccountId::from(id)).collect())
}

/// When the next one's time is over.
///
/// # Errors
/// [`super::StoreError`].
pub async fn next_due(store: &Store) -> StoreResult<Option<i64>> {
    let mut c = store.reader().await?;
    let found: Option<(Option<i64>,)> = row!(&mut c, (Option<i64>,), "select min(until) from held_names")?;
    Ok(found.and_then(|(at,)| at))
}

/// What an account keeps for itself and nobody else saw: goes with it. Columns are `account_id` everywhere.
const OWN: [&str; 12] = [
    "delete from sessions where account_id = $1",
    "delete from notifications where account_id = $1",
    "delete from blocks where account_id = $1",
    "delete from blocked_by where account_id = $1",
    "delete from belongings where account_id = $1",
    "delete from list_members where account_id = $1",
    "delete from refollows where account_id = $1",
    "delete from pointers where account_id = $1",
    "delete from waiting_profiles where account_id = $1",
    "delete from contacts where account_id = $1",
    "delete from letters where account_id = $1",
    "delete from held_names where account_id = $1",
];

/// What others may have seen of an account: one row of it, and the name stays its own.
const SEEN: &str = "select cast(count(*) as bigint) from (\
     select 1 from posts where account_id = $1 union all select 1 from boosts where account_id = $1 \
     union all select 1 from media where account_id = $1 \
     union all select 1 from followers where account_id = $1 union all select 1 from following where account_id = $1 \
     union all select 1 from consents where account_id = $1 union all select 1 from departures where account_id = $1 \
     union all select 1 from tombstones where account_id = $1 union all select 1 from emptied where account_id = $1\
     ) as seen";

/// Takes an account away whose time is over and to which nothing comes any more; its name is free then. Tells
/// whether it is gone. One of which others may know something stays instead, for good.
///
/// # Errors
/// [`super::StoreError`].
pub async fn give_back(store: &Store, account: &AccountId, now: i64) -> StoreResult<bool> {
    let account = account.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let id = account.as_str();
                // Meanwhile a copy may have been kept, or begun.
                let is_due: Option<(i64,)> =
                    row!(c, (i64,), "select until from held_names where account_id = $1 and until <= $2", id, now)?;
                let open: Option<(i64,)> = row!(
                    c,
                    (i64,),
                    "select cast(count(*) as bigint) from transfers where account_id = $1 and state <> 'discarded'",
                    id
                )?;
                if is_due.is_none() || open.is_none_or(|(n,)| n > 0) {
                    return Ok(false);
                }
                let seen: Option<(i64,)> = row!(c, (i64,), SEEN, id)?;
                if seen.is_none_or(|(n,)| n > 0) {
                    run!(c, "delete from held_names where account_id = $1", id)?;
                    return Ok(false);
                }
                for own in OWN {
                    run!(c, own, id)?;
                }
                // What is left of its copies is that there were some.
                run!(c, "update transfers set asked_for = '' where account_id = $1", id)?;
                run!(c, "delete from accounts where id = $1", id)?;
                Ok(true)
            })
        })
        .await
}

#[cfg(test)]
mod tests;
