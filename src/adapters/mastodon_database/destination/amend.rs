//! A copy on trial follows its source: newer versions go over older ones, what is gone there goes here.
//! What its owner changed here is left alone, and only ever narrowed.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;

use super::{
    MastodonDestination, account, compose,
    counting::{noted_as, place_of},
    draft::Draft,
    files,
    journal::{self, FILES, MEDIA, STATUSES, StatusDetail, WAITING, ours},
    statuses::Over,
    waiting::{Waiting, noted_key},
};
use crate::{
    adapters::mastodon_database::{database::silent, place::Named},
    model::{
        id::{AccountId, TransferId},
        item::{Item, ItemKind},
        mapping::Reservation,
    },
    port::{
        destination::{Amended, Prepared, Withdrawn},
        error::AdapterError,
    },
    store::host_rows::{self, HostRow, RELEASED},
};

/// How a post stands in the server's table.
enum Standing {
    /// As it was written.
    AsWritten,
    /// Its owner changed it.
    Changed,
}

type Stands = BTreeMap<String, (HostRow, Standing)>;

impl MastodonDestination {
    /// As the trait says.
    pub(super) async fn amend_batch(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: Vec<Prepared>,
    ) -> Result<Vec<Amended>, AdapterError> {
        let (mut c, schema) = self.database.connection().await?;
        let account = account::find(&mut c, schema, account).await?;
        let places: Vec<&Reservation> = batch.iter().map(|one| &one.reservation).collect();
        let stands = self.stand(&mut c, transfer, &account, &places).await?;
        let mut amended = Vec::with_capacity(batch.len());
        let (mut open, mut others) = (Vec::new(), Vec::new());
        for (index, one) in batch.into_iter().enumerate() {
            amended.push(match place_of(one.reservation.kind) {
                STATUSES => match stands.get(one.reservation.local_id.as_str()) {
                    None => Amended::IsAway,
                    Some((_, Standing::AsWritten)) => {
                        open.push((index, one));
                        Amended::Done
                    }
                    Some((row, Standing::Changed)) => {
                        self.narrow(transfer, row, &one.item).await?;
                        Amended::OwnersStays
                    }
                },
                WAITING => {
                    others.push((index, one));
                    Amended::Done
                }
                // The bytes of a file are shelved with the post that shows it.
                _ => Amended::Done,
            });
        }
        if !open.is_empty() {
            let mut around = self.around(&mut c, transfer, &account, &open, Over::Yes).await?;
            let drafted = self.draft(&mut c, open, &mut around).await?;
            let drafts: Vec<Draft> = drafted
                .into_iter()
                .filter_map(|(_, draft)| {
                    let mut draft = draft.ok()?;
                    let (row, _) = stands.get(&draft.status.id.to_string())?;
                    draft.detail.before =
                        journal::detail::<StatusDetail>(row).ok().map(|detail| detail.print);
                    Some(draft)
                })
                .collect();
            self.rewrite(&mut c, transfer, &account, drafts).await?;
        }
        self.replace_waiting(&mut c, transfer, &account, &others).await?;
        Ok(amended)
    }

    /// Writes newer versions; files that no longer belong to their posts go.
    async fn rewrite(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
        drafts: Vec<Draft>,
    ) -> Result<(), AdapterError> {
        let ids: Vec<i64> = drafts.iter().map(|draft| draft.status.id).collect();
        let shown = "select id from media_attachments where status_id = any($1)";
        let before: Vec<i64> =
            sqlx::query_scalar(shown).bind(&ids).fetch_all(&mut *c).await.map_err(|error| silent(&error))?;
        let stay: BTreeSet<i64> =
            drafts.iter().flat_map(|draft| draft.status.media.iter().copied()).collect();
        let gone: Vec<i64> = before.into_iter().filter(|id| !stay.contains(id)).collect();
        self.put(c, transfer, account, drafts, Over::Yes).await?;
        self.take_files(c, transfer, account, &gone).await
    }

    /// Takes files and their rows away.
    pub(super) async fn take_files(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
        ids: &[i64],
    ) -> Result<(), AdapterError> {
        if ids.is_empty() {
            return Ok(());
        }
        sqlx::query("delete from media_attachments where id = any($1) and account_id = $2")
            .bind(ids)
            .bind(account.id)
            .execute(c)
            .await
            .map_err(|error| silent(&error))?;
        for id in ids {
            // Paths are noted in the order of their files' ids.
            let page =
                host_rows::page(&self.store, transfer.as_str(), FILES, (id - 1, "\u{10ffff}"), 8).await;
            let paths: Vec<String> = page
                .map_err(ours)?
                .into_iter()
                .filter(|row| row.position == *id)
                .map(|row| row.row_key)
                .collect();
            let files = &self.place.files;
            files.take_away(paths.clone()).await.map_err(|error| files::in_trouble(files, &error))?;
            host_rows::forget(&self.store, transfer.as_str(), FILES, paths).await.map_err(ours)?;
        }
        let keys = ids.iter().map(i64::to_string).collect();
        host_rows::forget(&self.store, transfer.as_str(), MEDIA, keys).await.map_err(ours)
    }

    /// What its owner changed stays, never seen by more people than the newer original.
    async fn narrow(&self, transfer: &TransferId, row: &HostRow, item: &Item) -> Result<(), AdapterError> {
        let mut detail: StatusDetail = journal::detail(row)?;
        detail.visibility = detail.visibility.max(compose::number_of(item.visibility()));
        let narrowed = journal::row(STATUSES, &row.row_key, &row.kind, row.position, &detail);
        host_rows::note(&self.store, transfer.as_str(), vec![narrowed]).await.map_err(ours)
    }

    async fn replace_waiting(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
        batch: &[(usize, Prepared)],
    ) -> Result<(), AdapterError> {
        let keys: Vec<String> = batch.iter().map(|(_, one)| noted_key(one)).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let noted = host_rows::of(&self.store, transfer.as_str(), WAITING, &keys).await.map_err(ours)?;
        let noted: BTreeMap<&str, &HostRow> = noted.iter().map(|row| (row.row_key.as_str(), row)).collect();
        let (mut rows, mut new) = (Vec::new(), Vec::new());
        for (index, one) in batch {
            match noted.get(noted_key(one).as_str()) {
                Some(row) if row.state != RELEASED => {
                    let mut waiting: Waiting = journal::detail(row)?;
                    waiting.item = one.item.clone();
                    rows.push(journal::row(WAITING, &row.row_key, &row.kind, row.position, &waiting));
                }
                Some(_) => {}
                None => new.push((*index, one.clone())),
            }
        }
        host_rows::note(&self.store, transfer.as_str(), rows).await.map_err(ours)?;
        self.write_waiting(c, transfer, account, &new).await.map(drop)
    }

    /// As the trait says.
    pub(super) async fn withdraw_batch(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: &[Reservation],
    ) -> Result<Vec<Withdrawn>, AdapterError> {
        let (mut c, schema) = self.database.connection().await?;
        let named = account::find(&mut c, schema, account).await?;
        let places: Vec<&Reservation> = batch.iter().collect();
        let stands = self.stand(&mut c, transfer, &named, &places).await?;
        let (mut withdrawn, mut gone) = (Vec::with_capacity(batch.len()), Vec::new());
        let (mut files, mut waiting) = (Vec::new(), Vec::new());
        for one in batch {
            let mut outcome = Withdrawn::Done;
            match (one.kind, stands.get(one.local_id.as_str())) {
                (ItemKind::Posts | ItemKind::Boosts, Some((_, Standing::Changed))) => {
                    outcome = Withdrawn::OwnersStays;
                }
                (ItemKind::Posts | ItemKind::Boosts, _) => gone.extend(one.local_id.as_str().parse::<i64>()),
                (ItemKind::Media, _) => files.extend(one.local_id.as_str().parse::<i64>()),
                _ => waiting.push(noted_as(one)),
            }
            withdrawn.push(outcome);
        }
        let shown = "select id from media_attachments where status_id = any($1)";
        let shown: Vec<i64> =
            sqlx::query_scalar(shown).bind(&gone).fetch_all(&mut *c).await.map_err(|error| silent(&error))?;
        files.extend(shown);
        self.take_files(&mut c, transfer, &named, &files).await?;
        sqlx::query("delete from statuses where id = any($1) and account_id = $2 and visibility = 3")
            .bind(&gone)
            .bind(named.id)
            .execute(&mut *c)
            .await
            .map_err(|error| silent(&error))?;
        let keys = gone.iter().map(i64::to_string).collect();
        host_rows::forget(&self.store, transfer.as_str(), STATUSES, keys).await.map_err(ours)?;
        host_rows::forget(&self.store, transfer.as_str(), WAITING, waiting).await.map_err(ours)?;
        Ok(withdrawn)
    }

    /// How posts and boosts of a batch stand; those that are away are not among them.
    async fn stand(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
        batch: &[&Reservation],
    ) -> Result<Stands, AdapterError> {
        let keys: Vec<&str> = batch
            .iter()
            .filter(|one| place_of(one.kind) == STATUSES)
            .map(|one| one.local_id.as_str())
            .collect();
        let ids: Vec<i64> = keys.iter().filter_map(|key| key.parse().ok()).collect();
        let rows: Vec<(i64, String, String, bool, Option<i64>)> = sqlx::query_as(
            "select id, text, spoiler_text, sensitive, (extract(epoch from edited_at) * 1000000)::bigint \
             from unnest($1::bigint[]) as given(key) join statuses on id = key \
             where account_id = $2 and deleted_at is null",
        )
        .bind(&ids)
        .bind(account.id)
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
        let noted = host_rows::of(&self.store, transfer.as_str(), STATUSES, &keys).await.map_err(ours)?;
        let mut noted: BTreeMap<String, HostRow> =
            noted.into_iter().map(|row| (row.row_key.clone(), row)).collect();
        let mut stands = Stands::new();
        for (id, text, warning, is_sensitive, edited) in rows {
            let Some(row) = noted.remove(&id.to_string()) else { continue };
            let detail: StatusDetail = journal::detail(&row)?;
            let print = compose::print(&text, &warning, is_sensitive, edited);
            let is_ours = print == detail.print || detail.before.as_ref() == Some(&print);
            let standing = if is_ours { Standing::AsWritten } else { Standing::Changed };
            stands.insert(id.to_string(), (row, standing));
        }
        Ok(stands)
    }
}
