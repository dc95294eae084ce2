//! Topics: rows that all accounts share. One that a copy brings is noted, and goes with it if nobody
//! else uses it by then.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;

use super::{
    MastodonDestination,
    journal::{self, StatusDetail, TAGS, ours},
    release, reserve,
    touched::FEATURED_TAGS,
};
use crate::{
    adapters::mastodon_database::{database::silent, place::Named},
    model::id::TransferId,
    port::error::AdapterError,
    store::{Store, host_rows},
};

/// Topics by the name they are compared by.
pub(super) type Topics = BTreeMap<String, i64>;

/// Makes the topics of posts exist; gives their keys.
pub(super) async fn ensure(
    store: &Store,
    c: &mut PgConnection,
    transfer: &TransferId,
    details: &BTreeMap<i64, StatusDetail>,
    now: i64,
) -> Result<Topics, AdapterError> {
    let named = details.values().flat_map(|detail| detail.tags.iter().cloned());
    named_ensured(store, c, transfer, named.collect(), now).await
}

/// As [`ensure`], for names with the form they were typed in.
pub(super) async fn named_ensured(
    store: &Store,
    c: &mut PgConnection,
    transfer: &TransferId,
    names: BTreeMap<String, String>,
    now: i64,
) -> Result<Topics, AdapterError> {
    let wanted: Vec<&str> = names.keys().map(String::as_str).collect();
    let known = find(c, &wanted).await.map_err(|error| silent(&error))?;
    let new: Vec<(&String, &String)> = names.iter().filter(|(name, _)| !known.contains_key(*name)).collect();
    if new.is_empty() {
        return Ok(known);
    }
    let ids = reserve::numbers(c, "tags", new.len()).await?;
    let rows = ids.iter().map(|id| journal::row(TAGS, id, "", *id, &()));
    host_rows::note(store, transfer.as_str(), rows.collect()).await.map_err(ours)?;
    let (names, typed): (Vec<&str>, Vec<&str>) =
        new.into_iter().map(|(name, typed)| (name.as_str(), typed.as_str())).unzip();
    sqlx::query(
        "insert into tags (id, name, display_name, created_at, updated_at) \
         select t.id, t.name, t.typed, timestamp 'epoch' + $4 * interval '1 microsecond', \
         timestamp 'epoch' + $4 * interval '1 microsecond' \
         from unnest($1::bigint[], $2::text[], $3::text[]) as t(id, name, typed) on conflict do nothing",
    )
    .bind(&ids)
    .bind(&names)
    .bind(&typed)
    .bind(now)
    .execute(&mut *c)
    .await
    .map_err(|error| silent(&error))?;
    find(c, &wanted).await.map_err(|error| silent(&error))
}

async fn find(c: &mut PgConnection, names: &[&str]) -> Result<Topics, sqlx::Error> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("select lower(name::text), id from tags where lower(name::text) = any($1)")
            .bind(names)
            .fetch_all(c)
            .await?;
    Ok(rows.into_iter().collect())
}

/// Puts posts under their topics.
pub(super) async fn attach(
    c: &mut PgConnection,
    details: &BTreeMap<i64, StatusDetail>,
    topics: &Topics,
    there: &BTreeSet<i64>,
) -> Result<(), sqlx::Error> {
    let posts = details.iter().filter(|(id, _)| there.contains(id));
    let (ids, tags): (Vec<i64>, Vec<i64>) = posts
        .flat_map(|(id, detail)| detail.tags.iter().map(move |(name, _)| (*id, name)))
        .filter_map(|(id, name)| Some((id, *topics.get(name)?)))
        .unzip();
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into statuses_tags (status_id, tag_id) \
         select s.status, s.tag from unnest($1::bigint[], $2::bigint[]) as s(status, tag) on conflict do nothing",
    )
    .bind(&ids)
    .bind(&tags)
    .execute(c)
    .await
    .map(drop)
}

impl MastodonDestination {
    /// Counts anew how many posts stand under the topics on the account's page.
    pub(super) async fn recount_featured(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
    ) -> Result<(), AdapterError> {
        use sqlx::Connection as _;
        let mut work = c.begin().await.map_err(|error| silent(&error))?;
        let touched = recounted(&mut work, account, self.clock.now_micros()).await;
        let touched = touched.map_err(|error| silent(&error))?;
        host_rows::touch(&self.store, transfer.as_str(), touched).await.map_err(ours)?;
        work.commit().await.map_err(|error| silent(&error))
    }
}

async fn recounted(
    c: &mut PgConnection,
    account: &Named,
    now: i64,
) -> Result<Vec<host_rows::Touched>, sqlx::Error> {
    let ids: Vec<i64> = sqlx::query_scalar("select id from featured_tags where account_id = $1")
        .bind(account.id)
        .fetch_all(&mut *c)
        .await?;
    let before = FEATURED_TAGS.see(c, &ids).await?;
    sqlx::query(
        "update featured_tags f set statuses_count = n.posts, last_status_at = n.last, \
         updated_at = timestamp 'epoch' + $2 * interval '1 microsecond' \
         from (select g.id, count(s.id) as posts, max(s.created_at) as last from featured_tags g \
               left join statuses_tags st on st.tag_id = g.tag_id \
               left join statuses s on s.id = st.status_id and s.account_id = g.account_id \
               and s.visibility <= 1 and s.deleted_at is null \
               where g.account_id = $1 group by g.id) n \
         where f.id = n.id and f.statuses_count <> n.posts",
    )
    .bind(account.id)
    .bind(now)
    .execute(&mut *c)
    .await?;
    release::compared(c, FEATURED_TAGS, &before, &ids).await
}
