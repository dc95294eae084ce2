//! Posts, boosts and files: three collections of one list, and lists that point at posts.

use std::sync::atomic::Ordering;

use super::{
    ApiSource,
    aside::Seen,
    client::Failed,
    files,
    parents::Answers,
    status::{self, Status},
    unreadable,
    walk::Way,
};
use crate::model::{
    belonging::Belonging,
    collection::{CollectionKind as K, Cursor, Page},
    item::{Item, Reference},
};

impl ApiSource {
    fn own_list(&self) -> String {
        format!("/api/v1/accounts/{}/statuses", self.owner.id)
    }

    /// One page of the owner's list, as far as it belongs to `kind`.
    pub(super) async fn posts(&self, kind: K, place: Option<&str>, limit: usize) -> Result<Page, Failed> {
        let limit = limit.min(self.dialect.posts);
        let seen = if kind == K::Content { None } else { self.aside.get(limit, place) };
        let (mut page, seen) = match seen {
            Some(seen) => (Page::default(), seen),
            None => self.walked(kind, place, limit).await?,
        };
        match kind {
            K::Outbox => (page.items, page.unreadable) = (seen.boosts, seen.broken),
            K::Media => {
                (page.items, page.unreadable) = (Vec::new(), Vec::new());
                if place.is_none() {
                    page.items = files::pictures(&self.account);
                }
                page.items.extend(seen.files);
            }
            _ => {}
        }
        page.next = seen.next.map(Cursor);
        Ok(page)
    }

    async fn walked(&self, kind: K, place: Option<&str>, limit: usize) -> Result<(Page, Seen), Failed> {
        let leaf = self.leaf(K::Content, &self.own_list(), self.way(K::Content), place, limit).await?;
        if kind == K::Content {
            self.parents.learn(&self.client, &leaf.values, &self.owner, self.how).await?;
        }
        let (mut page, mut seen) = (Page::default(), Seen { next: leaf.next, ..Seen::default() });
        for value in &leaf.values {
            match status::read(value, &self.owner) {
                Ok(Status::Post(mut post, files)) => {
                    match self.parents.of(value, &self.owner, self.how) {
                        Answers::This(address) => post.in_reply_to = Some(address),
                        Answers::Lost if kind == K::Content => {
                            self.lost_parents.fetch_add(1, Ordering::Relaxed);
                        }
                        Answers::Lost | Answers::Nothing => {}
                    }
                    if status::stays_inside(value) && kind == K::Content {
                        self.stay_inside.fetch_add(1, Ordering::Relaxed);
                    }
                    if post.source.is_none() && kind == K::Content {
                        post.source = self.typed(value).await?;
                    }
                    page.items.push(Item::Post(post));
                    seen.files.extend(files.into_iter().map(Item::Media));
                }
                Ok(Status::Boost(boost)) => seen.boosts.push(Item::Boost(*boost)),
                Err(lost) if lost.kind == K::Outbox.main_item() => seen.broken.push(lost),
                Err(lost) => page.unreadable.push(lost),
            }
        }
        if kind == K::Content {
            self.aside.put(limit, place, &seen);
        }
        Ok((page, seen))
    }

    /// What the owner liked or put aside.
    pub(super) async fn references(
        &self,
        kind: K,
        place: Option<&str>,
        limit: usize,
    ) -> Result<Page, Failed> {
        let path = if kind == K::Liked { "/api/v1/favourites" } else { "/api/v1/bookmarks" };
        let leaf = self.leaf(kind, path, self.way(kind), place, limit.min(self.dialect.posts)).await?;
        let mut page = Page { next: leaf.next.map(Cursor), ..Page::default() };
        for value in leaf.values {
            match status::address(&value) {
                Ok(object) if kind == K::Liked => {
                    page.items.push(Item::Like(Reference { object, published: None }));
                }
                Ok(object) => page.items.push(Item::Bookmark(Reference { object, published: None })),
                Err(why) => page.unreadable.push(unreadable(kind, status::key(&value), why)),
            }
        }
        Ok(page)
    }

    /// Posts that stand first on the owner's page.
    pub(super) async fn pins(&self) -> Result<Page, Failed> {
        let path = format!("{}?pinned=true", self.own_list());
        let leaf = self.leaf(K::Pins, &path, Way::Backwards, None, self.dialect.posts).await?;
        let mut page = Page::default();
        for (position, value) in (0_u32..).zip(leaf.values) {
            // A server that does not know the word gives all posts.
            if value.get("pinned").and_then(serde_json::Value::as_bool) == Some(false) {
                continue;
            }
            let pin = status::address(&value).map(|object| Belonging::Pin { object, position });
            super::belongings::add(&mut page, K::Pins, status::key(&value), pin);
        }
        Ok(page)
    }
}
