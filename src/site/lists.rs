//! Lists of posts and boosts as a viewer may see them: profile, outbox, topic, search, timeline.

use url::Url;

use super::{Site, SiteResult, accounts::Account, clean, posts::Post, viewer::Viewer};
use crate::{
    model::{
        item::{Boost, Reference},
        moment::Moment,
        object::{Object, Visibility},
    },
    store::{boosts, overview, pointers, posts as rows},
};

pub use crate::store::posts::Shelf;

/// Rows a search looks at before it gives up finding more.
const SEARCH_LOOKS_AT: usize = 1000;
/// Rows a search reads at a time.
const SEARCH_STEP: i64 = 200;

/// One line of an account's list.
#[derive(Debug, Clone)]
pub enum Entry {
    /// A post.
    Post(Box<Post>),
    /// Something passed on: id, boost, whether it is a copy only its owner sees.
    Boost(String, Box<Boost>, bool),
}

impl Entry {
    /// Its key; sorts by time.
    pub fn id(&self) -> &str {
        match self {
            Self::Post(post) => &post.id,
            Self::Boost(id, ..) => id,
        }
    }
}

/// A part of a list, and where the next part starts.
#[derive(Debug, Clone)]
pub struct Part<T> {
    /// The entries.
    pub items: Vec<T>,
    /// The cursor of the next part; `None` after the last.
    pub next: Option<String>,
}

impl<T> Part<T> {
    /// From one entry more than wanted: the extra one only says that there is more.
    fn cut(mut items: Vec<T>, limit: usize, key: impl Fn(&T) -> &str) -> Self {
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = if has_more { items.last().map(|item| key(item).to_owned()) } else { None };
        Self { items, next }
    }
}

/// A limit as the tables want it, with one to look ahead.
fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(100).saturating_add(1)
}

impl Site {
    /// Posts (and, on the shelf of everything or without replies, boosts) of an account, newest first.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn entries(
        &self,
        account: &Account,
        viewer: &Viewer,
        shelf: Shelf,
        cursor: Option<&str>,
        limit: usize,
    ) -> SiteResult<Part<Entry>> {
        let (sight, id) = (viewer.sight(), account.id.as_str());
        let posts = rows::before(&self.store, &sight, id, shelf, cursor, one_more(limit)).await?;
        let mut entries: Vec<Entry> =
            self.presented(posts).await?.into_iter().map(|post| Entry::Post(Box::new(post))).collect();
        if shelf != Shelf::Media {
            for row in boosts::before(&self.store, &sight, id, cursor, one_more(limit)).await? {
                entries.push(self.boost_entry(account, row)?);
            }
        }
        entries.sort_by(|a, b| b.id().cmp(a.id()));
        Ok(Part::cut(entries, limit, Entry::id))
    }

    /// How many posts and boosts of an account a viewer may see.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn entry_counts(&self, account: &Account, viewer: &Viewer) -> SiteResult<(u64, u64)> {
        let (sight, id) = (viewer.sight(), account.id.as_str());
        Ok((rows::count(&self.store, &sight, id).await?, boosts::count(&self.store, &sight, id).await?))
    }

    /// Followers of an account, and accounts that agreed to be followed by it.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn relation_counts(&self, account: &Account) -> SiteResult<(u64, u64)> {
        Ok(overview::relations(&self.store, account.id.as_str()).await?)
    }

    /// A boost of an account.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn boost(&self, account: &Account, id: &str, viewer: &Viewer) -> SiteResult<Option<Boost>> {
        let row = boosts::visible(&self.store, &viewer.sight(), id).await?;
        match row.filter(|row| row.account_id == account.id.as_str()) {
            Some(row) => match self.boost_entry(account, row)? {
                Entry::Boost(_, boost, _) => Ok(Some(*boost)),
                Entry::Post(_) => Ok(None),
            },
            None => Ok(None),
        }
    }

    /// Posts of this server that answer an object.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn replies(
        &self,
        parent: &Url,
        viewer: &Viewer,
        cursor: Option<&str>,
        limit: usize,
    ) -> SiteResult<Part<Post>> {
        let found =
            rows::replies(&self.store, &viewer.sight(), parent.as_str(), cursor, one_more(limit)).await?;
        Ok(Part::cut(self.presented(found).await?, limit, |post| &post.id))
    }

    /// Public posts with a topic, newest first.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn tagged(
        &self,
        tag: &str,
        viewer: &Viewer,
        cursor: Option<&str>,
        limit: usize,
    ) -> SiteResult<Part<Post>> {
        let tag = tag.trim_start_matches('#').to_lowercase();
        let found = rows::tagged(&self.store, &viewer.sight(), &tag, cursor, one_more(limit)).await?;
        Ok(Part::cut(self.presented(found).await?, limit, |post| &post.id))
    }

    /// Public posts that say something, newest first, in any case of letters; at most `limit`.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn search(&self, query: &str, viewer: &Viewer, limit: usize) -> SiteResult<Vec<Post>> {
        let wanted = query.trim().to_lowercase();
        let Some(piece) = sieve(&wanted) else {
            return Ok(Vec::new());
        };
        let (sight, mut cursor, mut looked_at, mut hits) = (viewer.sight(), None::<String>, 0, Vec::new());
        while looked_at < SEARCH_LOOKS_AT && hits.len() < limit {
            let found = rows::holding(&self.store, &sight, &piece, cursor.as_deref(), SEARCH_STEP).await?;
            let Some(last) = found.last() else {
                break;
            };
            cursor = Some(last.id.clone());
            looked_at += found.len();
            for post in self.presented(found).await? {
                if hits.len() < limit && says(&post.object, &wanted) {
                    hits.push(post);
                }
            }
        }
        Ok(hits)
    }

    /// Likes or bookmarks of an account, newest first. Only its owner may ask.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn pointers(
        &self,
        account: &Account,
        kind: &str,
        cursor: Option<&str>,
        limit: usize,
    ) -> SiteResult<(u64, Part<(String, Reference)>)> {
        let id = account.id.as_str();
        let total = pointers::count(&self.store, id, kind).await?;
        let found = pointers::before(&self.store, id, kind, cursor, one_more(limit)).await?;
        let read = |row: pointers::PointerRow| {
            let object = Url::parse(&row.object_url).ok()?;
            let published = row.published.and_then(|text| Moment::parse(&text).ok());
            Some((row.id, Reference { object, published }))
        };
        let found: Vec<_> = found.into_iter().filter_map(read).collect();
        Ok((total, Part::cut(found, limit, |(id, _)| id)))
    }

    pub(super) async fn presented(&self, found: Vec<rows::PostRow>) -> SiteResult<Vec<Post>> {
        let key = self.view_key().await?;
        found.into_iter().map(|row| self.present(row, &key)).collect()
    }

    fn boost_entry(&self, account: &Account, row: boosts::BoostRow) -> SiteResult<Entry> {
        let broken = |what: &'static str| {
            super::SiteError::Internal(format!("the boost {} has a {what} that cannot be read", row.id))
        };
        let boost = Boost {
            id: self.urls.boost(&account.username, &row.id),
            object: Url::parse(&row.object_url).map_err(|_| broken("target"))?,
            published: Moment::parse(&row.published).map_err(|_| broken("date"))?,
            visibility: Visibility::from_word(&row.visibility),
            previously: if row.hides_origin {
                Vec::new()
            } else {
                super::stored_json("breadcrumbs", &row.previously)?
            },
        };
        Ok(Entry::Boost(row.id, Box::new(boost), row.is_trial))
    }
}

/// The longest run of ASCII letters and digits of a query: what the database can look for in any
/// case. A query without one is looked for as it is, if it is plain letters.
fn sieve(wanted: &str) -> Option<String> {
    let run = wanted.split(|c: char| !c.is_ascii_alphanumeric()).max_by_key(|run| run.len());
    let run = run.filter(|run| !run.is_empty()).map(str::to_owned);
    run.or_else(|| {
        wanted.split(|c: char| !c.is_alphanumeric()).find(|run| !run.is_empty()).map(str::to_owned)
    })
}

/// Whether a post says something, tags and markup aside.
fn says(object: &Object, wanted: &str) -> bool {
    let parts = [object.name.as_deref(), object.summary.as_deref(), Some(object.content.as_str())];
    parts.into_iter().flatten().any(|html| clean::words(html).to_lowercase().contains(wanted))
}
