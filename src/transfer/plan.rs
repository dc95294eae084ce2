//! New home: what would be written, left out, changed. Writes nothing at the destination.

use super::{Engine, TransferResult, recognize::brought_before};
use crate::{
    model::{
        collection::CollectionKind,
        item::ItemKind,
        transfer::{Transfer, TransferState},
    },
    store::{
        choices,
        items::{self, ItemState},
        notes, transfers,
    },
    words::text,
};

/// Items looked at in one go.
const BATCH: i64 = 500;

/// How many posts will arrive changed, and in what.
#[derive(Default)]
pub(super) struct Changing {
    polls: u64,
    emoji: u64,
    fileless: u64,
    unaddressed: u64,
}

/// Goes over the posts that wait: empty ones are skipped, and so is what is here already.
///
/// # Errors
/// [`super::TransferError`] with its disposition.
pub(super) async fn decide(engine: &Engine, transfer: &Transfer) -> TransferResult<Changing> {
    items::skip_copied_before(&engine.store, &transfer.id, &transfer.account, &brought_before()).await?;
    let mut after = (i64::MIN, 0);
    let empty = text!("reasons-there-is-nothing-in-it");
    let Changing { mut polls, mut emoji, mut fileless, mut unaddressed } = Changing::default();
    loop {
        engine.goes_on().await?;
        let batch = items::post_sketches(&engine.store, &transfer.id, after, BATCH).await?;
        let Some(last) = batch.last() else {
            return Ok(Changing { polls, emoji, fileless, unaddressed });
        };
        after = (last.published_at, last.position);
        let shown: Vec<&str> = batch.iter().flat_map(|post| &post.shown).map(String::as_str).collect();
        let unlisted = items::unlisted_files(&engine.store, &transfer.id, &shown).await?;
        fileless += u64::try_from(unlisted.len()).unwrap_or(u64::MAX);
        let mut skipped = Vec::new();
        for post in batch {
            unaddressed += u64::from(post.is_unaddressed);
            polls += u64::from(post.has_open_poll);
            emoji += u64::from(post.has_emoji);
            if post.is_empty {
                skipped.push((ItemKind::Posts, post.key, ItemState::Skipped, Some(empty.clone())));
            }
        }
        if !skipped.is_empty() {
            items::settle(&engine.store, &transfer.id, skipped).await?;
        }
    }
}

/// Decides, and notes what will arrive changed: polls closed, emoji as words.
///
/// # Errors
/// [`super::TransferError`] with its disposition.
pub async fn plan(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let Changing { polls, emoji, fileless, unaddressed } = decide(engine, transfer).await?;
    let wants_files = choices::find(&engine.store, &transfer.id).await?.wants(CollectionKind::Media);
    for (kind, count, why) in [
        ("posts", polls, text!("reasons-open-polls-arrive-closed")),
        ("posts", unaddressed, text!("reasons-does-not-say-whom-they-are-for")),
        ("posts", emoji, text!("reasons-emoji-stay-as-their-names")),
        (
            "media",
            fileless,
            if wants_files {
                text!("reasons-the-files-do-not-include-it")
            } else {
                text!("reasons-you-left-files-out")
            },
        ),
    ] {
        if count > 0 {
            notes::note(&engine.store, &transfer.id, kind, count, &why).await?;
        }
    }
    let (from, to) = (TransferState::Planned, TransferState::Importing);
    transfers::step(&engine.store, &transfer.id, from, to, engine.clock.now_micros()).await?;
    Ok(())
}
