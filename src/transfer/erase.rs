//! New home: what was erased here after it stood open, Old home is told, so that its old address says that it is gone.

use serde_json::json;

use super::{Engine, TransferError, TransferResult, give_map};
use crate::{
    model::{id::TransferId, login::Purpose},
    port::{error::Disposition, remote::Request},
    store::{erasures, logins, transfers},
};

/// Addresses told in one go.
const AT_ONCE: i64 = 200;
/// Tries before it is given up: two weeks.
const TRIES: i64 = 20;
/// The first pause, in microseconds: a minute, doubled up to a day.
const FIRST_PAUSE: i64 = 60 * 1_000_000;
/// The longest.
const LONGEST_PAUSE: i64 = 24 * 3600 * 1_000_000;

/// Tells one Old home what is due.
///
/// # Errors
/// [`TransferError`] when it could not even be noted.
pub async fn tell(engine: &Engine) -> TransferResult<()> {
    let (store, now) = (&engine.store, engine.clock.now_micros());
    let due = erasures::due(store, now, AT_ONCE).await?;
    let Some(first) = due.first() else { return Ok(()) };
    let (id, attempts) = (TransferId::from(first.transfer_id.clone()), first.attempts);
    let old: Vec<String> = due.into_iter().map(|one| one.old_url).collect();
    let Err(error) = try_telling(engine, &id, &old).await else {
        return Ok(erasures::told(store, &id, old, now).await?);
    };
    match error.disposition() {
        Disposition::Retry { after } if attempts < TRIES => {
            let doublings = u32::try_from(attempts.clamp(0, 12)).unwrap_or(12);
            let asked = i64::try_from(after.as_micros()).unwrap_or(LONGEST_PAUSE);
            let pause = FIRST_PAUSE.saturating_mul(2_i64.saturating_pow(doublings)).max(asked);
            Ok(erasures::put_off(store, &id, now.saturating_add(pause.min(LONGEST_PAUSE))).await?)
        }
        _ if matches!(error, TransferError::Store(_)) => Err(error),
        _ => {
            tracing::warn!(transfer.id = %id, %error, "Old home could not be told what was erased");
            Ok(erasures::told(store, &id, old, now).await?)
        }
    }
}

/// Where Old home leads nobody here, nobody has to be told.
async fn try_telling(engine: &Engine, id: &TransferId, old: &[String]) -> TransferResult<()> {
    let Some(transfer) = transfers::find(&engine.store, id).await? else { return Ok(()) };
    if logins::find(&engine.store, id, Purpose::HandOver).await?.is_none() {
        return Ok(());
    }
    let (_, login, actor) = give_map::old_home(engine, &transfer).await?;
    let Some(endpoint) = actor.endpoints.hand_over else { return Ok(()) };
    let body = json!({"entries": [], "erased": old});
    give_map::request(engine, &login, Request::post_json(endpoint, &body)).await?;
    Ok(())
}
