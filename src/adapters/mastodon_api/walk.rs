//! Going through a list: where a page begins, and where the next one does.

use serde_json::Value;
use url::Url;

use super::{
    ApiSource,
    client::{Failed, Links},
    pace::Lane,
};
use crate::{
    model::collection::CollectionKind as K,
    port::error::{AdapterError, Cause},
    wire::lenient,
};

/// A page as it came, oldest first where it was walked so.
pub struct Leaf {
    /// Its elements.
    pub values: Vec<Value>,
    /// Where the next one begins.
    pub next: Option<String>,
}

/// Which way a list is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the newest on.
    Backwards,
    /// From the oldest on, behind this id.
    Forwards(&'static str),
    /// From the newest on, by the number of the page, until one is empty.
    Counted,
    /// From the newest on, behind the last id of each page, until one is empty: no links are given.
    Silent,
    /// As [`Way::Silent`], behind this field of the last element.
    Behind(&'static str),
    /// All of it at once, whatever page is asked for.
    Whole,
}

/// Where counting pages begins.
const FIRST_PAGE: &str = "1";

impl ApiSource {
    /// Which way a list is walked here. Only lists of posts have ids of their own to begin behind.
    pub(super) fn way(&self, of: K) -> Way {
        if let Some((_, way)) = self.dialect.ways.iter().find(|(kind, _)| *kind == of) {
            return *way;
        }
        let is_of_posts = matches!(of, K::Content | K::Bookmarks | K::Liked);
        self.dialect.first_id.filter(|_| is_of_posts).map_or(Way::Backwards, Way::Forwards)
    }

    /// One page of a list at `path`; `place` is what stood behind `max_id` or `min_id` in the server's
    /// own link, or the whole of such a link where it pages by something else, or the page's number.
    pub(super) async fn leaf(
        &self,
        of: K,
        path: &str,
        way: Way,
        place: Option<&str>,
        limit: usize,
    ) -> Result<Leaf, Failed> {
        let mut url = self.client.at(path)?;
        url.query_pairs_mut().append_pair("limit", &limit.to_string());
        let key = match way {
            Way::Forwards(_) => "min_id",
            Way::Counted => "page",
            Way::Backwards | Way::Silent | Way::Behind(_) | Way::Whole => "max_id",
        };
        let begin = match way {
            Way::Forwards(first) => Some(first),
            Way::Counted => Some(FIRST_PAGE),
            Way::Backwards | Way::Silent | Way::Behind(_) | Way::Whole => None,
        };
        match place.or(begin) {
            Some(place) if place.starts_with('?') => url.set_query(place.get(1..)),
            Some(place) => drop(url.query_pairs_mut().append_pair(key, place)),
            None => {}
        }
        let answer = self.client.get(&url, Lane::Paging, of).await?;
        let mut values: Vec<Value> = match answer.value {
            Value::Array(values) => values,
            _ => {
                return Err(AdapterError::fatal(format!("reading the {}", of.as_str()), NO_LIST)
                    .because(Cause::Nonsense)
                    .into());
            }
        };
        let next = match way {
            Way::Counted => counted(place, &values),
            Way::Whole => None,
            Way::Silent => behind("id", &values),
            Way::Behind(field) => behind(field, &values),
            Way::Backwards | Way::Forwards(_) => next(&answer.links, &url, way, &values, limit),
        };
        if matches!(way, Way::Forwards(_)) {
            values.reverse();
        }
        if matches!(way, Way::Silent | Way::Behind(_)) && next.is_some() && next.as_deref() == place {
            // It ends where the last one ended: the same page once more.
            values.clear();
        }
        let next = next.filter(|next| Some(next.as_str()) != place);
        if next.as_deref().is_some_and(|next| self.circles.closes(path, place, next)) {
            return Err(AdapterError::fatal(format!("reading the {}", of.as_str()), CIRCLE)
                .because(Cause::Nonsense)
                .into());
        }
        Ok(Leaf { values, next })
    }
}

/// What an answer is called that should have been a list.
const NO_LIST: &str = "Old home's answer is no list";
/// What a list is called that would never end.
const CIRCLE: &str = "the pages of Old home's list lead back to where they began, so that it has no end";

/// The page behind this one, where pages have numbers.
fn counted(place: Option<&str>, values: &[Value]) -> Option<String> {
    let page: u32 = place.unwrap_or(FIRST_PAGE).parse().ok()?;
    (!values.is_empty()).then(|| page.saturating_add(1).to_string())
}

/// Behind the last element of a page.
fn behind(field: &str, values: &[Value]) -> Option<String> {
    values.last().and_then(|last| lenient::text(last, field).or_else(|| number(last, field)))
}

fn number(value: &Value, field: &str) -> Option<String> {
    value.get(field).and_then(Value::as_u64).map(|number| number.to_string())
}

/// Where the next page begins: where the server says, or behind the last id where it does not say.
fn next(links: &Links, asked: &Url, way: Way, values: &[Value], limit: usize) -> Option<String> {
    let (link, key) = match way {
        Way::Forwards(_) => (&links.prev, "min_id"),
        _ => (&links.next, "max_id"),
    };
    let is_silent = links.next.is_none() && links.prev.is_none();
    match link {
        Some(link) if link.path() == asked.path() => {
            let id = link.query_pairs().find(|(name, _)| name == key).map(|(_, id)| id.into_owned());
            // Some count pages instead of naming ids.
            id.or_else(|| link.query().map(|query| format!("?{query}")))
        }
        // A server that never links: as long as pages are full there may be more.
        None if is_silent && way == Way::Backwards && values.len() >= limit => {
            values.last().and_then(|last| lenient::text(last, "id"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page() -> Url {
        Url::parse("https://old.example/api/v1/mutes?limit=2").unwrap()
    }

    fn link(query: &str) -> Url {
        Url::parse(&format!("https://old.example/api/v1/mutes?{query}")).unwrap()
    }

    #[test]
    fn the_servers_own_link_goes_before_the_ids_on_the_page() {
        let values = [json!({"id": "9"}), json!({"id": "8"})];
        let links = Links { next: Some(link("limit=2&max_id=77")), prev: Some(link("limit=2&since_id=80")) };
        assert_eq!(next(&links, &page(), Way::Backwards, &values, 2).as_deref(), Some("77"));
        assert_eq!(next(&Links::default(), &page(), Way::Backwards, &values, 2).as_deref(), Some("8"));
        assert_eq!(next(&Links::default(), &page(), Way::Backwards, &values, 3), None, "it is not full");
        let last = Links { next: None, prev: Some(link("since_id=80")) };
        assert_eq!(next(&last, &page(), Way::Backwards, &values, 2), None, "it links and names no next one");
        let counted = Links { next: Some(link("page=2")), prev: None };
        assert_eq!(next(&counted, &page(), Way::Backwards, &values, 2).as_deref(), Some("?page=2"));
    }

    #[test]
    fn a_link_to_another_list_is_not_followed() {
        let elsewhere = Url::parse("https://old.example/api/v1/blocks?max_id=1").ok();
        let links = Links { next: elsewhere, prev: None };
        assert_eq!(next(&links, &page(), Way::Backwards, &[], 2), None);
    }
}
