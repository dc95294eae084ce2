//! A turn at a work: taken, renewed while it goes on, given back. Several daemons share the works.

use std::{pin::pin, time::Duration};

use crate::{
    port::clock::Clock,
    store::{
        Store, StoreError, StoreResult,
        leases::{self, Lease},
    },
};

/// How long a work stays with a daemon that is not heard of any more.
const VALID: Duration = Duration::from_secs(15);
/// How often who works is heard of.
const RENEWED: Duration = Duration::from_secs(5);

/// Does something for `work` in the name of `holder`; `None` when another is at it.
///
/// # Errors
/// [`StoreError::Superseded`] when another took it over meanwhile: what was under way is dropped, and
/// none of its writes stands any more. [`StoreError`] when the turn cannot be noted.
pub async fn with<F: Future>(
    store: &Store,
    clock: &dyn Clock,
    work: String,
    holder: String,
    doing: F,
) -> StoreResult<Option<F::Output>> {
    let now = clock.now_micros();
    let Some(lease) = leases::take(store, work, holder, now, end(now)).await? else { return Ok(None) };
    let done = renewing(store, clock, &lease, leases::holding(lease.clone(), doing)).await?;
    leases::give_back(store, lease).await?;
    Ok(Some(done))
}

async fn renewing<F: Future>(
    store: &Store,
    clock: &dyn Clock,
    lease: &Lease,
    doing: F,
) -> StoreResult<F::Output> {
    let mut doing = pin!(doing);
    loop {
        tokio::select! {
            done = &mut doing => return Ok(done),
            () = tokio::time::sleep(RENEWED) => {}
        }
        // The work goes on while its turn is renewed; a database that does not answer now may later.
        let mut renewal = pin!(leases::renew(store, lease.clone(), end(clock.now_micros())));
        tokio::select! {
            done = &mut doing => return Ok(done),
            renewed = &mut renewal => match renewed {
                Ok(true) => {}
                Ok(false) => return Err(StoreError::Superseded),
                Err(error) => tracing::warn!(%error, "a turn could not be renewed"),
            },
        }
    }
}

fn end(now: i64) -> i64 {
    now.saturating_add(i64::try_from(VALID.as_micros()).unwrap_or(i64::MAX))
}
