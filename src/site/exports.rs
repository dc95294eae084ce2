//! What the owner of an account may carry away, as pages of items.

use std::collections::BTreeMap;

use url::Url;

use super::{Site, SiteResult, accounts::Account, belongings};
use crate::{
    model::{
        collection::{CollectionKind, Cursor, Page, Unreadable},
        follow::FollowOptions,
        item::{Boost, Item, ItemKind, Reference},
        media::{MediaFile, MediaRole},
        moment::Moment,
        object::{Object, Visibility},
    },
    port::destination::StoredBlob,
    store::{
        belongings as kept,
        exports::{self as rows, Scope, Window},
        from_json,
    },
    wire,
    words::text,
};

/// Items on one page at most, whatever was asked for: keeps a page of long posts below what readers take.
const LARGEST_PAGE: usize = 200;

/// One row on its way out: where the next page would start after it, and the item or what is wrong with it.
pub(super) type Entry = (String, Result<Item, Unreadable>);

/// An account as its owner carries it away.
#[derive(Debug, Clone)]
pub struct Export {
    /// The account.
    pub account: Account,
    /// Whether posts and boosts that strangers cannot see are included.
    pub includes_private: bool,
}

impl Export {
    pub(super) fn scope(&self) -> Scope<'_> {
        Scope { account: self.account.id.as_str(), includes_private: self.includes_private }
    }

    /// Avatar and header with the keys they have among the files.
    pub(super) fn pictures(&self) -> Vec<(&'static str, MediaRole, &StoredBlob)> {
        let avatar = self.account.avatar.iter().map(|blob| ("avatar", MediaRole::Avatar, blob));
        let header = self.account.header.iter().map(|blob| ("header", MediaRole::Header, blob));
        avatar.chain(header).collect()
    }
}

impl Site {
    /// How many items the pages of a collection yield together.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn export_count(&self, export: &Export, kind: CollectionKind) -> SiteResult<u64> {
        let number = rows::number(&self.store, kind, export.scope()).await?;
        let pictures = if kind == CollectionKind::Media { export.pictures().len() } else { 0 };
        Ok(number + u64::try_from(pictures).unwrap_or(0))
    }

    /// One page of a collection, oldest first.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn export_page(
        &self,
        export: &Export,
        kind: CollectionKind,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> SiteResult<Page> {
        let limit = limit.clamp(1, LARGEST_PAGE);
        let after = cursor.map_or("", |cursor| cursor.0.as_str());
        // One more than asked for tells whether there is a next page.
        let window = Window { after, limit: i64::try_from(limit + 1).unwrap_or(i64::MAX) };
        let (store, scope) = (&self.store, export.scope());
        let mut entries: Vec<Entry> = match kind {
            CollectionKind::Blocked => {
                let found = rows::blocks(store, scope, window).await?;
                found.into_iter().map(|(actor,)| actor_entry(ItemKind::Blocked, actor)).collect()
            }
            CollectionKind::Following => {
                let found = rows::following(store, scope, window).await?;
                found.into_iter().map(|(actor,)| actor_entry(ItemKind::Following, actor)).collect()
            }
            CollectionKind::Media => self.media_entries(export, window).await?,
            CollectionKind::Content => {
                let found = rows::posts(store, scope, window).await?;
                found.into_iter().map(|post| self.post_entry(export, post)).collect()
            }
            CollectionKind::Outbox => {
                let found = rows::boosts(store, scope, window).await?;
                found.into_iter().map(|boost| self.exported_boost(export, boost)).collect()
            }
            CollectionKind::Liked => {
                let found = rows::pointers(store, "likes", scope, window).await?;
                found.into_iter().map(|like| pointer_entry(ItemKind::Likes, like)).collect()
            }
            CollectionKind::Bookmarks => {
                let found = rows::pointers(store, "bookmarks", scope, window).await?;
                found.into_iter().map(|mark| pointer_entry(ItemKind::Bookmarks, mark)).collect()
            }
            own => self.belonging_entries(scope.account, own.main_item(), window).await?,
        };
        if kind == CollectionKind::Content {
            self.with_answers(&export.account.id, &mut entries).await?;
        }
        Ok(page_of(entries, limit))
    }

    /// What the owner set up, in the order of keys; lists with the people on them.
    async fn belonging_entries(
        &self,
        account: &str,
        kind: ItemKind,
        window: Window<'_>,
    ) -> SiteResult<Vec<Entry>> {
        let found = kept::exported(&self.store, account, kind.as_str(), window).await?;
        let mut members = match (found.first(), found.last()) {
            (Some(first), Some(last)) if kind == ItemKind::Lists => {
                let rows = kept::exported_members(&self.store, account, &first.key, &last.key).await?;
                belongings::by_list(rows)
            }
            _ => BTreeMap::new(),
        };
        let entry = |row: kept::BelongingRow| {
            let key = row.key.clone();
            let item = belongings::read(row, &mut members).map(|kept| Item::Belonging(kept.belonging));
            (key.clone(), item.map_err(|error| unreadable(kind, &key, error)))
        };
        Ok(found.into_iter().map(entry).collect())
    }

    /// Avatar and header come first, then the files of posts.
    async fn media_entries(&self, export: &Export, window: Window<'_>) -> SiteResult<Vec<Entry>> {
        let comes_after = |id: &str| match window.after {
            "" => true,
            "avatar" => id == "header",
            _ => false,
        };
        let mut entries: Vec<Entry> = export
            .pictures()
            .into_iter()
            .filter(|(id, ..)| comes_after(id))
            .map(|(id, role, blob)| (id.to_owned(), Ok(Item::Media(self.picture(export, id, role, blob)))))
            .collect();
        let after = if matches!(window.after, "avatar" | "header") { "" } else { window.after };
        let files = rows::media(&self.store, export.scope(), Window { after, ..window }).await?;
        entries.extend(
            files.into_iter().map(|file| (file.id.clone(), Ok(Item::Media(self.file(export, file))))),
        );
        Ok(entries)
    }

    pub(super) fn post_entry(&self, export: &Export, post: rows::PostRow) -> Entry {
        let followers = self.urls.of_actor(&export.account.username, "followers");
        let read = from_json::<Object>("post", &post.object).map(|mut object| {
            // The column rules: where the two differ, the stricter one is meant. Whoever reads it knows its
            // addressing alone.
            object.visibility = object.visibility.max(Visibility::from_word(&post.visibility));
            wire::audience::narrow(&mut object, &followers);
            if post.hides_origin {
                object.previously.clear();
            }
            Item::Post(Box::new(object))
        });
        let key = self.urls.post(&export.account.username, &post.id);
        (post.id, read.map_err(|error| unreadable(ItemKind::Posts, key, error)))
    }

    pub(super) fn exported_boost(&self, export: &Export, boost: rows::BoostRow) -> Entry {
        let id = self.urls.boost(&export.account.username, &boost.id);
        let read = || -> Result<Item, String> {
            Ok(Item::Boost(Boost {
                id: id.clone(),
                object: Url::parse(&boost.object_url).map_err(|error| error.to_string())?,
                published: Moment::parse(&boost.published).map_err(|error| error.to_string())?,
                visibility: Visibility::from_word(&boost.visibility),
                previously: from_json("previously", &boost.previously).map_err(|error| error.to_string())?,
            }))
        };
        let item = read().map_err(|why| unreadable(ItemKind::Boosts, &id, why));
        (boost.id, item)
    }

    /// Where a file is read with the owner's token, whatever its post's visibility.
    fn token_address(&self, export: &Export, id: &str) -> Url {
        self.urls.at(&["godwit", "lola", &export.account.username, "media", id])
    }

    pub(super) fn file(&self, export: &Export, file: rows::MediumRow) -> MediaFile {
        MediaFile {
            url: self.urls.media(&file.id, &file.file_name).into(),
            fetch_url: Some(self.token_address(export, &file.id).into()),
            role: MediaRole::Attachment,
            media_type: file.media_type,
            bytes: u64::try_from(file.bytes).ok(),
            sha256: Some(file.sha256),
        }
    }

    pub(super) fn picture(&self, export: &Export, id: &str, role: MediaRole, blob: &StoredBlob) -> MediaFile {
        let address = self.token_address(export, id).to_string();
        MediaFile {
            url: address.clone(),
            fetch_url: Some(address),
            role,
            media_type: blob.media_type.clone(),
            bytes: Some(blob.bytes),
            sha256: Some(blob.sha256.clone()),
        }
    }

    /// A file of the account by its key (`avatar` and `header` are keys too), under the same rules as
    /// the pages: another account's file is not there.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn exported_file(&self, export: &Export, id: &str) -> SiteResult<Option<MediaFile>> {
        if let Some((id, role, blob)) = export.pictures().into_iter().find(|(key, ..)| *key == id) {
            return Ok(Some(self.picture(export, id, role, blob)));
        }
        let found = rows::medium(&self.store, export.scope(), id).await?;
        Ok(found.map(|file| self.file(export, file)))
    }
}

fn actor_entry(kind: ItemKind, actor: String) -> Entry {
    let item = match Url::parse(&actor) {
        Ok(actor) if kind == ItemKind::Blocked => Ok(Item::Block { actor }),
        Ok(actor) => Ok(Item::Follow { actor, options: FollowOptions::default() }),
        Err(error) => Err(unreadable(kind, &actor, error)),
    };
    (actor, item)
}

fn pointer_entry(kind: ItemKind, pointer: rows::PointerRow) -> Entry {
    let published = pointer.published.and_then(|text| Moment::parse(&text).ok());
    let item = match Url::parse(&pointer.object_url) {
        Ok(object) if kind == ItemKind::Likes => Ok(Item::Like(Reference { object, published })),
        Ok(object) => Ok(Item::Bookmark(Reference { object, published })),
        Err(error) => Err(unreadable(kind, &pointer.object_url, error)),
    };
    (pointer.id, item)
}

fn unreadable(kind: ItemKind, key: impl std::fmt::Display, why: impl std::fmt::Display) -> Unreadable {
    Unreadable {
        kind,
        key: key.to_string(),
        why: text!("reasons-cannot-read-what-it-stored", why = why.to_string()),
    }
}

pub(super) fn page_of(mut entries: Vec<Entry>, limit: usize) -> Page {
    let has_more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| has_more).map(|(key, _)| Cursor(key.clone()));
    let mut page = Page { next, ..Page::default() };
    for (_, entry) in entries {
        match entry {
            Ok(item) => page.items.push(item),
            Err(broken) => page.unreadable.push(broken),
        }
    }
    page
}
