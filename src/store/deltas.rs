//! Table `items` after the copy was made: what a pass found new, changed or gone at the source, and
//! what became of it here.

use super::{
    Connection, Store, StoreResult, again,
    blobs::{Blobs, Removing},
    count, from_json,
    items::save,
    keyed::{rows_of, run_for},
    to_json,
};
use crate::{
    model::{
        id::{ItemKey, TransferId},
        inventory::content_hash,
        item::{Item, ItemKind},
        media::MediaFile,
        pass::Found,
    },
    port::destination::StoredBlob,
};

/// An item as it is held.
type Held = (String, String, Option<String>);

/// Takes items that a pass brought: new ones wait like those of a first page, of others the newer version
/// waits. What its owner took away here stays away.
///
/// # Errors
/// [`super::StoreError`].
pub async fn take(store: &Store, transfer: &TransferId, brought: Vec<Item>) -> StoreResult<Found> {
    let transfer = transfer.clone();
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
                let mut found = Found::default();
                for item in &brought {
                    match held(c, &transfer, item).await? {
                        None => {
                            save(c, &transfer, item, position + 1).await?;
                            position += 1;
                            found.added += 1;
                        }
                        Some(held) => found.changed += u64::from(renew(c, &transfer, item, held).await?),
                    }
                }
                Ok(found)
            })
        })
        .await
}

async fn held(c: &mut Connection, transfer: &TransferId, item: &Item) -> StoreResult<Option<Held>> {
    Ok(row!(
        c,
        Held,
        "select state, item, blob from items where transfer_id = $1 and kind = $2 and key = $3",
        transfer.as_str(),
        item.kind().as_str(),
        item.key().as_str(),
    )?)
}

/// Puts the newer version in the place of the older one; `false` when it says the same.
async fn renew(c: &mut Connection, transfer: &TransferId, item: &Item, held: Held) -> StoreResult<bool> {
    let (state, text, blob) = held;
    let newer = to_json(item);
    if text == newer && state != "gone" {
        return Ok(false);
    }
    let next = match state.as_str() {
        "written" | "changed" | "gone" | "own" => "changed",
        "removed" => "removed",
        _ => "fetched",
    };
    let blob = match (item, blob) {
        (Item::Media(file), Some(blob)) => still_its_file(c, transfer, file, blob).await?,
        (_, blob) => blob,
    };
    run!(
        &mut *c,
        "update items set item = $4, published_at = $5, state = $6, why = case when state = 'removed' then why end, \
         blob = $7, content = $8 where transfer_id = $1 and kind = $2 and key = $3",
        transfer.as_str(),
        item.kind().as_str(),
        item.key().as_str(),
        newer,
        item.published().map_or(0, crate::model::moment::Moment::micros),
        next,
        blob,
        content_hash(item).hex(),
    )?;
    if let Item::Post(object) = item {
        for address in object.addresses() {
            run!(
                &mut *c,
                "insert into old_addresses (transfer_id, address, kind, key) values ($1, $2, $3, $4) \
                 on conflict do nothing",
                transfer.as_str(),
                address.as_str(),
                item.kind().as_str(),
                item.key().as_str(),
            )?;
        }
    }
    Ok(next != "removed")
}

/// The bytes that are here, if they are still the ones of this file. Others become an item of their own
/// that is gone, so that they are cleared away like anything else, also after a crash.
async fn still_its_file(
    c: &mut Connection,
    transfer: &TransferId,
    file: &MediaFile,
    blob: String,
) -> StoreResult<Option<String>> {
    let stored: StoredBlob = from_json("blob", &blob)?;
    if file.sha256.as_ref() == Some(&stored.sha256) {
        return Ok(Some(blob));
    }
    run!(
        c,
        "insert into items (transfer_id, kind, key, position, item, state, blob) \
         values ($1, $2, $3, 0, 'null', 'gone', $4) on conflict do nothing",
        transfer.as_str(),
        ItemKind::Media.as_str(),
        format!("{}#before-{}", file.url, stored.sha256),
        blob,
    )?;
    Ok(None)
}

/// Notes that items are gone at the source; gives how many of them were not known to be.
///
/// # Errors
/// [`super::StoreError`].
pub async fn mark_gone(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    keys: Vec<ItemKey>,
) -> StoreResult<u64> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let mut marked = 0;
                for key in &keys {
                    marked += run!(
                        &mut *c,
                        "update items set state = 'gone' where transfer_id = $1 and kind = $2 and key = $3 \
                         and state not in ('gone', 'own')",
                        transfer.as_str(),
                        kind.as_str(),
                        key.as_str(),
                    )?;
                }
                Ok(marked)
            })
        })
        .await
}

/// Whether something that was found still waits to be brought here, written over or taken away.
///
/// # Errors
/// [`super::StoreError`].
pub async fn is_waiting(store: &Store, transfer: &TransferId) -> StoreResult<bool> {
    let mut c = store.reader().await?;
    for state in ["fetched", "changed", "gone"] {
        let found = row!(
            &mut c,
            (String,),
            "select key from items where transfer_id = $1 and state = $2 limit 1",
            transfer.as_str(),
            state,
        )?;
        if found.is_some() {
            return Ok(true);
        }
    }
    drop(c);
    again::is_open(store, transfer).await
}

/// Keys of items of a kind that are gone at the source.
///
/// # Errors
/// [`super::StoreError`].
pub async fn gone(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    limit: i64,
) -> StoreResult<Vec<ItemKey>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String,),
        "select key from items where transfer_id = $1 and state = 'gone' and kind = $2 \
         order by published_at, position, key limit $3",
        transfer.as_str(),
        kind.as_str(),
        limit,
    )?;
    Ok(found.into_iter().map(|(key,)| ItemKey::from(key)).collect())
}

/// Forgets items that are gone on both sides: their rows, their new addresses, their bytes where nothing
/// else needs them. Doing it again after a crash does the rest.
///
/// # Errors
/// [`super::StoreError`].
pub async fn forget(
    store: &Store,
    blobs: &Blobs,
    transfer: &TransferId,
    kind: ItemKind,
    keys: Vec<ItemKey>,
) -> StoreResult<()> {
    let transfer = transfer.clone();
    let removing = blobs.removing().await;
    store
        .write(move |c| {
            Box::pin(async move {
                let keys: Vec<&str> = keys.iter().map(ItemKey::as_str).collect();
                let of = [transfer.as_str(), kind.as_str()];
                let sql = "select blob from items where transfer_id = $1 and kind = $2 and blob is not null \
                           and key in ({keys})";
                let files: Vec<(String,)> = rows_of(c, sql, &of, &keys).await?;
                for sql in [
                    "delete from items where transfer_id = $1 and kind = $2 and key in ({keys})",
                    "delete from url_map where transfer_id = $1 and kind = $2 and key in ({keys})",
                    "delete from old_addresses where transfer_id = $1 and kind = $2 and key in ({keys})",
                ] {
                    run_for(c, sql, &of.map(Some), &keys).await?;
                }
                for (blob,) in files {
                    remove_unneeded(c, &removing, &blob).await?;
                }
                Ok(())
            })
        })
        .await?;
    blobs.sweep().await
}

/// Files go before the commit: after a crash in between the rows still name what is left to remove.
pub(super) async fn remove_unneeded(c: &mut Connection, removing: &Removing, blob: &str) -> StoreResult<()> {
    let sha256 = from_json::<StoredBlob>("blob", blob)?.sha256;
    for (sql, wanted) in [
        ("select id from media where sha256 = $1 limit 1", sha256.as_str()),
        ("select key from items where blob = $1 limit 1", blob),
        ("select id from accounts where avatar = $1 or header = $1 limit 1", blob),
        ("select transfer_id from waiting_profiles where avatar = $1 or header = $1 limit 1", blob),
    ] {
        if row!(&mut *c, (String,), sql, wanted)?.is_some() {
            return Ok(());
        }
    }
    removing.remove_in(c, &sha256).await
}

/// What is to be said about things that are here, with how often each stands.
///
/// # Errors
/// [`super::StoreError`].
pub async fn remarks(store: &Store, transfer: &TransferId) -> StoreResult<Vec<(String, u64, String)>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, i64, String),
        "select kind, cast(count(*) as bigint), why from items where transfer_id = $1 \
         and state in ('written', 'own') and why is not null group by kind, why order by kind, why",
        transfer.as_str(),
    )?;
    Ok(found.into_iter().map(|(kind, n, why)| (kind, count(n), why)).collect())
}

/// Notes that a file is not taken here; an older version that is here stays.
///
/// # Errors
/// [`super::StoreError`].
pub async fn leave_file(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    key: &ItemKey,
    why: String,
) -> StoreResult<()> {
    let (transfer, key) = (transfer.clone(), key.clone());
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update items set state = case when state = 'changed' and kind = 'media' then 'written' \
                     else 'skipped' end, why = $4 where transfer_id = $1 and kind = $2 and key = $3",
                    transfer.as_str(),
                    kind.as_str(),
                    key.as_str(),
                    why,
                )?;
                Ok(())
            })
        })
        .await
}

/// Notes that a file cannot be had; an older version that is here stays.
///
/// # Errors
/// [`super::StoreError`].
pub async fn lose_file(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    key: &ItemKey,
    why: String,
) -> StoreResult<()> {
    let (transfer, key) = (transfer.clone(), key.clone());
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update items set state = case when state = 'changed' and kind = 'media' then 'written' \
                     else 'failed' end, why = $4, is_again = null where transfer_id = $1 and kind = $2 and key = $3",
                    transfer.as_str(),
                    kind.as_str(),
                    key.as_str(),
                    why,
                )?;
                Ok(())
            })
        })
        .await
}
