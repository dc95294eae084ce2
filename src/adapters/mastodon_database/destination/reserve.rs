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
    adapters::mastodon_database::{
        database::silent,
        place::{Named, Posts},
    },
    model::{
        digest::Digest,
        id::{AccountId, LocalId, TransferId},
        item::ItemKind,
        mapping::Reservation,
    },
    port::{destination::Wanted, error::AdapterError},
    store::host_rows::{self, Place},
};

/// Kinds that become rows whose ids and names stand in addresses.
const WITH_ROWS: [ItemKind; 3] = [ItemKind::Posts, ItemKind::Boosts, ItemKind::Media];

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
        let posts = self.place.posts(&account);
        let mut given = Vec::with_capacity(wanted.len());
        for kind in WITH_ROWS {
            let of: Vec<&Wanted> = wanted.iter().filter(|one| one.kind == kind).collect();
            if of.is_empty() {
                continue;
            }
            given.extend(if kind == ItemKind::Media {
                self.file_places(&mut c, transfer, &of).await?
            } else {
                self.status_places(&mut c, transfer, (kind, &posts), &of).await?
            });
        }
        let others = wanted.iter().filter(|one| !WITH_ROWS.contains(&one.kind));
        given.extend(others.map(|one| self.unfetched(transfer, &account, one)));
        as_asked(wanted, given)
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

    /// What has a place already: key, id and name.
    async fn known_places(
        &self,
        transfer: &TransferId,
        kind: ItemKind,
        wanted: &[&Wanted],
    ) -> Result<Vec<(String, i64, String)>, AdapterError> {
        let keys: Vec<&str> = wanted.iter().map(|one| one.key.as_str()).collect();
        host_rows::places(&self.store, transfer.as_str(), kind.as_str(), &keys).await.map_err(ours)
    }

    async fn status_places(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        (kind, posts): (ItemKind, &Posts),
        wanted: &[&Wanted],
    ) -> Result<Vec<Reservation>, AdapterError> {
        let now = self.clock.now_micros();
        let mut given = Vec::new();
        let mut open: Vec<_> = wanted
            .iter()
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
            tried.retain(|(_, id)| !taken.contains(id));
            let place = |(key, row_id): &(&str, i64)| Place {
                kind: kind.as_str().to_owned(),
                key: (*key).to_owned(),
                space: STATUSES,
                row_id: *row_id,
                name: String::new(),
            };
            let keeping =
                host_rows::reserve(&self.store, transfer.as_str(), tried.iter().map(place).collect());
            // Addresses are made while their ids are being kept.
            let make =
                async { tried.iter().map(|(key, id)| status(kind, posts, key, *id)).collect::<Vec<_>>() };
            let (are_kept, made) = tokio::join!(keeping, make);
            if are_kept.map_err(ours)? && tried.len() == open.len() {
                given.extend(made);
                return Ok(given);
            }
            // Some have a place from before, or somebody else was quicker with the id.
            let known = self.known_places(transfer, kind, wanted).await?;
            let keys: BTreeSet<&str> = known.iter().map(|(key, ..)| key.as_str()).collect();
            open.retain(|(key, _)| !keys.contains(key));
            given = known.iter().map(|(key, id, _)| status(kind, posts, key, *id)).collect();
        }
        Ok(given)
    }

    /// Files get ids of today, as the server gives them: its paths cut off the ends of older ones.
    async fn file_places(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        wanted: &[&Wanted],
    ) -> Result<Vec<Reservation>, AdapterError> {
        let mut known = self.known_places(transfer, ItemKind::Media, wanted).await?;
        let keys: BTreeSet<&str> = known.iter().map(|(key, ..)| key.as_str()).collect();
        let open: Vec<&&Wanted> = wanted.iter().filter(|one| !keys.contains(one.key.as_str())).collect();
        if !open.is_empty() {
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
            known = self.known_places(transfer, ItemKind::Media, wanted).await?;
        }
        let file = |(key, id, name): (String, i64, String)| Reservation {
            key: key.into(),
            kind: ItemKind::Media,
            local_id: LocalId::from(id.to_string()),
            url: self.place.file(&Shelf::Media.path(id, "original", &name)),
            page: None,
        };
        Ok(known.into_iter().map(file).collect())
    }

    /// A name for a file.
    pub(super) fn file_name(&self, ending: &str) -> String {
        let mut random = [0; 8];
        self.clock.random(&mut random);
        shelf::file_name(random, ending)
    }
}

/// Places in the order in which they were asked for: most come in it.
fn as_asked(wanted: &[Wanted], given: Vec<Reservation>) -> Result<Vec<Reservation>, AdapterError> {
    let is_for = |(one, place): (&Wanted, &Reservation)| one.kind == place.kind && one.key == place.key;
    if wanted.len() == given.len() && wanted.iter().zip(&given).all(is_for) {
        return Ok(given);
    }
    let given: BTreeMap<(ItemKind, &str), &Reservation> =
        given.iter().map(|place| ((place.kind, place.key.as_str()), place)).collect();
    let missing = || AdapterError::fatal("giving an id", "no id was free for it; this should not happen");
    let place = |one: &Wanted| given.get(&(one.kind, one.key.as_str())).copied().cloned();
    wanted.iter().map(|one| place(one).ok_or_else(missing)).collect()
}

/// The place of a post or boost.
fn status(kind: ItemKind, posts: &Posts, key: &str, id: i64) -> Reservation {
    let (url, page) = match kind {
        ItemKind::Boosts => (posts.boost(id), None),
        _ => (posts.id(id), Some(posts.page(id))),
    };
    Reservation { key: key.into(), kind, local_id: LocalId::from(id.to_string()), url, page }
}

/// Ids for rows of files, of the server's own making.
pub(super) async fn fresh(c: &mut PgConnection, count: usize) -> Result<Vec<i64>, AdapterError> {
    sqlx::query_scalar("select array(select timestamp_id('media_attachments') from generate_series(1, $1))")
        .bind(i32::try_from(count).unwrap_or(i32::MAX))
        .fetch_one(c)
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
               select array(select nextval(its.sequence) from its, generate_series(1, $2))";
    sqlx::query_scalar(sql)
        .bind(table)
        .bind(i32::try_from(count).unwrap_or(i32::MAX))
        .fetch_one(c)
        .await
        .map_err(|error| silent(&error))
}
