//! Collections and their pages, written strictly and read leniently.

use serde::{Serialize, Serializer};
use serde_json::Value;
use url::Url;
use utoipa::ToSchema;

use super::{lenient, object};
use crate::model::object::Object;

/// A collection as it is written: its root, or all of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Root {
    /// AS2 and the terms beyond it.
    #[serde(rename = "@context")]
    #[schema(value_type = Vec<Object>)]
    context: Value,
    /// Its address.
    id: Url,
    /// `OrderedCollection`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// How many there are, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    total_items: Option<u64>,
    /// The first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<Url>,
    /// Its elements, where they all stand here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    ordered_items: Option<Vec<Value>>,
}

/// One element of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Element {
    /// Anything, in its final form.
    Any(Value),
    /// A post, which takes its form while the page is written.
    Post(Box<Object>),
}

impl From<Value> for Element {
    fn from(value: Value) -> Self {
        Self::Any(value)
    }
}

impl Serialize for Element {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Any(value) => value.serialize(serializer),
            Self::Post(post) => object::Written(post).serialize(serializer),
        }
    }
}

/// One page as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// AS2 and the terms beyond it.
    #[serde(rename = "@context")]
    #[schema(value_type = Vec<Object>)]
    context: Value,
    /// Its address.
    id: Url,
    /// `OrderedCollectionPage`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The collection.
    part_of: Url,
    /// Its elements.
    #[schema(value_type = Vec<Object>)]
    pub ordered_items: Vec<Element>,
    /// The next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Url>,
}

impl From<Root> for Value {
    fn from(root: Root) -> Self {
        serde_json::to_value(root).unwrap_or_default()
    }
}

impl From<Page> for Value {
    fn from(page: Page) -> Self {
        serde_json::to_value(page).unwrap_or_default()
    }
}

/// The root of a paged collection.
pub fn root(id: &Url, total: Option<u64>, first: Option<&Url>) -> Root {
    Root {
        context: super::context(),
        id: id.clone(),
        kind: "OrderedCollection",
        total_items: total,
        first: first.cloned(),
        ordered_items: None,
    }
}

/// A whole collection in one document.
pub fn whole(id: &Url, items: Vec<Value>) -> Root {
    let total = u64::try_from(items.len()).ok();
    Root { ordered_items: Some(items), ..root(id, total, None) }
}

/// One page.
pub fn page(
    id: &Url,
    part_of: &Url,
    items: impl IntoIterator<Item = impl Into<Element>>,
    next: Option<&Url>,
) -> Page {
    Page {
        context: super::context(),
        id: id.clone(),
        kind: "OrderedCollectionPage",
        part_of: part_of.clone(),
        ordered_items: items.into_iter().map(Into::into).collect(),
        next: next.cloned(),
    }
}

/// What a collection or page document holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Read {
    /// `totalItems`, a claim.
    pub total: Option<u64>,
    /// Elements that stand in this very document (or in an embedded first page).
    pub items: Vec<Value>,
    /// Where to go on: `first` of a root without items, `next` of a page.
    pub next: Option<Url>,
}

/// Reads a collection root or page: `orderedItems` or `items`, paged or not, first page embedded or linked.
pub fn read(mut value: Value) -> Read {
    let total = value.get("totalItems").and_then(Value::as_u64);
    let own = ["orderedItems", "items"].iter().find_map(|field| Some(value.get_mut(field)?.take()));
    let own = match own {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items,
        Some(one) => vec![one],
    };
    if own.is_empty()
        && let Some(embedded) = value.get_mut("first").filter(|first| first.is_object())
    {
        let page = read(embedded.take());
        return Read { total: total.or(page.total), ..page };
    }
    let next = lenient::url(&value, "next").or_else(|| {
        let first = value.get("first").filter(|_| own.is_empty());
        first.and_then(lenient::id).and_then(lenient::web_url)
    });
    Read { total, items: own, next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_shape_in_the_wild_yields_its_items_or_the_way_to_them() {
        let unpaged = read(json!({"type": "OrderedCollection", "items": ["a", "b"], "totalItems": 2}));
        assert_eq!((unpaged.items.len(), unpaged.next), (2, None));
        let linked = read(json!({"first": "https://a.example/1", "totalItems": 7}));
        assert_eq!(linked.next.unwrap().path(), "/1");
        let embedded = read(json!({"first": {"orderedItems": ["a"], "next": "https://a.example/2"}}));
        assert_eq!((embedded.items.len(), embedded.next.unwrap().path().to_owned()), (1, "/2".to_owned()));
        assert_eq!(read(json!({"orderedItems": "one"})).items.len(), 1);
        assert_eq!(read(json!({})), Read::default());
    }
}
