//! One page of a collection, as it is kept.

use std::collections::BTreeSet;

use crate::{
    model::{
        collection::{CollectionKind, Page},
        id::TransferId,
        inventory::content_hash,
        item::{Item, ItemKind},
        moment::Moment,
    },
    store::{
        Connection, Store, StoreResult, count,
        many::{self, Value},
        notes, to_json, unshown,
    },
};

/// One thing on a page, as its row says it.
struct Line<'p> {
    kind: ItemKind,
    key: String,
    published_at: i64,
    text: String,
    /// The hash of what it is; nothing where it could not be read.
    content: Option<String>,
    state: &'static str,
    why: Option<&'p str>,
    item: Option<&'p Item>,
}

/// Saves one page: its items *and* the cursor behind it, in one transaction. Answers where the last
/// item stands: how many things the transfer has now, or a few more where something came twice.
///
/// Items read before are left as they are, so that reading a page twice is reading it once.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError).
pub async fn save_page(
    store: &Store,
    transfer: &TransferId,
    collection: CollectionKind,
    announced: Option<u64>,
    page: Page,
) -> StoreResult<u64> {
    let transfer = transfer.clone();
    store
        .write_repeatable(move |c| {
            Box::pin(async move {
                let lines: Vec<Line<'_>> = lines(&page).collect();
                let last = save_lines(c, &transfer, &lines).await?;
                unshown::keep_texts(c, &transfer, &page).await?;
                run!(
                    c,
                    "insert into transfer_cursors (transfer_id, collection, next_cursor, announced, is_done) \
                     values ($1, $2, $3, $4, $5) on conflict (transfer_id, collection) do update set \
                     next_cursor = excluded.next_cursor, is_done = excluded.is_done, \
                     announced = coalesce(excluded.announced, transfer_cursors.announced)",
                    transfer.as_str(),
                    collection.as_str(),
                    page.next.as_ref().map(|cursor| cursor.0.clone()),
                    announced.and_then(|n| i64::try_from(n).ok()),
                    page.next.is_none(),
                )?;
                went_on(c, &transfer).await?;
                Ok(count(last))
            })
        })
        .await
}

fn lines(page: &Page) -> impl Iterator<Item = Line<'_>> {
    let unreadable = page.unreadable.iter().map(|lost| Line {
        kind: lost.kind,
        key: lost.key.clone(),
        published_at: 0,
        text: "null".to_owned(),
        content: None,
        state: "failed",
        why: Some(&lost.why),
        item: None,
    });
    page.items.iter().map(line).chain(unreadable)
}

fn line(item: &Item) -> Line<'_> {
    Line {
        kind: item.kind(),
        key: item.key().to_string(),
        published_at: item.published().map_or(0, Moment::micros),
        text: to_json(item),
        content: Some(content_hash(item).hex()),
        state: "fetched",
        why: None,
        item: Some(item),
    }
}

/// Saves what is new of a page, and notes what is not: the first of one kind and key stays.
async fn save_lines(c: &mut Connection, transfer: &TransferId, lines: &[Line<'_>]) -> StoreResult<i64> {
    let sql = "select coalesce(max(position), 0) from items where transfer_id = $1";
    let (mut last,) = row!(c, (i64,), sql, transfer.as_str())?.unwrap_or((0,));
    let first = last + 1;
    let is_new = add(c, transfer, lines, first).await?;
    for ((position, line), is_new) in (first..).zip(lines).zip(is_new) {
        if is_new {
            last = position;
        } else {
            note_again(c, transfer, line.kind, &line.key, &line.text).await?;
        }
    }
    Ok(last)
}

/// Adds lines from the position `first` on, with all addresses of those that are posts. For each:
/// whether it is new.
async fn add(
    c: &mut Connection,
    transfer: &TransferId,
    lines: &[Line<'_>],
    first: i64,
) -> StoreResult<Vec<bool>> {
    let rows: Vec<_> = (first..)
        .zip(lines)
        .map(|(position, line)| {
            [
                Value::Text(transfer.as_str()),
                Value::Text(line.kind.as_str()),
                Value::Text(&line.key),
                Value::Number(position),
                Value::Number(line.published_at),
                Value::Text(&line.text),
                Value::Text(line.state),
                Value::Maybe(line.why),
                Value::Maybe(line.content.as_deref()),
            ]
        })
        .collect();
    let sql = "insert into items (transfer_id, kind, key, position, published_at, item, state, why, content) \
               values {rows} on conflict do nothing returning kind, key";
    let added: Vec<(String, String)> = many::returned(c, sql, &rows).await?;
    let mut added: BTreeSet<(&str, &str)> =
        added.iter().map(|(kind, key)| (kind.as_str(), key.as_str())).collect();
    let is_new: Vec<bool> =
        lines.iter().map(|line| added.remove(&(line.kind.as_str(), line.key.as_str()))).collect();
    let (mut addresses, mut former) = (Vec::new(), Vec::new());
    for (line, _) in lines.iter().zip(&is_new).filter(|(_, is_new)| **is_new) {
        let row = |address| {
            let (kind, key) = (line.kind.as_str(), line.key.as_str());
            [transfer.as_str(), address, kind, key].map(Value::Text)
        };
        let Some(item) = line.item else { continue };
        former.extend(item.previously().iter().map(|crumb| row(crumb.id.as_str())));
        if let Item::Post(object) = item {
            // Also what it was called before, so that it is found by that, too.
            let before = object.previously.iter().map(|crumb| &crumb.id);
            addresses.extend(object.addresses().chain(before).map(|address| row(address.as_str())));
        }
    }
    let sql = "insert into former_addresses (transfer_id, address, kind, key) values {rows} \
               on conflict do nothing";
    many::insert(c, sql, &former).await?;
    let sql = "insert into old_addresses (transfer_id, address, kind, key) values {rows} \
               on conflict do nothing";
    many::insert(c, sql, &addresses).await?;
    Ok(is_new)
}

/// Saves an item; `false` when one of its kind has this key already: the first stays.
pub(in crate::store) async fn save(
    c: &mut Connection,
    transfer: &TransferId,
    item: &Item,
    position: i64,
) -> StoreResult<bool> {
    Ok(add(c, transfer, &[line(item)], position).await? == [true])
}

/// Only failures in a row are counted against a source: something arrived, so the row ends.
pub(super) async fn went_on(c: &mut Connection, transfer: &TransferId) -> StoreResult<()> {
    run!(c, "update transfers set attempts = 0 where id = $1 and attempts > 0", transfer.as_str())?;
    Ok(())
}

/// Notes what a source listed again, so that one of two things does not vanish in numbers that agree.
async fn note_again(
    c: &mut Connection,
    transfer: &TransferId,
    kind: ItemKind,
    key: &str,
    text: &str,
) -> StoreResult<()> {
    let first = row!(
        c,
        (String,),
        "select item from items where transfer_id = $1 and kind = $2 and key = $3",
        transfer.as_str(),
        kind.as_str(),
        key,
    )?;
    let is_same = first.is_some_and(|(first,)| first == text);
    let why = if is_same {
        "Old home listed more than once what is carried once"
    } else {
        "Old home listed one address again with different content; the first is carried"
    };
    notes::count_in(c, transfer, kind.as_str(), why).await
}
