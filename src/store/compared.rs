//! Table `items` once more: what is held of a kind, for comparing it with what the source states, and
//! what a comparison changes.

use std::collections::BTreeMap;

use super::{
    Connection, Store, StoreError, StoreResult,
    blobs::{Blobs, Removing},
    deltas::remove_unneeded,
    from_json,
    items::save,
    keyed::rows_of,
    notes, to_json,
};
use crate::{
    model::{
        digest::{Digest, NotADigest},
        id::{ItemKey, TransferId},
        inventory::{Entry, content_hash, content_hash_of},
        item::{Item, ItemKind},
    },
    port::destination::StoredBlob,
};

/// An element of which nothing but its key is known.
const NOTHING: &str = "null";

/// Selects the stored hash of an item, and the item itself only where it has none.
macro_rules! content {
    ($rest:literal) => {
        concat!("select key, content, case when content is null then item end from items ", $rest)
    };
}

/// Key, stored hash, and the item where there is no such hash.
type Row = (String, Option<String>, Option<String>);

fn entry((key, content, item): Row) -> StoreResult<Option<Entry>> {
    let content = content_of(content, item.as_deref())?;
    Ok(content.map(|content| Entry { key: ItemKey::from(key), content }))
}

/// The hash of what an item is; nothing where only its key is known.
pub(super) fn content_of(stored: Option<String>, item: Option<&str>) -> StoreResult<Option<Digest>> {
    match (stored, item) {
        (Some(hash), _) => {
            let unfit = |error: NotADigest| StoreError::Corrupt { what: "hash", why: error.to_string() };
            Digest::try_from(hash).map(Some).map_err(unfit)
        }
        (None, Some(NOTHING) | None) => Ok(None),
        (None, Some(item)) => Ok(Some(content_hash_of(&from_json("item", item)?))),
    }
}

/// The lines of what is held of a kind, in the order of keys after `after`; with the last key looked
/// at, `None` at the end.
///
/// # Errors
/// [`super::StoreError`].
pub async fn entries(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    after: &str,
    limit: i64,
) -> StoreResult<(Vec<Entry>, Option<String>)> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        Row,
        content!(
            "where transfer_id = $1 and kind = $2 and key > $3 and state not in ('gone', 'own') \
             order by key limit $4"
        ),
        transfer.as_str(),
        kind.as_str(),
        after,
        limit,
    )?;
    let last = found.last().map(|(key, ..)| key.clone());
    let read = found.into_iter().filter_map(|row| entry(row).transpose());
    Ok((read.collect::<StoreResult<_>>()?, last))
}

/// Keys of what is held of a kind, in their order after `after`.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keys(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    after: &str,
    limit: i64,
) -> StoreResult<Vec<ItemKey>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String,),
        "select key from items where transfer_id = $1 and kind = $2 and key > $3 and item <> 'null' \
         and state not in ('gone', 'own') order by key limit $4",
        transfer.as_str(),
        kind.as_str(),
        after,
        limit,
    )?;
    Ok(found.into_iter().map(|(key,)| ItemKey::from(key)).collect())
}

/// The content hashes of those of these keys that are held.
///
/// # Errors
/// [`super::StoreError`].
pub async fn contents(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    keys: &[&str],
) -> StoreResult<BTreeMap<ItemKey, Digest>> {
    let mut c = store.reader().await?;
    let sql =
        content!("where transfer_id = $1 and kind = $2 and state not in ('gone', 'own') and key in ({keys})");
    let found: Vec<Row> = rows_of(&mut c, sql, &[transfer.as_str(), kind.as_str()], keys).await?;
    let mut held = BTreeMap::new();
    for row in found {
        if let Some(Entry { key, content }) = entry(row)? {
            held.insert(key, content);
        }
    }
    Ok(held)
}

/// Takes items that a comparison brought: new ones wait like those of a page, others are replaced as
/// long as nothing was written of them. Bytes that came for a file stay if they are still its own.
///
/// # Errors
/// [`super::StoreError`].
pub async fn take(
    store: &Store,
    blobs: &Blobs,
    transfer: &TransferId,
    brought: Vec<Item>,
) -> StoreResult<()> {
    let transfer = transfer.clone();
    let removing = blobs.removing().await;
    store
        .write(move |c| {
            Box::pin(async move {
                let (mut position,): (i64,) = row!(
                    c,
                    (i64,),
                    "select cast(coalesce(max(position), 0) as bigint) from items where transfer_id = $1",
                    transfer.as_str()
                )?
                .unwrap_or((0,));
                for item in &brought {
                    if save(c, &transfer, item, position + 1).await? {
                        position += 1;
                    } else {
                        replace(c, &removing, &transfer, item).await?;
                    }
                }
                Ok(())
            })
        })
        .await?;
    blobs.sweep().await
}

/// Puts a newer version in the place of one of which nothing was written.
async fn replace(
    c: &mut Connection,
    removing: &Removing,
    transfer: &TransferId,
    item: &Item,
) -> StoreResult<()> {
    let (kind, key) = (item.kind(), item.key());
    let held = row!(
        &mut *c,
        (Option<String>,),
        "select blob from items where transfer_id = $1 and kind = $2 and key = $3 \
         and state in ('fetched', 'failed')",
        transfer.as_str(),
        kind.as_str(),
        key.as_str(),
    )?;
    let Some((held,)) = held else { return Ok(()) };
    let (kept, unneeded) = match (item, held) {
        (Item::Media(file), Some(blob)) => {
            let stored: StoredBlob = from_json("blob", &blob)?;
            let is_its_own = file.sha256.as_ref() == Some(&stored.sha256);
            if is_its_own { (Some(blob), None) } else { (None, Some(blob)) }
        }
        _ => (None, None),
    };
    run!(
        &mut *c,
        "update items set item = $4, published_at = $5, state = 'fetched', why = null, blob = $6, content = $7 \
         where transfer_id = $1 and kind = $2 and key = $3",
        transfer.as_str(),
        kind.as_str(),
        key.as_str(),
        to_json(item),
        item.published().map_or(0, crate::model::moment::Moment::micros),
        kept,
        content_hash(item).hex(),
    )?;
    match unneeded {
        Some(blob) => remove_unneeded(c, removing, &blob).await,
        None => Ok(()),
    }
}

/// Notes items that the source states and does not give out.
///
/// # Errors
/// [`super::StoreError`].
pub async fn lose(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    lost: Vec<(ItemKey, String)>,
) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                for (key, why) in &lost {
                    run!(
                        c,
                        "insert into items (transfer_id, kind, key, position, item, state, why) values \
                         ($1, $2, $3, (select cast(coalesce(max(i.position), 0) + 1 as bigint) from items i \
                         where i.transfer_id = $1), 'null', 'failed', $4) \
                         on conflict (transfer_id, kind, key) do nothing",
                        transfer.as_str(),
                        kind.as_str(),
                        key.as_str(),
                        why,
                    )?;
                }
                Ok(())
            })
        })
        .await
}

/// Forgets items of which nothing was written, with the bytes that came for them, and notes why.
///
/// # Errors
/// [`super::StoreError`].
pub async fn forget(
    store: &Store,
    blobs: &Blobs,
    transfer: &TransferId,
    kind: ItemKind,
    gone: Vec<ItemKey>,
    why: String,
) -> StoreResult<()> {
    let transfer = transfer.clone();
    let removing = blobs.removing().await;
    store
        .write(move |c| {
            Box::pin(async move {
                for key in &gone {
                    run!(
                        &mut *c,
                        "delete from old_addresses where transfer_id = $1 and kind = $2 and key = $3",
                        transfer.as_str(),
                        kind.as_str(),
                        key.as_str(),
                    )?;
                    let forgotten = row!(
                        &mut *c,
                        (Option<String>,),
                        "delete from items where transfer_id = $1 and kind = $2 and key = $3 \
                         and state in ('fetched', 'failed') returning blob",
                        transfer.as_str(),
                        kind.as_str(),
                        key.as_str(),
                    )?;
                    let Some((blob,)) = forgotten else { continue };
                    notes::count_in(&mut *c, &transfer, kind.as_str(), &why).await?;
                    if let Some(blob) = blob {
                        remove_unneeded(&mut *c, &removing, &blob).await?;
                    }
                }
                Ok(())
            })
        })
        .await?;
    blobs.sweep().await
}

/// Forgets what is noted as lost for one of these reasons, so that it is looked for again.
///
/// # Errors
/// [`super::StoreError`].
pub async fn forget_lost(store: &Store, transfer: &TransferId, whys: Vec<String>) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                for why in &whys {
                    run!(
                        c,
                        "delete from items where transfer_id = $1 and item = 'null' and state = 'failed' \
                         and why = $2",
                        transfer.as_str(),
                        why,
                    )?;
                }
                Ok(())
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{collection::CollectionKind, collection::Page, media::MediaFile, media::MediaRole},
        store::{
            blobs::Expected,
            census,
            items::{files_to_fetch, keep_blobs, save_page},
        },
    };

    fn file(name: &str, sha256: Option<&str>) -> MediaFile {
        MediaFile {
            url: format!("https://old.example/{name}"),
            fetch_url: None,
            role: MediaRole::Attachment,
            media_type: "image/png".into(),
            bytes: None,
            sha256: sha256.map(str::to_owned),
        }
    }

    #[tokio::test]
    async fn bytes_that_came_before_the_comparison_stay_with_their_own_file_only() {
        let dir = tempfile::tempdir().unwrap();
        let (store, blobs) = (Store::open(dir.path()).await.unwrap(), Blobs::open(dir.path()).await.unwrap());
        let id = census::transfer(&store).await;
        let names = ["same", "other", "gone"];
        let mut hashes = Vec::new();
        for name in names {
            let bytes = futures::stream::iter([Ok(bytes::Bytes::from(name))]);
            let expected = file(name, None);
            let expected = Expected { limit_bytes: 100, file: &expected };
            let kept =
                blobs.keep(vec![blobs.spool(&mut None, bytes, expected).await.unwrap()]).await.unwrap();
            let (blob, item) = (kept.blobs()[0].clone(), Item::Media(file(name, Some("first"))));
            let page = Page { items: vec![item.clone()], ..Page::default() };
            save_page(&store, &id, CollectionKind::Media, None, page).await.unwrap();
            hashes.push(blob.sha256.clone());
            keep_blobs(&store, &id, vec![(ItemKind::Media, item.key(), blob)]).await.unwrap();
        }
        let newer = [file("same", Some(&hashes[0])), file("other", Some("newer"))].map(Item::Media);
        take(&store, &blobs, &id, newer.to_vec()).await.unwrap();
        let gone = Item::Media(file("gone", None)).key();
        forget(&store, &blobs, &id, ItemKind::Media, vec![gone], "it is gone".to_owned()).await.unwrap();
        let waiting = files_to_fetch(&store, &id, i64::MIN, 10).await.unwrap();
        assert_eq!(waiting.iter().map(|one| one.item.clone()).collect::<Vec<_>>(), newer[1..]);
        let lie = hashes.iter().map(|sha256| blobs.path(sha256).exists()).collect::<Vec<_>>();
        assert_eq!(lie, [true, false, false]);
    }
}
