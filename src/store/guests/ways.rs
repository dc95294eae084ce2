//! Table `guest_ways`: on the way to the sign-in of the server beside us and back.

use crate::store::{Store, StoreResult};

/// A way as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct WayRow {
    pub state_hash: String,
    pub browser_hash: String,
    pub verifier: String,
    pub next: String,
    pub account_id: Option<String>,
    pub sign_ins: Option<i64>,
    pub created_at: i64,
}

/// Remembers a way; those that began before `since` are forgotten.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn begin(store: &Store, way: WayRow, since: i64) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "delete from guest_ways where created_at < $1", since)?;
                run!(
                    c,
                    "insert into guest_ways (state_hash, browser_hash, verifier, next, account_id, sign_ins, \
                     created_at) values ($1, $2, $3, $4, $5, $6, $7)",
                    way.state_hash,
                    way.browser_hash,
                    way.verifier,
                    way.next,
                    way.account_id,
                    way.sign_ins,
                    way.created_at,
                )?;
                Ok(())
            })
        })
        .await
}

/// Takes the way that ends here: it can be walked once, by the browser that began it.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn take(
    store: &Store,
    state_hash: String,
    browser_hash: String,
    since: i64,
) -> StoreResult<Option<WayRow>> {
    store
        .write(move |c| {
            Box::pin(async move {
                Ok(row!(
                    c,
                    WayRow,
                    "delete from guest_ways where state_hash = $1 and browser_hash = $2 and created_at > $3 \
                     returning state_hash, browser_hash, verifier, next, account_id, sign_ins, created_at",
                    state_hash,
                    browser_hash,
                    since,
                )?)
            })
        })
        .await
}
