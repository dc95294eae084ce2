//! A home that an account has left tells the homes before it where the account lives now, with the
//! permission under which it once gave them its addresses. They look for themselves then.

use super::{Engine, TransferError, TransferResult, access::hand_over_login, give_map, status::old_actor};
use crate::{
    port::{
        error::{AdapterError, Disposition},
        lookup,
        remote::Request,
    },
    store::{
        onward_words::{self, Outcome, WordRow},
        transfers,
    },
    words::text,
};

/// How often an earlier home is told in vain before it counts as gone: over some three weeks.
const TRIES: i64 = 24;
/// The first pause between two tries, in microseconds: two seconds, doubled each time up to three days.
const FIRST_PAUSE_MICROS: i64 = 2 * 1_000_000;
/// The longest pause.
const LONGEST_PAUSE_MICROS: i64 = 3 * 86_400 * 1_000_000;

/// Tells one earlier home, and notes how that ended.
///
/// # Errors
/// [`TransferError::Store`] when not even that could be noted.
pub async fn tell(engine: &Engine, word: &WordRow) -> TransferResult<()> {
    let outcome = match try_telling(engine, word).await {
        Ok(()) => Outcome::Told,
        Err(error) => {
            let (why, attempts) = (error.to_string(), word.attempts + 1);
            tracing::info!(transfer.id = word.transfer_id, error = %why, "an earlier home was not told");
            let is_final = !matches!(error.disposition(), Disposition::Retry { .. }) || attempts >= TRIES;
            let doublings = u32::try_from(word.attempts.clamp(0, 20)).unwrap_or(20);
            let pause = FIRST_PAUSE_MICROS.saturating_mul(2_i64.saturating_pow(doublings));
            let at = engine.clock.now_micros() + pause.min(LONGEST_PAUSE_MICROS);
            if is_final { Outcome::Refused(why) } else { Outcome::Again(at, why) }
        }
    };
    Ok(onward_words::record(&engine.store, word, outcome).await?)
}

async fn try_telling(engine: &Engine, word: &WordRow) -> TransferResult<()> {
    let id = word.transfer_id.as_str().into();
    let transfer = transfers::find(&engine.store, &id).await?;
    let gone = || TransferError::Refused(text!("refusals-its-copy-is-gone"));
    let transfer = transfer.ok_or_else(gone)?;
    let old = old_actor(&transfer).ok_or_else(gone)?;
    let target = match &word.target {
        Some(target) => target.clone(),
        None => engine.host.account(&transfer.account).await?.ok_or_else(gone)?.actor.to_string(),
    };
    let (actor, _) = lookup::actor(&*engine.remote, &engine.signer, old, None).await?;
    if actor.moved_to.as_ref().is_some_and(|moved_to| moved_to.as_str() == target) {
        return Ok(());
    }
    let endpoint = actor.endpoints.onward.ok_or_else(|| {
        let doing = format!("telling {old} of a further move");
        TransferError::Adapter(AdapterError::fatal(doing, "it takes no such word"))
    })?;
    let login = hand_over_login(engine, &transfer.id).await?;
    let fields = [("actor", target.as_str())];
    give_map::request(engine, &login, Request::post_form(endpoint, &fields)).await?;
    Ok(())
}
