//! New home: counts and a sample are read before anything else, so that whoever decides has something to look at.

use serde_json::{Value, json};

use super::{
    Engine, TransferResult,
    access::open_source,
    admit::{self, allowed, applicant},
    forecast::{look_around, note_outline},
    wall,
};
use crate::{
    model::{
        collection::CollectionKind,
        item::Item,
        object::Visibility,
        transfer::{Transfer, TransferState},
    },
    store::{blobs::hex, choices, transfers},
};

/// Public posts shown as a sample at most.
const SAMPLE: usize = 5;
/// Pages looked into for it: the first one of a list may hold nothing but the way to the next.
const SAMPLE_PAGES: u32 = 3;

/// Reads counts and a sample, asks the admin's rule once more, and lets the fetching begin, unless
/// the owner wants to choose first.
///
/// # Errors
/// [`super::TransferError`] with its disposition.
pub async fn survey(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    if let Some(actor) = transfer.origin.actor() {
        allowed(engine, &applicant(engine, actor, &transfer.asked_for).await).await?;
    }
    let source = open_source(engine, transfer).await?;
    // What a file claims counts as where it comes from.
    allowed(engine, &applicant(engine, source.actor(), &transfer.asked_for).await).await?;
    let mut counts = serde_json::Map::new();
    let collections = source.collections();
    for kind in &collections {
        counts.insert(kind.as_str().to_owned(), json!(source.count(*kind).await?));
    }
    let mut sample: Vec<Value> = Vec::new();
    let mut beginning: Vec<Value> = Vec::new();
    let mut item_micros = None;
    if collections.contains(&CollectionKind::Content) {
        let mut cursor = None;
        for _ in 0..SAMPLE_PAGES {
            let began = engine.clock.now_micros();
            let page = source.page(CollectionKind::Content, cursor.as_ref(), engine.page_items).await?;
            let took = u64::try_from(engine.clock.now_micros().saturating_sub(began)).unwrap_or(0);
            item_micros = u64::try_from(page.items.len()).ok().and_then(|items| took.checked_div(items));
            let room = SAMPLE.saturating_sub(sample.len());
            sample.extend(page.items.iter().filter_map(shown).take(room));
            let room = wall::POSTS.saturating_sub(beginning.len());
            beginning.extend(page.items.iter().filter_map(wall::on_the_wall).take(room));
            cursor = page.next;
            if beginning.len() == wall::POSTS || cursor.is_none() {
                break;
            }
        }
    }
    let outline = source.outline().await?.unwrap_or_default();
    let survey = json!({
        "counts": counts, "sample": sample, "wall": beginning, "actor": source.actor(), "item_micros": item_micros,
        "media_bytes": outline.media_bytes, "followers": outline.followers, "seconds": outline.seconds,
        "posts_about": outline.posts_about,
    });
    note_outline(engine, transfer, outline).await?;
    transfers::keep_survey(&engine.store, &transfer.id, survey).await?;
    let waits = choices::waits(&engine.store, &transfer.id).await?;
    if waits {
        // The largest servers first, so that the page has something to say when it opens.
        look_around(engine, transfer).await?;
        let (from, to) = (TransferState::Surveying, TransferState::AwaitingChoice);
        transfers::step(&engine.store, &transfer.id, from, to, engine.clock.now_micros()).await?;
        return Ok(());
    }
    let wanted = choices::find(&engine.store, &transfer.id).await?;
    admit::begin(engine, transfer, source.actor(), wanted).await.map(drop)
}

/// A public post of the sample: its day, a hash to tell it by, its beginning without markup.
pub(super) fn shown(item: &Item) -> Option<Value> {
    let Item::Post(object) = item else { return None };
    if object.visibility != Visibility::Public {
        return None;
    }
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, object.id.as_str().as_bytes());
    let text: String = super::remap::without_markup(&object.content).chars().take(140).collect();
    let key: String = hex(digest.as_ref()).chars().take(8).collect();
    Some(json!({"day": object.published.day(), "key": key, "text": text}))
}
