//! New home: follows the people again whom the owner followed at Old home. Their own later choice, one
//! Follow at a time and slowly: to other servers many at once look like an attack.

use std::{collections::BTreeSet, time::Duration};

use url::Url;

use super::{Engine, TransferResult};
use crate::{
    model::{actor::authority, id::AccountId},
    port::error::AdapterError,
    store::refollows::{self, Outcome, RefollowRow},
};

/// Pause between two Follows to one server: three a minute.
pub const PACE: Duration = Duration::from_secs(20);
/// Servers asked in one go.
const AT_ONCE: usize = 8;
/// Rows looked at to find them.
const LOOKS_AT: i64 = 200;
/// Attempts before somebody is given up.
const ATTEMPTS: i64 = 6;
/// Pause before the second attempt; doubled with each further one.
const FIRST_PAUSE: Duration = Duration::from_mins(5);
/// Longest pause a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_hours(12);

/// The owner says: follow them all. Saying it twice asks nobody twice; who failed is tried once more.
///
/// # Errors
/// [`super::TransferError::Store`].
pub async fn begin(engine: &Engine, account: &AccountId) -> TransferResult<()> {
    let mut people: Vec<(String, String)> = Vec::new();
    let failed = refollows::people(&engine.store, account.as_str()).await?;
    let failed = failed.into_iter().filter(|row| row.state == "failed").map(|row| row.actor);
    let kept = refollows::kept(&engine.store, account.as_str()).await?;
    for actor in kept.into_iter().chain(failed) {
        let server = Url::parse(&actor).map(|url| authority(&url)).unwrap_or_default();
        people.push((actor, server));
    }
    let now = engine.clock.now_micros();
    Ok(refollows::choose(&engine.store, account.to_string(), people, now).await?)
}

/// Asks those whose turn it is, one of each server; yields when the next turn comes.
///
/// # Errors
/// [`super::TransferError::Store`]; whoever's outcome was not written is asked again under a new id,
/// and their server takes it for the same wish.
pub async fn run_due(engine: &Engine) -> TransferResult<Option<i64>> {
    let due = refollows::due(&engine.store, engine.clock.now_micros(), LOOKS_AT).await?;
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for row in due {
        if asked.len() < AT_ONCE && asked.insert(row.server.clone()) {
            ask(engine, row).await?;
        }
    }
    Ok(refollows::next_due(&engine.store).await?)
}

async fn ask(engine: &Engine, row: RefollowRow) -> TransferResult<()> {
    let account = AccountId::from(row.account_id.clone());
    let outcome = match Url::parse(&row.actor) {
        Ok(actor) => engine.host.follow(&*engine.remote, &account, &actor).await,
        Err(_) => Err(AdapterError::item("their address is no web address")),
    };
    let now = engine.clock.now_micros();
    let after = |pause: Duration| now.saturating_add(i64::try_from(pause.as_micros()).unwrap_or(i64::MAX));
    let outcome = match outcome {
        Ok(()) => Outcome::Asked,
        Err(AdapterError::Busy { why, after: pause, .. }) if row.attempts + 1 < ATTEMPTS => {
            let doubled = FIRST_PAUSE * 2_u32.pow(u32::try_from(row.attempts).unwrap_or(0).min(8));
            Outcome::Again(after(pause.max(doubled).min(LONGEST_PAUSE)), why)
        }
        Err(error) => Outcome::Failed(error.to_string()),
    };
    Ok(refollows::settle(&engine.store, row, outcome, after(PACE)).await?)
}
