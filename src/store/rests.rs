//! Departures that rest between the last word and the announcement, and table `call_off_links`: links that
//! call one off without anybody signed in.

use super::{
    Store, StoreResult,
    departures::DepartureRow,
    letters::{self, kind},
};

/// A last word that is to be heard later.
#[derive(Debug, Clone)]
pub struct Rest {
    /// Which departure.
    pub departure_id: String,
    /// Id of the Move that will be sent.
    pub activity_id: String,
    /// What the letter says: the new server, a space, and when it is due, as people write it.
    pub about: String,
    /// The link's secret, which only the letter holds, and its hash.
    pub link: (String, String),
    /// When the owner spoke, in microseconds since 1970.
    pub now: i64,
    /// When it is due, likewise.
    pub due_at: i64,
    /// Until when the link says what became of it, likewise.
    pub until: i64,
}

/// The owner's last word, to be heard when it is due. `false` when it was spoken before or another
/// departure of the account was quicker.
///
/// # Errors
/// [`super::StoreError`].
pub async fn begin(store: &Store, rest: Rest) -> StoreResult<bool> {
    let about = rest.about.clone();
    let letter = letters::Secret::new(store, &rest.departure_id, kind::RESTS, rest.now, &rest.link.0)?;
    store
        .write(move |c| {
            Box::pin(async move {
                let id = rest.departure_id.as_str();
                let changed = run!(
                    c,
                    "update departures set state = 'resting', activity_id = $2, asked_at = $3, due_at = $4, \
                     problem = null where id = $1 and state = 'started' \
                     and not exists (select 1 from departures other \
                     where other.account_id = departures.account_id and other.id <> departures.id \
                     and other.ending <> 'copy' and other.state in ('resting', 'announcing', 'announced'))",
                    id,
                    rest.activity_id.as_str(),
                    rest.now,
                    rest.due_at,
                )?;
                if changed != 1 {
                    return Ok(false);
                }
                let hash = rest.link.1.as_str();
                run!(
                    c,
                    "insert into call_off_links (token_hash, departure_id, until) values ($1, $2, $3)",
                    hash,
                    id,
                    rest.until,
                )?;
                letters::about_departure_in(c, id, kind::RESTS, &about, rest.now).await?;
                letter.keep_in(c).await?;
                Ok(true)
            })
        })
        .await
}

/// Departures whose time has come.
///
/// # Errors
/// [`super::StoreError`].
pub async fn due(store: &Store, now: i64) -> StoreResult<Vec<DepartureRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        DepartureRow,
        "select * from departures where state = 'resting' and due_at <= $1 order by due_at, id",
        now,
    )?)
}

/// When the next one is due.
///
/// # Errors
/// [`super::StoreError`].
pub async fn next_due(store: &Store) -> StoreResult<Option<i64>> {
    let mut c = store.reader().await?;
    let found: Option<(Option<i64>,)> =
        row!(&mut c, (Option<i64>,), "select min(due_at) from departures where state = 'resting'")?;
    Ok(found.and_then(|(at,)| at))
}

/// Its time has come: it goes on as if the last word had been spoken now. `false` when it was called off,
/// withdrawn, or begun before.
///
/// # Errors
/// [`super::StoreError`].
pub async fn wake(store: &Store, id: String, now: i64) -> StoreResult<bool> {
    store
        .write(move |c| {
            Box::pin(async move {
                let changed = run!(
                    c,
                    "update departures set state = 'announcing', asked_at = $2, due_at = null \
                     where id = $1 and state = 'resting' and due_at <= $2",
                    id,
                    now,
                )?;
                Ok(changed == 1)
            })
        })
        .await
}

/// Calls it off: as if the last word had not been said. `false` when there is nothing to call off any more.
///
/// # Errors
/// [`super::StoreError`].
pub async fn call_off(store: &Store, id: String) -> StoreResult<bool> {
    store
        .write(move |c| {
            Box::pin(async move {
                let changed = run!(
                    c,
                    "update departures set state = 'started', due_at = null, asked_at = null, activity_id = null, \
                     problem = null where id = $1 and state = 'resting'",
                    id,
                )?;
                Ok(changed == 1)
            })
        })
        .await
}

/// The departure a link calls off.
///
/// # Errors
/// [`super::StoreError`].
pub async fn behind(store: &Store, token_hash: &str, now: i64) -> StoreResult<Option<DepartureRow>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        DepartureRow,
        "select d.* from departures d join call_off_links l on l.departure_id = d.id \
         where l.token_hash = $1 and l.until > $2",
        token_hash,
        now,
    )?)
}
