//! Posts of others: written, edited, deleted. Kept only when somebody here follows the author or is meant.

use std::collections::BTreeSet;

use serde_json::Value;
use url::Url;

use super::{Received, object_id};
use crate::{
    model::{
        actor::Actor,
        object::{Object, TagKind},
    },
    port::{error::AdapterError, remote::Remote},
    site::{Site, SiteResult, accounts::Account, remote_posts::may_see, urls::Meaning},
    store::{
        StoreResult, answers, followers,
        notifications::{self, NotificationRow},
        remote_actors,
        remote_posts::{self, RemotePostRow},
        seen,
    },
    wire::{lenient, object},
};

/// People of ours that one post can notify; the rest of a longer list is not looked at.
const NAMED: usize = 20;

impl Site {
    /// Somebody wrote something.
    pub(super) async fn hear_create(&self, actor: &Actor, id: &Url, said: &Value) -> SiteResult<Received> {
        let (document, post) = match own_post(actor, said) {
            Ok(found) => found,
            Err(received) => return Ok(received),
        };
        let mut notices = Vec::new();
        for (account, kind) in self.meant(&post).await? {
            let mut c = self.store.reader().await?;
            let is_blocked = followers::is_blocked_in(&mut c, account.id.as_str(), actor.id.as_str()).await?;
            let row = followers::following_one_in(&mut c, account.id.as_str(), actor.id.as_str()).await?;
            let follows = row.is_some_and(|row| row.state == "accepted");
            if !is_blocked && may_see(&post, &self.urls.actor(&account.username), follows) {
                notices.push(self.notice(&account, actor, kind, &post));
            }
        }
        let now = self.clock.now_micros();
        let row = RemotePostRow {
            id: post.id.to_string(),
            actor: actor.id.to_string(),
            document: document.to_string(),
            published_at: post.published.micros().min(now),
            received_at: now,
        };
        let id = id.to_string();
        let answered = self.answered(&post);
        let is_kept = self
            .store
            .write(move |c| {
                Box::pin(async move {
                    let mut is_followed = false;
                    for follow in followers::who_follows_in(c, &row.actor).await? {
                        let is_blocked = followers::is_blocked_in(c, &follow.account_id, &row.actor).await?;
                        is_followed |= follow.state != "kept" && !is_blocked;
                    }
                    if (!is_followed && notices.is_empty()) || !seen::mark_in(c, &id, now).await? {
                        return Ok(false);
                    }
                    // Whoever is blocked has made no notice, and leaves no address either.
                    if let Some(post) = answered.filter(|_| notices.iter().any(|one| one.kind == "reply")) {
                        answers::add_in(c, &row.id, &post, &row.actor, now).await?;
                    }
                    if remote_posts::add_in(c, &row).await? {
                        for notice in &notices {
                            notifications::add_in(c, notice).await?;
                        }
                    }
                    StoreResult::Ok(true)
                })
            })
            .await?;
        Ok(if is_kept { Received::Done } else { Received::ignored("nobody here waits for this post") })
    }

    /// Somebody edited a post or their profile.
    pub(super) async fn hear_update(
        &self,
        remote: &dyn Remote,
        actor: &Actor,
        said: &Value,
    ) -> SiteResult<Received> {
        if object_id(said).is_some_and(|id| id == actor.id) {
            return Ok(match self.fetch_actor(remote, &actor.id).await? {
                Ok(_) => Received::Done,
                Err(error @ AdapterError::Busy { .. }) => Received::Later(error.to_string()),
                Err(error) => Received::Ignored(error.to_string()),
            });
        }
        let (document, post) = match own_post(actor, said) {
            Ok(found) => found,
            Err(received) => return Ok(received),
        };
        if self.answered(&post).is_none() {
            answers::remove(&self.store, post.id.to_string(), actor.id.to_string()).await?;
        }
        remote_posts::replace(&self.store, post.id.to_string(), actor.id.to_string(), document.to_string())
            .await?;
        Ok(Received::Done)
    }

    /// Somebody deleted a post, or themselves.
    pub(super) async fn hear_delete(&self, actor: &Actor, said: &Value) -> SiteResult<Received> {
        let Some(id) = object_id(said) else {
            return Ok(Received::refused("the Delete does not say of what"));
        };
        if id == actor.id {
            remote_actors::erase(&self.store, id.to_string()).await?;
            return Ok(Received::Done);
        }
        if id.origin() != actor.id.origin() {
            return Ok(Received::refused("the Delete is about something of another server"));
        }
        let (id, actor) = (id.to_string(), actor.id.to_string());
        self.store
            .write(move |c| {
                Box::pin(async move {
                    remote_posts::remove_in(c, &id, &actor).await?;
                    answers::remove_in(c, &id, &actor).await?;
                    notifications::remove_about_in(c, &actor, &id).await
                })
            })
            .await?;
        Ok(Received::Done)
    }

    /// The accounts of ours a post answers or names, with the kind of their notification.
    async fn meant(&self, post: &Object) -> SiteResult<Vec<(Account, &'static str)>> {
        let mut out = Vec::new();
        let answered = post.in_reply_to.as_ref().and_then(|url| self.urls.meaning(url));
        let answered = match answered {
            Some(Meaning::Thing { username: Some(username), .. }) => self.public_account(&username).await?,
            _ => None,
        };
        let mentions =
            post.tags.iter().filter(|tag| tag.kind == TagKind::Mention).filter_map(|tag| tag.href.as_ref());
        let named: BTreeSet<Url> = mentions
            .chain(&post.to)
            .chain(&post.cc)
            .filter_map(|address| lenient::web_url(address))
            .filter(|url| matches!(self.urls.meaning(url), Some(Meaning::Actor(_))))
            .take(NAMED)
            .collect();
        for url in named {
            if let Some(account) = self.local_account(&url).await?
                && answered.as_ref().is_none_or(|answered| answered.id != account.id)
            {
                out.push((account, "mention"));
            }
        }
        out.extend(answered.map(|account| (account, "reply")));
        Ok(out)
    }

    fn notice(&self, account: &Account, actor: &Actor, kind: &str, post: &Object) -> NotificationRow {
        NotificationRow {
            id: self.clock.id(),
            account_id: account.id.to_string(),
            kind: kind.to_owned(),
            actor: actor.id.to_string(),
            subject: Some(post.id.to_string()),
            created_at: self.clock.now_micros(),
        }
    }
}

/// The post an activity carries, if it is the sender's own.
fn own_post<'a>(actor: &Actor, said: &'a Value) -> Result<(&'a Value, Object), Received> {
    let document = lenient::field(said, "object")
        .find(|object| object.is_object())
        .ok_or_else(|| Received::Ignored("it carries no object".to_owned()))?;
    let post = object::read(document, actor.followers.as_ref()).map_err(Received::Ignored)?;
    if post.attributed_to != actor.id || post.id.origin() != actor.id.origin() {
        return Err(Received::Refused("the object is not the sender's own".to_owned()));
    }
    Ok((document, post))
}
