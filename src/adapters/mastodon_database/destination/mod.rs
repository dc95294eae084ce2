//! Copies written into an account of the server beside us.
//!
//! While a copy is on trial there are only posts and boosts of it, which nobody but their owner may see
//! (the server's visibility 3, and nobody is named), with their files and polls. Everything that would
//! show elsewhere (topics, pins, likes, lists) waits in our own database until the release.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{Database, Place, caches::Caches};
use crate::{
    model::{
        actor::Profile,
        id::{AccountId, TransferId},
        item::ItemKind,
        mapping::Reservation,
    },
    port::{
        clock::SharedClock,
        destination::{Amended, Destination, Prepared, StoredBlob, Wanted, Withdrawn, Written},
        error::AdapterError,
    },
    store::{
        Store,
        blobs::Blobs,
        host_profiles::{self, HostProfile},
    },
};

mod account;
mod amend;
mod bulk;
mod compose;
mod counting;
mod draft;
mod files;
mod journal;
mod known;
mod markup;
mod names;
mod parts;
mod pictures;
mod plain;
mod profile;
mod raised;
mod release;
mod release_waiting;
mod removal;
mod reserve;
mod settings;
mod shelf;
mod snowflake;
mod status_rows;
mod statuses;
mod tags;
mod threads;
mod touched;
mod versions;
mod waiting;
mod wording;
mod write;

pub(super) use {
    account::find as find_account,
    draft::unknown_boost,
    journal::ours,
    profile::{AVATAR, HEADER},
    waiting::{unknown_post, waits_on_lists},
};

/// Items of one transaction. A batch costs a dozen small questions, and at two thousand they are a thirtieth of its time;
/// whoever waits for what it holds waits for a moment still, and two batches are held in memory.
const MOST_AT_ONCE: usize = 2000;

/// The server beside us as the place a copy is written to.
#[derive(Clone)]
pub struct MastodonDestination {
    database: Database,
    store: Store,
    blobs: Blobs,
    clock: SharedClock,
    place: Place,
    caches: Option<Caches>,
}

impl MastodonDestination {
    /// Writes into the server at `place`; what came with which transfer is noted in `store`.
    pub fn new(database: Database, store: Store, blobs: Blobs, clock: SharedClock, place: Place) -> Self {
        Self { database, store, blobs, clock, place, caches: None }
    }

    /// Tells the server's Redis what changed.
    #[must_use]
    pub fn telling(self, caches: Caches) -> Self {
        Self { caches: Some(caches), ..self }
    }
}

#[async_trait]
impl Destination for MastodonDestination {
    fn most_at_once(&self) -> usize {
        MOST_AT_ONCE
    }

    async fn reserve(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        wanted: &[Wanted],
    ) -> Result<Vec<Reservation>, AdapterError> {
        self.give_places(transfer, account, wanted).await
    }

    async fn write(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: Vec<Prepared>,
    ) -> Result<Vec<Written>, AdapterError> {
        self.write_batch(transfer, account, batch).await
    }

    async fn amend(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: Vec<Prepared>,
    ) -> Result<Vec<Amended>, AdapterError> {
        self.amend_batch(transfer, account, batch).await
    }

    async fn withdraw(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: &[Reservation],
    ) -> Result<Vec<Withdrawn>, AdapterError> {
        self.withdraw_batch(transfer, account, batch).await
    }

    async fn missing(&self, transfer: &TransferId, batch: &[Reservation]) -> Result<Vec<bool>, AdapterError> {
        self.which_are_missing(transfer, batch).await
    }

    async fn write_profile(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        profile: Profile,
        avatar: Option<StoredBlob>,
        header: Option<StoredBlob>,
    ) -> Result<(), AdapterError> {
        let account = account.to_string();
        let waiting = HostProfile { account, profile, avatar, header, released_at: None };
        host_profiles::keep(&self.store, transfer.as_str(), waiting).await.map_err(journal::ours)
    }

    async fn counts(&self, transfer: &TransferId) -> Result<BTreeMap<ItemKind, u64>, AdapterError> {
        self.count_all(transfer).await
    }

    async fn release(&self, transfer: &TransferId, account: &AccountId) -> Result<(), AdapterError> {
        self.release_all(transfer, account).await
    }

    async fn remove(&self, transfer: &TransferId, account: &AccountId) -> Result<(), AdapterError> {
        self.take_away(transfer, account).await
    }

    async fn answered(&self, transfer: &TransferId, account: &AccountId) -> Result<u64, AdapterError> {
        self.count_answered(transfer, account).await
    }

    async fn discard(&self, transfer: &TransferId, account: &AccountId) -> Result<(), AdapterError> {
        self.discard_all(transfer, account).await
    }
}
