//! What the owner of an account may carry away, by key instead of by page.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::{
    Site, SiteResult,
    exports::{Export, page_of},
    urls::Meaning,
};
use crate::{
    model::{
        collection::{CollectionKind, Cursor, Page},
        id::ItemKey,
        item::{Item, ItemKind},
    },
    store::exported_keys as rows,
};

/// Items on a page while a list is gone through.
const PAGE_ITEMS: usize = 200;

impl Site {
    /// Those items of a collection that have one of `keys`. Posts, boosts and files are looked up; the
    /// short lists are gone through.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn export_items(
        &self,
        export: &Export,
        collection: CollectionKind,
        keys: &[ItemKey],
    ) -> SiteResult<Page> {
        let (store, scope) = (&self.store, export.scope());
        let ids = self.ids_of(collection, keys);
        let ids: Vec<&str> = ids.keys().map(String::as_str).collect();
        let entries = match collection {
            CollectionKind::Content => {
                let found = rows::posts(store, scope, &ids).await?;
                found.into_iter().map(|post| self.post_entry(export, post)).collect()
            }
            CollectionKind::Outbox => {
                let found = rows::boosts(store, scope, &ids).await?;
                found.into_iter().map(|boost| self.exported_boost(export, boost)).collect()
            }
            CollectionKind::Media => {
                let found = rows::media(store, scope, &ids).await?;
                let files =
                    found.into_iter().map(|file| (String::new(), Ok(Item::Media(self.file(export, file)))));
                let pictures = export.pictures().into_iter().map(|(id, role, blob)| {
                    (String::new(), Ok(Item::Media(self.picture(export, id, role, blob))))
                });
                pictures.chain(files).collect()
            }
            _ => return self.picked(export, collection, keys).await,
        };
        let wanted: BTreeSet<&ItemKey> = keys.iter().collect();
        let mut page = page_of(entries, usize::MAX);
        // An address may be spelt in several ways; the key is one of them.
        page.items.retain(|item| wanted.contains(&item.key()));
        page.unreadable.retain(|lost| wanted.contains(&ItemKey::from(lost.key.as_str())));
        Ok(page)
    }

    /// Our ids behind keys that are our own addresses.
    fn ids_of(&self, collection: CollectionKind, keys: &[ItemKey]) -> BTreeMap<String, ItemKind> {
        let meant =
            keys.iter().filter_map(|key| match self.urls.meaning(&Url::parse(key.as_str()).ok()?)? {
                Meaning::Thing { kind, id, .. } if collection.yields().contains(&kind) => Some((id, kind)),
                _ => None,
            });
        meant.collect()
    }

    /// Goes through a collection and picks what is wanted.
    async fn picked(
        &self,
        export: &Export,
        collection: CollectionKind,
        keys: &[ItemKey],
    ) -> SiteResult<Page> {
        let wanted: BTreeSet<&ItemKey> = keys.iter().collect();
        let (mut picked, mut cursor) = (Page::default(), None::<Cursor>);
        loop {
            let page = self.export_page(export, collection, cursor.as_ref(), PAGE_ITEMS).await?;
            picked.items.extend(page.items.into_iter().filter(|item| wanted.contains(&item.key())));
            let is_wanted = |key: &str| wanted.contains(&ItemKey::from(key));
            picked.unreadable.extend(page.unreadable.into_iter().filter(|lost| is_wanted(&lost.key)));
            cursor = page.next;
            if cursor.is_none() {
                return Ok(picked);
            }
        }
    }
}
