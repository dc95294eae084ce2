//! An account of the server beside us, read by its owner: from its tables, in one moment of theirs, and
//! from its media directory. Nothing is written.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use sqlx::PgConnection;
use tokio::sync::Mutex;
use url::Url;

use super::{
    Database, Place, Snapshot,
    place::{Meaning, Whose},
};
use crate::{
    model::{
        actor::Profile,
        collection::{CollectionKind, Cursor, Page},
        id::{AccountId, ItemKey},
        item::ItemKind,
        media::MediaFile,
        outlook::Outline,
    },
    port::{
        error::AdapterError,
        source::{MediaStream, Opened, Source},
    },
};

mod ahead;
mod belonging_to_posts;
mod edits;
mod files;
mod lists;
mod numbers;
mod owner;
mod page_of_owner;
mod people;
mod phrases;
mod pointers;
mod posts;
mod text;
mod window;
mod wording;

pub(super) use crate::model::media::MediaRole as Role;
pub(super) use files::{partition, path_of_file, path_of_picture};
pub(super) use posts::audience_of;
pub(super) use text::line;

use ahead::Ahead;
use owner::Owner;
use phrases::Phrases;
use window::{Entry, Window};
use wording::Wording;

/// A plain text of the profile as HTML.
pub(super) fn html(text: &str) -> String {
    text::html(text, &text::Links::default())
}

/// Items on a page while a short list is gone through.
const PAGE_ITEMS: usize = 500;

/// One account of the server, opened for reading. All it says is of one moment, as long as it is asked at
/// least once a minute: nobody may hold a moment of a busy server's database for longer.
pub struct MastodonSource {
    database: Database,
    place: Place,
    /// Our own address, under which files are read with a token.
    base: Url,
    owner: Owner,
    includes_private: bool,
    wording: Arc<Wording>,
    phrases: Phrases,
    snapshot: Mutex<Option<Snapshot>>,
    ahead: Ahead,
}

impl MastodonSource {
    /// Opens an account of this server's own; `includes_private` adds posts and boosts that strangers
    /// cannot see. `base` is where we serve what is read.
    ///
    /// # Errors
    /// [`AdapterError`]: the database does not answer, has other tables, or no such account.
    pub async fn open(
        database: Database,
        place: Place,
        base: Url,
        account: &AccountId,
        includes_private: bool,
    ) -> Result<Self, AdapterError> {
        let id = account.as_str().parse().map_err(|_| {
            AdapterError::fatal("opening the account", format!("{account} is no account of this server"))
        })?;
        let mut snapshot = database.snapshot().await?;
        let phrases = Phrases::of(&place, snapshot.schema);
        let owner = Owner::find(snapshot.connection()?, &phrases, id).await?;
        let actor = place.actor(&owner.named());
        let below = |url: &Url, more: &[&str]| {
            let mut url = url.clone();
            if let Ok(mut path) = url.path_segments_mut() {
                path.pop_if_empty().extend(more);
            }
            url
        };
        let (followers, topics) = (below(&actor, &["followers"]), below(&place.web, &["tags", ""]));
        let wording =
            Wording { web: place.web.clone(), posts: place.posts(&owner.named()), actor, followers, topics };
        let snapshot = Mutex::new(Some(snapshot));
        Ok(Self {
            database,
            place,
            base,
            owner,
            includes_private,
            wording: Arc::new(wording),
            phrases,
            snapshot,
            ahead: Ahead::default(),
        })
    }

    async fn entries(
        &self,
        c: &mut PgConnection,
        kind: CollectionKind,
        window: Window<'_>,
    ) -> Result<Vec<Entry>, AdapterError> {
        match kind {
            CollectionKind::Content => posts::page(self, c, window).await,
            CollectionKind::Outbox => pointers::boosts(self, c, window).await,
            CollectionKind::Media => files::page(self, c, window).await,
            CollectionKind::Liked => pointers::references(self, c, ItemKind::Likes, window).await,
            CollectionKind::Bookmarks => pointers::references(self, c, ItemKind::Bookmarks, window).await,
            CollectionKind::Following => people::follows(self, c, window).await,
            CollectionKind::Blocked => people::blocks(self, c, window).await,
            CollectionKind::Muted => people::mutes(self, c, window).await,
            CollectionKind::Notes => people::notes(self, c, window).await,
            CollectionKind::BlockedDomains => people::servers(self, c, window).await,
            CollectionKind::Filters => lists::filters(self, c, window).await,
            CollectionKind::Lists => lists::lists(self, c, window).await,
            CollectionKind::Pins => page_of_owner::pins(self, c, window).await,
            CollectionKind::FeaturedTags => {
                page_of_owner::topics(self, c, ItemKind::FeaturedTags, window).await
            }
            CollectionKind::FollowedTags => {
                page_of_owner::topics(self, c, ItemKind::FollowedTags, window).await
            }
            CollectionKind::Settings => {
                let after = window.number()?;
                let numbered = (0_i64..).zip(self.owner.settings());
                Ok(numbered
                    .filter(|(at, _)| *at > after)
                    .map(|(at, item)| (at.to_string(), Ok(item)))
                    .collect())
            }
        }
    }

    /// The numbers behind keys that are addresses of the account's own posts or boosts.
    fn ids(&self, keys: &[ItemKey]) -> Vec<i64> {
        let is_own = |whose: &Whose| whose.is(&self.owner.named());
        let id = |key: &ItemKey| match self.place.meaning(&Url::parse(key.as_str()).ok()?)? {
            Meaning::Status(whose, id, _) if is_own(&whose) => Some(id),
            _ => None,
        };
        keys.iter().filter_map(id).collect()
    }

    /// Goes through a short list and picks what is wanted.
    async fn picked(
        &self,
        c: &mut PgConnection,
        kind: CollectionKind,
        wanted: &BTreeSet<&str>,
    ) -> Result<Page, AdapterError> {
        let (mut picked, mut cursor) = (Page::default(), None::<Cursor>);
        loop {
            let window = Window::new(cursor.as_ref(), PAGE_ITEMS);
            let page = window.page(self.entries(c, kind, window).await?);
            picked.items.extend(page.items.into_iter().filter(|item| wanted.contains(item.key().as_str())));
            let lost = page.unreadable.into_iter().filter(|lost| wanted.contains(lost.key.as_str()));
            picked.unreadable.extend(lost);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(picked);
            }
        }
    }
}

/// Asks within the snapshot; a question that failed ends it, and the next one begins another.
macro_rules! in_snapshot {
    ($source:ident, $c:ident, $ask:expr) => {{
        let mut held = $source.snapshot.lock().await;
        let mut snapshot = match held.take() {
            Some(snapshot) => snapshot,
            None => $source.database.snapshot().await?,
        };
        let $c = snapshot.connection()?;
        let answer = $ask;
        if answer.is_ok() {
            *held = Some(snapshot);
        }
        answer
    }};
}

#[async_trait]
impl Source for MastodonSource {
    fn actor(&self) -> &Url {
        &self.wording.actor
    }

    fn collections(&self) -> Vec<CollectionKind> {
        CollectionKind::ALL.to_vec()
    }

    async fn profile(&self) -> Result<Profile, AdapterError> {
        Ok(self.owner.profile())
    }

    async fn count(&self, kind: CollectionKind) -> Result<Option<u64>, AdapterError> {
        in_snapshot!(self, c, numbers::count(self, c, kind).await.map(Some))
    }

    async fn page(
        &self,
        kind: CollectionKind,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, AdapterError> {
        let window = Window::new(cursor, limit);
        in_snapshot!(self, c, self.entries(c, kind, window).await.map(|entries| window.page(entries)))
    }

    async fn media(&self, file: &MediaFile) -> Result<MediaStream, AdapterError> {
        Ok(self.media_from(file, 0).await?.bytes)
    }

    async fn media_from(&self, file: &MediaFile, from: u64) -> Result<Opened, AdapterError> {
        // A file lies on the disk as it is now; a moment of the tables would be no use.
        let (mut connection, _) = self.database.connection().await?;
        files::open(self, &mut connection, file, from).await
    }

    async fn outline(&self) -> Result<Option<Outline>, AdapterError> {
        in_snapshot!(self, c, numbers::outline(self, c).await.map(Some))
    }

    async fn items(&self, collection: CollectionKind, keys: &[ItemKey]) -> Result<Page, AdapterError> {
        let wanted: BTreeSet<&str> = keys.iter().map(ItemKey::as_str).collect();
        let words: Vec<&str> = wanted.iter().copied().collect();
        in_snapshot!(
            self,
            c,
            async {
                let entries = match collection {
                    CollectionKind::Content => posts::by_id(self, c, &self.ids(keys)).await?,
                    CollectionKind::Outbox => pointers::boosts_by_id(self, c, &self.ids(keys)).await?,
                    CollectionKind::Media => files::by_id(self, c, &words).await?,
                    _ => return self.picked(c, collection, &wanted).await,
                };
                let mut page = Page::default();
                for (_, entry) in entries {
                    match entry {
                        Ok(item) => page.items.push(item),
                        Err(lost) => page.unreadable.push(lost),
                    }
                }
                page.items.retain(|item| wanted.contains(item.key().as_str()));
                Ok(page)
            }
            .await
        )
    }
}
