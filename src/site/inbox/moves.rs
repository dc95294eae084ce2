//! An account that people here follow has moved: they follow it to its new place. Spec: FEP-7628.
//!
//! Both sides must agree before anything happens: the old actor says it (and signed it), the new one
//! lists the old one as its own, freshly asked.

use std::collections::HashMap;

use serde_json::Value;
use url::Url;

use super::{Received, object_id};
use crate::{
    model::{actor::Actor, id::AccountId},
    port::{error::AdapterError, remote::Remote},
    site::{Site, SiteResult, accounts::Account},
    store::{
        Connection, StoreResult, deliveries,
        followers::{self, FollowingRow},
        seen,
    },
    wire::lenient,
};

/// After a Move of an actor another one is not listened to for this long, in microseconds: seven days.
const REST_MICROS: i64 = 7 * 24 * 3600 * 1_000_000;

impl Site {
    /// Somebody says they have moved.
    pub(super) async fn hear_move(
        &self,
        remote: &dyn Remote,
        old: &Actor,
        said: &Value,
    ) -> SiteResult<Received> {
        if object_id(said).is_none_or(|object| object != old.id) {
            return Ok(Received::refused("only an account itself may say that it has moved"));
        }
        let Some(target) = lenient::url(said, "target") else {
            return Ok(Received::refused("the Move does not say where to"));
        };
        if target == old.id {
            return Ok(Received::refused("an account cannot move to itself"));
        }
        let (rests, moving) = {
            let mut c = self.store.reader().await?;
            (self.rests(&mut c, &old.id).await?, followers::who_follows_in(&mut c, old.id.as_str()).await?)
        };
        if rests {
            return Ok(Received::ignored("this account has moved within the last seven days"));
        }
        if moving.is_empty() {
            return Ok(Received::ignored("nobody here follows the account that has moved"));
        }
        let new = match self.fetch_actor(remote, &target).await? {
            Ok(new) => new,
            Err(error @ AdapterError::Busy { .. }) => return Ok(Received::Later(error.to_string())),
            Err(error) => return Ok(Received::Ignored(error.to_string())),
        };
        if new.moved_to.is_some() {
            return Ok(Received::ignored("the new account has itself moved away"));
        }
        if !new.also_known_as.contains(&old.id) {
            return Ok(Received::ignored("the new account does not list the old one as its own"));
        }
        let mut accounts = HashMap::new();
        for row in &moving {
            if let Some(account) = self.account(&AccountId::from(row.account_id.as_str())).await? {
                accounts.insert(row.account_id.clone(), account);
            }
        }
        self.follow_along(old.id.clone(), new, accounts).await
    }

    /// Moves every local follower in one transaction.
    async fn follow_along(
        &self,
        old: Url,
        new: Actor,
        accounts: HashMap<String, Account>,
    ) -> SiteResult<Received> {
        let site = self.clone();
        let is_done = self
            .store
            .write(move |c| {
                Box::pin(async move {
                    if site.rests(c, &old).await? {
                        return Ok(false);
                    }
                    let lock = lock(&old);
                    seen::forget_in(c, &lock).await?;
                    seen::mark_in(c, &lock, site.clock.now_micros()).await?;
                    for row in followers::who_follows_in(c, old.as_str()).await? {
                        if let Some(account) = accounts.get(&row.account_id) {
                            site.bring_over(c, account, row, &new).await?;
                        }
                    }
                    Ok(true)
                })
            })
            .await?;
        Ok(if is_done {
            Received::Done
        } else {
            Received::ignored("this account has moved within the last seven days")
        })
    }

    /// Moves one follower: follow the new place unless that makes no sense, leave the old one.
    async fn bring_over(
        &self,
        c: &mut Connection,
        account: &Account,
        old: FollowingRow,
        new: &Actor,
    ) -> StoreResult<()> {
        let (account_id, new_id) = (account.id.as_str(), new.id.as_str());
        let is_self = new.id == self.urls.actor(&account.username);
        let is_blocked = followers::is_blocked_in(c, account_id, new_id).await?;
        let known = followers::following_one_in(c, account_id, new_id).await?;
        let is_asked_already = known.is_some_and(|row| row.state != "kept");
        let was_sent = old.state != "kept";
        if !is_self && !is_blocked && !is_asked_already {
            let (mut row, letter) = self.asking(account, &new.id, &new.inbox);
            if was_sent {
                deliveries::enqueue_in(c, &letter, std::slice::from_ref(&row.inbox)).await?;
            } else {
                // It came with a transfer and was never asked for; it stays a note to its owner.
                row.state = old.state.clone();
                row.transfer_id.clone_from(&old.transfer_id);
            }
            followers::put_following_in(c, &row).await?;
        }
        if was_sent {
            let letter = self.ending(account, &old);
            deliveries::enqueue_in(c, &letter, std::slice::from_ref(&old.inbox)).await?;
        }
        followers::remove_following_in(c, account_id, &old.actor).await
    }

    /// Whether an actor has moved too recently to be listened to again.
    async fn rests(&self, c: &mut Connection, old: &Url) -> StoreResult<bool> {
        let last = seen::marked_at_in(c, &lock(old)).await?;
        Ok(last.is_some_and(|at| at > self.clock.now_micros() - REST_MICROS))
    }
}

/// What is marked as seen when an actor has moved.
fn lock(old: &Url) -> String {
    format!("move of {old}")
}
