//! New home: the sample that admins look at while a request waits, drawn by chance from all public posts.
//!
//! Old home's lines fall into buckets by the hash of their key. One bucket, chosen by chance, is a fair draw from
//! everything; only its posts are read. An archive lies here and is walked through. Any other source is shown from its
//! beginning, and the page says so.

use serde_json::{Value, json};

use super::{Engine, TransferResult, access::open_source, remap, survey::shown};
use crate::{
    model::{
        collection::{CollectionKind, Cursor},
        digest::Digest,
        id::ItemKey,
        inventory::{MOST_BITS, bucket_of},
        item::{Item, ItemKind},
        transfer::{Origin, Transfer},
    },
    port::source::{EntriesWanted, MOST_KEYS, Source},
    store::transfers,
};

/// Public posts on the wall at most, and files named of each.
pub(super) const POSTS: usize = 120;
const FILES: usize = 4;
/// Posts drawn for it: some of them are not public.
const DRAWN: u64 = 400;
/// Keys kept of a bucket at most, whatever Old home says.
const MOST_KEPT: usize = 800;
/// Questions for lines at most; behind them the draw is as large as it has become.
const QUESTIONS: u32 = 2_000;
/// Pages of an archive that are walked through at most.
const PAGES: u32 = 20_000;

/// Draws the wall of a request that waits, once. What cannot be drawn leaves the wall as the survey made it.
///
/// # Errors
/// [`super::TransferError::Store`].
pub async fn draw(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let Some(mut survey) = transfers::survey(&engine.store, &transfer.id).await? else { return Ok(()) };
    if survey.get("wall_is").is_some() {
        return Ok(());
    }
    let drawn = match open_source(engine, transfer).await {
        Ok(source) => drawn(engine, transfer, &*source, &survey).await,
        Err(error) => Err(error),
    };
    let wall = drawn.unwrap_or_else(|error| {
        tracing::info!(transfer.id = %transfer.id, %error, "the admins' sample is the beginning only");
        None
    });
    if let Some(fields) = survey.as_object_mut() {
        fields.insert("wall_is".to_owned(), json!(if wall.is_some() { "drawn" } else { "beginning" }));
        if let Some(wall) = wall {
            fields.insert("wall".to_owned(), Value::Array(wall));
        }
    }
    Ok(transfers::keep_survey(&engine.store, &transfer.id, survey).await?)
}

async fn drawn(
    engine: &Engine,
    transfer: &Transfer,
    source: &dyn Source,
    survey: &Value,
) -> TransferResult<Option<Vec<Value>>> {
    if !source.collections().contains(&CollectionKind::Content) {
        return Ok(None);
    }
    let lot = Digest::of(engine.clock.id().as_bytes()).start();
    match transfer.origin {
        Origin::Archive { .. } => walked(engine, source, lot).await.map(Some),
        Origin::Live { .. } => {
            let counts = survey.get("counts").and_then(|counts| counts.get(CollectionKind::Content.as_str()));
            let posts = counts.and_then(Value::as_u64).unwrap_or(0);
            bucket(engine, source, posts, lot).await.map(Some)
        }
        Origin::ClientApi { .. } => Ok(None),
    }
}

/// How many bits choose a bucket that holds about as many as are drawn.
fn bits(posts: u64) -> u8 {
    (0..MOST_BITS).find(|bits| posts >> bits <= DRAWN).unwrap_or(MOST_BITS)
}

async fn bucket(engine: &Engine, source: &dyn Source, posts: u64, lot: u64) -> TransferResult<Vec<Value>> {
    let bits = bits(posts);
    let number = u32::try_from(lot & ((1 << bits) - 1)).unwrap_or(0);
    let wanted = EntriesWanted { kind: ItemKind::Posts, bits, buckets: vec![number] };
    let (mut keys, mut cursor): (Vec<ItemKey>, Option<Cursor>) = (Vec::new(), None);
    for _ in 0..QUESTIONS {
        engine.goes_on().await?;
        let page = source.entries(&wanted, cursor.as_ref()).await?;
        let fits = page.entries.into_iter().map(|entry| entry.key);
        keys.extend(fits.filter(|key| bucket_of(key, bits) == number));
        match page.next {
            Some(next) if Some(&next) != cursor.as_ref() && keys.len() < MOST_KEPT => cursor = Some(next),
            _ => break,
        }
    }
    // Within the bucket, too, nobody has arranged the order.
    keys.sort_by_key(|key| Digest::of(format!("{lot} {}", key.as_str()).as_bytes()).start());
    let mut wall = Vec::new();
    for some in keys.chunks(MOST_KEYS) {
        let page = source.items(CollectionKind::Content, some).await?;
        wall.extend(page.items.iter().filter_map(on_the_wall));
        if wall.len() >= POSTS {
            break;
        }
    }
    wall.truncate(POSTS);
    Ok(wall)
}

/// Every post of an archive has the same chance: the next takes the place of one of those drawn, ever more rarely.
async fn walked(engine: &Engine, source: &dyn Source, lot: u64) -> TransferResult<Vec<Value>> {
    let (mut wall, mut seen, mut cursor): (Vec<Value>, u64, Option<Cursor>) = (Vec::new(), 0, None);
    for _ in 0..PAGES {
        engine.goes_on().await?;
        let page = source.page(CollectionKind::Content, cursor.as_ref(), engine.page_items).await?;
        for post in page.items.iter().filter_map(on_the_wall) {
            seen += 1;
            let place = Digest::of(format!("{lot} {seen}").as_bytes()).start() % seen;
            if wall.len() < POSTS {
                wall.push(post);
            } else if let Some(standing) = usize::try_from(place).ok().and_then(|place| wall.get_mut(place)) {
                *standing = post;
            }
        }
        match page.next {
            Some(next) if Some(&next) != cursor.as_ref() => cursor = Some(next),
            _ => break,
        }
    }
    Ok(wall)
}

/// A public post as the admins may see it: longer, and with what files it shows, not opened.
pub(super) fn on_the_wall(item: &Item) -> Option<Value> {
    let Item::Post(object) = item else { return None };
    let mut seen = shown(item)?;
    let text: String = remap::without_markup(&object.content).chars().take(400).collect();
    let files = object.attachments.iter().take(FILES).map(|file| {
        let alt: String = file.alt.as_deref().unwrap_or_default().chars().take(200).collect();
        json!({"url": file.url, "type": file.media_type, "alt": alt})
    });
    let fields = seen.as_object_mut()?;
    fields.insert("text".to_owned(), json!(text));
    fields.insert("files".to_owned(), files.collect());
    Some(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_about_as_many_as_are_drawn() {
        for posts in [0, 1, 399, 400, 5_000, 500_000] {
            let held = posts >> bits(posts);
            assert!(held <= DRAWN && (posts <= DRAWN || held > DRAWN / 2), "{posts}: {held}");
        }
    }
}
