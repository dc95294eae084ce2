//! Table `refollows`: whom accounts asked to follow or block again, and how each attempt ended.

use super::{Connection, Store, StoreResult, count, host_rows};
use crate::model::{
    follow::FollowOptions,
    item::{Item, ItemKind},
    tie::Tie,
};

/// Somebody who waits to be followed again.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct RefollowRow {
    pub account_id: String,
    pub actor: String,
    pub server: String,
    pub attempts: i64,
    pub kind: String,
    pub options: String,
}

/// Somebody of a kept copy, and what ties the account to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Their actor.
    pub actor: String,
    /// What is wished.
    pub tie: Tie,
}

/// Somebody on the page: `kept` (nothing chosen yet), `waiting`, `asked` or `failed`, and why.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct PersonRow {
    pub actor: String,
    pub kind: String,
    pub state: String,
    pub why: Option<String>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// They were asked.
    Asked,
    /// They never will be, and why.
    Failed(String),
    /// It is tried again at this time, and why.
    Again(i64, String),
    /// Nobody was asked: the account has to rest until this time, and why.
    Rests(i64, String),
}

/// Whom a kept copy of this account follows without their knowing.
const KEPT: &str = "select f.actor from following f join waiting_profiles w on w.transfer_id = f.transfer_id \
     where f.account_id = $1 and f.state = 'kept' and w.released_at is not null order by f.actor";

/// Everybody an account may follow again or chose to, with how it stands.
///
/// # Errors
/// [`super::StoreError`].
pub async fn people(store: &Store, account: &str) -> StoreResult<Vec<PersonRow>> {
    let mut c = store.reader().await?;
    let chosen = rows!(
        &mut c,
        PersonRow,
        "select actor, kind, state, why from refollows where account_id = $1 order by actor",
        account,
    )?;
    drop(c);
    let is_chosen = |actor: &String| chosen.iter().any(|row| row.actor == *actor);
    let others: Vec<PersonRow> = kept(store, account)
        .await?
        .into_iter()
        .filter(|wish| !is_chosen(&wish.actor))
        .map(|Wish { actor, tie }| PersonRow {
            actor,
            kind: tie.as_str().to_owned(),
            state: "kept".to_owned(),
            why: None,
        })
        .collect();
    Ok(others.into_iter().chain(chosen).collect())
}

/// Whom a kept copy follows, or beside another server also blocks, without their knowing.
///
/// # Errors
/// [`super::StoreError`].
pub async fn kept(store: &Store, account: &str) -> StoreResult<Vec<Wish>> {
    let found = {
        let mut c = store.reader().await?;
        rows!(&mut c, (String,), KEPT, account)?
    };
    let usual = || Tie::Follow(FollowOptions::default());
    let mut wishes: Vec<Wish> = found.into_iter().map(|(actor,)| Wish { actor, tie: usual() }).collect();
    for kind in [ItemKind::Following, ItemKind::Blocked] {
        let details = host_rows::kept(store, account, kind.as_str()).await?;
        wishes.extend(details.iter().filter_map(|detail| wished(detail)));
    }
    wishes.sort_by(|one, other| one.actor.cmp(&other.actor));
    wishes.dedup_by(|one, other| one.actor == other.actor);
    Ok(wishes)
}

/// What a row that waited says of somebody.
fn wished(detail: &str) -> Option<Wish> {
    let detail: serde_json::Value = serde_json::from_str(detail).ok()?;
    match serde_json::from_value::<Item>(detail.get("item")?.clone()).ok()? {
        Item::Follow { actor, options } => Some(Wish { actor: actor.into(), tie: Tie::Follow(options) }),
        Item::Block { actor } => Some(Wish { actor: actor.into(), tie: Tie::Block }),
        _ => None,
    }
}

/// Notes that people (with their servers) shall be followed or blocked again; those whose attempt failed
/// once more.
///
/// # Errors
/// [`super::StoreError`].
pub async fn choose(
    store: &Store,
    account: String,
    people: Vec<(Wish, String)>,
    now: i64,
) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                for (Wish { actor, tie }, server) in people {
                    run!(
                        &mut *c,
                        "insert into refollows (account_id, actor, server, state, attempts, next_at, kind, options) \
                         values ($1, $2, $3, 'waiting', 0, $4, $5, $6) \
                         on conflict (account_id, actor) do update set \
                         state = 'waiting', attempts = 0, next_at = excluded.next_at, why = null \
                         where refollows.state = 'failed'",
                        &account,
                        actor,
                        server,
                        now,
                        tie.as_str(),
                        tie.options(),
                    )?;
                }
                Ok(())
            })
        })
        .await
}

/// Gives up those that still wait: nobody else is asked.
///
/// # Errors
/// [`super::StoreError`].
pub async fn stop(store: &Store, account: String) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "delete from refollows where account_id = $1 and state = 'waiting'", account)?;
                Ok(())
            })
        })
        .await
}

/// People whose turn it is, the longest waiting first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn due(store: &Store, now: i64, limit: i64) -> StoreResult<Vec<RefollowRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        RefollowRow,
        "select account_id, actor, server, attempts, kind, options from refollows where state = 'waiting' and next_at <= $1 \
         order by next_at, account_id, actor limit $2",
        now,
        limit,
    )?)
}

/// When the next one's turn comes.
///
/// # Errors
/// [`super::StoreError`].
pub async fn next_due(store: &Store) -> StoreResult<Option<i64>> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (i64,),
        "select next_at from refollows where state = 'waiting' order by next_at limit 1"
    )?;
    Ok(found.map(|(at,)| at))
}

/// How many still wait.
///
/// # Errors
/// [`super::StoreError`].
pub async fn waiting(store: &Store, account: &str) -> StoreResult<u64> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (i64,),
        "select cast(count(*) as bigint) from refollows where account_id = $1 and state = 'waiting'",
        account,
    )?;
    Ok(found.map_or(0, |(number,)| count(number)))
}

/// Notes how an attempt ended, and lets everybody else of that server wait until `others`.
///
/// # Errors
/// [`super::StoreError`].
pub async fn settle(store: &Store, row: RefollowRow, outcome: Outcome, others: i64) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                if let Outcome::Rests(until, why) = outcome {
                    run!(
                        c,
                        "update refollows set next_at = $2, why = $3 \
                         where account_id = $1 and state = 'waiting' and next_at < $2",
                        &row.account_id,
                        until,
                        why,
                    )?;
                    return Ok(());
                }
                settle_one(c, &row, outcome).await?;
                run!(
                    c,
                    "update refollows set next_at = $2 where server = $1 and state = 'waiting' and next_at < $2",
                    &row.server,
                    others,
                )?;
                Ok(())
            })
        })
        .await
}

async fn settle_one(c: &mut Connection, row: &RefollowRow, outcome: Outcome) -> StoreResult<()> {
    let (state, why, next_at) = match outcome {
        Outcome::Asked => ("asked", None, 0),
        Outcome::Failed(why) => ("failed", Some(why), 0),
        Outcome::Again(at, why) | Outcome::Rests(at, why) => ("waiting", Some(why), at),
    };
    run!(
        c,
        "update refollows set state = $3, why = $4, next_at = $5, attempts = attempts + 1 \
         where account_id = $1 and actor = $2 and state = 'waiting'",
        &row.account_id,
        &row.actor,
        state,
        why,
        next_at,
    )?;
    Ok(())
}
