//! Counting what is there of a copy, in the server's own tables.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;

use super::{
    MastodonDestination,
    journal::{self, MEDIA, STATUSES, WAITING, ours},
    waiting::Waiting,
};
use crate::{
    adapters::mastodon_database::database::silent,
    model::{id::TransferId, item::ItemKind, mapping::Reservation},
    port::error::AdapterError,
    store::{
        host_profiles,
        host_rows::{self, HostRow},
    },
};

/// Rows looked up in one go.
const BATCH: i64 = 2_000;

/// Posts and boosts that stand, and are not on their way out.
const STATUSES_THERE: &str = "select id from statuses where id = any($1) and deleted_at is null";
/// Files that a post shows.
const MEDIA_THERE: &str = "select id from media_attachments where id = any($1) and status_id is not null";

impl MastodonDestination {
    /// Counts by kind.
    pub(super) async fn count_all(
        &self,
        transfer: &TransferId,
    ) -> Result<BTreeMap<ItemKind, u64>, AdapterError> {
        let mut counts: BTreeMap<ItemKind, u64> = ItemKind::ALL.into_iter().map(|kind| (kind, 0)).collect();
        let profile = host_profiles::find(&self.store, transfer.as_str()).await.map_err(ours)?;
        let pictures =
            profile.map_or(0, |it| u64::from(it.avatar.is_some()) + u64::from(it.header.is_some()));
        counts.insert(ItemKind::ProfileImages, pictures);
        let (mut c, _) = self.database.connection().await?;
        for place in [STATUSES, MEDIA, WAITING] {
            let mut after = (i64::MIN, String::new());
            loop {
                let page = host_rows::page(&self.store, transfer.as_str(), place, (after.0, &after.1), BATCH);
                let page = page.await.map_err(ours)?;
                let Some(last) = page.last() else { break };
                after = (last.position, last.row_key.clone());
                let there = stands(&mut c, place, &page).await?;
                for row in page.iter().filter(|row| there.contains(&row.row_key)) {
                    if let Some(kind) = ItemKind::from_word(&row.kind) {
                        *counts.entry(kind).or_default() += 1;
                    }
                }
            }
        }
        Ok(counts)
    }

    /// Which of the places stand empty.
    pub(super) async fn which_are_missing(
        &self,
        transfer: &TransferId,
        batch: &[Reservation],
    ) -> Result<Vec<bool>, AdapterError> {
        let (mut c, _) = self.database.connection().await?;
        let mut there = BTreeSet::new();
        for place in [STATUSES, MEDIA, WAITING] {
            let keys: Vec<String> =
                batch.iter().filter(|one| place_of(one.kind) == place).map(noted_as).collect();
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            let rows = host_rows::of(&self.store, transfer.as_str(), place, &keys).await.map_err(ours)?;
            let found = stands(&mut c, place, &rows).await?;
            there.extend(found.into_iter().map(|key| (place, key)));
        }
        Ok(batch.iter().map(|one| !there.contains(&(place_of(one.kind), noted_as(one)))).collect())
    }
}

/// Where things of a kind are noted.
pub(super) fn place_of(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Posts | ItemKind::Boosts => STATUSES,
        ItemKind::Media => MEDIA,
        _ => WAITING,
    }
}

/// The key they are noted under.
pub(super) fn noted_as(one: &Reservation) -> String {
    match place_of(one.kind) {
        WAITING => format!("{} {}", one.kind.as_str(), one.local_id),
        _ => one.local_id.to_string(),
    }
}

/// The keys of those that stand; what waits stands as long as the post it is about does.
pub(super) async fn stands(
    c: &mut PgConnection,
    place: &str,
    rows: &[HostRow],
) -> Result<BTreeSet<String>, AdapterError> {
    let mut about: Vec<(String, Option<i64>)> = Vec::with_capacity(rows.len());
    for row in rows {
        let id =
            if place == WAITING { journal::detail::<Waiting>(row)?.status } else { row.row_key.parse().ok() };
        about.push((row.row_key.clone(), id));
    }
    let ids: Vec<i64> = about.iter().filter_map(|(_, id)| *id).collect();
    let sql = if place == MEDIA { MEDIA_THERE } else { STATUSES_THERE };
    let found: Vec<i64> =
        sqlx::query_scalar(sql).bind(&ids).fetch_all(c).await.map_err(|error| silent(&error))?;
    let found: BTreeSet<i64> = found.into_iter().collect();
    let stands = about.into_iter().filter(|(_, id)| id.is_none_or(|id| found.contains(&id)));
    Ok(stands.map(|(key, _)| key).collect())
}
