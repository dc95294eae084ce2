//! A batch written: noted first, then files, then rows. From every point in between the same batch
//! again comes to the same end, and whatever came is known.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::{FutureExt, StreamExt, TryStreamExt, future::FusedFuture, stream};
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{
    MastodonDestination, account,
    draft::{Draft, Drafted},
    files::{self, Shown},
    journal::{self, CONVERSATIONS, FILES, MEDIA, STATUSES, ours},
    status_rows::standing,
    statuses::{self, Over},
};
use crate::{
    adapters::mastodon_database::{database::silent, place::Named},
    model::{
        id::{AccountId, TransferId},
        item::{Item, ItemKind},
    },
    port::{
        destination::{Prepared, Written},
        error::AdapterError,
    },
    store::host_rows::{self, HostRow},
    words::text,
};

/// Files written at the same time: opening a picture takes a core.
const FILES_AT_ONCE: usize = 2;

impl MastodonDestination {
    /// As the trait says.
    pub(super) async fn write_batch(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: Vec<Prepared>,
    ) -> Result<Vec<Written>, AdapterError> {
        let (mut c, schema) = self.database.connection().await?;
        let account = account::find(&mut c, schema, account).await?;
        account::keeps_old_posts(&mut c, &account).await?;
        let is_status = |one: &Prepared| matches!(one.item, Item::Post(_) | Item::Boost(_));
        let all = batch.len();
        let (statuses, others): (Vec<_>, Vec<_>) =
            batch.into_iter().enumerate().partition(|(_, one)| is_status(one));
        let mut written: BTreeMap<usize, Written> = BTreeMap::new();
        written.extend(self.write_statuses(&mut c, transfer, &account, statuses).await?);
        written.extend(self.write_waiting(&mut c, transfer, &account, &others).await?);
        Ok((0..all).map(|index| written.remove(&index).unwrap_or(Written::Done)).collect())
    }

    async fn write_statuses(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
        batch: Vec<(usize, Prepared)>,
    ) -> Result<Vec<(usize, Written)>, AdapterError> {
        let given = batch.iter().filter_map(|(_, one)| Some((id_of(one)?, one.reservation.url.as_str())));
        let given: Vec<(i64, &str)> = given.collect();
        let standing = standing(c, account, &given).await.map_err(|error| silent(&error))?;
        let mut written = Vec::with_capacity(batch.len());
        let (mut open, mut lost) = (Vec::with_capacity(batch.len()), Vec::new());
        for (index, one) in batch {
            match id_of(&one) {
                Some(id) if standing.own.contains_key(&id) => written.push((index, Written::Done)),
                Some(id) if standing.others.contains(&id) => lost.push((index, id, files_of(&one))),
                _ => open.push((index, one)),
            }
        }
        if !open.is_empty() {
            let mut around = self.around(c, transfer, account, &open, Over::No).await?;
            let (mut drafts, mut ids) = (Vec::with_capacity(open.len()), Vec::with_capacity(open.len()));
            for (index, draft) in self.draft(c, open, &mut around).await? {
                match draft {
                    Drafted::Ok(draft) => {
                        let shown: Vec<i64> = draft.shown.iter().map(|shown| shown.id).collect();
                        ids.push((index, draft.status.id, shown));
                        drafts.push(draft);
                    }
                    Drafted::Err(why) => written.push((index, Written::Skipped(why))),
                }
            }
            let stand = self.put(c, transfer, account, drafts, Over::No).await?;
            for (index, id, shown) in ids {
                if stand.contains(&id) {
                    written.push((index, Written::Done));
                } else {
                    lost.push((index, id, shown));
                }
            }
        }
        if !lost.is_empty() {
            let gone = text!("reasons-its-id-was-given-away");
            written.extend(lost.iter().map(|(index, ..)| (*index, Written::Skipped(gone.clone()))));
            self.forget_lost(c, transfer, account, lost).await?;
        }
        Ok(written)
    }

    /// Forgets posts whose ids somebody took, and takes their files away that no other post shows.
    async fn forget_lost(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
        lost: Vec<(usize, i64, Vec<i64>)>,
    ) -> Result<(), AdapterError> {
        let files: Vec<i64> = lost.iter().flat_map(|(.., files)| files).copied().collect();
        let ids = lost.into_iter().map(|(_, id, _)| id.to_string()).collect();
        host_rows::forget(&self.store, transfer.as_str(), STATUSES, ids).await.map_err(ours)?;
        let shown = "select id from media_attachments where id = any($1) and status_id is not null";
        let shown: Vec<i64> = sqlx::query_scalar(shown)
            .bind(&files)
            .fetch_all(&mut *c)
            .await
            .map_err(|error| silent(&error))?;
        let gone: Vec<i64> = files.into_iter().filter(|id| !shown.contains(id)).collect();
        self.take_files(c, transfer, account, &gone).await
    }

    /// Notes, shelves and writes drafts; gives the ids that stand there because of it.
    pub(super) async fn put(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
        drafts: Vec<Draft>,
        over: Over,
    ) -> Result<BTreeSet<i64>, AdapterError> {
        if drafts.is_empty() {
            return Ok(BTreeSet::new());
        }
        let begin = drafts.iter().filter(|draft| draft.detail.begins_thread);
        let threads: Vec<i64> = begin.map(|draft| draft.status.conversation).collect();
        let drafts = Arc::new(drafts);
        let notes = {
            let (drafts, threads) = (Arc::clone(&drafts), threads.clone());
            tokio::task::spawn_blocking(move || notes(&drafts, &threads))
        };
        let noting = async {
            let notes = notes.await.map_err(|error| AdapterError::fatal("noting a batch", error))?;
            host_rows::note(&self.store, transfer.as_str(), notes).await.map_err(ours)
        };
        let mut noting = Box::pin(noting).fuse();
        let mut shelving = Vec::new();
        for draft in &*drafts {
            for shown in &draft.shown {
                shelving.push(self.shelve(draft.status.id, shown).boxed());
            }
        }
        if !shelving.is_empty() {
            // A file stands as soon as it is written; rows only stand when they are committed.
            (&mut noting).await?;
        }
        let media: Vec<Value> = stream::iter(shelving).buffered(FILES_AT_ONCE).try_collect().await?;
        let statuses = drafts.iter().map(|draft| &draft.status).collect();
        let batch = statuses::Batch { statuses, threads, media, over };
        let now = self.clock.now_micros();
        let noted = async { if noting.is_terminated() { Ok(()) } else { noting.await } };
        let stand = statuses::write(c, account, &batch, now, noted).await;
        drop(batch);
        // To give them back takes as long as it took to make them, and nobody has to wait.
        let _given_back = tokio::task::spawn_blocking(move || drop(drafts));
        stand
    }

    /// Puts a post's file where the server's lie; gives the columns of its row.
    async fn shelve(&self, status: i64, shown: &Shown) -> Result<Value, AdapterError> {
        let kept = self.blobs.on_disk(&shown.blob.sha256).await.map_err(|error| files::unread(&error))?;
        let blob = kept.as_ref().to_owned();
        let mut row = shown.shelve(blob, &self.place.files).await?;
        drop(kept);
        if let Some(row) = row.as_object_mut() {
            row.insert("status_id".to_owned(), json!(status));
        }
        Ok(row)
    }
}

/// The key an item was given, if it is one of this server's.
fn id_of(one: &Prepared) -> Option<i64> {
    one.reservation.local_id.as_str().parse().ok()
}

/// The keys of a post's files.
fn files_of(one: &Prepared) -> Vec<i64> {
    one.blobs.values().filter_map(|(id, _)| id.as_str().parse().ok()).collect()
}

/// Everything that comes with a batch; all threads that begin in it are one note.
fn notes(drafts: &[Draft], threads: &[i64]) -> Vec<HostRow> {
    let mut rows: Vec<HostRow> = drafts.iter().flat_map(noted).collect();
    rows.extend(threads.first().map(|first| journal::row(CONVERSATIONS, first, "", *first, &threads)));
    rows
}

/// Everything that comes with a draft.
fn noted(draft: &Draft) -> Vec<HostRow> {
    let status = &draft.status;
    let mut rows = vec![journal::row(STATUSES, status.id, draft.kind.as_str(), status.id, &draft.detail)];
    for shown in &draft.shown {
        let kind = if shown.is_counted { ItemKind::Media.as_str() } else { "" };
        rows.push(journal::row(MEDIA, shown.id, kind, shown.id, &status.id));
        rows.extend(shown.paths().into_iter().map(|path| journal::row(FILES, path, "", shown.id, &shown.id)));
    }
    rows
}
