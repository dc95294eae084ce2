//! Posts of others as one account may see them.

use url::Url;

use super::{Site, SiteResult, accounts::Account};
use crate::{
    model::object::{Object, Visibility},
    store::{StoreError, remote_posts as rows},
    wire,
};

/// Rows looked at for one row shown, because the addressing is only known after reading.
const LOOK_BEHIND: i64 = 4;

impl Site {
    /// The newest posts of those an account follows, as far as it may see them. Content is as received:
    /// clean it before showing.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn remote_timeline(&self, account: &Account, limit: usize) -> SiteResult<Vec<Object>> {
        let reader = self.urls.actor(&account.username);
        let rows_wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_mul(LOOK_BEHIND);
        let mut posts = Vec::new();
        for row in rows::of_followed(&self.store, account.id.as_str(), rows_wanted).await? {
            let followers = self.known_actor(&row.actor).await?.and_then(|actor| actor.followers);
            let document = serde_json::from_str(&row.document)
                .map_err(|error| StoreError::Corrupt { what: "remote post", why: error.to_string() })?;
            if let Ok(post) = wire::object::read(&document, followers.as_ref())
                && may_see(&post, &reader, true)
                && posts.len() < limit
            {
                posts.push(post);
            }
        }
        Ok(posts)
    }
}

/// Whether `reader`, who does or does not follow the author, may see a post.
pub fn may_see(post: &Object, reader: &Url, follows: bool) -> bool {
    let is_addressed = post.to.iter().chain(&post.cc).any(|address| address == reader.as_str());
    match post.visibility {
        Visibility::Public | Visibility::Unlisted => true,
        Visibility::Followers => follows || is_addressed,
        Visibility::Direct => is_addressed,
    }
}
