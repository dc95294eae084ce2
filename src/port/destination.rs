//! Writing an account at the host this daemon stands beside.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::error::AdapterError;
use crate::model::{
    actor::Profile,
    id::{AccountId, ItemKey, LocalId, TransferId},
    item::{Item, ItemKind},
    mapping::Reservation,
    moment::Moment,
    object::Breadcrumb,
};
use crate::words::text;

/// Why an item is left out that the account had before anything came.
pub fn has_it() -> String {
    text!("reasons-already-has-it")
}

/// A request for a new id.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The item's key at the source.
    pub key: ItemKey,
    /// Its kind.
    pub kind: ItemKind,
    /// Its original time; the new id sorts by it.
    pub published: Option<Moment>,
    /// Position among items of the same millisecond, parents before replies.
    pub rank: u16,
    /// File name to show in a media address.
    pub file_name: Option<String>,
    /// What the bytes of a file are, where they are here already.
    pub media_type: Option<String>,
}

/// A file that is already in the blob store.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StoredBlob {
    /// SHA-256, lower-case hex: its name in the blob store.
    pub sha256: String,
    /// Length.
    pub bytes: u64,
    /// Type as found in the bytes.
    pub media_type: String,
}

/// An item ready to be written: rewritten to its new addresses.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The id it was given.
    pub reservation: Reservation,
    /// The item, every reference already pointing at the new addresses.
    pub item: Item,
    /// Blobs of its attachments, by attachment address (as in the item).
    pub blobs: BTreeMap<String, (LocalId, StoredBlob)>,
}

/// What became of one written item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It is there.
    Done,
    /// It cannot be there; the sentence says why.
    Skipped(String),
    /// The software here cannot show it; a newer one may. The sentence says why.
    Unshown(String),
}

/// What became of a newer version of something that was written before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amended {
    /// It stands here now.
    Done,
    /// The owner changed it here: theirs stays, never seen by more people than the newer original.
    OwnersStays,
    /// The owner took it away here, and it stays away.
    IsAway,
}

/// What became of something that is gone at the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawn {
    /// It is gone here too.
    Done,
    /// The owner made it their own here: it stays.
    OwnersStays,
}

/// Where copies are written. Every write is keyed: doing it twice does it once.
#[async_trait]
pub trait Destination: Send + Sync {
    /// Gives ids and addresses before anything is written. The same request gets the same ids.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn reserve(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        wanted: &[Wanted],
    ) -> Result<Vec<Reservation>, AdapterError>;

    /// Writes a batch of one kind, visible to its owner only; notifies nobody.
    ///
    /// # Errors
    /// [`AdapterError`] when the batch as a whole failed; single items answer with [`Written`].
    async fn write(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: Vec<Prepared>,
    ) -> Result<Vec<Written>, AdapterError>;

    /// Writes newer versions over what was written before, as long as nothing is released; notifies nobody.
    ///
    /// # Errors
    /// [`AdapterError`] when the batch as a whole failed.
    async fn amend(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: Vec<Prepared>,
    ) -> Result<Vec<Amended>, AdapterError>;

    /// Takes away what is gone at the source, as long as nothing is released; notifies nobody.
    /// Posts come before the files they show.
    ///
    /// # Errors
    /// [`AdapterError`] when the batch as a whole failed.
    async fn withdraw(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: &[Reservation],
    ) -> Result<Vec<Withdrawn>, AdapterError>;

    /// Items it wants at once, at most: the more, the less often is asked what is the same for all of them.
    fn most_at_once(&self) -> usize {
        500
    }

    /// What writes, and its version: what it could not show is offered again to another one.
    fn software(&self) -> String {
        concat!("godwit ", env!("CARGO_PKG_VERSION")).to_owned()
    }

    /// Which of what was written is not there any more.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn missing(&self, transfer: &TransferId, batch: &[Reservation]) -> Result<Vec<bool>, AdapterError>;

    /// Puts the profile aside until release; it fills only what the owner left empty.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn write_profile(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        profile: Profile,
        avatar: Option<StoredBlob>,
        header: Option<StoredBlob>,
    ) -> Result<(), AdapterError>;

    /// Counts what is there of a transfer, by kind, in the host's own tables.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn counts(&self, transfer: &TransferId) -> Result<BTreeMap<ItemKind, u64>, AdapterError>;

    /// Gives everything its recorded visibility; notifies nobody.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn release(&self, transfer: &TransferId, account: &AccountId) -> Result<(), AdapterError>;

    /// Says or keeps to itself where everything of a transfer was before. A host that cannot keep it to
    /// itself refuses.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn hide_origin(
        &self,
        _transfer: &TransferId,
        _account: &AccountId,
        is_hidden: bool,
    ) -> Result<(), AdapterError> {
        if is_hidden {
            let why = "this server cannot keep to itself where posts were before";
            return Err(AdapterError::fatal("keeping the copy quietly", why));
        }
        Ok(())
    }

    /// Adds former places to an account's own things, by their keys here, or takes them away. Doing it
    /// again changes nothing; a host without such lists does nothing.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn set_former(
        &self,
        _account: &AccountId,
        _crumbs: Vec<(ItemKind, String, Breadcrumb)>,
        _is_there: bool,
    ) -> Result<(), AdapterError> {
        Ok(())
    }

    /// Removes everything of a transfer that was released, and nothing else. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition, or when the host cannot tell what came with it.
    async fn remove(&self, _transfer: &TransferId, _account: &AccountId) -> Result<(), AdapterError> {
        Err(AdapterError::fatal("removing what came", "this server cannot tell what came with which copy"))
    }

    /// Whether it can take a released copy out of everybody's sight but its owner's, and show it again.
    fn can_hide(&self) -> bool {
        false
    }

    /// Takes everything of a transfer out of sight, or shows it again exactly as it was. Doing it again changes
    /// nothing; of what was not released nothing is in sight.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition, or when the host cannot.
    async fn hide(
        &self,
        _transfer: &TransferId,
        _account: &AccountId,
        _is_hidden: bool,
    ) -> Result<(), AdapterError> {
        Err(AdapterError::fatal("hiding what came", "this server cannot tell what came with which copy"))
    }

    /// How many posts of a transfer others have answered or passed on, as far as the host knows.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn answered(&self, _transfer: &TransferId, _account: &AccountId) -> Result<u64, AdapterError> {
        Ok(0)
    }

    /// Removes everything of a transfer that was not released.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn discard(&self, transfer: &TransferId, account: &AccountId) -> Result<(), AdapterError>;
}
