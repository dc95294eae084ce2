//! What the server shows of an account's posts: lists and single ones, to strangers or to the owner.

use serde_json::{Value, json};
use url::Url;

use super::StandIn;
use crate::{
    adapters::mastodon_database::place::Meaning,
    model::{
        collection::CollectionKind,
        id::ItemKey,
        item::{Item, ItemKind},
    },
    port::{error::AdapterError, host::Host, host::HostAccount, source::Exports},
    wire,
};

/// Items read at a time.
const PAGE_ITEMS: usize = 500;

impl StandIn {
    /// A list of the account's as one document; the newest first. Only the owner sees everything, and likes
    /// and bookmarks at all.
    ///
    /// # Errors
    /// [`AdapterError`] when the database does not answer.
    pub async fn list(
        &self,
        account: &HostAccount,
        list: &str,
        is_owner: bool,
    ) -> Result<Option<Value>, AdapterError> {
        let mut items = Vec::new();
        let kinds: &[CollectionKind] = match list {
            "outbox" => &[CollectionKind::Content, CollectionKind::Outbox],
            "liked" if is_owner => &[CollectionKind::Liked],
            "bookmarks" if is_owner => &[CollectionKind::Bookmarks],
            "liked"
            | "bookmarks"
            | "followers"
            | "following"
            | "collections/featured"
            | "collections/tags" => &[],
            _ => return Ok(None),
        };
        let source = self.exports.open(&account.id, is_owner).await?;
        for kind in kinds {
            let mut cursor = None;
            loop {
                let page = source.page(*kind, cursor.as_ref(), PAGE_ITEMS).await?;
                items.extend(page.items.into_iter().filter_map(|item| self.activity(account, item)));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
        }
        items.reverse();
        let id = format!("{}/{list}", account.actor);
        Ok(Some(json!({
            "@context": wire::context(), "id": id, "type": "OrderedCollection",
            "totalItems": items.len(), "orderedItems": items,
        })))
    }

    /// The object or activity with this address; nothing where there is none for who asks.
    ///
    /// # Errors
    /// [`AdapterError`] when the database does not answer.
    pub async fn object(&self, url: &Url, owner: Option<&str>) -> Result<Option<Value>, AdapterError> {
        let Some(Meaning::Status(_, _, is_activity)) = self.place.meaning(url) else { return Ok(None) };
        let mut object = url.clone();
        if is_activity && let Ok(mut path) = object.path_segments_mut() {
            path.pop();
        }
        let Some(located) = self.host.locate(url).await?.or(self.host.locate(&object).await?) else {
            return Ok(None);
        };
        let Some(account) = self.host.account(&located.account).await? else { return Ok(None) };
        let is_owner = owner == Some(account.username.as_str());
        let source = self.exports.open(&account.id, is_owner).await?;
        let kind = match located.kind {
            ItemKind::Posts => CollectionKind::Content,
            ItemKind::Boosts => CollectionKind::Outbox,
            _ => return Ok(None),
        };
        let page = source.items(kind, &[ItemKey::from(located.id.to_string())]).await?;
        let item = page.items.into_iter().next();
        Ok(match item {
            Some(Item::Post(post)) if !is_activity => Some(wire::object::write(&post)),
            Some(item) => self.activity(&account, item),
            None => None,
        })
    }

    #[expect(clippy::unused_self, reason = "it is asked as one asks for documents")]
    fn activity(&self, account: &HostAccount, item: Item) -> Option<Value> {
        let followers = Url::parse(&format!("{}/followers", account.actor)).ok()?;
        match item {
            Item::Post(post) => Some(wire::activity::create(&post)),
            Item::Boost(boost) => Some(wire::activity::announce(&boost, &account.actor, &followers)),
            Item::Like(reference) | Item::Bookmark(reference) => Some(json!(reference.object)),
            _ => None,
        }
    }
}
