//! The built-in server as the host of moves: who is who, what is where, who follows.

use async_trait::async_trait;
use serde_json::Value;
use url::Url;

use crate::{
    model::{id::AccountId, tie::Tie},
    port::{
        error::AdapterError,
        host::{Host, HostAccount, Located, Standing, Tied},
        remote::{Remote, Signer},
    },
    site::{Site, accounts::Account},
    words::text,
};

/// The built-in server as a host.
#[derive(Clone)]
pub struct EmbeddedHost {
    site: Site,
}

impl EmbeddedHost {
    /// Stands before `site`.
    pub fn new(site: Site) -> Self {
        Self { site }
    }

    fn described(&self, account: Account) -> HostAccount {
        HostAccount {
            actor: self.site.urls.actor(&account.username),
            page: self.site.urls.profile(&account.username),
            id: account.id,
            username: account.username,
            moved_to: account.moved_to,
            also_known_as: account.also_known_as,
        }
    }
}

#[async_trait]
impl Host for EmbeddedHost {
    async fn account(&self, id: &AccountId) -> Result<Option<HostAccount>, AdapterError> {
        Ok(self.site.account(id).await?.map(|account| self.described(account)))
    }

    async fn account_named(&self, username: &str) -> Result<Option<HostAccount>, AdapterError> {
        // Whoever asks by name asks for others: an account whose name is only held is none to them.
        Ok(self.site.public_account(username).await?.map(|account| self.described(account)))
    }

    async fn locate(&self, url: &Url) -> Result<Option<Located>, AdapterError> {
        Ok(self.site.locate_all(std::slice::from_ref(url)).await?.pop().flatten())
    }

    async fn locate_all(&self, urls: &[Url]) -> Result<Vec<Option<Located>>, AdapterError> {
        Ok(self.site.locate_all(urls).await?)
    }

    fn id_of(&self, url: &Url) -> Option<Url> {
        self.site.id_of(url)
    }

    async fn standing(&self, ids: &[Url]) -> Result<Vec<Standing>, AdapterError> {
        Ok(self.site.standing(ids).await?)
    }

    async fn move_inboxes(&self, account: &AccountId) -> Result<Vec<Url>, AdapterError> {
        Ok(self.site.follower_inboxes(account).await?)
    }

    async fn set_moved_to(&self, account: &AccountId, target: Option<&Url>) -> Result<(), AdapterError> {
        Ok(self.site.set_moved_to(account, target).await?)
    }

    async fn add_alias(&self, account: &AccountId, other: &Url) -> Result<(), AdapterError> {
        Ok(self.site.add_alias(account, other).await?)
    }

    async fn tie(
        &self,
        remote: &dyn Remote,
        account: &AccountId,
        actor: &Url,
        tie: &Tie,
    ) -> Result<Tied, AdapterError> {
        // Blocks of a copy stand here from the first moment.
        if *tie == Tie::Block {
            return Ok(Tied::Done);
        }
        let account = self.site.account(account).await?;
        let account = account.ok_or_else(|| AdapterError::item(text!("reasons-the-account-here-is-gone")))?;
        self.site.ask_to_follow(remote, &account, actor).await??;
        Ok(Tied::Done)
    }

    async fn remove_alias(&self, account: &AccountId, other: &Url) -> Result<(), AdapterError> {
        Ok(self.site.remove_alias(account, other).await?)
    }

    async fn set_copied_to(
        &self,
        account: &AccountId,
        copy: &Url,
        is_copy: bool,
    ) -> Result<(), AdapterError> {
        Ok(self.site.set_copied_to(account, copy, is_copy).await?)
    }

    async fn signer(&self, account: &AccountId) -> Result<Signer, AdapterError> {
        Ok(self.site.signer(account).await?)
    }

    async fn actor_document(&self, account: &AccountId) -> Result<Value, AdapterError> {
        let doing = "writing the account's public document";
        let account = self.site.account(account).await?;
        let account = account.ok_or_else(|| AdapterError::fatal(doing, "there is no such account here"))?;
        Ok(self.site.actor_document(&account).await?)
    }
}
