//! Ids and addresses given before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;

use super::{
    MastodonDestination, account,
    journal::{MEDIA, STATUSES, ours},
    shelf::{self, Shelf},
    snowflake,
};
use crate::{
    adapters::mastodon_database::{database::silent, place::Named},
    model::{
        digest::Digest,
        id::{AccountId, LocalId, TransferId},
        item::ItemKind,
        mapping::Reservation,
    },
    port::{destination::Wanted, error::AdapterError},
    store::host_rows::{self, Place},
};

impl MastodonDestination {
    /// As the trait says. Ids are looked up in the server's tables and kept in ours, so that the same
    /// request is the same answer, and no id is anybody's.
    pub(super) async fn give_places(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        wanted: &[Wanted],
    ) -> Result<Vec<Reservation>, AdapterError> {
        let (mut c, schema) = self.database.connection().await?;
        let account = account::find(&mut c, schema, account).await?;
        let mut given = BTreeMap::new();
        for kind in [ItemKind::Posts, ItemKind::Boosts, ItemKind::Media] {
            let of: Vec<&Wanted> = wanted.iter().filter(|one| one.kind == kind).collect();
            if of.is_empty() {
                continue;
            }
            let found = if kind == ItemKind::Media {
                self.file_places(&mut c, transfer, &of).await?
            } else {
                self.status_places(&mut c, transfer, kind, &of).await?
            };
            given.extend(found.into_iter().map(|(key, place)| ((kind, key), place)));
        }
        let of = |one: &Wanted| given.get(&(one.kind, one.key.as_str().to_owned()));
        let missing = || AdapterError::fatal("giving an id", "no id was free for it; this should not happen");
        wanted
            .iter()
            .map(|one| match one.kind {
                ItemKind::Posts | ItemKind::Boosts | ItemKind::Media => {
                    let (id, name) = of(one).ok_or_else(missing)?;
                    Ok(self.reservation(&account, one, *id, name))
                }
                _ => Ok(self.unfetched(transfer, &account, one)),
            })
            .collect()
    }

    fn reservation(&self, account: &Named, wanted: &Wanted, id: i64, name: &str) -> Reservation {
        let (url, page) = match wanted.kind {
            ItemKind::Posts => (self.place.status(account, id), Some(self.place.status_page(account, id))),
            ItemKind::Boosts => (self.place.boost(account, id), None),
            _ => (self.place.file(&Shelf::Media.path(id, "original", name)), None),
        };
        Reservation {
            key: wanted.key.clone(),
            kind: wanted.kind,
            local_id: LocalId::from(id.to_string()),
            url,
            page,
        }
    }

    /// What nobody ever fetches; the address only has to be the account's and unique.
    fn unfetched(&self, transfer: &TransferId, account: &Named, wanted: &Wanted) -> Reservation {
        let named = format!("{transfer}\n{}\n{}", wanted.kind.as_str(), wanted.key);
        let id: String = Digest::of(named.as_bytes()).hex().chars().take(32).collect();
        let mut url = self.place.actor(account);
        url.set_fragment(Some(&format!("{}/{id}", wanted.kind.as_str())));
        let (key, kind) = (wanted.key.clone(), wanted.kind);
        Reservation { key, kind, local_id: LocalId::from(id), url, page: None }
    }

    async fn known_places(
        &self,
        transfer: &TransferId,
        kind: ItemKind,
        wanted: &[&Wanted],
    ) -> Result<BTreeMap<String, (i64, String)>, AdapterError> {
        let keys: Vec<&str> = wanted.iter().map(|one| one.key.as_str()).collect();
        let places = host_rows::places(&self.store, transfer.as_str(), kind.as_str(), &keys).await;
        Ok(places.map_err(ours)?.into_iter().map(|(key, id, name)| (key, (id, name))).collect())
    }

    async fn status_places(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        kind: ItemKind,
        wanted: &[&Wanted],
    ) -> Result<BTreeMap<String, (i64, String)>, AdapterError> {
        let mut given = self.known_places(transfer, kind, wanted).await?;
        let now = self.clock.now_micros();
        let mut open: Vec<_> = wanted
            .iter()
            .filter(|one| !given.contains_key(one.key.as_str()))
            .map(|one| {
                let published = one.published.as_ref().map(crate::model::moment::Moment::micros);
                let millis = snowflake::millis(one.key.as_str(), published, now);
                (one.key.as_str(), snowflake::candidates(transfer.as_str(), millis, one.rank))
            })
            .collect();
        while !open.is_empty() {
            let mut tried: Vec<(&str, i64)> = Vec::with_capacity(open.len());
            for (key, candidates) in &mut open {
                let Some(id) = candidates.next() else { return Ok(given) };
                tried.push((key, id));
            }
            let ids: Vec<i64> = tried.iter().map(|(_, id)| *id).collect();
            let taken: Vec<i64> = sqlx::query_scalar("select id from statuses where id = any($1)")
                .bind(&ids)
                .fetch_all(&mut *c)
                .await
                .map_err(|error| silent(&error))?;
            let taken: BTreeSet<i64> = taken.into_iter().collect();
            let places = tried.into_iter().filter(|(_, id)| !taken.contains(id));
            let places = places.map(|(key, row_id)| Place {
                kind: kind.as_str().to_owned(),
                key: key.to_owned(),
                space: STATUSES,
                row_id,
                name: String::new(),
            });
            let kept = host_rows::reserve(&self.store, transfer.as_str(), places.collect()).await;
            given.extend(kept.map_err(ours)?.into_iter().map(|(key, id, name)| (key, (id, name))));
            open.retain(|(key, _)| !given.contains_key(*key));
            if !open.is_empty() {
                // Somebody else was quicker: with the same thing, or with the id.
                given.extend(self.known_places(transfer, kind, wanted).await?);
                open.retain(|(key, _)| !given.contains_key(*key));
            }
        }
        Ok(given)
    }

    /// Files get ids of today, as the server gives them: its paths cut off the ends of older ones.
    async fn file_places(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        wanted: &[&Wanted],
    ) -> Result<BTreeMap<String, (i64, String)>, AdapterError> {
        let given = self.known_places(transfer, ItemKind::Media, wanted).await?;
        let open: Vec<&&Wanted> = wanted.iter().filter(|one| !given.contains_key(one.key.as_str())).collect();
        if open.is_empty() {
            return Ok(given);
        }
        let ids = fresh(c, open.len()).await?;
        let places = open.into_iter().zip(ids).map(|(one, row_id)| {
            let known = one.media_type.as_deref().and_then(shelf::known);
            let ending = known.map_or(shelf::UNKNOWN, |(ending, _)| ending);
            Place {
                kind: ItemKind::Media.as_str().to_owned(),
                key: one.key.as_str().to_owned(),
                space: MEDIA,
                row_id,
                name: self.file_name(ending),
            }
        });
        host_rows::reserve(&self.store, transfer.as_str(), places.collect()).await.map_err(ours)?;
        self.known_places(transfer, ItemKind::Media, wanted).await
    }

    /// A name for a file.
    pub(super) fn file_name(&self, ending: &str) -> String {
        let mut random = [0; 8];
        self.clock.random(&mut random);
        shelf::file_name(random, ending)
    }
}

/// Ids for rows of files, of the server's own making.
pub(super) async fn fresh(c: &mut PgConnection, count: usize) -> Result<Vec<i64>, AdapterError> {
    sqlx::query_scalar("select timestamp_id('media_attachments') from generate_series(1, $1)")
        .bind(i32::try_from(count).unwrap_or(i32::MAX))
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))
}

/// Numbers of one of the server's sequences, for rows that are noted before they are written.
pub(super) async fn numbers(
    c: &mut PgConnection,
    table: &'static str,
    count: usize,
) -> Result<Vec<i64>, AdapterError> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let sql = "with its as materialized (select pg_get_serial_sequence($1, 'id')::regclass as sequence) \
               select nextval(its.sequence) from its, generate_series(1, $2)";
    sqlx::query_scalar(sql)
        .bind(table)
        .bind(i32::try_from(count).unwrap_or(i32::MAX))
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))
}
