//! What announcing and forwarding ask of the built-in server.

use std::collections::BTreeMap;

use url::Url;

use super::{Site, SiteError, SiteResult, urls::Meaning};
use crate::{
    model::{
        id::{AccountId, LocalId},
        item::ItemKind,
        object::Visibility,
    },
    port::host::{Located, Standing},
    store::{StoreError, host as rows},
};

/// What an address says; nobody has looked whether it is there.
struct Thing {
    owner: Option<String>,
    kind: ItemKind,
    id: String,
}

impl Site {
    /// The live posts, boosts or files that addresses of ours stand for, in their order; `None` for
    /// anything else, for what is on trial or deleted, and where the address names another owner.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn locate_all(&self, urls: &[Url]) -> SiteResult<Vec<Option<Located>>> {
        let meant: Vec<Option<Thing>> = urls.iter().map(|url| self.thing(url)).collect();
        let mut found = BTreeMap::new();
        for kind in [ItemKind::Posts, ItemKind::Boosts, ItemKind::Media] {
            let things = meant.iter().flatten().filter(|thing| thing.kind == kind);
            let ids: Vec<&str> = things.map(|thing| thing.id.as_str()).collect();
            if ids.is_empty() {
                continue;
            }
            for row in rows::things(&self.store, kind, &ids).await? {
                found.insert((kind, row.id.clone()), row);
            }
        }
        let located = |thing: Thing| {
            let row = found.get(&(thing.kind, thing.id))?;
            let is_owners = thing.owner.is_none_or(|name| name.eq_ignore_ascii_case(&row.username));
            is_owners.then(|| self.located(thing.kind, row))
        };
        Ok(meant.into_iter().map(|thing| thing.and_then(located)).collect())
    }

    /// What live posts and boosts of ours say of themselves, in the order of their ids.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn standing(&self, ids: &[Url]) -> SiteResult<Vec<Standing>> {
        let meant: Vec<Option<Thing>> = ids.iter().map(|id| self.thing(id)).collect();
        let of = |kind: ItemKind| -> Vec<&str> {
            let things = meant.iter().flatten().filter(|thing| thing.kind == kind);
            things.map(|thing| thing.id.as_str()).collect()
        };
        let posts = rows::objects(&self.store, &of(ItemKind::Posts)).await?;
        let boosts = rows::boosted(&self.store, &of(ItemKind::Boosts)).await?;
        let standing = |thing: &Thing| match thing.kind {
            ItemKind::Posts => posts.get(&thing.id).map(|object| Standing {
                previously: object.previously.clone(),
                page: object.url.clone(),
                files: object.attachments.iter().filter_map(|file| Url::parse(&file.url).ok()).collect(),
            }),
            _ => boosts
                .get(&thing.id)
                .map(|crumbs| Standing { previously: crumbs.clone(), ..Standing::default() }),
        };
        Ok(meant.iter().map(|thing| thing.as_ref().and_then(standing).unwrap_or_default()).collect())
    }

    /// The id of the post, boost or file that an address of ours means, whether it is there or not.
    pub fn id_of(&self, url: &Url) -> Option<Url> {
        let Thing { owner, kind, id } = self.thing(url)?;
        match (kind, owner) {
            (ItemKind::Posts, Some(owner)) if url.path_segments()?.count() <= 4 => {
                Some(self.urls.post(&owner, &id))
            }
            (ItemKind::Boosts, Some(owner)) => Some(self.urls.boost(&owner, &id)),
            (ItemKind::Media, _) => {
                let mut own = url.clone();
                own.set_query(None);
                Some(own)
            }
            _ => None,
        }
    }

    /// What an address of ours says it stands for.
    fn thing(&self, url: &Url) -> Option<Thing> {
        match self.urls.meaning(url)? {
            Meaning::Thing { username, kind, id } => Some(Thing { owner: username, kind, id }),
            _ => None,
        }
    }

    fn located(&self, kind: ItemKind, row: &rows::FoundRow) -> Located {
        Located {
            account: AccountId::from(row.account_id.as_str()),
            kind,
            visibility: Visibility::from_word(&row.visibility),
            id: match kind {
                ItemKind::Boosts => self.urls.boost(&row.username, &row.id),
                ItemKind::Media => self.urls.media(&row.id, &row.file_name),
                _ => self.urls.post(&row.username, &row.id),
            },
            local_id: LocalId::from(row.id.as_str()),
        }
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

    /// No longer publishes that an account is also known by `other`.
    ///
    /// # Errors
    /// [`SiteError::Store`]; [`SiteError::Internal`] when there is no such account.
    pub async fn remove_alias(&self, account: &AccountId, other: &Url) -> SiteResult<()> {
        let (account, other) = (account.as_str().to_owned(), other.to_string());
        rows::remove_alias(&self.store, account, other).await.map_err(of_nobody)
    }

    /// Publishes that `copy` is a copy of an account, or no longer does.
    ///
    /// # Errors
    /// [`SiteError::Store`]; [`SiteError::Internal`] when there is no such account.
    pub async fn set_copied_to(&self, account: &AccountId, copy: &Url, is_copy: bool) -> SiteResult<()> {
        let (account, copy) = (account.as_str().to_owned(), copy.to_string());
        rows::set_copied_to(&self.store, account, copy, is_copy).await.map_err(of_nobody)
    }
}

/// An account that is not there will not be there later either: nothing to try again.
fn of_nobody(error: StoreError) -> SiteError {
    match error {
        StoreError::Missing(what) => SiteError::Internal(format!("there is no such {what} here")),
        other => SiteError::Store(other),
    }
}
