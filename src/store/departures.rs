//! Table `departures`: accounts that leave, and how far they are.

use super::{Connection, Store, StoreResult, letters};
use crate::model::ending::Ending;

/// A departure as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct DepartureRow {
    pub id: String,
    pub account_id: String,
    pub consent_id: Option<String>,
    pub target: String,
    pub target_page: Option<String>,
    pub return_url: Option<String>,
    pub state: String,
    pub is_forwarding: bool,
    pub is_map_complete: bool,
    pub activity_id: Option<String>,
    pub problem: Option<String>,
    pub asked_at: Option<i64>,
    pub announced_at: Option<i64>,
    pub created_at: i64,
    pub ending: String,
    pub due_at: Option<i64>,
}

impl DepartureRow {
    /// What the destination asked for; an unknown word is none of the things that are done here.
    pub fn ending(&self) -> Option<Ending> {
        Ending::from_word(&self.ending).filter(|ending| ending.is_spoken_at_old_home())
    }
}

/// What a destination says about itself when it starts.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct NewDeparture {
    pub id: String,
    pub account_id: String,
    pub consent_id: String,
    pub is_hand_over: bool,
    pub target: String,
    pub target_page: Option<String>,
    pub return_url: Option<String>,
    pub ending: Ending,
    pub created_at: i64,
}

/// Notes where an account goes. Starting again updates what the destination says about itself and
/// takes a withdrawal back, but never touches what was announced. A consent for handing over stays
/// bound until another one of its kind replaces it: revoking it must withdraw its list.
///
/// # Errors
/// [`super::StoreError`].
pub async fn start(store: &Store, new: NewDeparture) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into departures (id, account_id, consent_id, target, target_page, return_url, \
                     state, is_forwarding, is_map_complete, created_at, ending) \
                     values ($1, $2, $3, $4, $5, $6, 'started', $7, $8, $9, $11) \
                     on conflict (account_id, target) do update set \
                     consent_id = case when $10 then excluded.consent_id \
                     else coalesce(departures.consent_id, excluded.consent_id) end, \
                     target_page = excluded.target_page, return_url = excluded.return_url, state = 'started', \
                     ending = excluded.ending \
                     where departures.state in ('started', 'withdrawn', 'returned')",
                    new.id,
                    new.account_id,
                    new.consent_id,
                    new.target,
                    new.target_page,
                    new.return_url,
                    false,
                    false,
                    new.created_at,
                    new.is_hand_over,
                    new.ending.as_str(),
                )?;
                Ok(())
            })
        })
        .await
}

/// Finds a departure.
///
/// # Errors
/// [`super::StoreError`].
pub async fn find(store: &Store, id: &str) -> StoreResult<Option<DepartureRow>> {
    let mut c = store.reader().await?;
    Ok(row!(&mut c, DepartureRow, "select * from departures where id = $1", id)?)
}

/// The departures of an account, newest first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn of_account(store: &Store, account: &str) -> StoreResult<Vec<DepartureRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        DepartureRow,
        "select * from departures where account_id = $1 order by id desc",
        account,
    )?)
}

/// The departure an account's owner speaks the last word about: one that is announced, else one that
/// was agreed to for this, else the newest. A server that may only read can start one, too, and must
/// not stand before the one the owner comes from.
///
/// # Errors
/// [`super::StoreError`].
pub async fn current(store: &Store, account: &str) -> StoreResult<Option<DepartureRow>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        DepartureRow,
        "select d.* from departures d left join consents s on s.id = d.consent_id \
         where d.account_id = $1 and d.state in ('resting', 'announcing', 'announced', 'started') \
         order by case when d.state = 'started' then 1 \
         when d.state = 'announced' and d.ending = 'copy' then 2 else 0 end, \
         case when s.scope = 'godwit_hand_over' and s.revoked_at is null then 0 else 1 end, d.id desc limit 1",
        account,
    )?)
}

/// All departures in a state, oldest first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn in_state(store: &Store, state: &str) -> StoreResult<Vec<DepartureRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(&mut c, DepartureRow, "select * from departures where state = $1 order by id", state)?)
}

/// Binds a departure that has not been announced to the consent its map comes under.
///
/// # Errors
/// [`super::StoreError`].
pub async fn bind(store: &Store, id: String, consent: String) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update departures set consent_id = $2 where id = $1 and state in ('started', 'resting')",
                    id,
                    consent,
                )?;
                Ok(())
            })
        })
        .await
}

/// The owner's last word: fixes the activity's id for good. `false` when it was spoken before or
/// another departure of the account was quicker.
///
/// # Errors
/// [`super::StoreError`].
pub async fn ask(store: &Store, id: String, activity_id: String, now: i64) -> StoreResult<bool> {
    store
        .write(move |c| {
            Box::pin(async move {
                let changed = run!(
                    c,
                    "update departures set state = 'announcing', activity_id = $2, asked_at = $3, problem = null \
                     where id = $1 and state = 'started' and not exists (select 1 from departures other \
                     where other.account_id = departures.account_id and other.id <> departures.id \
                     and other.ending <> 'copy' and departures.ending <> 'copy' \
                     and other.state in ('resting', 'announcing', 'announced'))",
                    id,
                    activity_id,
                    now,
                )?;
                Ok(changed == 1)
            })
        })
        .await
}

/// Takes an announcement back before anything was sent, with the reason, and tells the owner, who may have
/// gone away since the last word.
///
/// # Errors
/// [`super::StoreError`].
pub async fn stop(store: &Store, id: String, problem: String, now: i64) -> StoreResult<()> {
    store.write(move |c| Box::pin(async move { stop_in(c, &id, &problem, now).await })).await
}

/// As [`stop`], within a transaction.
pub(super) async fn stop_in(c: &mut Connection, id: &str, problem: &str, now: i64) -> StoreResult<()> {
    let changed = run!(
        c,
        "update departures set state = 'started', problem = $2, due_at = null \
         where id = $1 and state in ('resting', 'announcing')",
        id,
        problem,
    )?;
    if changed == 1 {
        letters::about_departure_in(c, id, letters::kind::STOPPED, problem, now).await?;
    }
    Ok(())
}

/// Withdraws a departure and its map, whatever was said of it; `false` when there is nothing to withdraw.
///
/// # Errors
/// [`super::StoreError`].
pub async fn withdraw(store: &Store, id: String) -> StoreResult<bool> {
    store
        .write(move |c| {
            Box::pin(async move {
                let changed = run!(
                    c,
                    "update departures set state = 'withdrawn', is_forwarding = false, is_map_complete = false, \
                     due_at = null where id = $1 and state in ('started', 'resting', 'announcing', 'announced')",
                    &id,
                )?;
                if changed == 1 {
                    run!(c, "delete from forwards where departure_id = $1", &id)?;
                }
                Ok(changed == 1)
            })
        })
        .await
}

/// Switches forwarding of something announced; `false` when it is not announced or another's.
///
/// # Errors
/// [`super::StoreError`].
pub async fn set_forwarding(store: &Store, id: String, account: String, is_on: bool) -> StoreResult<bool> {
    store
        .write(move |c| {
            Box::pin(async move {
                let changed = run!(
                    c,
                    "update departures set is_forwarding = $3 \
                     where id = $1 and account_id = $2 and state = 'announced'",
                    id,
                    account,
                    is_on,
                )?;
                Ok(changed == 1)
            })
        })
        .await
}
