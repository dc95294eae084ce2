//! Lists of people and names: whom the owner follows, blocks, mutes, notes; lists, topics, filters.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use super::{
    ApiSource, belongings, client::Failed, dialects::Filters, pace::Lane, people, unreadable, walk::Way,
};
use crate::{
    model::{
        belonging::Belonging,
        collection::{CollectionKind as K, Cursor, Page},
        item::Item,
    },
    port::error::{AdapterError, Cause},
    wire::lenient,
    words::text,
};

/// Pages of one list's people at most: as many as a list may have.
const MEMBER_PAGES: u32 = 500;
/// Where notes are looked for: whoever is followed, muted or blocked.
const NOTED: [K; 3] = [K::Following, K::Muted, K::Blocked];

impl ApiSource {
    fn people_path(&self, kind: K) -> String {
        match kind {
            K::Muted => "/api/v1/mutes".to_owned(),
            K::Blocked => "/api/v1/blocks".to_owned(),
            _ => format!("/api/v1/accounts/{}/following", self.owner.id),
        }
    }

    /// A small list as it is; nothing where the server has none.
    async fn whole(&self, of: K, path: &str) -> Result<Vec<Value>, Failed> {
        let url = self.client.at(path)?;
        match self.client.get(&url, Lane::Plain, of).await?.value {
            Value::Array(values) => Ok(values),
            _ => Err(AdapterError::fatal(format!("reading the {}", of.as_str()), "the answer is no list")
                .because(Cause::Nonsense)
                .into()),
        }
    }

    /// How many a small list holds.
    pub(super) async fn small(&self, kind: K) -> Result<Option<u64>, AdapterError> {
        let read = match kind {
            K::Settings => Ok(self.settings()),
            K::FeaturedTags => self.featured_tags().await,
            K::Filters => self.filters().await,
            _ => {
                let lists = self.whole(K::Lists, "/api/v1/lists").await;
                return match lists {
                    Ok(lists) => Ok(u64::try_from(lists.len()).ok()),
                    Err(Failed::Missing) => Ok(Some(0)),
                    Err(Failed::Adapter(error)) => Err(error),
                };
            }
        };
        match read {
            Ok(page) => Ok(u64::try_from(page.items.len() + page.unreadable.len()).ok()),
            Err(Failed::Missing) => Ok(Some(0)),
            Err(Failed::Adapter(error)) => Err(error),
        }
    }

    /// What the owner is to some accounts, by the server's keys of them.
    async fn relationships(
        &self,
        of: K,
        accounts: &[Value],
    ) -> Result<BTreeMap<String, Value>, AdapterError> {
        let ids: Vec<String> = accounts.iter().filter_map(|account| lenient::text(account, "id")).collect();
        let query: Vec<String> =
            ids.iter().filter(|id| super::parents::is_plain(id)).map(|id| format!("id[]={id}")).collect();
        let mut all = BTreeMap::new();
        for some in query.chunks(self.dialect.relations) {
            let url = self.client.at(&format!("/api/v1/accounts/relationships?{}", some.join("&")))?;
            let answer = match self.client.get(&url, Lane::Plain, of).await {
                Ok(answer) => answer.value,
                Err(Failed::Missing) => break,
                Err(Failed::Adapter(error)) => return Err(error),
            };
            let id = |relation: &Value| Some((lenient::text(relation, "id")?, relation.clone()));
            all.extend(lenient::many(&answer).filter_map(id));
        }
        Ok(all)
    }

    /// Whom the owner follows, mutes or blocks.
    pub(super) async fn relations(&self, kind: K, place: Option<&str>, limit: usize) -> Result<Page, Failed> {
        let limit = limit.min(self.dialect.people);
        let leaf = self.leaf(kind, &self.people_path(kind), self.way(kind), place, limit).await?;
        let relations = match kind {
            K::Muted | K::Following => self.relationships(kind, &leaf.values).await?,
            _ => BTreeMap::new(),
        };
        let mut page = Page { next: leaf.next.map(Cursor), ..Page::default() };
        let actors = self.people.actors(&leaf.values).await;
        for (account, actor) in leaf.values.iter().zip(actors) {
            let key = people::key(account);
            let relation = lenient::text(account, "id").and_then(|id| relations.get(&id));
            match actor {
                Err(why) => page.unreadable.push(unreadable(kind, key, why)),
                Ok(actor) if kind == K::Following => {
                    page.items.push(Item::Follow { actor, options: belongings::follow(relation) });
                }
                Ok(actor) if kind == K::Blocked => page.items.push(Item::Block { actor }),
                Ok(actor) => {
                    belongings::add(&mut page, kind, key, Ok(belongings::mute(account, relation, actor)));
                }
            }
        }
        Ok(page)
    }

    /// Notes stand at people, so all that the owner set up something about are gone through.
    pub(super) async fn notes_page(&self, place: Option<&str>, limit: usize) -> Result<Page, Failed> {
        let (at, place) = match place.and_then(|place| place.split_once(' ')) {
            Some((name, "")) => (name, None),
            Some((name, place)) => (name, Some(place)),
            None => ("", None),
        };
        let at = NOTED.iter().position(|kind| kind.as_str() == at).unwrap_or(0);
        let Some(of) = NOTED.get(at).copied() else { return Ok(Page::default()) };
        let limit = limit.min(self.dialect.people);
        let leaf = self.leaf(K::Notes, &self.people_path(of), self.way(of), place, limit).await?;
        let relations = self.relationships(K::Notes, &leaf.values).await?;
        let following = NOTED.get(at + 1).map(|kind| format!("{} ", kind.as_str()));
        let next = leaf.next.map(|next| format!("{} {next}", of.as_str())).or(following);
        let mut page = Page { next: next.map(Cursor), ..Page::default() };
        let noted = |account: &Value| {
            let id = lenient::text(account, "id")?;
            lenient::text(relations.get(&id)?, "note").map(|text| (account.clone(), text))
        };
        let (accounts, texts): (Vec<Value>, Vec<String>) = leaf.values.iter().filter_map(noted).unzip();
        let actors = self.people.actors(&accounts).await;
        for ((account, actor), text) in accounts.iter().zip(actors).zip(texts) {
            // Who is in an earlier list as well was met there.
            let is = |what: &str| is_so(account, &relations, what);
            let is_met = match of {
                K::Following => false,
                K::Muted => is("following"),
                _ => is("following") || is("muting"),
            };
            if !is_met {
                let note = actor.map(|actor| Belonging::Note { actor, text });
                belongings::add(&mut page, K::Notes, people::key(account), note);
            }
        }
        Ok(page)
    }

    /// Blocked servers and followed topics.
    pub(super) async fn names(&self, kind: K, place: Option<&str>, limit: usize) -> Result<Page, Failed> {
        let path = if kind == K::FollowedTags { "/api/v1/followed_tags" } else { "/api/v1/domain_blocks" };
        let limit = limit.min(100);
        let leaf = self.leaf(kind, path, self.way(kind), place, limit).await?;
        let mut page = Page { next: leaf.next.map(Cursor), ..Page::default() };
        for value in leaf.values {
            let name = value.as_str().map(str::to_owned).or_else(|| lenient::text(&value, "name"));
            let name = name.unwrap_or_default();
            let read = match kind {
                K::FollowedTags => Belonging::FollowedTag { name: name.clone() },
                _ => Belonging::DomainBlock { domain: name.clone() },
            };
            belongings::add(&mut page, kind, name, Ok(read));
        }
        Ok(page)
    }

    /// One list a page: the page behind the list with the key `place`.
    pub(super) async fn people_lists(&self, place: Option<&str>) -> Result<Page, Failed> {
        let lists = self.whole(K::Lists, "/api/v1/lists").await?;
        let id = |list: &Value| lenient::text(list, "id").filter(|id| super::parents::is_plain(id));
        let read = place.and_then(|place| lists.iter().position(|list| id(list).as_deref() == Some(place)));
        let at = read.map_or(0, |read| read + 1);
        let mut page = Page::default();
        let Some(list) = lists.get(at) else { return Ok(page) };
        page.next = id(list).filter(|_| at + 1 < lists.len()).map(Cursor);
        let title = lenient::text(list, "title").unwrap_or_default();
        let Some(id) = id(list) else {
            page.unreadable.push(unreadable(K::Lists, title, text!("reasons-does-not-say-which-list-it-is")));
            return Ok(page);
        };
        let members = self.members(&id).await?;
        let mut known: Vec<Url> = Vec::new();
        for (account, actor) in members.iter().zip(self.people.actors(&members).await) {
            match actor {
                Ok(actor) => known.push(actor),
                Err(why) => {
                    let key = format!("{title}: {}", people::key(account));
                    page.unreadable.push(unreadable(K::Lists, key, why));
                }
            }
        }
        belongings::add(&mut page, K::Lists, title, belongings::list(list, known));
        Ok(page)
    }

    async fn members(&self, id: &str) -> Result<Vec<Value>, Failed> {
        let path = format!("/api/v1/lists/{id}/accounts");
        let (mut all, mut place) = (Vec::new(), None);
        for _ in 0..MEMBER_PAGES {
            let people = self.dialect.people;
            let read = self.leaf(K::Lists, &path, Way::Backwards, place.as_deref(), people).await;
            let leaf = match read {
                Err(Failed::Missing) => break,
                read => read?,
            };
            all.extend(leaf.values);
            place = leaf.next;
            if place.is_none() {
                break;
            }
        }
        Ok(all)
    }

    /// Filters of the newer form, or of the older one where there is no newer.
    pub(super) async fn filters(&self) -> Result<Page, Failed> {
        let read = match self.dialect.filters {
            Filters::Second => self.whole(K::Filters, "/api/v2/filters").await,
            Filters::First => Err(Failed::Missing),
        };
        let values = match read {
            Err(Failed::Missing) => self.whole(K::Filters, "/api/v1/filters").await?,
            read => read?,
        };
        let mut page = Page::default();
        for value in values {
            let title = lenient::text(&value, "title").or_else(|| lenient::text(&value, "phrase"));
            belongings::add(&mut page, K::Filters, title.unwrap_or_default(), belongings::filter(&value));
        }
        Ok(page)
    }

    /// Topics on the owner's page.
    pub(super) async fn featured_tags(&self) -> Result<Page, Failed> {
        let mut page = Page::default();
        for value in self.whole(K::FeaturedTags, "/api/v1/featured_tags").await? {
            let name = lenient::text(&value, "name").unwrap_or_default();
            let tag = Ok(Belonging::FeaturedTag { name: name.clone() });
            belongings::add(&mut page, K::FeaturedTags, name, tag);
        }
        Ok(page)
    }

    /// Choices about the account, from what was read when it was opened.
    pub(super) fn settings(&self) -> Page {
        let mut page = Page::default();
        for (name, value) in belongings::settings(&self.account) {
            let setting = Ok(Belonging::Setting { name, value });
            belongings::add(&mut page, K::Settings, name.as_str().to_owned(), setting);
        }
        page
    }
}

/// Whether the owner is this to an account.
fn is_so(account: &Value, relations: &BTreeMap<String, Value>, what: &str) -> bool {
    let relation = lenient::text(account, "id").and_then(|id| relations.get(&id));
    relation.and_then(|relation| relation.get(what)).and_then(Value::as_bool).unwrap_or(false)
}
