//! Collections and their pages, written strictly and read leniently.

use serde_json::{Value, json};
use url::Url;

use super::{lenient, put};

/// The root of a paged collection.
pub fn root(id: &Url, total: Option<u64>, first: Option<&Url>) -> Value {
    let mut out = json!({"@context": super::context(), "id": id, "type": "OrderedCollection"});
    if let Some(total) = total {
        put(&mut out, "totalItems", json!(total));
    }
    if let Some(first) = first {
        put(&mut out, "first", json!(first));
    }
    out
}

/// A whole collection in one document.
pub fn whole(id: &Url, items: &[Value]) -> Value {
    let mut out = root(id, Some(u64::try_from(items.len()).unwrap_or(u64::MAX)), None);
    put(&mut out, "orderedItems", json!(items));
    out
}

/// One page.
pub fn page(id: &Url, part_of: &Url, items: &[Value], next: Option<&Url>) -> Value {
    let mut out = json!({
        "@context": super::context(),
        "id": id,
        "type": "OrderedCollectionPage",
        "partOf": part_of,
        "orderedItems": items,
    });
    if let Some(next) = next {
        put(&mut out, "next", json!(next));
    }
    out
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
pub fn read(value: &Value) -> Read {
    let total = value.get("totalItems").and_then(Value::as_u64);
    let own: Vec<Value> = ["orderedItems", "items"]
        .iter()
        .find_map(|field| value.get(field))
        .map(|items| lenient::many(items).cloned().collect())
        .unwrap_or_default();
    let first = value.get("first");
    if own.is_empty()
        && let Some(embedded) = first.filter(|first| first.is_object())
    {
        let page = read(embedded);
        return Read { total: total.or(page.total), ..page };
    }
    let next = lenient::url(value, "next").or_else(|| {
        if own.is_empty() { first.and_then(lenient::id).and_then(lenient::web_url) } else { None }
    });
    Read { total, items: own, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_in_the_wild_yields_its_items_or_the_way_to_them() {
        let unpaged = read(&json!({"type": "OrderedCollection", "items": ["a", "b"], "totalItems": 2}));
        assert_eq!((unpaged.items.len(), unpaged.next), (2, None));
        let linked = read(&json!({"first": "https://a.example/1", "totalItems": 7}));
        assert_eq!(linked.next.unwrap().path(), "/1");
        let embedded = read(&json!({"first": {"orderedItems": ["a"], "next": "https://a.example/2"}}));
        assert_eq!((embedded.items.len(), embedded.next.unwrap().path().to_owned()), (1, "/2".to_owned()));
        assert_eq!(read(&json!({"orderedItems": "one"})).items.len(), 1);
        assert_eq!(read(&json!({})), Read::default());
    }
}
