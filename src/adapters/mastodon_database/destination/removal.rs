//! A copy is taken away again: exactly what came with it, files too, a bounded transaction at a time.
//! What is gone is forgotten here, so that doing it again goes on where it was.

use sqlx::PgConnection;

use super::{
    MastodonDestination,
    journal::{self, CONVERSATIONS, FILES, MEDIA, STATUSES, TAGS, WAITING, ours},
    touched,
    waiting::{self, Waiting},
};
use crate::{
    adapters::mastodon_database::database::silent,
    model::{
        id::{AccountId, TransferId},
        item::ItemKind,
    },
    port::error::{AdapterError, Cause},
    store::{
        host_profiles,
        host_rows::{self, HostRow},
        refollows,
    },
};

/// Rows taken away in one transaction.
const BATCH: i64 = 500;
/// What was being done.
const DOING: &str = "taking the copy away";

impl MastodonDestination {
    /// As the trait says: of what was released nothing is thrown away without being asked for by name.
    pub(super) async fn discard_all(
        &self,
        transfer: &TransferId,
        account: &AccountId,
    ) -> Result<(), AdapterError> {
        let profile = host_profiles::find(&self.store, transfer.as_str()).await.map_err(ours)?;
        if profile.is_some_and(|profile| profile.released_at.is_some()) {
            let why = "it was kept before, and others may have seen it since; nothing was removed";
            return Err(AdapterError::fatal("throwing the copy away", why));
        }
        self.take_away(transfer, account).await
    }

    /// Takes everything of a transfer away.
    pub(super) async fn take_away(
        &self,
        transfer: &TransferId,
        account: &AccountId,
    ) -> Result<(), AdapterError> {
        let id: i64 = account.as_str().parse().map_err(|_| AdapterError::fatal(DOING, "no such account"))?;
        // Things that point at posts go before the posts, and what all share after them.
        for place in [WAITING, MEDIA, STATUSES, CONVERSATIONS, TAGS, FILES] {
            loop {
                self.store.goes_on().map_err(ours)?;
                // A note of threads names all those of a batch.
                let most = if place == CONVERSATIONS { 1 } else { BATCH };
                let page = host_rows::page(&self.store, transfer.as_str(), place, (i64::MIN, ""), most);
                let page = page.await.map_err(ours)?;
                if page.is_empty() {
                    break;
                }
                let (mut c, _) = self.database.connection().await?;
                self.take_some(&mut c, id, place, &page).await?;
                let keys = page.into_iter().map(|row| row.row_key).collect();
                host_rows::forget(&self.store, transfer.as_str(), place, keys).await.map_err(ours)?;
            }
        }
        self.bring_back(transfer).await?;
        // Nobody is asked any more; who was asked before knows, and stays.
        refollows::stop(&self.store, account.to_string()).await.map_err(ours)?;
        host_rows::clear(&self.store, transfer.as_str()).await.map_err(ours)
    }

    async fn take_some(
        &self,
        c: &mut PgConnection,
        account: i64,
        place: &str,
        page: &[HostRow],
    ) -> Result<(), AdapterError> {
        if place == FILES {
            let (files, paths) = (&self.place.files, page.iter().map(|row| row.row_key.clone()));
            return files.take_away(paths.collect()).await.map_err(|error| AdapterError::Busy {
                doing: format!("removing files from {}", files.place()),
                why: error.to_string(),
                after: std::time::Duration::from_mins(1),
                cause: Cause::Disk,
            });
        }
        if place == WAITING {
            for row in page {
                let waiting: Waiting = journal::detail(row)?;
                let kind = ItemKind::from_word(&row.kind);
                unwrite(c, account, kind, waiting.id).await.map_err(|error| silent(&error))?;
            }
            return Ok(());
        }
        let mut ids: Vec<i64> = page.iter().filter_map(|row| row.row_key.parse().ok()).collect();
        if place == CONVERSATIONS {
            // A note of before names one thread, by its key.
            ids = page.first().and_then(|row| journal::detail(row).ok()).unwrap_or(ids);
        }
        delete(c, account, place, &ids).await.map_err(|error| silent(&error))?;
        if place == STATUSES {
            self.tell_caches(account, &ids, &[]).await;
        }
        Ok(())
    }

    /// Rows that were only changed get their old content.
    async fn bring_back(&self, transfer: &TransferId) -> Result<(), AdapterError> {
        loop {
            let page =
                host_rows::touched(&self.store, transfer.as_str(), ("", ""), BATCH).await.map_err(ours)?;
            if page.is_empty() {
                return Ok(());
            }
            let (mut c, _) = self.database.connection().await?;
            let mut done = Vec::with_capacity(page.len());
            for row in page {
                let read = |text: &str| serde_json::from_str(text).unwrap_or_default();
                if let (Some(table), Ok(key)) = (touched::named(&row.place), row.row_key.parse()) {
                    let back = table.restore(&mut c, key, &read(&row.before), &read(&row.after)).await;
                    back.map_err(|error| silent(&error))?;
                }
                done.push((row.place, row.row_key));
                // One by one: what was subtracted is not subtracted again.
                host_rows::untouched(&self.store, transfer.as_str(), std::mem::take(&mut done))
                    .await
                    .map_err(ours)?;
            }
        }
    }

    /// How many posts of a transfer others have answered, passed on or quoted.
    pub(super) async fn count_answered(
        &self,
        transfer: &TransferId,
        account: &AccountId,
    ) -> Result<u64, AdapterError> {
        let account: i64 = account.as_str().parse().unwrap_or_default();
        let (mut c, schema) = self.database.connection().await?;
        let has_quotes = schema.is_at_least(crate::adapters::mastodon_database::schema::Version::V4_4);
        let (mut after, mut number) = ((i64::MIN, String::new()), 0_u64);
        loop {
            let page = host_rows::page(&self.store, transfer.as_str(), STATUSES, (after.0, &after.1), BATCH);
            let page = page.await.map_err(ours)?;
            let Some(last) = page.last() else { return Ok(number) };
            after = (last.position, last.row_key.clone());
            let ids: Vec<i64> = page.iter().filter_map(|row| row.row_key.parse().ok()).collect();
            let sql = if has_quotes { ANSWERED_OR_QUOTED } else { ANSWERED };
            let found: i64 = sqlx::query_scalar(sql)
                .bind(&ids)
                .bind(account)
                .fetch_one(&mut *c)
                .await
                .map_err(|error| silent(&error))?;
            number += u64::try_from(found).unwrap_or(0);
        }
    }
}

/// Posts that others answered or passed on.
macro_rules! answered {
    ($more:literal) => {
        concat!(
            "select count(*) from unnest($1::bigint[]) as p(id) where \
             exists (select from statuses r where r.in_reply_to_id = p.id and r.account_id <> $2 \
             and r.deleted_at is null) or \
             exists (select from statuses b where b.reblog_of_id = p.id and b.account_id <> $2 \
             and b.deleted_at is null)",
            $more
        )
    };
}
const ANSWERED: &str = answered!("");
const ANSWERED_OR_QUOTED: &str =
    answered!(" or exists (select from quotes q where q.quoted_status_id = p.id and q.account_id <> $2)");

/// Takes away what was written at the release under the key it was given.
async fn unwrite(
    c: &mut PgConnection,
    account: i64,
    kind: Option<ItemKind>,
    id: i64,
) -> Result<(), sqlx::Error> {
    let Some(table) = kind.and_then(waiting::table) else { return Ok(()) };
    for hanging in waiting::hanging(table) {
        sqlx::query(*hanging).bind(id).bind(account).execute(&mut *c).await?;
    }
    sqlx::query(waiting::removal(table)).bind(id).bind(account).execute(c).await.map(drop)
}

/// Takes away rows by their keys; those that others came to use stay.
async fn delete(c: &mut PgConnection, account: i64, place: &str, ids: &[i64]) -> Result<(), sqlx::Error> {
    let sql = match place {
        MEDIA => {
            "delete from media_attachments m using unnest($1::bigint[]) as given(id) \
             where m.id = given.id and m.account_id = $2"
        }
        STATUSES => {
            "delete from statuses s using unnest($1::bigint[]) as given(id) \
             where s.id = given.id and s.account_id = $2"
        }
        CONVERSATIONS => {
            "delete from conversations v where id = any($1) and $2 > 0 and uri is null \
             and not exists (select from statuses s where s.conversation_id = v.id)"
        }
        _ => {
            "delete from tags t where id = any($1) and $2 > 0 \
             and not exists (select from statuses_tags s where s.tag_id = t.id) \
             and not exists (select from featured_tags f where f.tag_id = t.id) \
             and not exists (select from tag_follows f where f.tag_id = t.id) \
             and not exists (select from accounts_tags a where a.tag_id = t.id)"
        }
    };
    sqlx::query(sql).bind(ids).bind(account).execute(c).await.map(drop)
}
