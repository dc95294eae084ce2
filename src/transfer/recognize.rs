//! New home, when the account has lived here before: what it brings back is not written a second time.
//!
//! An item is one of ours if it says that it was one of ours once, or if an earlier copy brought it
//! (or what it was before) to this account. Its line of the map then leads to what stands here.

use std::{collections::BTreeMap, sync::Arc};

use url::Url;

use super::{Engine, TransferResult};
use crate::{
    model::{
        item::{Item, ItemKind},
        object::Breadcrumb,
        transfer::Transfer,
    },
    port::{
        destination::has_it,
        host::{Located, Standing},
    },
    store::{
        items::{self, Waiting},
        originals::{self, OriginalRow},
    },
    words::text,
};

/// Items looked at in one go.
const BATCH: i64 = 200;

/// Why nothing is written for something that came from here.
fn came_from_here() -> String {
    text!("reasons-came-from-here")
}

/// Why nothing is written for something that was brought here before.
pub(super) fn brought_before() -> String {
    text!("reasons-an-earlier-copy-brought-it")
}

/// Whether a thing was left out because it stands here already.
pub fn was_here(why: &str) -> bool {
    [came_from_here(), brought_before(), has_it()].iter().any(|reason| reason == why)
}

/// What stands here for an item.
struct Original {
    located: Located,
    why: Arc<str>,
}

/// Goes over what was read, before any file of it is fetched. Doing it again changes nothing.
pub(super) async fn recognize(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    if !originals::are_possible(&engine.store, &transfer.id, transfer.account.as_str()).await? {
        return Ok(());
    }
    for kind in [ItemKind::Posts, ItemKind::Boosts] {
        let mut after = (i64::MIN, 0);
        loop {
            engine.goes_on().await?;
            let batch = items::fetched(&engine.store, &transfer.id, kind, after, BATCH).await?;
            let Some(last) = batch.last() else { break };
            after = (last.published_at, last.position);
            let found = originals_of(engine, transfer, kind, &batch).await?;
            let rows = lines(engine, transfer, batch, found).await?;
            if !rows.is_empty() {
                originals::keep(&engine.store, &transfer.id, rows).await?;
            }
        }
    }
    Ok(())
}

/// What stands here for each item of a batch.
async fn originals_of(
    engine: &Engine,
    transfer: &Transfer,
    kind: ItemKind,
    batch: &[Waiting],
) -> TransferResult<Vec<Option<Original>>> {
    let former: Vec<&str> = batch
        .iter()
        .flat_map(|waiting| {
            let crumbs = crumbs(&waiting.item).iter().map(|crumb| crumb.id.as_str());
            std::iter::once(waiting.key.as_str()).chain(crumbs)
        })
        .collect();
    let brought =
        originals::brought_before(&engine.store, &transfer.id, transfer.account.as_str(), &former).await?;
    let (here_still, before_now): (Arc<str>, Arc<str>) = (came_from_here().into(), brought_before().into());
    let mut candidates = Vec::new();
    for (place, waiting) in batch.iter().enumerate() {
        for crumb in crumbs(&waiting.item).iter().filter(|crumb| crumb.id.origin() == engine.base.origin()) {
            candidates.push((place, crumb.id.clone(), Arc::clone(&here_still)));
        }
        let before = std::iter::once(waiting.key.as_str())
            .chain(crumbs(&waiting.item).iter().map(|crumb| crumb.id.as_str()))
            .filter_map(|address| brought.get(address));
        for address in before.filter_map(|address| Url::parse(address).ok()) {
            candidates.push((place, address, Arc::clone(&before_now)));
        }
    }
    let addresses: Vec<Url> = candidates.iter().map(|(_, address, _)| address.clone()).collect();
    let located = engine.host.locate_all(&addresses).await?;
    let mut found: Vec<Option<Original>> = batch.iter().map(|_| None).collect();
    for ((place, _, why), located) in candidates.into_iter().zip(located) {
        let own = located.filter(|located| located.account == transfer.account && located.kind == kind);
        if let (Some(slot @ None), Some(located)) = (found.get_mut(place), own) {
            *slot = Some(Original { located, why });
        }
    }
    Ok(found)
}

fn crumbs(item: &Item) -> &[Breadcrumb] {
    match item {
        Item::Post(object) => &object.previously,
        Item::Boost(boost) => &boost.previously,
        _ => &[],
    }
}

/// The lines of the map for what was recognized, and for the files of posts that show as many as ours.
async fn lines(
    engine: &Engine,
    transfer: &Transfer,
    batch: Vec<Waiting>,
    found: Vec<Option<Original>>,
) -> TransferResult<Vec<OriginalRow>> {
    let pairs: Vec<(Waiting, Original)> =
        batch.into_iter().zip(found).filter_map(|(waiting, found)| Some((waiting, found?))).collect();
    let ids: Vec<Url> = pairs.iter().map(|(_, original)| original.located.id.clone()).collect();
    let standing = engine.host.standing(&ids).await?;
    let mut rows = Vec::new();
    let mut files: BTreeMap<String, (Url, Arc<str>)> = BTreeMap::new();
    for ((waiting, original), Standing { page, files: ours, .. }) in pairs.into_iter().zip(standing) {
        if let Item::Post(object) = &waiting.item
            && object.attachments.len() == ours.len()
        {
            let theirs = object.attachments.iter().map(|file| file.url.clone());
            files.extend(theirs.zip(ours.into_iter().map(|url| (url, Arc::clone(&original.why)))));
        }
        rows.push(line(waiting.key.as_str(), waiting.item.visibility().as_str(), page, &original));
    }
    let addresses: Vec<Url> = files.values().map(|(url, _)| url.clone()).collect();
    let located = engine.host.locate_all(&addresses).await?;
    for ((key, (_, why)), located) in files.into_iter().zip(located) {
        if let Some(located) = located.filter(|located| located.account == transfer.account) {
            let visibility = located.visibility.as_str();
            rows.push(line(&key, visibility, None, &Original { located, why }));
        }
    }
    Ok(rows)
}

fn line(key: &str, visibility: &'static str, page: Option<Url>, original: &Original) -> OriginalRow {
    OriginalRow {
        kind: original.located.kind.as_str(),
        key: key.to_owned(),
        local_id: original.located.local_id.as_str().to_owned(),
        new_url: original.located.id.to_string(),
        new_page: page.map(String::from),
        visibility,
        why: Arc::clone(&original.why),
    }
}
