//! New home: what it holds beside what Old home states. Buckets are compared first, lines only where
//! buckets differ; what comes out are batches of keys, so that nothing grows with the account.

use std::collections::HashSet;

use super::{Engine, TransferResult};
use crate::{
    model::{
        collection::Cursor,
        digest::Digest,
        id::{ItemKey, TransferId},
        inventory::{Entry, Tally, bucket_of},
        item::ItemKind,
    },
    port::source::{EntriesWanted, Source},
    store::compared,
};

/// Rows looked at in one go.
const BATCH: i64 = 1000;

/// Counts what is held of a kind.
///
/// # Errors
/// [`super::TransferError::Store`].
pub async fn tally_here(
    engine: &Engine,
    transfer: &TransferId,
    kind: ItemKind,
    bits: u8,
) -> TransferResult<Tally> {
    let (mut tally, mut after) = (Tally::new(bits), String::new());
    loop {
        engine.goes_on().await?;
        let (entries, last) = compared::entries(&engine.store, transfer, kind, &after, BATCH).await?;
        for entry in &entries {
            tally.add(kind, entry);
        }
        let Some(last) = last else { return Ok(tally) };
        after = last;
    }
}

/// Some of what differs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// At the source and not here.
    pub missing: Vec<Entry>,
    /// On both sides, with other content.
    pub changed: Vec<Entry>,
    /// Here and not among the source's lines.
    pub gone: Vec<ItemKey>,
}

/// How far a comparison has come.
enum At {
    Lines(Option<Cursor>),
    Keys(String),
    End,
}

/// A walk through the buckets in which the two sides differ.
pub struct Comparison<'a> {
    engine: &'a Engine,
    transfer: &'a TransferId,
    source: &'a dyn Source,
    wanted: EntriesWanted,
    at: At,
    /// Places of the keys the source listed: eight bytes each, however long the keys are.
    listed: HashSet<u64>,
}

impl<'a> Comparison<'a> {
    /// Begins where `mine` and `theirs` differ.
    pub fn new(
        engine: &'a Engine,
        transfer: &'a TransferId,
        source: &'a dyn Source,
        kind: ItemKind,
        (mine, theirs): (&Tally, &Tally),
    ) -> Self {
        let (bits, buckets) = mine.differing(theirs);
        let at = if buckets.is_empty() { At::End } else { At::Lines(None) };
        let wanted = EntriesWanted { kind, bits, buckets };
        Self { engine, transfer, source, wanted, at, listed: HashSet::new() }
    }

    /// The next batch, which may be empty; `None` at the end.
    ///
    /// # Errors
    /// [`super::TransferError`] with its disposition; a new comparison finds the rest.
    pub async fn next(&mut self) -> TransferResult<Option<Batch>> {
        match std::mem::replace(&mut self.at, At::End) {
            At::Lines(cursor) => self.lines(cursor).await.map(Some),
            At::Keys(after) => self.keys(after).await,
            At::End => Ok(None),
        }
    }

    fn is_wanted(&self, key: &ItemKey) -> bool {
        self.wanted.buckets.binary_search(&bucket_of(key, self.wanted.bits)).is_ok()
    }

    async fn lines(&mut self, cursor: Option<Cursor>) -> TransferResult<Batch> {
        let page = self.source.entries(&self.wanted, cursor.as_ref()).await?;
        let keys: Vec<&str> = page.entries.iter().map(|entry| entry.key.as_str()).collect();
        let held = compared::contents(&self.engine.store, self.transfer, self.wanted.kind, &keys).await?;
        let mut batch = Batch::default();
        for entry in page.entries {
            // A line of another bucket, or one that was listed before, says nothing new.
            if !self.is_wanted(&entry.key) || !self.listed.insert(place(&entry.key)) {
                continue;
            }
            match held.get(&entry.key) {
                None => batch.missing.push(entry),
                Some(content) if *content != entry.content => batch.changed.push(entry),
                Some(_) => {}
            }
        }
        self.at = match page.next {
            Some(next) if Some(&next) != cursor.as_ref() => At::Lines(Some(next)),
            _ => At::Keys(String::new()),
        };
        Ok(batch)
    }

    async fn keys(&mut self, after: String) -> TransferResult<Option<Batch>> {
        let kind = self.wanted.kind;
        let mut held = compared::keys(&self.engine.store, self.transfer, kind, &after, BATCH).await?;
        let Some(last) = held.last() else { return Ok(None) };
        self.at = At::Keys(last.as_str().to_owned());
        held.retain(|key| self.is_wanted(key) && !self.listed.contains(&place(key)));
        Ok(Some(Batch { gone: held, ..Batch::default() }))
    }
}

fn place(key: &ItemKey) -> u64 {
    Digest::of(key.as_str().as_bytes()).start()
}
