//! What announcing and forwarding ask of the built-in server.

use url::Url;

use super::{Site, SiteError, SiteResult, urls::Meaning};
use crate::{
    model::{
        id::{AccountId, LocalId},
        item::ItemKind,
        object::Visibility,
    },
    port::host::Located,
    store::{StoreError, host as rows},
};

impl Site {
    /// The live post, boost or file an address of ours stands for; `None` for anything else, for
    /// what is on trial or deleted, and where the address names another owner.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn locate(&self, url: &Url) -> SiteResult<Option<Located>> {
        let Some(Meaning::Thing { username, kind, id }) = self.urls.meaning(url) else { return Ok(None) };
        let found = match kind {
            ItemKind::Posts => rows::post(&self.store, &id).await?,
            ItemKind::Boosts => rows::boost(&self.store, &id).await?,
            ItemKind::Media => rows::medium(&self.store, &id).await?,
            _ => None,
        };
        let is_owners = |owner: &str| username.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(owner));
        Ok(found.filter(|found| is_owners(&found.username)).map(|found| Located {
            account: AccountId::from(found.account_id),
            kind,
            visibility: Visibility::from_word(&found.visibility),
            id: match kind {
                ItemKind::Boosts => self.urls.boost(&found.username, &id),
                ItemKind::Media => self.urls.media(&id, &found.file_name),
                _ => self.urls.post(&found.username, &id),
            },
            local_id: LocalId::from(id),
        }))
    }

    /// The distinct inboxes that reach all followers of an account.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn follower_inboxes(&self, account: &AccountId) -> SiteResult<Vec<Url>> {
        let found = rows::follower_inboxes(&self.store, account.as_str()).await?;
        let read = |(text,): &(String,)| match Url::parse(text) {
            Ok(url) => Some(url),
            Err(error) => {
                tracing::warn!(inbox = %text, %error, "a follower's inbox is not an address and is left out");
                None
            }
        };
        Ok(found.iter().filter_map(read).collect())
    }

    /// Sets or clears where an account has moved.
    ///
    /// # Errors
    /// [`SiteError::Store`]; [`SiteError::Internal`] when there is no such account.
    pub async fn set_moved_to(&self, account: &AccountId, target: Option<&Url>) -> SiteResult<()> {
        let set =
            rows::set_moved_to(&self.store, account.as_str().to_owned(), target.map(Url::to_string)).await;
        set.map_err(of_nobody)
    }

    /// Publishes that an account is also known by `other`; adding twice adds once.
    ///
    /// # Errors
    /// [`SiteError::Store`]; [`SiteError::Internal`] when there is no such account.
    pub async fn add_alias(&self, account: &AccountId, other: &Url) -> SiteResult<()> {
        rows::add_alias(&self.store, account.as_str().to_owned(), other.to_string()).await.map_err(of_nobody)
    }
}

/// An account that is not there will not be there later either: nothing to try again.
fn of_nobody(error: StoreError) -> SiteError {
    match error {
        StoreError::Missing(what) => SiteError::Internal(format!("there is no such {what} here")),
        other => SiteError::Store(other),
    }
}
