//! New home: what came with a transfer goes again, at any time. Old home is told first, so that nobody
//! is sent on to where nothing is any more.

use serde_json::json;

use super::{Engine, TransferError, TransferResult, give_map, join, trial::forget, trouble};
use crate::{
    model::{
        ending::Ending,
        login::Purpose,
        transfer::{Transfer, TransferState},
    },
    port::{error::Disposition, remote::Request},
    store::{logins, transfers},
    words::text,
};

/// How often Old home is asked in vain before the copy goes all the same.
const TRIES: i64 = 3;

/// How many posts of the copy others have answered or passed on, as far as is known here.
///
/// # Errors
/// [`TransferError`] when the host cannot be asked.
pub async fn answered(engine: &Engine, transfer: &Transfer) -> TransferResult<u64> {
    Ok(engine.destination.answered(&transfer.id, &transfer.account).await?)
}

/// The owner says that what came shall go; [`remove_all`] does it. The caller has checked the password.
///
/// # Errors
/// [`TransferError::Refused`] when it was not kept, or others have answered and that was not agreed to.
pub async fn remove(engine: &Engine, transfer: &Transfer, answered_too: bool) -> TransferResult<()> {
    if matches!(transfer.state, TransferState::Removing | TransferState::Removed) {
        return Ok(());
    }
    if !transfer.state.may_become(TransferState::Removing) {
        return Err(TransferError::Refused(text!("refusals-only-what-was-kept-can-be-removed")));
    }
    let number = answered(engine, transfer).await?;
    if number > 0 && !answered_too {
        return Err(TransferError::Refused(text!("refusals-others-have-answered", n = number)));
    }
    let (from, to) = (transfer.state, TransferState::Removing);
    Ok(transfers::step(&engine.store, &transfer.id, from, to, engine.clock.now_micros()).await?)
}

/// Takes away everything that came: forwarding first, then the copy, then what was gathered for it.
///
/// # Errors
/// [`TransferError`] with its disposition; going on later takes away the rest.
pub async fn remove_all(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let untold = tell_old_home(engine, transfer).await?;
    join::join(engine, transfer, false).await?;
    engine.destination.remove(&transfer.id, &transfer.account).await?;
    forget(engine, transfer).await?;
    let steps = (TransferState::Removing, TransferState::Removed);
    let why = untold.map(|why| text!("refusals-old-home-could-not-be-told", why = why));
    Ok(transfers::step_saying(&engine.store, &transfer.id, steps, why, engine.clock.now_micros()).await?)
}

/// Lets Old home withdraw what it says of the copy; answers why that was not possible for good.
async fn tell_old_home(engine: &Engine, transfer: &Transfer) -> TransferResult<Option<String>> {
    if logins::find(&engine.store, &transfer.id, Purpose::HandOver).await?.is_none() {
        return Ok(None);
    }
    let Err(error) = try_telling(engine, transfer).await else { return Ok(None) };
    let attempts = transfers::attempts(&engine.store, &transfer.id).await?;
    match error.disposition() {
        Disposition::Retry { .. } if attempts < TRIES => Err(error),
        _ if matches!(error, TransferError::Store(_)) => Err(error),
        _ => {
            tracing::warn!(transfer.id = %transfer.id, %error, "Old home could not be told that its copy goes");
            Ok(Some(trouble::why(transfer, &engine.domain, &error)))
        }
    }
}

async fn try_telling(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let (old, login, actor) = give_map::old_home(engine, transfer).await?;
    let endpoint = actor.endpoints.withdraw.ok_or_else(|| {
        TransferError::Refused(text!(
            "refusals-takes-no-such-word",
            old = crate::model::actor::authority(&old)
        ))
    })?;
    give_map::request(engine, &login, Request::post_json(endpoint, &json!({}))).await?;
    // Followers who came with the announcement find here who called them; nobody else needs the name.
    if transfer.ending != Some(Ending::Announce) {
        engine.host.remove_alias(&transfer.account, &old).await?;
    }
    Ok(())
}
