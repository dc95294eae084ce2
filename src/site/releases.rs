//! The end of a trial: a copy is released, or taken back without trace.

use super::{Site, SiteResult, clean, copies::owner};
use crate::{
    model::{
        actor::Profile,
        id::{AccountId, TransferId},
        item::ItemKind,
        object::Breadcrumb,
    },
    port::destination::StoredBlob,
    store::{
        breadcrumbs, hiding,
        releases::{self as rows, WaitingProfile},
        removals,
    },
};

impl Site {
    /// Puts a copied profile aside, cleaned, until its copy is released.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn keep_profile_waiting(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        mut profile: Profile,
        avatar: Option<StoredBlob>,
        header: Option<StoredBlob>,
    ) -> SiteResult<()> {
        profile.summary = clean::html(&profile.summary);
        for field in &mut profile.fields {
            field.value = clean::html(&field.value);
        }
        let waiting = WaitingProfile { profile, avatar, header };
        Ok(rows::keep_profile(&self.store, owner(transfer, account), waiting).await?)
    }

    /// Gives everything of a copy its recorded visibility; nobody is notified.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn release_copy(&self, transfer: &TransferId, account: &AccountId) -> SiteResult<()> {
        Ok(rows::release(&self.store, owner(transfer, account), self.clock.now_micros()).await?)
    }

    /// Says or keeps to itself where a copy was before.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn hide_origin(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        is_hidden: bool,
    ) -> SiteResult<()> {
        Ok(rows::hide_origin(&self.store, owner(transfer, account), is_hidden).await?)
    }

    /// Adds former places to an account's own things, or takes them away.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn set_former(
        &self,
        account: &AccountId,
        crumbs: Vec<(ItemKind, String, Breadcrumb)>,
        is_there: bool,
    ) -> SiteResult<()> {
        Ok(breadcrumbs::set(&self.store, account, crumbs, is_there).await?)
    }

    /// Removes a copy that was released; what stood open leaves tombstones.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn remove_copy(&self, transfer: &TransferId, account: &AccountId) -> SiteResult<()> {
        let (owner, now) = (owner(transfer, account), self.clock.now_micros());
        Ok(removals::remove(&self.store, self.blobs.clone(), owner, now).await?)
    }

    /// Takes a released copy out of everybody's sight but its owner's, or shows it again.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn hide_copy(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        is_hidden: bool,
    ) -> SiteResult<()> {
        Ok(hiding::hide(&self.store, owner(transfer, account), is_hidden).await?)
    }

    /// How many posts of a copy others have answered or passed on, as far as is known here.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn answered_copies(&self, transfer: &TransferId, account: &AccountId) -> SiteResult<u64> {
        Ok(removals::answered(&self.store, &owner(transfer, account)).await?)
    }

    /// Takes a copy back, files included; `false` when it was released before.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn discard_copy(&self, transfer: &TransferId, account: &AccountId) -> SiteResult<bool> {
        Ok(rows::discard(&self.store, self.blobs.clone(), owner(transfer, account)).await?)
    }
}
