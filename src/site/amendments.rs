//! A copy on trial follows its old home: newer versions, and what is gone there.

use std::collections::BTreeSet;

use super::{Site, SiteResult, copies::owner};
use crate::{
    model::{
        id::{AccountId, TransferId},
        item::ItemKind,
        mapping::Reservation,
    },
    port::destination::{Amended, Prepared, Withdrawn},
    store::{
        amendments::{self, Taken},
        withdrawals::{self, Brought},
    },
};

impl Site {
    /// Writes newer versions over what a transfer brought; nobody is notified.
    ///
    /// # Errors
    /// [`super::SiteError::Store`]; [`super::SiteError::Internal`] when there is no such account.
    pub async fn amend_copies(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: Vec<Prepared>,
    ) -> SiteResult<Vec<Amended>> {
        let account = self.receiver(account).await?;
        let copied = batch.into_iter().map(|one| self.copied_row(&account, one)).collect();
        let now = self.clock.now_micros();
        let taken = amendments::amend(&self.store, owner(transfer, &account.id), now, copied).await?;
        Ok(taken
            .into_iter()
            .map(|taken| match taken {
                Taken::Yes => Amended::Done,
                Taken::OwnersStays => Amended::OwnersStays,
                Taken::IsAway => Amended::IsAway,
            })
            .collect())
    }

    /// Takes away what is gone at the source, unless its owner made it their own here.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn withdraw_copies(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: &[Reservation],
    ) -> SiteResult<Vec<Withdrawn>> {
        let brought = batch.iter().map(brought).collect();
        let away = withdrawals::withdraw(&self.store, owner(transfer, account), brought).await?;
        Ok(away
            .into_iter()
            .map(|is_away| if is_away { Withdrawn::Done } else { Withdrawn::OwnersStays })
            .collect())
    }

    /// Which of what a transfer brought is not here any more.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn missing_copies(
        &self,
        transfer: &TransferId,
        batch: &[Reservation],
    ) -> SiteResult<Vec<bool>> {
        let brought: Vec<Brought> = batch.iter().map(brought).collect();
        let here: BTreeSet<Brought> =
            withdrawals::standing_of(&self.store, transfer.as_str(), &brought).await?;
        Ok(brought.iter().map(|one| !here.contains(one)).collect())
    }
}

/// The row behind a reservation.
fn brought(place: &Reservation) -> Brought {
    let id = place.local_id.as_str().to_owned();
    match place.kind {
        ItemKind::Posts => Brought::Post(id),
        ItemKind::Boosts => Brought::Boost(id),
        ItemKind::Likes | ItemKind::Bookmarks => Brought::Pointer(id),
        ItemKind::Media => Brought::Medium(id),
        ItemKind::Following => Brought::Follow(place.key.as_str().to_owned()),
        ItemKind::Blocked => Brought::Block(place.key.as_str().to_owned()),
        // Pictures of the profile wait with the profile.
        ItemKind::ProfileImages => Brought::Nothing,
        ItemKind::Muted
        | ItemKind::BlockedDomains
        | ItemKind::Filters
        | ItemKind::Lists
        | ItemKind::Pins
        | ItemKind::FeaturedTags
        | ItemKind::FollowedTags
        | ItemKind::Notes
        | ItemKind::Settings => Brought::Belonging(id),
    }
}
