//! Tables `transfer_inventories` and `transfer_tallies`: what the source stated it has, pass by pass,
//! and the buckets in which both sides last agreed.

use super::{Store, StoreResult, count, from_json, to_json};
use crate::model::{id::TransferId, inventory::Tally, item::ItemKind, seal::Sealed};

/// What came at one pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Which pass.
    pub pass: u32,
    /// The document as it came; `None` where it is not believed.
    pub document: Option<Sealed>,
    /// The public key it was checked with.
    pub key_pem: Option<String>,
    /// Why it is not believed.
    pub trouble: Option<String>,
    /// Whether a comparison with it came to its end.
    pub is_compared: bool,
}

/// Keeps what came. The same pass again replaces what was there.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep(store: &Store, transfer: &TransferId, kept: Kept, now: i64) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into transfer_inventories (transfer_id, pass, document, key_pem, trouble, read_at, is_compared) \
                     values ($1, $2, $3, $4, $5, $6, $7) on conflict (transfer_id, pass) do update set \
                     document = excluded.document, key_pem = excluded.key_pem, trouble = excluded.trouble, \
                     read_at = excluded.read_at, is_compared = excluded.is_compared",
                    transfer.as_str(),
                    i64::from(kept.pass),
                    kept.document.as_ref().map(to_json),
                    kept.key_pem,
                    kept.trouble,
                    now,
                    kept.is_compared,
                )?;
                Ok(())
            })
        })
        .await
}

/// Notes that the comparison with what came last has come to its end.
///
/// # Errors
/// [`super::StoreError`].
pub async fn compared(store: &Store, transfer: &TransferId) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update transfer_inventories set is_compared = $2 where transfer_id = $1 \
                     and pass = (select max(i.pass) from transfer_inventories i where i.transfer_id = $1)",
                    transfer.as_str(),
                    true,
                )?;
                Ok(())
            })
        })
        .await
}

/// What came at the last pass.
///
/// # Errors
/// [`super::StoreError`].
pub async fn last(store: &Store, transfer: &TransferId) -> StoreResult<Option<Kept>> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (i64, Option<String>, Option<String>, Option<String>, bool),
        "select pass, document, key_pem, trouble, is_compared from transfer_inventories where transfer_id = $1 \
         order by pass desc limit 1",
        transfer.as_str(),
    )?;
    let Some((pass, document, key_pem, trouble, is_compared)) = found else { return Ok(None) };
    let document = document.map(|text| from_json("inventory", &text)).transpose()?;
    let pass = u32::try_from(count(pass)).unwrap_or(u32::MAX);
    Ok(Some(Kept { pass, document, key_pem, trouble, is_compared }))
}

/// Keeps the buckets of a kind in which both sides agree.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep_tally(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    pass: u32,
    tally: &Tally,
) -> StoreResult<()> {
    let (transfer, text) = (transfer.clone(), to_json(tally));
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into transfer_tallies (transfer_id, kind, pass, tally) values ($1, $2, $3, $4) \
                     on conflict (transfer_id, kind) do update set pass = excluded.pass, tally = excluded.tally",
                    transfer.as_str(),
                    kind.as_str(),
                    i64::from(pass),
                    text,
                )?;
                Ok(())
            })
        })
        .await
}

/// The buckets of a kind in which both sides last agreed.
///
/// # Errors
/// [`super::StoreError`].
pub async fn tally(store: &Store, transfer: &TransferId, kind: ItemKind) -> StoreResult<Option<Tally>> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (String,),
        "select tally from transfer_tallies where transfer_id = $1 and kind = $2",
        transfer.as_str(),
        kind.as_str(),
    )?;
    found.map(|(text,)| from_json("tally", &text)).transpose()
}
