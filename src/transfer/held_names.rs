//! New home: names that were held for copies which did not come. What is still under way is thrown away, then the
//! account goes, and somebody else may have the name.

use super::{Engine, TransferResult, trial};
use crate::{
    model::{id::AccountId, transfer::TransferState as S},
    store::{held_names, transfers},
};

/// How long a copy that is being thrown away is waited for, in microseconds.
const A_MOMENT: i64 = 30_000_000;

/// Gives back what is due. Doing it again changes nothing.
///
/// # Errors
/// [`super::TransferError::Store`].
pub async fn run_due(engine: &Engine) -> TransferResult<()> {
    for account in held_names::due(&engine.store, engine.clock.now_micros()).await? {
        give_back(engine, &account).await?;
    }
    Ok(())
}

async fn give_back(engine: &Engine, account: &AccountId) -> TransferResult<()> {
    let copies = transfers::of_account(&engine.store, account).await?;
    let now = engine.clock.now_micros();
    // Asked after the copies: whatever began meanwhile has moved the end away in the same commit.
    if held_names::until(&engine.store, account).await?.is_none_or(|until| until > now) {
        return Ok(());
    }
    // A trial ends by its own calendar, which looks whether Old home still has what was copied.
    if copies.iter().any(|copy| matches!(copy.state, S::Trial | S::Looking)) {
        return Ok(held_names::put_off(
            &engine.store,
            account,
            now,
            now.saturating_add(held_names::AT_FIRST),
        )
        .await?);
    }
    for copy in copies.iter().filter(|copy| copy.state.can_discard()) {
        trial::discard(engine, copy).await?;
    }
    if held_names::give_back(&engine.store, account, now).await? {
        tracing::info!("a name that was held for a copy is free again");
        return Ok(());
    }
    // What is being thrown away is waited for.
    Ok(held_names::put_off(&engine.store, account, now, now.saturating_add(A_MOMENT)).await?)
}

/// The person gives the name up now: it is free as soon as what was copied is gone.
///
/// # Errors
/// [`super::TransferError::Store`].
pub async fn give_up(engine: &Engine, account: &AccountId) -> TransferResult<()> {
    if held_names::until(&engine.store, account).await?.is_none() {
        return Ok(());
    }
    for copy in
        transfers::of_account(&engine.store, account).await?.iter().filter(|copy| copy.state.can_discard())
    {
        trial::discard(engine, copy).await?;
    }
    Ok(held_names::hold(&engine.store, account, engine.clock.now_micros()).await?)
}

/// The person wants more time. Asking again counts from now.
///
/// # Errors
/// [`super::TransferError::Store`].
pub async fn extend(engine: &Engine, account: &AccountId) -> TransferResult<()> {
    let until = engine.clock.now_micros().saturating_add(held_names::UNDER_WAY);
    Ok(held_names::hold(&engine.store, account, until).await?)
}

/// The account stays, copy or not.
///
/// # Errors
/// [`super::TransferError::Store`].
pub async fn settle(engine: &Engine, account: &AccountId) -> TransferResult<()> {
    Ok(held_names::settle(&engine.store, account).await?)
}
