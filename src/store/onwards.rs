//! Table `onwards`, and the departures it belongs to: an account that left here has left its new home
//! as well, or has come back.

use super::{
    Store, StoreError, StoreResult,
    deliveries::{Letter, enqueue_in},
    forwards::ForwardRow,
    keyed::rows_of,
    onward_words::owe_in,
};

/// How far the further home's list is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct OnwardRow {
    pub next_page: Option<String>,
    pub is_read: bool,
    pub documents: i64,
}

/// A further home that an account is to be followed to.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct NewOnward {
    pub id: String,
    pub account_id: String,
    pub target: String,
    /// Its list of what arrived there.
    pub list: String,
    pub now: i64,
}

/// Everything that changes at once when old addresses begin to lead to a further home.
#[derive(Debug, Clone)]
pub struct Followed {
    /// Which departure.
    pub departure_id: String,
    /// Whose.
    pub account_id: String,
    /// The further account's page for people.
    pub target_page: Option<String>,
    /// What followers' servers are told, and where.
    pub letter: Letter,
    /// Their inboxes.
    pub inboxes: Vec<String>,
    /// Microseconds since 1970.
    pub now: i64,
}

/// Begins to follow an account to a further home; a beginning towards yet another one is given up.
/// `false` when nothing of this account was announced. Beginning again changes nothing.
///
/// # Errors
/// [`StoreError`].
pub async fn begin(store: &Store, new: NewOnward) -> StoreResult<bool> {
    store
        .write(move |c| {
            Box::pin(async move {
                let announced = row!(
                    c,
                    (String, String),
                    "select ending, target from departures where account_id = $1 and state = 'announced' \
                     and ending in ('announce', 'redirect') order by announced_at desc limit 1",
                    new.account_id.as_str(),
                )?;
                let Some((ending, target)) = announced else { return Ok(false) };
                if target == new.target {
                    return Ok(true);
                }
                run!(
                    c,
                    "update departures set state = 'withdrawn' \
                     where account_id = $1 and state = 'onward' and target <> $2",
                    new.account_id.as_str(),
                    new.target.as_str(),
                )?;
                run!(
                    c,
                    "insert into departures (id, account_id, target, state, is_forwarding, is_map_complete, \
                     asked_at, created_at, ending) values ($1, $2, $3, 'onward', $4, $4, $5, $5, $6) \
                     on conflict (account_id, target) do update set state = 'onward', \
                     asked_at = excluded.asked_at, ending = excluded.ending, problem = null \
                     where departures.state <> 'onward'",
                    new.id,
                    new.account_id.as_str(),
                    new.target.as_str(),
                    false,
                    new.now,
                    ending,
                )?;
                let (departure,) = row!(
                    c,
                    (String,),
                    "select id from departures where account_id = $1 and target = $2",
                    new.account_id.as_str(),
                    new.target.as_str(),
                )?
                .ok_or(StoreError::Missing("departure"))?;
                // What an earlier attempt found is looked at anew; a reading under way goes on.
                run!(
                    c,
                    "insert into onwards (departure_id, next_page, is_read, documents) values ($1, $2, $3, 0) \
                     on conflict (departure_id) do nothing",
                    departure,
                    new.list,
                    false,
                )?;
                Ok(true)
            })
        })
        .await
}

/// How far the reading is; `None` when the departure is no such one.
///
/// # Errors
/// [`StoreError`].
pub async fn find(store: &Store, departure: &str) -> StoreResult<Option<OnwardRow>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        OnwardRow,
        "select next_page, is_read, documents from onwards where departure_id = $1",
        departure,
    )?)
}

/// What leads to these addresses now: pairs of the address and the old one that leads to it, kind and
/// visibility as they were handed over.
///
/// # Errors
/// [`StoreError`].
pub async fn leading_to(
    store: &Store,
    account: &str,
    new_urls: &[&str],
) -> StoreResult<Vec<(String, ForwardRow)>> {
    let mut c = store.reader().await?;
    let sql = "select f.* from forwards f join departures d on d.id = f.departure_id \
               where d.account_id = $1 and d.state in ('announced', 'passed') and f.proof = 'proven' \
               and f.new_url in ({keys})";
    let found: Vec<ForwardRow> = rows_of(&mut c, sql, &[account], new_urls).await?;
    Ok(found.into_iter().map(|row| (row.new_url.clone(), row)).collect())
}

/// Saves what one document of the list named, and where reading goes on: one transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn save(
    store: &Store,
    departure: String,
    named: Vec<ForwardRow>,
    next_page: Option<String>,
) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                for entry in named {
                    run!(
                        c,
                        "insert into forwards (departure_id, old_url, new_url, kind, visibility, proof) \
                         values ($1, $2, $3, $4, $5, 'none') on conflict (departure_id, old_url) do nothing",
                        departure.as_str(),
                        entry.old_url,
                        entry.new_url,
                        entry.kind,
                        entry.visibility,
                    )?;
                }
                let is_read = next_page.is_none();
                run!(
                    c,
                    "update onwards set next_page = $2, is_read = $3, documents = documents + 1 \
                     where departure_id = $1",
                    departure,
                    next_page,
                    is_read,
                )?;
                Ok(())
            })
        })
        .await
}

/// Old addresses lead to the further home from now on; where it has nothing proven, they lead where
/// they led before. The owner's switch stays as it was. `false` when it was called off meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn follow(store: &Store, followed: Followed) -> StoreResult<bool> {
    store
        .write(move |c| {
            Box::pin(async move {
                let was_on = row!(
                    c,
                    (bool,),
                    "select is_forwarding from departures where account_id = $1 and state = 'announced' \
                     order by announced_at desc limit 1",
                    followed.account_id.as_str(),
                )?;
                let Some((is_on,)) = was_on else { return Ok(false) };
                let changed = run!(
                    c,
                    "update departures set state = 'announced', is_forwarding = $2, announced_at = $3, \
                     target_page = $4, activity_id = $5, is_map_complete = $6, problem = null \
                     where id = $1 and state = 'onward'",
                    followed.departure_id.as_str(),
                    is_on,
                    followed.now,
                    followed.target_page,
                    followed.letter.activity_id.as_str(),
                    true,
                )?;
                if changed == 0 {
                    return Ok(false);
                }
                run!(
                    c,
                    "update departures set state = 'passed', is_forwarding = $3 \
                     where account_id = $1 and state = 'announced' and id <> $2",
                    followed.account_id.as_str(),
                    followed.departure_id.as_str(),
                    false,
                )?;
                run!(c, "delete from onwards where departure_id = $1", followed.departure_id.as_str())?;
                enqueue_in(c, &followed.letter, &followed.inboxes).await?;
                owe_in(c, &followed.departure_id, followed.now).await?;
                Ok(true)
            })
        })
        .await
}

/// Gives a further home up, with the reason; old addresses lead where they led.
///
/// # Errors
/// [`StoreError`].
pub async fn give_up(store: &Store, departure: String, problem: String) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update departures set state = 'withdrawn', problem = $2 where id = $1 and state = 'onward'",
                    departure.as_str(),
                    problem,
                )?;
                run!(
                    c,
                    "delete from forwards where departure_id in \
                     (select id from departures where id = $1 and state = 'withdrawn')",
                    departure.as_str(),
                )?;
                run!(c, "delete from onwards where departure_id = $1", departure)?;
                Ok(())
            })
        })
        .await
}

/// The account is back: nothing leads away from here any more, and nothing that led away can be
/// switched on again. `false` when it had not left.
///
/// # Errors
/// [`StoreError`].
pub async fn come_back(
    store: &Store,
    account: String,
    letter: Letter,
    inboxes: Vec<String>,
) -> StoreResult<bool> {
    store
        .write(move |c| {
            Box::pin(async move {
                const LEFT: &str = "select id from departures where account_id = $1 \
                                    and state in ('resting', 'announcing', 'announced', 'passed', 'onward')";
                let left = rows!(c, (String,), LEFT, account.as_str())?;
                for (id,) in &left {
                    run!(c, "delete from forwards where departure_id = $1", id.as_str())?;
                    run!(c, "delete from onwards where departure_id = $1", id.as_str())?;
                    run!(c, "delete from onward_words where departure_id = $1", id.as_str())?;
                    run!(
                        c,
                        "update departures set state = 'returned', is_forwarding = $2, is_map_complete = $2, \
                         activity_id = null, announced_at = null, asked_at = null, due_at = null, problem = null \
                         where id = $1",
                        id.as_str(),
                        false,
                    )?;
                }
                if !left.is_empty() {
                    enqueue_in(c, &letter, &inboxes).await?;
                }
                Ok(!left.is_empty())
            })
        })
        .await
}
