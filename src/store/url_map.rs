//! Tables `url_map` and `old_addresses`: where everything lived and where it lives now.

use std::collections::BTreeMap;

use url::Url;

use super::{
    Store, StoreError, StoreResult, count,
    keyed::{rows_of, run_for},
    many::{self, Value},
};
use crate::model::{
    id::{ItemKey, LocalId, TransferId},
    item::ItemKind,
    mapping::{Reservation, UrlMapping},
    object::Visibility,
};

/// One new line of the map.
#[derive(Debug, Clone)]
pub struct Line {
    /// The reservation.
    pub reservation: Reservation,
    /// Where the item lived; for a file of an archive there is no such address and none is handed over.
    pub old: Option<String>,
    /// Who could see it.
    pub visibility: Visibility,
}

/// Saves reservations; lines that stand already stay as they are.
///
/// # Errors
/// [`StoreError`].
pub async fn save(store: &Store, transfer: &TransferId, lines: Vec<Line>) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write_repeatable(move |c| {
            Box::pin(async move {
                let rows: Vec<_> = lines
                    .iter()
                    .map(|line| {
                        let Reservation { kind, key, local_id, url, page } = &line.reservation;
                        [
                            Value::Text(transfer.as_str()),
                            Value::Text(kind.as_str()),
                            Value::Text(key.as_str()),
                            Value::Text(line.old.as_deref().unwrap_or_default()),
                            Value::Text(local_id.as_str()),
                            Value::Text(url.as_str()),
                            Value::Maybe(page.as_ref().map(Url::as_str)),
                            Value::Text(line.visibility.as_str()),
                            Value::Flag(false),
                        ]
                    })
                    .collect();
                let sql = "insert into url_map (transfer_id, kind, key, old_url, local_id, new_url, new_page, \
                           visibility, handed_over) values {rows} on conflict do nothing";
                many::insert(c, sql, &rows).await?;
                Ok(())
            })
        })
        .await
}

#[derive(sqlx::FromRow)]
struct ReservationRow {
    kind: String,
    key: String,
    local_id: String,
    new_url: String,
    new_page: Option<String>,
}

fn read(row: ReservationRow) -> StoreResult<Reservation> {
    let url = |text: &str| {
        Url::parse(text).map_err(|error| StoreError::Corrupt { what: "new address", why: error.to_string() })
    };
    Ok(Reservation {
        kind: ItemKind::from_word(&row.kind)
            .ok_or_else(|| StoreError::Corrupt { what: "item kind", why: row.kind.clone() })?,
        key: ItemKey::from(row.key),
        local_id: LocalId::from(row.local_id),
        url: url(&row.new_url)?,
        page: row.new_page.as_deref().map(url).transpose()?,
    })
}

/// The reservations of items of one kind, by key.
///
/// # Errors
/// [`StoreError`].
pub async fn reservations(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    keys: &[&str],
) -> StoreResult<BTreeMap<String, Reservation>> {
    let mut c = store.reader().await?;
    let sql = "select kind, key, local_id, new_url, new_page from url_map \
               where transfer_id = $1 and kind = $2 and key in ({keys})";
    let found: Vec<ReservationRow> = rows_of(&mut c, sql, &[transfer.as_str(), kind.as_str()], keys).await?;
    found.into_iter().map(|row| Ok((row.key.clone(), read(row)?))).collect()
}

#[derive(sqlx::FromRow)]
struct PlaceRow {
    address: String,
    #[sqlx(flatten)]
    reservation: ReservationRow,
}

/// Where the posts behind these addresses live now: by address, the new id and page.
///
/// # Errors
/// [`StoreError`].
pub async fn posts_at(
    store: &Store,
    transfer: &TransferId,
    addresses: &[&str],
) -> StoreResult<BTreeMap<String, Reservation>> {
    let mut c = store.reader().await?;
    let sql = "select a.address, m.kind, m.key, m.local_id, m.new_url, m.new_page from old_addresses a \
               join url_map m on m.transfer_id = a.transfer_id and m.kind = a.kind and m.key = a.key \
               where a.transfer_id = $1 and a.address in ({keys})";
    let found: Vec<PlaceRow> = rows_of(&mut c, sql, &[transfer.as_str()], addresses).await?;
    found.into_iter().map(|row| Ok((row.address, read(row.reservation)?))).collect()
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    kind: String,
    key: String,
    old_url: String,
    new_url: String,
    visibility: String,
}

/// One entry with the key that pages the map.
pub type Entry = (String, UrlMapping);

fn entry(row: EntryRow) -> Option<Entry> {
    let mapping = UrlMapping {
        old: Url::parse(&row.old_url).ok()?,
        new: Url::parse(&row.new_url).ok()?,
        kind: ItemKind::from_word(&row.kind)?,
        visibility: Visibility::from_word(&row.visibility),
    };
    Some((format!("{} {}", row.kind, row.key), mapping))
}

/// A page of the map of what was written or stands here as its original, by (kind, key) after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn entries(
    store: &Store,
    transfer: &TransferId,
    after: &str,
    limit: i64,
    only_waiting: bool,
) -> StoreResult<Vec<Entry>> {
    let (after_kind, after_key) = after.split_once(' ').unwrap_or_default();
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        EntryRow,
        "select m.kind, m.key, m.old_url, m.new_url, m.visibility from url_map m \
         join items i on i.transfer_id = m.transfer_id and i.kind = m.kind and i.key = m.key \
         where m.transfer_id = $1 and m.old_url <> '' and (i.state = 'written' or exists \
         (select 1 from originals o where o.transfer_id = m.transfer_id and o.kind = m.kind and o.key = m.key)) \
         and m.kind in ('posts', 'boosts', 'media') \
         and (m.kind, m.key) > ($2, $3) and (not $5 or (not m.handed_over and not exists \
         (select 1 from erasures e where e.transfer_id = m.transfer_id and e.kind = m.kind and e.key = m.key))) \
         order by m.kind, m.key limit $4",
        transfer.as_str(),
        after_kind,
        after_key,
        limit,
        only_waiting,
    )?;
    Ok(found.into_iter().filter_map(entry).collect())
}

/// Notes who may see items now.
///
/// # Errors
/// [`StoreError`].
pub async fn see(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    seen: Vec<(ItemKey, Visibility)>,
) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                for (key, visibility) in &seen {
                    run!(
                        c,
                        "update url_map set visibility = $4 where transfer_id = $1 and kind = $2 and key = $3",
                        transfer.as_str(),
                        kind.as_str(),
                        key.as_str(),
                        visibility.as_str(),
                    )?;
                }
                Ok(())
            })
        })
        .await
}

/// Marks entries as taken by the source.
///
/// # Errors
/// [`StoreError`].
pub async fn mark_handed_over(store: &Store, transfer: &TransferId, old: Vec<String>) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                let sql =
                    "update url_map set handed_over = true where transfer_id = $1 and old_url in ({keys})";
                let old: Vec<&str> = old.iter().map(String::as_str).collect();
                run_for(c, sql, &[Some(transfer.as_str())], &old).await?;
                Ok(())
            })
        })
        .await
}

/// How many entries there are, and how many the source has taken.
///
/// # Errors
/// [`StoreError`].
pub async fn counts(store: &Store, transfer: &TransferId) -> StoreResult<(u64, u64)> {
    let mut c = store.reader().await?;
    let found: Option<(i64, i64)> = row!(
        &mut c,
        (i64, i64),
        "select count(*), cast(coalesce(sum(case when m.handed_over then 1 else 0 end), 0) as bigint) \
         from url_map m join items i on i.transfer_id = m.transfer_id and i.kind = m.kind and i.key = m.key \
         where m.transfer_id = $1 and m.old_url <> '' and (i.state = 'written' or exists \
         (select 1 from originals o where o.transfer_id = m.transfer_id and o.kind = m.kind and o.key = m.key)) \
         and m.kind in ('posts', 'boosts', 'media')",
        transfer.as_str(),
    )?;
    Ok(found.map_or((0, 0), |(all, handed)| (count(all), count(handed))))
}
