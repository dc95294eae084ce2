//! Tables `inventories` and `inventory_kinds`: what an account had at each pass, while it is counted
//! and once it is frozen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Connection, Store, StoreResult, count, from_json, to_json};
use crate::model::{
    collection::{CollectionKind, Cursor},
    id::ConsentId,
    inventory::Tally,
    item::ItemKind,
};

/// Where counting goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The collection.
    pub collection: CollectionKind,
    /// The page; `None` for its first.
    pub cursor: Option<Cursor>,
}

/// An inventory as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// When counting began, in microseconds since 1970.
    pub taken_at: i64,
    /// Where it goes on; `None` once it is frozen.
    pub reading: Option<Reading>,
    /// Items counted so far.
    pub items: u64,
    /// The signed document, once it is frozen.
    pub document: Option<serde_json::Value>,
}

/// Begins an inventory and forgets those of passes before the last one. Beginning it again changes nothing.
///
/// # Errors
/// [`super::StoreError`].
pub async fn begin(
    store: &Store,
    consent: &ConsentId,
    pass: u32,
    first: &Reading,
    tallies: BTreeMap<ItemKind, Tally>,
    now: i64,
) -> StoreResult<()> {
    let (consent, first) = (consent.clone(), to_json(first));
    store
        .write(move |c| {
            Box::pin(async move {
                let begun = run!(
                    c,
                    "insert into inventories (consent_id, pass, taken_at, reading, items) \
                     values ($1, $2, $3, $4, 0) on conflict do nothing",
                    consent.as_str(),
                    i64::from(pass),
                    now,
                    first,
                )?;
                if begun == 0 {
                    return Ok(());
                }
                for (kind, tally) in &tallies {
                    keep_tally(c, &consent, pass, *kind, tally).await?;
                }
                let last_kept = i64::from(pass) - 1;
                run!(
                    c,
                    "delete from inventory_kinds where consent_id = $1 and pass < $2",
                    consent.as_str(),
                    last_kept
                )?;
                run!(
                    c,
                    "delete from inventories where consent_id = $1 and pass < $2",
                    consent.as_str(),
                    last_kept
                )?;
                Ok(())
            })
        })
        .await
}

async fn keep_tally(
    c: &mut Connection,
    consent: &ConsentId,
    pass: u32,
    kind: ItemKind,
    tally: &Tally,
) -> StoreResult<()> {
    run!(
        c,
        "insert into inventory_kinds (consent_id, pass, kind, tally) values ($1, $2, $3, $4) \
         on conflict (consent_id, pass, kind) do update set tally = excluded.tally",
        consent.as_str(),
        i64::from(pass),
        kind.as_str(),
        to_json(tally),
    )?;
    Ok(())
}

/// How an inventory stands.
///
/// # Errors
/// [`super::StoreError`].
pub async fn find(store: &Store, consent: &ConsentId, pass: u32) -> StoreResult<Option<Standing>> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (i64, Option<String>, i64, Option<String>),
        "select taken_at, reading, items, document from inventories where consent_id = $1 and pass = $2",
        consent.as_str(),
        i64::from(pass),
    )?;
    let Some((taken_at, reading, items, document)) = found else { return Ok(None) };
    Ok(Some(Standing {
        taken_at,
        reading: reading.map(|text| from_json("reading", &text)).transpose()?,
        items: count(items),
        document: document.map(|text| from_json("inventory", &text)).transpose()?,
    }))
}

/// The buckets of all kinds.
///
/// # Errors
/// [`super::StoreError`].
pub async fn tallies(
    store: &Store,
    consent: &ConsentId,
    pass: u32,
) -> StoreResult<BTreeMap<ItemKind, Tally>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, String),
        "select kind, tally from inventory_kinds where consent_id = $1 and pass = $2",
        consent.as_str(),
        i64::from(pass),
    )?;
    let read = |(kind, text): (String, String)| {
        ItemKind::from_word(&kind).map(|kind| from_json("tally", &text).map(|tally| (kind, tally)))
    };
    found.into_iter().filter_map(read).collect()
}

/// Keeps what some more pages added, if counting still stands where they began; `false` when somebody
/// else was quicker. Without a next place and with a document the inventory is frozen.
///
/// # Errors
/// [`super::StoreError`].
pub async fn go_on(
    store: &Store,
    consent: &ConsentId,
    pass: u32,
    from: &Reading,
    more: Step,
) -> StoreResult<bool> {
    let (consent, from) = (consent.clone(), to_json(from));
    store
        .write(move |c| {
            Box::pin(async move {
                let went = run!(
                    c,
                    "update inventories set reading = $4, items = items + $5, document = $6 \
                     where consent_id = $1 and pass = $2 and reading = $3",
                    consent.as_str(),
                    i64::from(pass),
                    from,
                    more.next.as_ref().map(to_json),
                    i64::try_from(more.items).unwrap_or(0),
                    more.document.as_ref().map(to_json),
                )?;
                if went == 0 {
                    return Ok(false);
                }
                for (kind, tally) in &more.tallies {
                    keep_tally(c, &consent, pass, *kind, tally).await?;
                }
                Ok(true)
            })
        })
        .await
}

/// What some pages added.
#[derive(Debug, Clone)]
pub struct Step {
    /// The buckets of the kinds that grew, whole.
    pub tallies: BTreeMap<ItemKind, Tally>,
    /// Items counted in this step.
    pub items: u64,
    /// Where to go on; `None` at the end.
    pub next: Option<Reading>,
    /// The signed document, at the end.
    pub document: Option<serde_json::Value>,
}

/// Forgets the inventories of a consent, inside a write that does more.
pub(super) async fn forget_in(c: &mut Connection, consent: &str) -> StoreResult<()> {
    run!(c, "delete from inventory_kinds where consent_id = $1", consent)?;
    run!(c, "delete from inventories where consent_id = $1", consent)?;
    Ok(())
}
