//! Copies written into the built-in server.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::{
    model::{
        actor::Profile,
        id::{AccountId, TransferId},
        item::ItemKind,
        mapping::Reservation,
        object::Breadcrumb,
    },
    port::{
        destination::{Amended, Destination, Prepared, StoredBlob, Wanted, Withdrawn, Written},
        error::AdapterError,
    },
    site::Site,
};

/// The built-in server as the place a copy is written to.
#[derive(Clone)]
pub struct EmbeddedDestination {
    site: Site,
}

impl EmbeddedDestination {
    /// Writes into `site`.
    pub fn new(site: Site) -> Self {
        Self { site }
    }
}

#[async_trait]
impl Destination for EmbeddedDestination {
    async fn reserve(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        wanted: &[Wanted],
    ) -> Result<Vec<Reservation>, AdapterError> {
        Ok(self.site.reserve_copies(transfer, account, wanted).await?)
    }

    async fn write(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: Vec<Prepared>,
    ) -> Result<Vec<Written>, AdapterError> {
        Ok(self.site.write_copies(transfer, account, batch).await?)
    }

    async fn amend(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: Vec<Prepared>,
    ) -> Result<Vec<Amended>, AdapterError> {
        Ok(self.site.amend_copies(transfer, account, batch).await?)
    }

    async fn withdraw(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: &[Reservation],
    ) -> Result<Vec<Withdrawn>, AdapterError> {
        Ok(self.site.withdraw_copies(transfer, account, batch).await?)
    }

    async fn missing(&self, transfer: &TransferId, batch: &[Reservation]) -> Result<Vec<bool>, AdapterError> {
        Ok(self.site.missing_copies(transfer, batch).await?)
    }

    async fn write_profile(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        profile: Profile,
        avatar: Option<StoredBlob>,
        header: Option<StoredBlob>,
    ) -> Result<(), AdapterError> {
        Ok(self.site.keep_profile_waiting(transfer, account, profile, avatar, header).await?)
    }

    async fn counts(&self, transfer: &TransferId) -> Result<BTreeMap<ItemKind, u64>, AdapterError> {
        Ok(self.site.count_copies(transfer).await?)
    }

    async fn release(&self, transfer: &TransferId, account: &AccountId) -> Result<(), AdapterError> {
        Ok(self.site.release_copy(transfer, account).await?)
    }

    async fn hide_origin(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        is_hidden: bool,
    ) -> Result<(), AdapterError> {
        Ok(self.site.hide_origin(transfer, account, is_hidden).await?)
    }

    async fn set_former(
        &self,
        account: &AccountId,
        crumbs: Vec<(ItemKind, String, Breadcrumb)>,
        is_there: bool,
    ) -> Result<(), AdapterError> {
        Ok(self.site.set_former(account, crumbs, is_there).await?)
    }

    async fn remove(&self, transfer: &TransferId, account: &AccountId) -> Result<(), AdapterError> {
        Ok(self.site.remove_copy(transfer, account).await?)
    }

    fn can_hide(&self) -> bool {
        true
    }

    async fn hide(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        is_hidden: bool,
    ) -> Result<(), AdapterError> {
        Ok(self.site.hide_copy(transfer, account, is_hidden).await?)
    }

    async fn answered(&self, transfer: &TransferId, account: &AccountId) -> Result<u64, AdapterError> {
        Ok(self.site.answered_copies(transfer, account).await?)
    }

    async fn discard(&self, transfer: &TransferId, account: &AccountId) -> Result<(), AdapterError> {
        if self.site.discard_copy(transfer, account).await? {
            return Ok(());
        }
        Err(AdapterError::fatal(
            "throwing the copy away",
            "it was kept before, and others may have seen it since; nothing was removed. \
             Single posts can still be deleted",
        ))
    }
}
