//! Collections of an actor: outbox, followers, following, liked, bookmarks, featured.

use serde_json::{Value, json};
use url::Url;

use super::PAGE_ITEMS;
use crate::{
    site::{
        Site, SiteResult,
        accounts::Account,
        lists::{Entry, Shelf},
        viewer::Viewer,
    },
    wire::{self, collection},
};

/// The cursor of a first page: ids are always longer.
const FIRST: &str = "first";

impl Site {
    /// The outbox: root without a cursor, a page with one. Newest first.
    ///
    /// # Errors
    /// [`crate::site::SiteError::Store`].
    pub async fn outbox_document(
        &self,
        account: &Account,
        viewer: &Viewer,
        cursor: Option<&str>,
    ) -> SiteResult<Value> {
        let root = self.urls.of_actor(&account.username, "outbox");
        let Some(cursor) = cursor else {
            let (posts, boosts) = self.entry_counts(account, viewer).await?;
            return Ok(collection::root(&root, Some(posts + boosts), Some(&at(&root, FIRST))).into());
        };
        let from = (cursor != FIRST).then_some(cursor);
        let part = self.entries(account, viewer, Shelf::Everything, from, PAGE_ITEMS).await?;
        let (actor, followers) =
            (self.urls.actor(&account.username), self.urls.of_actor(&account.username, "followers"));
        let items: Vec<Value> = part
            .items
            .iter()
            .map(|entry| match entry {
                Entry::Post(post) => bare(wire::activity::create(&post.object)),
                Entry::Boost(_, boost, _) => wire::activity::announce(boost, &actor, &followers),
            })
            .collect();
        let next = part.next.map(|next| at(&root, &next));
        Ok(collection::page(&at(&root, cursor), &root, items, next.as_ref()).into())
    }

    /// Followers or following: how many, never who.
    ///
    /// # Errors
    /// [`crate::site::SiteError::Store`].
    pub async fn relations_document(&self, account: &Account, name: &str) -> SiteResult<Value> {
        let (followers, following) = self.relation_counts(account).await?;
        let total = if name == "followers" { followers } else { following };
        Ok(collection::root(&self.urls.of_actor(&account.username, name), Some(total), None).into())
    }

    /// Likes (`liked`) or bookmarks (`bookmarks`): all to their owner, an empty collection to others.
    ///
    /// # Errors
    /// [`crate::site::SiteError::Store`].
    pub async fn pointers_document(
        &self,
        account: &Account,
        viewer: &Viewer,
        name: &str,
        cursor: Option<&str>,
    ) -> SiteResult<Value> {
        let root = self.urls.of_actor(&account.username, name);
        if !viewer.owns(account) {
            return Ok(collection::whole(&root, Vec::new()).into());
        }
        let (kind, verb) = if name == "liked" { ("likes", "Like") } else { ("bookmarks", "Add") };
        let from = cursor.filter(|cursor| *cursor != FIRST);
        let (total, part) = self.pointers(account, kind, from, PAGE_ITEMS).await?;
        let Some(cursor) = cursor else {
            return Ok(collection::root(&root, Some(total), Some(&at(&root, FIRST))).into());
        };
        let actor = self.urls.actor(&account.username);
        let items: Vec<Value> = part
            .items
            .iter()
            .map(|(_, reference)| wire::relation::write_reference(verb, &actor, reference))
            .collect();
        let next = part.next.map(|next| at(&root, &next));
        Ok(collection::page(&at(&root, cursor), &root, items, next.as_ref()).into())
    }

    /// Pinned posts, as strangers see them.
    ///
    /// # Errors
    /// [`crate::site::SiteError::Store`].
    pub async fn featured_document(&self, account: &Account) -> SiteResult<Value> {
        let pinned = self.pinned(account, &Viewer::Stranger).await?;
        let items: Vec<Value> = pinned.iter().map(|post| bare(wire::object::write(&post.object))).collect();
        Ok(collection::whole(&self.urls.of_actor(&account.username, "featured"), items).into())
    }

    /// Topics on the page, as strangers see them.
    ///
    /// # Errors
    /// [`crate::site::SiteError::Store`].
    pub async fn topics_document(&self, account: &Account) -> SiteResult<Value> {
        let topics = self.featured_topics(account, &Viewer::Stranger).await?;
        let item = |name: &String| json!({"type": "Hashtag", "name": format!("#{name}"), "href": self.urls.at(&["tags", name])});
        let items: Vec<Value> = topics.iter().map(item).collect();
        Ok(collection::whole(&self.urls.of_actor(&account.username, "topics"), items).into())
    }
}

/// A page's address.
fn at(root: &Url, cursor: &str) -> Url {
    let mut url = root.clone();
    url.query_pairs_mut().append_pair("cursor", cursor);
    url
}

/// An activity inside a page needs no context of its own.
fn bare(mut activity: Value) -> Value {
    if let Some(map) = activity.as_object_mut() {
        map.remove("@context");
    }
    json!(activity)
}
