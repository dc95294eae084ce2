//! CSV files beside an archive: whom the person follows, blocks and mutes, which servers they block,
//! their lists and bookmarks. Several servers write them alike; an archive holds none of this.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use url::Url;

use crate::{
    model::{
        actor::Profile,
        belonging::{Belonging, ListReplies, PeopleList},
        collection::{CollectionKind, Cursor, Page, Unreadable},
        item::{Item, Reference},
        media::MediaFile,
        outlook::Outline,
    },
    port::{
        error::AdapterError,
        remote::{SharedRemote, Signer},
        source::{MediaStream, Source},
    },
};

mod people;
mod rows;
mod shape;
#[cfg(test)]
mod tests;

use people::People;
use rows::Row;

pub use rows::read_all;

/// Where reading goes on in the files, once the archive's own pages are read.
const MARK: &str = "csv:";
/// Rows on one page at most: each may be asked for at another server.
const ROWS: usize = 100;

/// What all files hold, by collection.
#[derive(Debug, Default)]
pub struct Tables {
    rows: BTreeMap<CollectionKind, Vec<Row>>,
    notes: Vec<(u64, String)>,
}

/// An archive with files beside it.
pub struct CsvLists {
    inner: Arc<dyn Source>,
    tables: Tables,
    people: People,
}

impl CsvLists {
    /// Puts files beside an archive. Handles are resolved as pages are read.
    pub fn new(inner: Arc<dyn Source>, tables: Tables, remote: SharedRemote, signer: Signer) -> Self {
        Self { inner, tables, people: People::new(remote, signer) }
    }

    fn rows(&self, kind: CollectionKind) -> &[Row] {
        self.tables.rows.get(&kind).map_or(&[], Vec::as_slice)
    }

    fn has_inner(&self, kind: CollectionKind) -> bool {
        self.inner.collections().contains(&kind)
    }

    async fn rows_page(
        &self,
        kind: CollectionKind,
        start: usize,
        limit: usize,
    ) -> Result<Page, AdapterError> {
        let all = self.rows(kind);
        let end = start.saturating_add(limit.clamp(1, ROWS)).min(all.len());
        let some = all.get(start..end).ok_or_else(|| {
            AdapterError::fatal("reading the files beside the archive", "the place to go on is not in them")
        })?;
        self.people.resolve(some.iter().flat_map(Row::handles)).await;
        let mut page =
            Page { next: (end < all.len()).then(|| Cursor(format!("{MARK}{end}"))), ..Page::default() };
        for row in some {
            self.read(kind, row, &mut page);
        }
        Ok(page)
    }

    fn read(&self, kind: CollectionKind, row: &Row, page: &mut Page) {
        let lost = |key: String, why: String| Unreadable { kind: kind.main_item(), key, why };
        let item = match row {
            Row::Broken { place, why } => Err((place.clone(), why.clone())),
            Row::Address(object) => Ok(Item::Bookmark(Reference { object: object.clone(), published: None })),
            Row::Server(domain) => checked(Belonging::DomainBlock { domain: domain.clone() }, domain),
            Row::Person { handle, hides_notifications, options } => match self.people.known(handle) {
                Err(why) => Err((handle.clone(), why)),
                Ok(actor) => match kind {
                    CollectionKind::Following => Ok(Item::Follow { actor, options: options.clone() }),
                    CollectionKind::Blocked => Ok(Item::Block { actor }),
                    _ => {
                        let hides_notifications = *hides_notifications;
                        checked(Belonging::Mute { actor, hides_notifications, ends: None }, handle)
                    }
                },
            },
            Row::List { title, people } => {
                let mut members: Vec<Url> = Vec::new();
                for handle in people {
                    match self.people.known(handle) {
                        Ok(actor) => members.push(actor),
                        Err(why) => page.unreadable.push(lost(format!("{title}: {handle}"), why)),
                    }
                }
                let (replies, is_exclusive) = (ListReplies::List, false);
                checked(
                    Belonging::List(PeopleList { title: title.clone(), members, replies, is_exclusive }),
                    title,
                )
            }
        };
        match item {
            Ok(item) => page.items.push(item),
            Err((key, why)) => page.unreadable.push(lost(key, why)),
        }
    }
}

fn checked(belonging: Belonging, key: &str) -> Result<Item, (String, String)> {
    belonging.checked().map(Item::Belonging).map_err(|why| (key.to_owned(), why))
}

#[async_trait]
impl Source for CsvLists {
    fn actor(&self) -> &Url {
        self.inner.actor()
    }

    fn collections(&self) -> Vec<CollectionKind> {
        let is_here = |kind: &CollectionKind| self.has_inner(*kind) || self.tables.rows.contains_key(kind);
        CollectionKind::ALL.into_iter().filter(is_here).collect()
    }

    async fn profile(&self) -> Result<Profile, AdapterError> {
        self.inner.profile().await
    }

    async fn count(&self, kind: CollectionKind) -> Result<Option<u64>, AdapterError> {
        let rows = u64::try_from(self.rows(kind).len()).unwrap_or(0);
        let inner = if self.has_inner(kind) { self.inner.count(kind).await? } else { None };
        // People of lists that cannot be found are counted beside the lists, so nothing is announced.
        let is_counted = kind != CollectionKind::Lists && self.tables.rows.contains_key(&kind);
        Ok(if is_counted { Some(inner.unwrap_or(0) + rows) } else { inner })
    }

    async fn page(
        &self,
        kind: CollectionKind,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, AdapterError> {
        let start = cursor.and_then(|cursor| cursor.0.strip_prefix(MARK));
        match start {
            Some(start) => {
                let start = start.parse().map_err(|_| {
                    AdapterError::fatal(
                        "reading the files beside the archive",
                        "the place to go on is no number",
                    )
                })?;
                self.rows_page(kind, start, limit).await
            }
            None if self.has_inner(kind) => {
                let mut page = self.inner.page(kind, cursor, limit).await?;
                if page.next.is_none() && !self.rows(kind).is_empty() {
                    page.next = Some(Cursor(format!("{MARK}0")));
                }
                Ok(page)
            }
            None => self.rows_page(kind, 0, limit).await,
        }
    }

    async fn media(&self, file: &MediaFile) -> Result<MediaStream, AdapterError> {
        self.inner.media(file).await
    }

    async fn outline(&self) -> Result<Option<Outline>, AdapterError> {
        self.inner.outline().await
    }

    fn notes(&self) -> Vec<(u64, String)> {
        self.inner.notes().into_iter().chain(self.tables.notes.iter().cloned()).collect()
    }
}
