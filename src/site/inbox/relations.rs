//! Follow, Undo of it, and the answers to our own Follows.

use serde_json::{Value, json};
use url::Url;

use super::{Received, object_id};
use crate::{
    model::actor::Actor,
    site::{Site, SiteResult, accounts::Account},
    store::{
        blocks, deliveries,
        followers::{self, FollowerRow},
        notifications::{self, NotificationRow},
        seen,
    },
    wire::{activity, lenient},
};

impl Site {
    /// Somebody wants to follow one of ours: yes, unless they are blocked or the account has moved away.
    pub(super) async fn hear_follow(&self, actor: &Actor, id: &Url, said: &Value) -> SiteResult<Received> {
        let Some(object) = object_id(said) else {
            return Ok(Received::refused("the Follow does not say whom"));
        };
        let Some(account) = self.local_account(&object).await? else {
            return Ok(Received::ignored("nobody of that name is here"));
        };
        let is_blocked = {
            let mut c = self.store.reader().await?;
            followers::is_blocked_in(&mut c, account.id.as_str(), actor.id.as_str()).await?
        };
        let is_welcome = account.moved_to.is_none() && !is_blocked;
        let answer = self.answer_to(&account, actor, id, is_welcome);
        let letter = self.letter(account.id.as_str(), &answer);
        let (follower, notification) =
            (self.follower(&account, actor, id), self.followed_by(&account, actor));
        let (now, id) = (self.clock.now_micros(), id.to_string());
        let is_new = self
            .store
            .write(move |c| {
                Box::pin(async move {
                    if !seen::mark_in(c, &id, now).await? {
                        return Ok(false);
                    }
                    if !is_welcome {
                        followers::remove_follower_in(c, &follower.account_id, &follower.actor).await?;
                    } else if followers::add_follower_in(c, &follower).await? {
                        notifications::add_in(c, &notification).await?;
                    }
                    deliveries::enqueue_in(c, &letter, &[follower.inbox]).await?;
                    Ok(true)
                })
            })
            .await?;
        Ok(if is_new { Received::Done } else { Received::ignored("this Follow was heard before") })
    }

    /// Somebody takes something back. A Follow and a Block are known here.
    pub(super) async fn hear_undo(&self, actor: &Actor, said: &Value) -> SiteResult<Received> {
        let Some(follow) = lenient::field(said, "object").next() else {
            return Ok(Received::refused("the Undo does not say of what"));
        };
        let by = lenient::field(follow, "actor").find_map(lenient::id);
        if by.is_some_and(|by| by != actor.id.as_str()) {
            return Ok(Received::refused("the Undo is about another actor's activity"));
        }
        if lenient::is_type(follow, "Block") {
            return self.hear_block(actor, follow, false).await;
        }
        let account = match object_id(follow).filter(|_| lenient::is_type(follow, "Follow")) {
            Some(followed) => self.local_account(&followed).await?.map(|account| account.id.to_string()),
            None => None,
        };
        let follow_id = lenient::id(follow).unwrap_or_default().to_owned();
        let is_own = lenient::web_url(&follow_id).is_some_and(|id| id.origin() == actor.id.origin());
        let actor = actor.id.to_string();
        self.store
            .write(move |c| {
                Box::pin(async move {
                    if let Some(account) = account {
                        followers::remove_follower_in(c, &account, &actor).await?;
                    }
                    if is_own {
                        followers::remove_follow_in(c, &actor, &follow_id).await?;
                        // Some servers use the same id when they follow again.
                        seen::forget_in(c, &follow_id).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        Ok(Received::Done)
    }

    /// Somebody blocks one of ours, or no longer does. They follow us no longer; nobody is shown it.
    pub(super) async fn hear_block(&self, actor: &Actor, said: &Value, is_on: bool) -> SiteResult<Received> {
        let Some(object) = object_id(said) else {
            return Ok(Received::refused("the Block does not say whom"));
        };
        let Some(account) = self.local_account(&object).await? else {
            return Ok(Received::ignored("nobody of that name is here"));
        };
        let (account, actor, now) = (account.id.to_string(), actor.id.to_string(), self.clock.now_micros());
        self.store
            .write(move |c| {
                Box::pin(async move {
                    if !is_on {
                        return blocks::forgiven_in(c, &account, &actor).await;
                    }
                    followers::remove_follower_in(c, &account, &actor).await?;
                    blocks::suffered_in(c, &account, &actor, now).await
                })
            })
            .await?;
        Ok(Received::Done)
    }

    /// Somebody answers a Follow of ours.
    pub(super) async fn hear_answer(
        &self,
        actor: &Actor,
        said: &Value,
        is_yes: bool,
    ) -> SiteResult<Received> {
        let Some(follow) = lenient::field(said, "object").next() else {
            return Ok(Received::refused("the answer does not say to what"));
        };
        let mut follow_id = lenient::id(follow).unwrap_or_default().to_owned();
        // A server may answer with a Follow under an id of its own making; who asked whom is enough.
        let asker = lenient::field(follow, "actor").find_map(lenient::id).and_then(lenient::web_url);
        if let Some(asker) = asker
            && object_id(follow).is_some_and(|asked| asked == actor.id)
            && let Some(account) = self.local_account(&asker).await?
        {
            let mut c = self.store.reader().await?;
            let row = followers::following_one_in(&mut c, account.id.as_str(), actor.id.as_str()).await?;
            follow_id = row.map_or(follow_id, |row| row.follow_id);
        }
        let actor = actor.id.to_string();
        let changed = self
            .store
            .write(move |c| {
                Box::pin(async move {
                    if is_yes {
                        followers::accepted_in(c, &actor, &follow_id).await
                    } else {
                        followers::rejected_in(c, &actor, &follow_id).await
                    }
                })
            })
            .await?;
        Ok(if changed > 0 {
            Received::Done
        } else {
            Received::ignored("no Follow of ours waits for this answer")
        })
    }

    fn answer_to(&self, account: &Account, actor: &Actor, follow: &Url, is_welcome: bool) -> Value {
        let (kind, name) = if is_welcome { ("Accept", "accepts") } else { ("Reject", "rejects") };
        let ours = self.urls.actor(&account.username);
        let id = self.urls.activity(&account.username, name, &self.clock.id());
        let inner = json!({"id": follow, "type": "Follow", "actor": actor.id, "object": ours});
        activity::about(kind, &id, &ours, &inner)
    }

    fn follower(&self, account: &Account, actor: &Actor, follow: &Url) -> FollowerRow {
        FollowerRow {
            account_id: account.id.to_string(),
            actor: actor.id.to_string(),
            inbox: actor.inbox.to_string(),
            shared_inbox: actor.shared_inbox.as_ref().map(Url::to_string),
            follow_id: follow.to_string(),
            since: self.clock.now_micros(),
        }
    }

    fn followed_by(&self, account: &Account, actor: &Actor) -> NotificationRow {
        NotificationRow {
            id: self.clock.id(),
            account_id: account.id.to_string(),
            kind: "follow".to_owned(),
            actor: actor.id.to_string(),
            subject: None,
            created_at: self.clock.now_micros(),
        }
    }
}
