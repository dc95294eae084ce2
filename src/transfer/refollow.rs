//! New home: follows the people again whom the owner followed at Old home, and blocks whom they blocked where that
//! is not done by rows alone. Their own later choice, one at a time and slowly: to other servers many at once
//! look like an attack.

use std::{collections::BTreeSet, time::Duration};

use url::Url;

use super::{Engine, TransferResult, trouble};
use crate::{
    model::{actor::authority, id::AccountId, tie::Tie},
    port::{error::AdapterError, host::Tied},
    store::refollows::{self, Outcome, RefollowRow, Wish},
    words::text,
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
    let failed = refollows::people(&engine.store, account.as_str()).await?;
    let failed = failed.into_iter().filter(|row| row.state == "failed");
    // What was chosen about them stands in their row, which is only asked again.
    let failed =
        failed.filter_map(|row| Some(Wish { tie: Tie::from_stored(&row.kind, "")?, actor: row.actor }));
    let kept = refollows::kept(&engine.store, account.as_str()).await?;
    let people = kept.into_iter().chain(failed).map(|wish| {
        let server = Url::parse(&wish.actor).map(|url| authority(&url)).unwrap_or_default();
        (wish, server)
    });
    let people = people.collect();
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
    let (mut asked, mut resting) = (BTreeSet::new(), BTreeSet::new());
    let mut accounts: BTreeSet<String> = BTreeSet::new();
    for row in due {
        accounts.insert(row.account_id.clone());
        let is_free = asked.len() < AT_ONCE && !resting.contains(&row.account_id);
        if is_free && asked.insert(row.server.clone()) {
            let account = row.account_id.clone();
            if ask(engine, row).await? {
                resting.insert(account);
            }
        }
    }
    for account in accounts {
        if refollows::waiting(&engine.store, &account).await? == 0 {
            give_back(engine, &account.into()).await;
        }
    }
    Ok(refollows::next_due(&engine.store).await?)
}

/// Nobody waits any more: the owner's permission at the host, where it needs one, goes back.
pub async fn give_back(engine: &Engine, account: &AccountId) {
    let Some(permits) = engine.host.permits() else { return };
    if let Err(error) = permits.give_back(&*engine.remote, account).await {
        tracing::warn!(%error, "a permission could not be given back");
    }
}

/// Asks one; whether the account has to rest now.
async fn ask(engine: &Engine, row: RefollowRow) -> TransferResult<bool> {
    let account = AccountId::from(row.account_id.clone());
    let outcome = match (Url::parse(&row.actor), Tie::from_stored(&row.kind, &row.options)) {
        (Ok(actor), Some(tie)) => engine.host.tie(&*engine.remote, &account, &actor, &tie).await,
        _ => Err(AdapterError::item(text!("reasons-their-address-is-no-web-address"))),
    };
    let now = engine.clock.now_micros();
    let after = |pause: Duration| now.saturating_add(i64::try_from(pause.as_micros()).unwrap_or(i64::MAX));
    let said = |error: &AdapterError| {
        tracing::debug!(%error, server = row.server, "somebody could not be asked");
        match error {
            AdapterError::Item { why } => why.clone(),
            other => trouble::cause(other, &row.server),
        }
    };
    let outcome = match outcome {
        Ok(Tied::Done) => Outcome::Asked,
        Ok(Tied::Rests { why, after: pause }) => Outcome::Rests(after(pause), why),
        Err(ref busy @ AdapterError::Busy { after: pause, .. }) if row.attempts + 1 < ATTEMPTS => {
            let doubled = FIRST_PAUSE * 2_u32.pow(u32::try_from(row.attempts).unwrap_or(0).min(8));
            Outcome::Again(after(pause.max(doubled).min(LONGEST_PAUSE)), said(busy))
        }
        Err(error) => Outcome::Failed(said(&error)),
    };
    let rests = matches!(outcome, Outcome::Rests(..));
    refollows::settle(&engine.store, row, outcome, after(PACE)).await?;
    Ok(rests)
}
