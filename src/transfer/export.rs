//! One page of one collection, under a consent and its filters. Nothing is kept here.

use serde_json::{Value, json};
use url::Url;

use super::{
    source_side::{SourceSideError, SourceSideResult},
    tokens::Grant,
};
use crate::{
    model::{
        collection::{CollectionKind, Cursor},
        item::Item,
        media::{MediaFile, MediaRole},
        outlook::Outline,
        problem::ProblemKind,
    },
    oauth::scope::Scope,
    port::{
        host::Host,
        source::{Opened, Source},
    },
    wire::{self, collection::Element},
    words::text,
};

/// The name under which an actor shows where its inventories are.
pub const INVENTORY: &str = "godwit:inventory";

/// Name of the [`Outline`] among the addresses an actor shows.
pub const OUTLINE: &str = "outline";

/// Checks that a grant is one for reading.
///
/// # Errors
/// [`SourceSideError::Refused`] `insufficient-scope`.
pub fn reads(grant: &Grant) -> SourceSideResult<()> {
    if grant.scope == Scope::Read {
        return Ok(());
    }
    Err(SourceSideError::refused(ProblemKind::InsufficientScope, text!("refusals-not-good-for-reading")))
}

/// The account in a few numbers; files count only where the owner ticked them.
///
/// # Errors
/// [`SourceSideError`].
pub async fn outline(grant: &Grant, source: &dyn Source) -> SourceSideResult<Outline> {
    reads(grant)?;
    let mut outline = source.outline().await?.unwrap_or_default();
    if !grant.kinds.contains(&CollectionKind::Media) {
        outline.media_bytes = Some(0);
    }
    Ok(outline)
}

/// Checks that a grant opens a collection.
///
/// # Errors
/// [`SourceSideError::Refused`] `insufficient-scope`.
pub fn may_read(grant: &Grant, kind: CollectionKind) -> SourceSideResult<()> {
    reads(grant)?;
    if !grant.kinds.contains(&kind) {
        let why = text!("refusals-not-included-in-the-consent", kind = kind.as_str());
        return Err(SourceSideError::refused(ProblemKind::InsufficientScope, why));
    }
    Ok(())
}

/// The addresses an actor document shows to the holder of a grant: what the owner ticked, nothing
/// for a grant that is not for reading. Spec: LOLA 0.3, Discovery; names with a prefix are ours.
pub fn directory(grant: &Grant, base: &Url, username: &str) -> Option<Value> {
    if grant.scope != Scope::Read {
        return None;
    }
    let at = |last: &str| {
        let mut url = base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend(["godwit", "lola", username, last]);
        }
        json!(url)
    };
    let addresses = grant.kinds.iter().map(|kind| (kind.directory_name(), at(kind.as_str())));
    let outline = (format!("godwit:{OUTLINE}"), at(OUTLINE));
    let inventory = (INVENTORY.to_owned(), at("inventory"));
    Some(Value::Object(addresses.chain([outline, inventory]).collect()))
}

/// The root of a collection: how many there are, and where the first page is.
///
/// # Errors
/// [`SourceSideError`].
pub async fn root(
    grant: &Grant,
    source: &dyn Source,
    kind: CollectionKind,
    at: &Url,
) -> SourceSideResult<wire::collection::Root> {
    may_read(grant, kind)?;
    let total = source.count(kind).await?;
    Ok(wire::collection::root(at, total, Some(&with_cursor(at, ""))))
}

/// One page; the empty cursor is the first.
///
/// # Errors
/// [`SourceSideError`].
pub async fn page(
    grant: &Grant,
    host: &dyn Host,
    source: &dyn Source,
    kind: CollectionKind,
    at: &Url,
    cursor: &str,
    limit: usize,
) -> SourceSideResult<wire::collection::Page> {
    may_read(grant, kind)?;
    let after = Some(Cursor(cursor.to_owned())).filter(|cursor| !cursor.0.is_empty());
    let page = source.page(kind, after.as_ref(), limit).await?;
    let items = written(grant, host, source, kind, page.items).await?;
    let next = page.next.map(|next| with_cursor(at, &next.0));
    Ok(wire::collection::page(&with_cursor(at, cursor), at, items, next.as_ref()))
}

/// The items of a page as they travel.
pub(super) async fn written(
    grant: &Grant,
    host: &dyn Host,
    source: &dyn Source,
    kind: CollectionKind,
    items: Vec<Item>,
) -> SourceSideResult<Vec<Element>> {
    let actor = source.actor();
    let followers = if kind == CollectionKind::Outbox {
        let document = host.actor_document(&grant.account).await?;
        wire::lenient::url(&document, "followers").unwrap_or_else(|| actor.clone())
    } else {
        actor.clone()
    };
    let included = items.into_iter().filter(|item| is_included(grant, item));
    Ok(included.map(|item| write(item, actor, &followers)).collect())
}

/// The source leaves private posts out by itself; this makes sure of it.
pub(super) fn is_included(grant: &Grant, item: &Item) -> bool {
    match item {
        Item::Post(_) | Item::Boost(_) => grant.includes_private || item.visibility().is_open(),
        _ => true,
    }
}

fn write(item: Item, actor: &Url, followers: &Url) -> Element {
    Element::Any(match item {
        Item::Post(object) => return Element::Post(object),
        Item::Boost(boost) => wire::activity::announce(&boost, actor, followers),
        Item::Like(reference) => wire::relation::write_reference("Like", actor, &reference),
        Item::Bookmark(reference) => wire::relation::write_reference("Add", actor, &reference),
        Item::Follow { actor: followed, options } => wire::relation::write_follow(actor, &followed, &options),
        Item::Block { actor: blocked } => wire::relation::write_block(actor, &blocked),
        Item::Media(file) => wire::media::write(&file),
        Item::Belonging(belonging) => wire::belonging::write(actor, &belonging),
    })
}

fn with_cursor(at: &Url, cursor: &str) -> Url {
    let mut url = at.clone();
    url.query_pairs_mut().clear().append_pair("cursor", cursor);
    url
}

/// The bytes of one file behind its first `from`. `public` is an address of it the host knows, `at`
/// the one asked for.
///
/// # Errors
/// [`SourceSideError::Refused`] `not-found` when it is another's or hidden from this grant.
pub async fn media(
    grant: &Grant,
    host: &dyn Host,
    source: &dyn Source,
    public: &Url,
    at: &Url,
    from: u64,
) -> SourceSideResult<Opened> {
    may_read(grant, CollectionKind::Media)?;
    if let Some(located) = host.locate(public).await? {
        let is_hidden = !located.visibility.is_open() && !grant.includes_private;
        if located.account != grant.account || is_hidden {
            return Err(SourceSideError::refused(
                ProblemKind::NotFound,
                text!("refusals-no-such-file-in-this-consent"),
            ));
        }
    }
    let file = MediaFile {
        url: public.to_string(),
        fetch_url: Some(at.to_string()),
        role: MediaRole::Attachment,
        media_type: String::new(),
        bytes: None,
        sha256: None,
    };
    Ok(source.media_from(&file, from).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::fakes::{self, Bench};

    fn at() -> Url {
        Url::parse("https://old.example/godwit/lola/ann/content").unwrap()
    }

    #[tokio::test]
    async fn only_collections_the_owner_ticked_are_given() {
        let bench = Bench::new().await;
        let grant = Grant { kinds: vec![CollectionKind::Content], ..bench.grant(Scope::Read).await };
        let source = fakes::FakeSource::default();
        assert!(root(&grant, &source, CollectionKind::Content, &at()).await.is_ok());
        let refused = root(&grant, &source, CollectionKind::Blocked, &at()).await;
        assert!(matches!(
            refused,
            Err(SourceSideError::Refused { kind: ProblemKind::InsufficientScope, .. })
        ));
    }

    #[tokio::test]
    async fn an_actor_shows_the_addresses_that_were_ticked() {
        let bench = Bench::new().await;
        let grant = Grant {
            kinds: vec![CollectionKind::Content, CollectionKind::Media],
            ..bench.grant(Scope::Read).await
        };
        let base = Url::parse("https://old.example").unwrap();
        let expected = json!({
            "content": "https://old.example/godwit/lola/ann/content",
            "godwit:media": "https://old.example/godwit/lola/ann/media",
            "godwit:outline": "https://old.example/godwit/lola/ann/outline",
            "godwit:inventory": "https://old.example/godwit/lola/ann/inventory"
        });
        assert_eq!(directory(&grant, &base, "ann"), Some(expected));
        assert_eq!(directory(&Grant { scope: Scope::HandOver, ..grant }, &base, "ann"), None);
    }

    #[tokio::test]
    async fn private_posts_stay_unless_they_were_ticked() {
        let bench = Bench::new().await;
        let source = fakes::FakeSource::default();
        for (includes_private, expected) in [(false, 1), (true, 2)] {
            let grant = Grant { includes_private, ..bench.grant(Scope::Read).await };
            let page =
                page(&grant, &*bench.host, &source, CollectionKind::Content, &at(), "", 10).await.unwrap();
            assert_eq!(page.ordered_items.len(), expected);
            assert!(page.next.is_none());
        }
    }
}
