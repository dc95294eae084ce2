//! What an owner put on their own page: pinned posts and topics.

use url::Url;

use super::{Site, SiteResult, accounts::Account, posts::Post, urls::Meaning, viewer::Viewer};
use crate::{
    model::{belonging::Belonging, item::ItemKind, object::Visibility},
    store::posts as rows,
};

/// Pinned posts and topics shown at most; a copy may bring any number.
const SHOWN: usize = 20;

impl Site {
    /// Pinned posts in their owner's order, as far as a viewer may see them.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn pinned(&self, account: &Account, viewer: &Viewer) -> SiteResult<Vec<Post>> {
        let owns = viewer.owns(account);
        let kept = self.belongings(account, &[ItemKind::Pins]).await?;
        let ids: Vec<String> = kept
            .into_iter()
            .filter(|kept| owns || !kept.is_trial)
            .filter_map(|kept| match kept.belonging {
                Belonging::Pin { object, .. } => self.own_id(&object),
                _ => None,
            })
            .take(SHOWN)
            .collect();
        let keys: Vec<&str> = ids.iter().map(String::as_str).collect();
        let may_see = |row: &rows::PostRow| {
            let is_open = Visibility::from_word(&row.visibility).is_open();
            owns || (is_open && (!row.is_trial || matches!(viewer, Viewer::Admin(_))))
        };
        let found = rows::of_account(&self.store, account.id.as_str(), &keys).await?;
        let mut posts = self.presented(found.into_iter().filter(may_see).collect()).await?;
        posts.sort_by_key(|post| ids.iter().position(|id| *id == post.id));
        Ok(posts)
    }

    /// Topics on an account's page.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn featured_topics(&self, account: &Account, viewer: &Viewer) -> SiteResult<Vec<String>> {
        let owns = viewer.owns(account);
        let kept = self.belongings(account, &[ItemKind::FeaturedTags]).await?;
        let shown = kept.into_iter().filter(|kept| owns || !kept.is_trial);
        Ok(shown.map(|kept| kept.key).take(SHOWN).collect())
    }

    fn own_id(&self, object: &Url) -> Option<String> {
        match self.urls.meaning(object)? {
            Meaning::Thing { kind: ItemKind::Posts, id, .. } => Some(id),
            _ => None,
        }
    }
}
