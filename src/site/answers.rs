//! Where others answered posts: what came with a copy, and what was heard of here. Addresses only.

use std::collections::BTreeMap;

use url::Url;

use super::{Site, SiteResult, exports::Entry, posts::Post};
use crate::{
    model::{
        id::AccountId,
        item::{Item, ItemKind},
        object::{MOST_ANSWERS, Object},
    },
    site::urls::Meaning,
    store::answers,
};

impl Site {
    /// Where others answered a post, as links: [`MOST_ANSWERS`] at most.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn answers_elsewhere(&self, post: &Post) -> SiteResult<Vec<Url>> {
        let heard = answers::of(&self.store, post.account.as_str(), &[post.id.as_str()]).await?;
        let mut all = post.object.answers.clone();
        add(&mut all, heard.into_iter().map(|(_, answer)| answer));
        Ok(all)
    }

    /// Adds to posts on their way out where others answered them.
    pub(super) async fn with_answers(&self, account: &AccountId, entries: &mut [Entry]) -> SiteResult<()> {
        // Nearly everywhere there are few; a page of posts should not cost another question for that.
        if !answers::are_any(&self.store).await? {
            return Ok(());
        }
        let posts: Vec<String> = entries.iter().map(|(id, _)| id.clone()).collect();
        let posts: Vec<&str> = posts.iter().map(String::as_str).collect();
        let mut heard: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (post, answer) in answers::of(&self.store, account.as_str(), &posts).await? {
            heard.entry(post).or_default().push(answer);
        }
        for (id, entry) in entries {
            if let (Some(answers), Ok(Item::Post(object))) = (heard.remove(id), entry) {
                add(&mut object.answers, answers);
            }
        }
        Ok(())
    }

    /// The id of the post of ours that an open post of somebody else answers.
    pub(super) fn answered(&self, answer: &Object) -> Option<String> {
        let parent = answer.in_reply_to.as_ref().filter(|_| answer.visibility.is_open())?;
        match self.urls.meaning(parent)? {
            Meaning::Thing { kind: ItemKind::Posts, id, .. } => Some(id),
            _ => None,
        }
    }
}

fn add(all: &mut Vec<Url>, heard: impl IntoIterator<Item = String>) {
    for answer in heard.into_iter().filter_map(|text| Url::parse(&text).ok()) {
        if all.len() < MOST_ANSWERS && !all.contains(&answer) {
            all.push(answer);
        }
    }
}
