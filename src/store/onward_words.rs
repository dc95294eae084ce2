//! Table `onward_words`: which of an account's earlier homes are owed word of where it went.

use super::{Connection, Store, StoreResult};

/// A word that is due.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct WordRow {
    pub departure_id: String,
    pub transfer_id: String,
    /// Where the account went; none when it is here again.
    pub target: Option<String>,
    pub attempts: i64,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The earlier home has taken it.
    Told,
    /// It never will, and why.
    Refused(String),
    /// It is tried again at this time, and why.
    Again(i64, String),
}

/// Owes a word of a departure to every earlier home from which the account came here by a move and whose
/// permission to hand addresses over is still here. Twice is once.
pub(super) async fn owe_in(c: &mut Connection, departure: &str, now: i64) -> StoreResult<()> {
    run!(
        c,
        "insert into onward_words (departure_id, transfer_id, state, attempts, next_at) \
         select d.id, t.id, 'owed', 0, $2 from departures d join transfers t on t.account_id = d.account_id \
         where d.id = $1 and t.state in ('done', 'awaiting_announcement') and t.hand_over is not null \
         on conflict (departure_id, transfer_id) do nothing",
        departure,
        now,
    )?;
    Ok(())
}

/// Owes a word to every earlier home but the one that was just left: the account is back here. Its last
/// departure from here stands for it; without one there is nothing to say.
///
/// # Errors
/// [`super::StoreError`].
pub async fn owe_return(store: &Store, account: &str, but: &str, now: i64) -> StoreResult<()> {
    let (account, but) = (account.to_owned(), but.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                let last = row!(
                    c,
                    (String,),
                    "select id from departures where account_id = $1 and state = 'returned' \
                     order by id desc limit 1",
                    account.as_str(),
                )?;
                let Some((last,)) = last else { return Ok(()) };
                run!(
                    c,
                    "insert into onward_words (departure_id, transfer_id, state, attempts, next_at) \
                     select d.id, t.id, 'owed', 0, $3 from departures d \
                     join transfers t on t.account_id = d.account_id \
                     where d.id = $1 and t.id <> $2 and t.state = 'done' and t.hand_over is not null \
                     on conflict (departure_id, transfer_id) do update \
                     set state = 'owed', attempts = 0, next_at = excluded.next_at",
                    last,
                    but,
                    now,
                )?;
                Ok(())
            })
        })
        .await
}

/// Words that are due, oldest first. One about a departure that no longer holds is never due; one about
/// a departure that ended with a return says that the account is here again.
///
/// # Errors
/// [`super::StoreError`].
pub async fn due(store: &Store, now: i64, limit: i64) -> StoreResult<Vec<WordRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        WordRow,
        "select w.departure_id, w.transfer_id, case when d.state = 'announced' then d.target end as target, \
         w.attempts from onward_words w join departures d on d.id = w.departure_id \
         where w.state = 'owed' and w.next_at <= $1 and d.state in ('announced', 'returned') \
         order by w.next_at limit $2",
        now,
        limit,
    )?)
}

/// When the next one becomes due.
///
/// # Errors
/// [`super::StoreError`].
pub async fn next_due(store: &Store, now: i64) -> StoreResult<Option<i64>> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (i64,),
        "select next_at from onward_words where state = 'owed' and next_at > $1 order by next_at limit 1",
        now,
    )?;
    Ok(found.map(|(at,)| at))
}

/// Keeps how an attempt ended.
///
/// # Errors
/// [`super::StoreError`].
pub async fn record(store: &Store, word: &WordRow, outcome: Outcome) -> StoreResult<()> {
    let (departure, transfer) = (word.departure_id.clone(), word.transfer_id.clone());
    let (state, next_at, why) = match outcome {
        Outcome::Told => ("told", 0, None),
        Outcome::Refused(why) => ("refused", 0, Some(why)),
        Outcome::Again(at, why) => ("owed", at, Some(why)),
    };
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update onward_words set state = $3, next_at = $4, why = $5, attempts = attempts + 1 \
                     where departure_id = $1 and transfer_id = $2",
                    departure,
                    transfer,
                    state,
                    next_at,
                    why,
                )?;
                Ok(())
            })
        })
        .await
}
