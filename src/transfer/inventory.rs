//! Old home: what the account has, counted a piece at a time, frozen, signed; and what is asked about
//! it afterwards. Nothing but buckets is kept.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    export::{is_included, may_read, written},
    source_side::{SourceSide, SourceSideError, SourceSideResult},
    tokens::Grant,
};
use crate::{
    model::{
        collection::{CollectionKind, Cursor, Page},
        id::ItemKey,
        inventory::{Entry, Inventory, MOST_BITS, Tally, bucket_of, unreadable},
        item::ItemKind,
        moment::Moment,
        problem::ProblemKind,
    },
    oauth::scope::Scope,
    port::{
        host::Host,
        source::{EntriesWanted, EntryPage, MOST_KEYS, Source},
    },
    store::inventories::{self, Reading, Step},
    wire::{collection::Element, seal},
    words::text,
};

/// Pages counted for one question, so that no question takes long.
const PAGES: usize = 25;
/// Items on such a page.
const PAGE_ITEMS: usize = 200;
/// Passes of one consent at most: one an hour for a year.
const MOST_PASSES: u32 = 9_000;

/// What is answered to whoever asks for an inventory.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Answer {
    /// It is frozen.
    Frozen(Value),
    /// It is being counted; the next question counts on.
    Counting {
        /// Items counted so far.
        counted: u64,
    },
}

/// A question for single lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EntriesQuestion {
    /// Of which kind.
    pub kind: ItemKind,
    /// How many bits of a key's hash choose the bucket.
    pub bits: u8,
    /// In which buckets.
    pub buckets: Vec<u32>,
    /// Where to go on.
    pub cursor: Option<String>,
}

/// Some lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EntriesAnswer {
    /// The lines.
    pub entries: Vec<Entry>,
    /// Where to go on.
    pub next: Option<String>,
}

/// A question for single items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ItemsQuestion {
    /// Of which collection.
    pub collection: CollectionKind,
    /// Their keys.
    #[schema(value_type = Vec<String>)]
    pub keys: Vec<ItemKey>,
}

/// Counts on, or answers with what was frozen. The same pass is the same inventory for ever.
///
/// # Errors
/// [`SourceSideError`].
pub async fn freeze(
    side: &SourceSide,
    grant: &Grant,
    source: &dyn Source,
    pass: u32,
) -> SourceSideResult<Answer> {
    may_count(grant, pass)?;
    let (store, consent) = (&side.store, &grant.consent);
    let mut standing = inventories::find(store, consent, pass).await?;
    if standing.is_none() {
        begin(side, grant, source, pass).await?;
        standing = inventories::find(store, consent, pass).await?;
    }
    let standing = standing.ok_or_else(|| refused(text!("refusals-the-inventory-was-taken-back")))?;
    let Some(from) = standing.reading else {
        return Ok(standing.document.map_or(Answer::Counting { counted: standing.items }, Answer::Frozen));
    };
    let mut tallies = inventories::tallies(store, consent, pass).await?;
    let (counted, next) = count_pages(grant, source, &from, &mut tallies).await?;
    let document = match &next {
        Some(_) => None,
        None => Some(sealed(side, source, pass, standing.taken_at, &tallies)?),
    };
    let step = Step { tallies, items: counted, next, document: document.clone() };
    let went_on = inventories::go_on(store, consent, pass, &from, step).await?;
    Ok(match document.filter(|_| went_on) {
        Some(document) => Answer::Frozen(document),
        None => Answer::Counting { counted: standing.items + counted },
    })
}

fn may_count(grant: &Grant, pass: u32) -> SourceSideResult<()> {
    if grant.scope != Scope::Read {
        let why = text!("refusals-not-good-for-reading");
        return Err(SourceSideError::refused(ProblemKind::InsufficientScope, why));
    }
    if !(1..=MOST_PASSES).contains(&pass) {
        return Err(refused(text!("refusals-passes-are-numbered", most = MOST_PASSES.to_string())));
    }
    Ok(())
}

fn refused(why: impl Into<String>) -> SourceSideError {
    SourceSideError::refused(ProblemKind::BadRequest, why)
}

async fn begin(side: &SourceSide, grant: &Grant, source: &dyn Source, pass: u32) -> SourceSideResult<()> {
    let mut tallies = BTreeMap::new();
    for collection in &grant.kinds {
        let about = source.count(*collection).await?.unwrap_or(0);
        for kind in collection.yields() {
            tallies.insert(*kind, Tally::for_about(about));
        }
    }
    let first =
        next_collection(grant, None).ok_or_else(|| refused(text!("refusals-the-consent-covers-nothing")))?;
    let now = side.clock.now_micros();
    Ok(inventories::begin(&side.store, &grant.consent, pass, &first, tallies, now).await?)
}

/// The first page of the collection after this one.
fn next_collection(grant: &Grant, after: Option<CollectionKind>) -> Option<Reading> {
    let agreed: BTreeSet<CollectionKind> = grant.kinds.iter().copied().collect();
    let next = agreed.into_iter().find(|collection| after.is_none_or(|after| *collection > after))?;
    Some(Reading { collection: next, cursor: None })
}

async fn count_pages(
    grant: &Grant,
    source: &dyn Source,
    from: &Reading,
    tallies: &mut BTreeMap<ItemKind, Tally>,
) -> SourceSideResult<(u64, Option<Reading>)> {
    let (mut at, mut counted) = (from.clone(), 0);
    for _ in 0..PAGES {
        let page = source.page(at.collection, at.cursor.as_ref(), PAGE_ITEMS).await?;
        for (kind, entry) in lines(grant, &page) {
            if let Some(tally) = tallies.get_mut(&kind) {
                tally.add(kind, &entry);
                counted += 1;
            }
        }
        let next = match page.next {
            Some(cursor) => Some(Reading { cursor: Some(cursor), ..at }),
            None => next_collection(grant, Some(at.collection)),
        };
        match next {
            Some(next) => at = next,
            None => return Ok((counted, None)),
        }
    }
    Ok((counted, Some(at)))
}

/// The lines of a page: what the consent covers, and what is there but cannot be read.
fn lines(grant: &Grant, page: &Page) -> impl Iterator<Item = (ItemKind, Entry)> {
    let read = page.items.iter().filter(|item| is_included(grant, item));
    let read = read.map(|item| (item.kind(), Entry::of(item)));
    let broken = page
        .unreadable
        .iter()
        .map(|lost| (lost.kind, Entry { key: ItemKey::from(lost.key.as_str()), content: unreadable() }));
    read.chain(broken)
}

fn sealed(
    side: &SourceSide,
    source: &dyn Source,
    pass: u32,
    taken_at: i64,
    tallies: &BTreeMap<ItemKind, Tally>,
) -> SourceSideResult<Value> {
    let inventory = Inventory {
        actor: source.actor().clone(),
        pass,
        taken_at: Moment::from_micros(taken_at),
        kinds: tallies.iter().map(|(kind, tally)| (*kind, tally.total())).collect(),
    };
    let (key_id, key) = (&side.signer.key_id, &side.signer.private_key_pem);
    let unsigned = |why| crate::port::error::AdapterError::fatal("signing the inventory", why);
    let document = seal::seal(plain(&inventory), key_id, key).map_err(unsigned)?;
    Ok(plain(&document))
}

fn plain(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// The buckets behind one line of a frozen inventory.
///
/// # Errors
/// [`SourceSideError::Refused`] `not-found` when there is none.
pub async fn buckets(side: &SourceSide, grant: &Grant, pass: u32, kind: ItemKind) -> SourceSideResult<Tally> {
    may_count(grant, pass)?;
    let missing = || SourceSideError::refused(ProblemKind::NotFound, text!("refusals-no-such-inventory"));
    let standing = inventories::find(&side.store, &grant.consent, pass).await?;
    standing.filter(|standing| standing.document.is_some()).ok_or_else(missing)?;
    inventories::tallies(&side.store, &grant.consent, pass).await?.remove(&kind).ok_or_else(missing)
}

/// The lines of some buckets, as they are now.
///
/// # Errors
/// [`SourceSideError`].
pub async fn entries(
    grant: &Grant,
    source: &dyn Source,
    wanted: EntriesWanted,
    cursor: Option<Cursor>,
) -> SourceSideResult<EntryPage> {
    let nothing = || refused(text!("refusals-this-kind-is-in-no-collection"));
    let collection = CollectionKind::that_yields(wanted.kind).ok_or_else(nothing)?;
    may_read(grant, collection)?;
    if wanted.bits > MOST_BITS {
        return Err(refused(text!("refusals-so-many-bits-choose-a-bucket", most = MOST_BITS.to_string())));
    }
    let buckets: BTreeSet<u32> = wanted.buckets.into_iter().collect();
    let (mut found, mut cursor) = (EntryPage::default(), cursor);
    for _ in 0..PAGES {
        let page = source.page(collection, cursor.as_ref(), PAGE_ITEMS).await?;
        let lines = lines(grant, &page).filter(|(kind, entry)| {
            *kind == wanted.kind && buckets.contains(&bucket_of(&entry.key, wanted.bits))
        });
        found.entries.extend(lines.map(|(_, entry)| entry));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    found.next = cursor;
    Ok(found)
}

/// Single items as they travel; what is not there any more is left out.
///
/// # Errors
/// [`SourceSideError`].
pub async fn items(
    grant: &Grant,
    host: &dyn Host,
    source: &dyn Source,
    wanted: &ItemsQuestion,
) -> SourceSideResult<Vec<Element>> {
    may_read(grant, wanted.collection)?;
    if wanted.keys.len() > MOST_KEYS {
        return Err(refused(text!("refusals-so-many-keys-in-one-question", most = MOST_KEYS.to_string())));
    }
    let page = source.items(wanted.collection, &wanted.keys).await?;
    written(grant, host, source, wanted.collection, page.items).await
}
