//! Table `gaps`: differences between the two sides that are nobody's item.

use super::{Store, StoreResult, count};
use crate::model::id::TransferId;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Kind of what differs.
    pub kind: String,
    /// How many, as far as that is known; at least one.
    pub count: u64,
    /// A sentence for the person.
    pub why: String,
}

/// Replaces all gaps of a transfer.
///
/// # Errors
/// [`super::StoreError`].
pub async fn replace(store: &Store, transfer: &TransferId, gaps: Vec<Gap>) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "delete from gaps where transfer_id = $1", transfer.as_str())?;
                for gap in &gaps {
                    run!(
                        c,
                        "insert into gaps (transfer_id, kind, why, count) values ($1, $2, $3, $4) \
                         on conflict (transfer_id, kind, why) do update set count = gaps.count + excluded.count",
                        transfer.as_str(),
                        &gap.kind,
                        &gap.why,
                        i64::try_from(gap.count).unwrap_or(i64::MAX),
                    )?;
                }
                Ok(())
            })
        })
        .await
}

/// All gaps of a transfer.
///
/// # Errors
/// [`super::StoreError`].
pub async fn gaps(store: &Store, transfer: &TransferId) -> StoreResult<Vec<Gap>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, i64, String),
        "select kind, count, why from gaps where transfer_id = $1 order by kind, why",
        transfer.as_str(),
    )?;
    Ok(found.into_iter().map(|(kind, n, why)| Gap { kind, count: count(n), why }).collect())
}
