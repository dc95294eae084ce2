//! The fediverse server a daemon stands beside, as far as a move touches it.

use async_trait::async_trait;
use url::Url;

use super::{
    error::AdapterError,
    permits::Permits,
    remote::{Remote, Signer},
};
use crate::model::{
    actor::Actor,
    id::{AccountId, LocalId},
    item::ItemKind,
    object::{Breadcrumb, Visibility},
    tie::Tie,
};
use crate::words::text;

/// What one of the host's addresses stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Whose it is.
    pub account: AccountId,
    /// Kind of the thing.
    pub kind: ItemKind,
    /// The host's key of it.
    pub local_id: LocalId,
    /// Who may see it.
    pub visibility: Visibility,
    /// Its canonical id.
    pub id: Url,
}

/// What one of the host's own objects says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Where it was before, newest first.
    pub previously: Vec<Breadcrumb>,
    /// Its page for people.
    pub page: Option<Url>,
    /// The files it shows, in their order.
    pub files: Vec<Url>,
}

/// An account of the host, as much as a move needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostAccount {
    /// Its key.
    pub id: AccountId,
    /// Login name.
    pub username: String,
    /// Its actor.
    pub actor: Url,
    /// Its page for people.
    pub page: Url,
    /// Where it has moved, if it has.
    pub moved_to: Option<Url>,
    /// Actors it says it is also known by.
    pub also_known_as: Vec<Url>,
}

/// What became of the wish to be tied to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tied {
    /// They were asked, or are tied already.
    Done,
    /// The host has had enough of this account for a while; nobody was asked.
    Rests {
        /// What it said.
        why: String,
        /// How long.
        after: std::time::Duration,
    },
}

/// The host's abilities that announcing needs.
#[async_trait]
pub trait Host: Send + Sync {
    /// Finds an account by key.
    ///
    /// # Errors
    /// [`AdapterError`] when the host cannot be asked.
    async fn account(&self, id: &AccountId) -> Result<Option<HostAccount>, AdapterError>;

    /// Finds an account by login name.
    ///
    /// # Errors
    /// [`AdapterError`] when the host cannot be asked.
    async fn account_named(&self, username: &str) -> Result<Option<HostAccount>, AdapterError>;

    /// Turns any address of the host into the thing it stands for; `None` when it is not one of
    /// the host's objects or files. Any spelling the host answers on is understood.
    ///
    /// # Errors
    /// [`AdapterError`] when the host cannot be asked.
    async fn locate(&self, url: &Url) -> Result<Option<Located>, AdapterError>;

    /// The id of the object or file that an address means by its form, whether there is such a thing or
    /// not; a host that cannot tell says nothing.
    fn id_of(&self, _url: &Url) -> Option<Url> {
        None
    }

    /// As [`Host::locate`] for many addresses, in their order; a host that can should ask once.
    ///
    /// # Errors
    /// [`AdapterError`] when the host cannot be asked.
    async fn locate_all(&self, urls: &[Url]) -> Result<Vec<Option<Located>>, AdapterError> {
        let mut all = Vec::with_capacity(urls.len());
        for url in urls {
            all.push(self.locate(url).await?);
        }
        Ok(all)
    }

    /// What the objects with these ids say of themselves, in their order; nothing where there is none.
    /// A host that keeps no breadcrumbs answers with none.
    ///
    /// # Errors
    /// [`AdapterError`] when the host cannot be asked.
    async fn standing(&self, ids: &[Url]) -> Result<Vec<Standing>, AdapterError> {
        Ok(vec![Standing::default(); ids.len()])
    }

    /// Where a Move must be told: the distinct (shared) inboxes of an account's followers.
    ///
    /// # Errors
    /// [`AdapterError`] when the host cannot be asked.
    async fn move_inboxes(&self, account: &AccountId) -> Result<Vec<Url>, AdapterError>;

    /// Makes an account of another server known to the host, before it is said that somebody went there.
    ///
    /// # Errors
    /// [`AdapterError`] when the host cannot be asked, or cannot know it.
    async fn meet(&self, _actor: &Actor) -> Result<(), AdapterError> {
        Ok(())
    }

    /// Whether the host itself has told the followers of this move before, so that nobody tells them again.
    ///
    /// # Errors
    /// [`AdapterError`] when the host cannot be asked.
    async fn is_move_told(&self, _account: &AccountId, _target: &Url) -> Result<bool, AdapterError> {
        Ok(false)
    }

    /// Notes with the host that the followers are told of this move.
    ///
    /// # Errors
    /// [`AdapterError`] when the host cannot be asked.
    async fn note_move(&self, _account: &AccountId, _target: &Url) -> Result<(), AdapterError> {
        Ok(())
    }

    /// Sets or clears where an account has moved.
    ///
    /// # Errors
    /// [`AdapterError`] when the host cannot be asked.
    async fn set_moved_to(&self, account: &AccountId, target: Option<&Url>) -> Result<(), AdapterError>;

    /// Publishes that an account is also known by `other`. Adding twice adds once.
    ///
    /// # Errors
    /// [`AdapterError`] when the host cannot be asked.
    async fn add_alias(&self, account: &AccountId, other: &Url) -> Result<(), AdapterError>;

    /// No longer publishes that an account is also known by `other`.
    ///
    /// # Errors
    /// [`AdapterError`] when the host cannot be asked.
    async fn remove_alias(&self, _account: &AccountId, _other: &Url) -> Result<(), AdapterError> {
        Ok(())
    }

    /// Publishes that `copy` is a copy of an account that lives on, or no longer does. Saying it twice
    /// says it once. Spec: FEP-7628, `copiedTo`.
    ///
    /// # Errors
    /// [`AdapterError`] when the host cannot be asked, or has no way to say so.
    async fn set_copied_to(
        &self,
        _account: &AccountId,
        _copy: &Url,
        _is_copy: bool,
    ) -> Result<(), AdapterError> {
        Err(AdapterError::fatal("naming the copy", "this server has no way to say that there is a copy"))
    }

    /// Follows or blocks somebody for an account, in its name. Whoever is followed already is not asked again.
    ///
    /// # Errors
    /// [`AdapterError::Busy`] when their server cannot be asked now; another one when it never will be,
    /// or the host has no way to do it.
    async fn tie(
        &self,
        _remote: &dyn Remote,
        _account: &AccountId,
        _actor: &Url,
        _tie: &Tie,
    ) -> Result<Tied, AdapterError> {
        Err(AdapterError::item(text!("reasons-no-way-to-do-it-by-itself")))
    }

    /// Permissions that owners must give before anything is done in their name; `None` where what they
    /// say to us is enough.
    fn permits(&self) -> Option<&dyn Permits> {
        None
    }

    /// The headers that sign a delivery of an account, where its key is kept by somebody who signs and hands none
    /// out; `None` where [`Host::signer`] does.
    ///
    /// # Errors
    /// [`AdapterError`] when it cannot be signed now, or is nothing that is signed.
    async fn sign_delivery(
        &self,
        _account: &AccountId,
        _inbox: &Url,
        _activity: &str,
    ) -> Result<Option<Vec<(String, String)>>, AdapterError> {
        Ok(None)
    }

    /// The key that signs for an account.
    ///
    /// # Errors
    /// [`AdapterError`] when the host does not hand keys out.
    async fn signer(&self, account: &AccountId) -> Result<Signer, AdapterError>;

    /// The account's actor document as strangers see it.
    ///
    /// # Errors
    /// [`AdapterError`] when the host cannot be asked.
    async fn actor_document(&self, account: &AccountId) -> Result<serde_json::Value, AdapterError>;
}
