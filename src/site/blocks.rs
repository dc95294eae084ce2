//! Blocking people: they are told, as other servers expect, and what tied the two is undone.

use serde_json::{Value, json};
use url::Url;

use super::{Site, SiteError, SiteResult, accounts::Account};
use crate::{
    port::remote::Remote,
    store::{blocks as rows, deliveries, followers},
    wire::activity,
    words::text,
};

impl Site {
    /// Blocks somebody, by handle or actor address: neither follows the other any more, and their
    /// server is asked to keep them away.
    ///
    /// # Errors
    /// [`SiteError::Refused`] with a sentence for the person.
    pub async fn block(&self, remote: &dyn Remote, account: &Account, whom: &str) -> SiteResult<()> {
        let actor = self.find_actor(remote, whom).await?;
        if actor == self.urls.actor(&account.username) {
            return Err(SiteError::Refused(text!("refusals-this-is-your-own-account")));
        }
        // Whoever cannot be asked is blocked all the same; they are not told.
        let inbox = self.fetch_actor(remote, &actor).await?.ok().map(|actor| actor.inbox.to_string());
        let letter = self.letter(account.id.as_str(), &self.block_activity(account, &actor));
        let (account_id, actor, now) = (account.id.to_string(), actor.to_string(), self.clock.now_micros());
        self.store
            .write(move |c| {
                Box::pin(async move {
                    rows::add_in(c, &account_id, &actor, now).await?;
                    followers::remove_follower_in(c, &account_id, &actor).await?;
                    followers::remove_following_in(c, &account_id, &actor).await?;
                    if let Some(inbox) = inbox {
                        deliveries::enqueue_in(c, &letter, &[inbox]).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        Ok(())
    }

    /// Takes a block back. The other server is told where it can be asked for its address.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn unblock(&self, account: &Account, actor: &str) -> SiteResult<()> {
        let known = match Url::parse(actor) {
            Ok(url) => self.known_actor(actor).await?.map(|known| (url, known.inbox.to_string())),
            Err(_) => None,
        };
        let letter = known.map(|(url, inbox)| {
            let undone = self.block_activity(account, &url);
            let id = self.urls.activity(&account.username, "undo", &self.clock.id());
            let undo = activity::about("Undo", &id, &self.urls.actor(&account.username), &undone);
            (self.letter(account.id.as_str(), &undo), inbox)
        });
        let (account_id, actor) = (account.id.to_string(), actor.to_owned());
        self.store
            .write(move |c| {
                Box::pin(async move {
                    if rows::remove_in(c, &account_id, &actor).await?
                        && let Some((letter, inbox)) = letter
                    {
                        deliveries::enqueue_in(c, &letter, &[inbox]).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        Ok(())
    }

    /// Whom an account blocks, newest first; a copy on trial included.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn blocked(&self, account: &Account) -> SiteResult<Vec<Url>> {
        let found = rows::of(&self.store, account.id.as_str()).await?;
        Ok(found.iter().filter_map(|actor| Url::parse(actor).ok()).collect())
    }

    fn block_activity(&self, account: &Account, actor: &Url) -> Value {
        let id = self.urls.activity(&account.username, "blocks", &self.clock.id());
        json!({
            "@context": crate::wire::context(),
            "id": id,
            "type": "Block",
            "actor": self.urls.actor(&account.username),
            "object": actor,
            "to": [actor],
        })
    }
}
