//! The release: posts get their true visibility, a bounded transaction at a time. Each raises only what
//! is still hidden and counts only what it raised, so that doing it again changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Connection as _, PgConnection};

use super::{
    MastodonDestination, account,
    compose::OWNER_ONLY,
    journal::{self, STATUSES, StatusDetail, ours},
    raised::{self, Raised},
    tags,
    touched::{ACCOUNT_STATS, STATUS_STATS, Seen, Table},
};
use crate::{
    adapters::mastodon_database::{
        caches::Index,
        database::silent,
        place::Named,
        schema::{Schema, Version},
    },
    model::id::{AccountId, TransferId},
    port::error::AdapterError,
    store::{
        host_profiles,
        host_rows::{self, HostRow, RELEASED, Touched},
    },
};

/// Posts raised in one transaction.
const BATCH: i64 = 500;

impl MastodonDestination {
    /// As the trait says. What was released once stays as its owner has it since.
    pub(super) async fn release_all(
        &self,
        transfer: &TransferId,
        account: &AccountId,
    ) -> Result<(), AdapterError> {
        let profile = host_profiles::find(&self.store, transfer.as_str()).await.map_err(ours)?;
        if profile.as_ref().is_some_and(|profile| profile.released_at.is_some()) {
            return Ok(());
        }
        let mut after = (i64::MIN, String::new());
        loop {
            let page = host_rows::page(&self.store, transfer.as_str(), STATUSES, (after.0, &after.1), BATCH);
            let page = page.await.map_err(ours)?;
            let Some(last) = page.last() else { break };
            after = (last.position, last.row_key.clone());
            let page: Vec<HostRow> = page.into_iter().filter(|row| row.state != RELEASED).collect();
            if !page.is_empty() {
                self.raise(transfer, account, &page).await?;
            }
        }
        let (mut c, schema) = self.database.connection().await?;
        let named = account::find(&mut c, schema, account).await?;
        self.release_waiting(&mut c, transfer, &named).await?;
        if let Some(profile) = profile {
            self.fill_profile(&mut c, transfer, &named, profile).await?;
        }
        self.recount_featured(&mut c, transfer, &named).await?;
        let now = self.clock.now_micros();
        self.tell_caches(named.id, &[], &[]).await;
        host_profiles::released(&self.store, transfer.as_str(), account.as_str(), now).await.map_err(ours)
    }

    async fn raise(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        page: &[HostRow],
    ) -> Result<(), AdapterError> {
        self.store.goes_on().map_err(ours)?;
        let (mut c, schema) = self.database.connection().await?;
        let account = account::find(&mut c, schema, account).await?;
        account::keeps_old_posts(&mut c, &account).await?;
        let mut details = BTreeMap::new();
        for row in page {
            if let Ok(id) = row.row_key.parse::<i64>() {
                details.insert(id, journal::detail::<StatusDetail>(row)?);
            }
        }
        let topics = tags::ensure(&self.store, &mut c, transfer, &details, self.clock.now_micros()).await?;
        let mut work = c.begin().await.map_err(|error| silent(&error))?;
        let raised = self.raise_in(&mut work, schema, &account, &details).await;
        let raised = raised.map_err(|error| silent(&error))?;
        tags::attach(&mut work, &details, &topics, &raised.there).await.map_err(|error| silent(&error))?;
        let touched = self.count_in(&mut work, &account, &raised).await.map_err(|error| silent(&error))?;
        // Before the commit: what is changed there is known here whatever happens.
        host_rows::touch(&self.store, transfer.as_str(), touched).await.map_err(ours)?;
        work.commit().await.map_err(|error| silent(&error))?;
        let ids: Vec<i64> = details.keys().copied().collect();
        self.tell_caches(account.id, &ids, &topics.into_values().collect::<Vec<_>>()).await;
        let keys = page.iter().map(|row| row.row_key.clone()).collect();
        host_rows::released(&self.store, transfer.as_str(), STATUSES, keys).await.map_err(ours)
    }

    /// Lets the server forget what it remembers of rows that changed. It forgets by itself after some
    /// minutes, so that nothing waits for this.
    pub(super) async fn tell_caches(&self, account: i64, statuses: &[i64], topics: &[i64]) {
        let Some(caches) = &self.caches else { return };
        let telling = async {
            caches.forget(account, statuses).await?;
            caches.look_again(Index::Accounts, &[account]).await?;
            caches.look_again(Index::Statuses, statuses).await?;
            caches.look_again(Index::PublicStatuses, statuses).await?;
            caches.look_again(Index::Tags, topics).await
        };
        if let Err(error) = telling.await {
            tracing::warn!(%error, "the server beside us shows some things as they were, for some minutes");
        }
    }

    async fn raise_in(
        &self,
        c: &mut PgConnection,
        schema: Schema,
        account: &Named,
        details: &BTreeMap<i64, StatusDetail>,
    ) -> Result<Raised, sqlx::Error> {
        let there = raised::there(c, account, &details.keys().copied().collect::<Vec<_>>()).await?;
        raised::answer(c, account, details, &there).await?;
        raised::name(c, details, &there, self.clock.now_micros()).await?;
        if schema.is_at_least(Version::V4_4) {
            raised::quote(c, account, details, &there, self.clock.now_micros()).await?;
        }
        if schema.is_at_least(Version::V4_5) {
            raised::root(c, account, details, &there).await?;
        }
        let up: BTreeMap<i64, i32> = details
            .iter()
            .filter(|(id, detail)| there.contains(id) && detail.visibility < OWNER_ONLY)
            .map(|(id, detail)| (*id, detail.visibility))
            .collect();
        raised::up(c, account, &up).await.map(|up| Raised { there, up })
    }

    /// Counts what was raised; gives what was changed by it.
    async fn count_in(
        &self,
        c: &mut PgConnection,
        account: &Named,
        raised: &Raised,
    ) -> Result<Vec<Touched>, sqlx::Error> {
        let now = self.clock.now_micros();
        let mut touched = Vec::new();
        let before = ACCOUNT_STATS.see(c, &[account.id]).await?;
        raised::count_posts(c, account, raised, now).await?;
        touched.extend(compared(c, ACCOUNT_STATS, &before, &[account.id]).await?);
        let about: BTreeSet<i64> =
            raised.up.iter().flat_map(|post| post.parent.into_iter().chain(post.boost_of)).collect();
        let about: Vec<i64> = about.into_iter().collect();
        let before = STATUS_STATS.see(c, &about).await?;
        raised::count_answers(c, account, raised, now).await?;
        touched.extend(compared(c, STATUS_STATS, &before, &about).await?);
        Ok(touched)
    }
}

/// What became of rows since they were looked at.
pub(super) async fn compared(
    c: &mut PgConnection,
    table: Table,
    before: &Seen,
    keys: &[i64],
) -> Result<Vec<Touched>, sqlx::Error> {
    let after = table.see(c, keys).await?;
    Ok(table.changed(before, &after))
}
