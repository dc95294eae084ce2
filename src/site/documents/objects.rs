//! Documents of single things: a post, its Create, its replies, a boost.

use serde_json::{Value, json};
use url::Url;

use super::PAGE_ITEMS;
use crate::{
    model::{item::Boost, object::Object, provenance::Provenance},
    site::{Site, SiteResult, accounts::Account, viewer::Viewer},
    store::provenances,
    wire,
};

/// Own replies that stand in a post's document, so that a thread is found without asking again.
const INLINE_REPLIES: usize = 5;

impl Site {
    /// A post's document with the first of its replies.
    ///
    /// # Errors
    /// [`crate::site::SiteError::Store`].
    pub async fn post_document(&self, object: &Object, viewer: &Viewer) -> SiteResult<Value> {
        let mut out = wire::object::write(object);
        let part = self.replies(&object.id, viewer, None, INLINE_REPLIES).await?;
        let address = replies_address(object);
        let items: Vec<&Url> = part.items.iter().map(|post| &post.object.id).collect();
        if let Some(map) = out.as_object_mut() {
            map.insert("@context".into(), wire::context());
            if let Some(grade) = self.provenance(object).await? {
                map.insert("provenance".into(), json!(grade.as_str()));
            }
            if !items.is_empty() {
                let mut first = json!({"type": "CollectionPage", "partOf": address, "items": items});
                if let (Some(next), Some(first)) = (part.next, first.as_object_mut()) {
                    first.insert("next".into(), json!(format!("{address}?cursor={next}")));
                }
                map.insert(
                    "replies".into(),
                    json!({"id": address, "type": "Collection", "totalItems": object.tallies.replies, "first": first}),
                );
            }
        }
        Ok(out)
    }

    /// How far the home a post was copied from vouches for it; nothing where it does not say that it was copied.
    ///
    /// # Errors
    /// [`crate::site::SiteError::Store`].
    pub async fn provenance(&self, object: &Object) -> SiteResult<Option<Provenance>> {
        if object.previously.is_empty() {
            return Ok(None);
        }
        let id = object.id.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
        Ok(provenances::of_post(&self.store, id).await?)
    }

    /// The replies of a post that we know and the viewer may see.
    ///
    /// # Errors
    /// [`crate::site::SiteError::Store`].
    pub async fn replies_document(
        &self,
        object: &Object,
        viewer: &Viewer,
        cursor: Option<&str>,
    ) -> SiteResult<Value> {
        let part = self.replies(&object.id, viewer, cursor, PAGE_ITEMS).await?;
        let address = replies_address(object);
        let items: Vec<Value> = part.items.iter().map(|post| json!(post.object.id)).collect();
        let mut out = json!({
            "@context": wire::context(),
            "id": cursor.map_or_else(|| address.clone(), |cursor| format!("{address}?cursor={cursor}")),
            "type": if cursor.is_none() && part.next.is_none() { "Collection" } else { "CollectionPage" },
            "partOf": address,
            "items": items,
        });
        if let (Some(next), Some(map)) = (part.next, out.as_object_mut()) {
            map.insert("next".into(), json!(format!("{address}?cursor={next}")));
        }
        Ok(out)
    }

    /// The Announce behind a boost's address.
    pub fn boost_document(&self, account: &Account, boost: &Boost) -> Value {
        let actor = self.urls.actor(&account.username);
        let followers = self.urls.of_actor(&account.username, "followers");
        let mut out = wire::activity::announce(boost, &actor, &followers);
        if let Some(map) = out.as_object_mut() {
            map.insert("@context".into(), wire::context());
        }
        out
    }
}

/// What is left of a deleted post. Spec: `ActivityPub` 6.4.
pub fn tombstone(id: &Url) -> Value {
    json!({"@context": wire::context(), "id": id, "type": "Tombstone"})
}

fn replies_address(object: &Object) -> String {
    format!("{}/replies", object.id)
}
