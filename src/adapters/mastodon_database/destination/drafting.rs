//! A batch on its way into rows, a portion at a time: while one is being written, the next is put into words.

use std::vec;

use sqlx::PgConnection;

use super::{
    MastodonDestination,
    draft::{Around, Drafted},
    statuses::Over,
    threads::Numbers,
    wording::Words,
};
use crate::{
    adapters::mastodon_database::place::Named,
    model::{id::TransferId, item::Item},
    port::{destination::Prepared, error::AdapterError},
};

/// Posts and boosts of one transaction: whoever waits for what it holds waits for a moment.
const PORTION: usize = 1000;
/// Threads that put the first portion into words: everything else waits for it.
const AT_FIRST: usize = 2;
/// Threads that do so while rows are being written. Those who write them need the others.
const MEANWHILE: usize = 1;

/// What of a batch is not drafted yet.
pub(super) struct Drafting {
    around: Around,
    numbers: Numbers,
    /// The next portion, being put into words.
    ahead: Option<Words>,
    rest: vec::IntoIter<(usize, Prepared)>,
}

impl Drafting {
    /// Looks up what a batch points at, and asks for numbers.
    ///
    /// # Errors
    /// [`AdapterError`], as the database says it.
    pub(super) async fn begin(
        of: &MastodonDestination,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
        mut batch: Vec<(usize, Prepared)>,
        over: Over,
    ) -> Result<Self, AdapterError> {
        let around = of.around(c, transfer, account, &batch, over).await?;
        let polls = batch.iter().filter(|(_, one)| asks(&one.item)).count();
        let threads = batch.len();
        batch.sort_by_cached_key(|(_, one)| id_of(one));
        let mut rest = batch.into_iter();
        // The first portion is being put into words while the database makes numbers.
        let ahead = words(&around, &mut rest, AT_FIRST);
        let numbers = Numbers::of(c, polls, threads).await?;
        Ok(Self { around, numbers, ahead, rest })
    }

    /// The next drafts, each with its place in the batch. Threads are given and files have keys; nothing is written.
    ///
    /// # Errors
    /// [`AdapterError`], as the database says it.
    pub(super) async fn next(
        &mut self,
        of: &MastodonDestination,
        c: &mut PgConnection,
    ) -> Result<Option<Vec<(usize, Drafted)>>, AdapterError> {
        let Some(ahead) = self.ahead.take() else { return Ok(None) };
        let worded = ahead.all().await?;
        self.ahead = words(&self.around, &mut self.rest, MEANWHILE);
        let mut drafts = Vec::with_capacity(worded.len());
        for (index, worded) in worded {
            drafts.push((index, of.draft(c, worded, &mut self.around).await?));
        }
        let ready = drafts.iter_mut().filter_map(|(_, draft)| draft.as_mut().ok());
        self.numbers.give(&self.around.wording.account, ready)?;
        Ok(Some(drafts))
    }

    /// Forgets one that was drafted and does not stand.
    pub(super) fn forget(&mut self, id: i64) {
        self.numbers.forget(id);
    }
}

/// Begins to put the next portion into words.
fn words(around: &Around, rest: &mut vec::IntoIter<(usize, Prepared)>, threads: usize) -> Option<Words> {
    let portion: Vec<_> = rest.take(PORTION).collect();
    (!portion.is_empty()).then(|| Words::begin(&around.wording, portion, threads))
}

fn asks(item: &Item) -> bool {
    matches!(item, Item::Post(object) if object.poll.is_some())
}

/// The key an item was given, if it is one of this server's.
pub(super) fn id_of(one: &Prepared) -> Option<i64> {
    one.reservation.local_id.as_str().parse().ok()
}
