//! Following others, and telling followers. What is sent is a row for the queue, written together
//! with what it tells of.

use serde_json::{Value, json};
use url::Url;

use super::{Site, SiteError, SiteResult, accounts::Account};
use crate::{
    model::{handle::Handle, id::AccountId},
    port::{error::AdapterError, lookup, remote::Remote},
    store::{
        deliveries::{self, Letter},
        followers::{self as rows, FollowerRow, FollowingRow},
    },
    wire::{activity, lenient},
    words::text,
};

impl Site {
    /// Asks to follow somebody, by handle or actor address. Asking twice asks once.
    ///
    /// # Errors
    /// [`SiteError::Refused`] with a sentence for the person.
    pub async fn follow(&self, remote: &dyn Remote, account: &Account, whom: &str) -> SiteResult<()> {
        if account.held_until.is_some() {
            return Err(super::posts::not_yet());
        }
        let id = self.find_actor(remote, whom).await?;
        let asked = self.ask_to_follow(remote, account, &id).await?;
        asked.map_err(|error| SiteError::Refused(error.to_string()))
    }

    /// Asks to follow an actor. Asking twice asks once.
    ///
    /// # Errors
    /// The outer error is our own ([`SiteError::Store`]); the inner one says why they were not asked.
    pub async fn ask_to_follow(
        &self,
        remote: &dyn Remote,
        account: &Account,
        id: &Url,
    ) -> SiteResult<Result<(), AdapterError>> {
        let refuse = |why: String| Ok(Err(AdapterError::item(why)));
        if *id == self.urls.actor(&account.username) {
            return refuse(text!("refusals-this-is-your-own-account"));
        }
        let (account_id, actor) = (account.id.as_str(), id.as_str());
        {
            let mut c = self.store.reader().await?;
            if rows::is_blocked_in(&mut c, account_id, actor).await? {
                return refuse(text!("refusals-you-block-them"));
            }
            let known = rows::following_one_in(&mut c, account_id, actor).await?;
            if known.is_some_and(|row| row.state != "kept") {
                return Ok(Ok(()));
            }
        }
        let target = match self.fetch_actor(remote, id).await? {
            Ok(target) => target,
            Err(error) => return Ok(Err(error)),
        };
        if let Some(moved_to) = &target.moved_to {
            return refuse(text!("refusals-this-account-has-moved", there = moved_to.as_str()));
        }
        let (row, letter) = self.asking(account, id, &target.inbox);
        let inboxes = vec![target.inbox.to_string()];
        self.store
            .write(move |c| {
                Box::pin(async move {
                    rows::put_following_in(c, &row).await?;
                    deliveries::enqueue_in(c, &letter, &inboxes).await?;
                    Ok(())
                })
            })
            .await?;
        Ok(Ok(()))
    }

    /// Stops following somebody; stopping twice stops once.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn unfollow(&self, account: &Account, actor: &Url) -> SiteResult<()> {
        let account_id = account.id.to_string();
        let known =
            rows::following_one_in(&mut self.store.reader().await?, &account_id, actor.as_str()).await?;
        let Some(row) = known else {
            return Ok(());
        };
        let letter = self.ending(account, &row);
        self.store
            .write(move |c| {
                Box::pin(async move {
                    rows::remove_following_in(c, &account_id, &row.actor).await?;
                    if row.state != "kept" {
                        deliveries::enqueue_in(c, &letter, &[row.inbox]).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        Ok(())
    }

    /// Who follows an account, newest first.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn followers(&self, account: &AccountId) -> SiteResult<Vec<FollowerRow>> {
        Ok(rows::followers(&self.store, account.as_str()).await?)
    }

    /// Whom an account follows, newest first, in whatever state.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn following(&self, account: &AccountId) -> SiteResult<Vec<FollowingRow>> {
        Ok(rows::following(&self.store, account.as_str()).await?)
    }

    /// Puts an activity into the post for every follower, one per shared inbox; yields how many.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn deliver_to_followers(&self, account: &AccountId, activity: &Value) -> SiteResult<u64> {
        let letter = self.letter(account.as_str(), activity);
        let account_id = account.to_string();
        let added = self
            .store
            .write(move |c| {
                Box::pin(async move {
                    let inboxes = rows::inboxes_in(c, &account_id).await?;
                    deliveries::enqueue_in(c, &letter, &inboxes).await
                })
            })
            .await?;
        Ok(added)
    }

    /// An activity as a letter signed by an account.
    pub fn letter(&self, account_id: &str, activity: &Value) -> Letter {
        Letter {
            account_id: account_id.to_owned(),
            activity_id: lenient::text(activity, "id").unwrap_or_else(|| self.clock.id()),
            activity: activity.to_string(),
            announcement_id: None,
            at: self.clock.now_micros(),
        }
    }

    /// The row and the Follow of an account that asks to follow somebody.
    pub(super) fn asking(&self, account: &Account, target: &Url, inbox: &Url) -> (FollowingRow, Letter) {
        let id = self.urls.activity(&account.username, "follows", &self.clock.id());
        let follow = activity::follow(&id, &self.urls.actor(&account.username), target);
        let row = FollowingRow {
            account_id: account.id.to_string(),
            actor: target.to_string(),
            inbox: inbox.to_string(),
            follow_id: id.to_string(),
            state: "asked".to_owned(),
            since: self.clock.now_micros(),
            transfer_id: None,
        };
        (row, self.letter(account.id.as_str(), &follow))
    }

    /// The Undo of what [`Site::asking`] asked.
    pub(super) fn ending(&self, account: &Account, row: &FollowingRow) -> Letter {
        let actor = self.urls.actor(&account.username);
        let id = self.urls.activity(&account.username, "undo", &self.clock.id());
        let follow = json!({"id": row.follow_id, "type": "Follow", "actor": actor, "object": row.actor});
        self.letter(account.id.as_str(), &activity::about("Undo", &id, &actor, &follow))
    }

    /// The actor a person means by a handle or an address.
    ///
    /// # Errors
    /// [`SiteError::Refused`] with a sentence for the person.
    pub async fn find_actor(&self, remote: &dyn Remote, whom: &str) -> SiteResult<Url> {
        let whom = whom.trim();
        if let Some(url) = lenient::web_url(whom) {
            return Ok(url);
        }
        let handle: Handle = whom.parse().map_err(|error| SiteError::Refused(format!("{error}")))?;
        let signer = self.host_signer().await?;
        lookup::resolve(remote, &signer, &handle).await.map_err(|error| SiteError::Refused(error.to_string()))
    }
}
