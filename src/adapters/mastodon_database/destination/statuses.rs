//! Posts and boosts in the server's tables: one bounded transaction for a batch.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sqlx::{Connection as _, PgConnection};

use super::{
    bulk::{Rows, is_there},
    parts,
    status_rows::{self, Standing},
};
use crate::{
    adapters::mastodon_database::{database::silent, place::Named},
    port::error::AdapterError,
};

/// A post or boost as its row says it.
#[derive(Debug, Clone)]
pub(super) struct Status {
    /// Its key.
    pub(super) id: i64,
    /// Its id for the world.
    pub(super) uri: String,
    /// Plain text.
    pub(super) text: String,
    /// Plain text before which it is folded.
    pub(super) warning: String,
    /// When it was written, in microseconds.
    pub(super) created: i64,
    /// When it was edited.
    pub(super) edited: Option<i64>,
    /// Its thread.
    pub(super) conversation: i64,
    /// What it answers, and whom.
    pub(super) parent: Option<(i64, i64)>,
    /// Whether it answers anything, known here or not.
    pub(super) is_reply: bool,
    /// Whether media are hidden at first.
    pub(super) is_sensitive: bool,
    /// Language.
    pub(super) language: Option<String>,
    /// Keys of its files, in order.
    pub(super) media: Vec<i64>,
    /// Its poll: the key, and the columns.
    pub(super) poll: Option<(i64, Value)>,
    /// What it passes on.
    pub(super) boost_of: Option<i64>,
    /// Numbers it had: replies, boosts, likes.
    pub(super) tallies: Option<(i64, i64, i64)>,
    /// Versions of it, the one that stands last; none where it never was edited.
    pub(super) versions: Vec<Value>,
}

/// Whether what stands there is written over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// What is there stays.
    No,
    /// It is a newer version.
    Yes,
}

/// What is written in one transaction.
pub(super) struct Batch<'b> {
    /// Posts and boosts.
    pub(super) statuses: Vec<&'b Status>,
    /// Threads that begin with one of them.
    pub(super) threads: Vec<i64>,
    /// Rows of their files.
    pub(super) media: Vec<Value>,
    /// Whether what stands there is written over.
    pub(super) over: Over,
}

/// A time from microseconds, exact.
macro_rules! at {
    ($column:literal) => {
        concat!("(timestamp 'epoch' + ", $column, " * interval '1 microsecond')")
    };
}
pub(super) use at;

/// Whether rows may be there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum There {
    /// None of them was when they were looked for: they come all together, or none does.
    None,
    /// Some may be.
    Perhaps,
}

/// Writes a batch, visible to its owner only, with its files' rows. Nobody is notified: no trigger
/// watches these tables. It stands once `noted` has come to its end as well, which happens meanwhile. Gives the keys of
/// those that stand there now because of it: an id that somebody took since it was looked for stays theirs.
///
/// # Errors
/// [`AdapterError`], its own or that of `noted`; nothing of the batch stands then.
pub(super) async fn write(
    c: &mut PgConnection,
    account: &Named,
    batch: &Batch<'_>,
    now: i64,
    noted: impl Future<Output = Result<(), AdapterError>>,
) -> Result<BTreeSet<i64>, AdapterError> {
    let mut work = c.begin().await.map_err(|error| silent(&error))?;
    let (written, noted) = tokio::join!(rows(&mut work, account, batch, now), noted);
    noted?;
    let written = written.map_err(|error| silent(&error))?;
    work.commit().await.map_err(|error| silent(&error))?;
    Ok(written)
}

/// Gives the keys of those that stand there, written now or before.
async fn rows(
    work: &mut PgConnection,
    account: &Named,
    batch: &Batch<'_>,
    now: i64,
) -> Result<BTreeSet<i64>, sqlx::Error> {
    if batch.over == Over::Yes {
        return rows_that_are(There::Perhaps, work, account, batch, now).await;
    }
    match rows_that_are(There::None, work, account, batch, now).await {
        Err(error) if is_there(&error) => {}
        written => return written,
    }
    // Something of it came since it was looked for: from another daemon that was thought gone, or somebody took an id.
    sqlx::raw_sql("rollback and chain").execute(&mut *work).await?;
    let given: Vec<(i64, &str)> =
        batch.statuses.iter().map(|status| (status.id, status.uri.as_str())).collect();
    let standing = status_rows::standing(work, account, &given).await?;
    let left = Left::of(batch, &standing);
    rows_that_are(There::Perhaps, work, account, &left.batch(batch), now).await?;
    // Something may have come after that look, too.
    Ok(status_rows::standing(work, account, &given).await?.own.into_keys().collect())
}

/// What is left of a batch without what stands already.
struct Left {
    statuses: Vec<Status>,
    threads: Vec<i64>,
}

impl Left {
    /// An answer to what others took the id of goes on being an answer, to nothing that is here; one to what was written
    /// meanwhile joins that one's thread.
    fn of(batch: &Batch<'_>, standing: &Standing) -> Self {
        let stands = |id: &i64| standing.others.contains(id) || standing.own.contains_key(id);
        let moved: BTreeMap<i64, i64> = batch
            .statuses
            .iter()
            .filter_map(|status| Some((status.conversation, (*standing.own.get(&status.id)?)?)))
            .collect();
        let left = batch.statuses.iter().filter(|status| !stands(&status.id));
        let statuses: Vec<Status> = left
            .map(|status| {
                let mut status = (*status).clone();
                status.parent = status.parent.filter(|(id, _)| !standing.others.contains(id));
                status.conversation = moved.get(&status.conversation).copied().unwrap_or(status.conversation);
                status
            })
            .collect();
        let used: BTreeSet<i64> = statuses.iter().map(|status| status.conversation).collect();
        let threads = batch.threads.iter().copied().filter(|thread| used.contains(thread)).collect();
        Self { statuses, threads }
    }

    fn batch(&self, of: &Batch<'_>) -> Batch<'_> {
        Batch {
            statuses: self.statuses.iter().collect(),
            threads: self.threads.clone(),
            media: of.media.clone(),
            over: of.over,
        }
    }
}

/// Gives the keys of those that were written.
async fn rows_that_are(
    there: There,
    work: &mut PgConnection,
    account: &Named,
    batch: &Batch<'_>,
    now: i64,
) -> Result<BTreeSet<i64>, sqlx::Error> {
    let Batch { statuses, threads, media, over } = batch;
    conversations(there, work, statuses, threads, now).await?;
    if *over == Over::Yes {
        clear(work, account, statuses, media).await?;
    }
    let written = if there == There::None {
        status_rows::copy(work, account, statuses).await?;
        statuses.iter().map(|status| status.id).collect()
    } else {
        status_rows::insert(work, account, statuses, *over).await?
    };
    let of: Vec<&Status> = statuses.iter().copied().filter(|status| written.contains(&status.id)).collect();
    parts::polls(work, account, &of).await?;
    parts::tallies(work, &of, now).await?;
    parts::versions(work, account, &of).await?;
    let media: Vec<&Value> = media
        .iter()
        .filter(|row| row.get("status_id").and_then(Value::as_i64).is_some_and(|id| written.contains(&id)))
        .collect();
    parts::files(work, account, &media, now).await?;
    Ok(written)
}

/// Threads: those that begin with a post of the batch are `new`, the others were there when they were looked up.
async fn conversations(
    there: There,
    c: &mut PgConnection,
    statuses: &[&Status],
    new: &[i64],
    now: i64,
) -> Result<(), sqlx::Error> {
    let mut ids: BTreeSet<i64> = statuses.iter().map(|status| status.conversation).collect();
    if there == There::None && !new.is_empty() {
        let mut rows = Rows::of(&["id", "created_at", "updated_at"]);
        for id in new {
            rows.row().with(*id).at(now).at(now);
            ids.remove(id);
        }
        rows.copy(c, "conversations").await?;
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(concat!(
        "insert into conversations (id, created_at, updated_at) select id, ",
        at!("$2::bigint"),
        ", ",
        at!("$2::bigint"),
        " from unnest($1::bigint[]) as given(id) on conflict (id) do nothing"
    ))
    .bind(ids.into_iter().collect::<Vec<_>>())
    .bind(now)
    .execute(c)
    .await
    .map(drop)
}

/// Takes away what a newer version brings anew: the poll, numbers, and files it no longer shows.
async fn clear(
    c: &mut PgConnection,
    account: &Named,
    statuses: &[&Status],
    media: &[Value],
) -> Result<(), sqlx::Error> {
    let ids: Vec<i64> = statuses.iter().map(|status| status.id).collect();
    let stays: Vec<i64> = media.iter().filter_map(|row| row.get("id").and_then(Value::as_i64)).collect();
    sqlx::query("delete from polls where status_id = any($1) and account_id = $2")
        .bind(&ids)
        .bind(account.id)
        .execute(&mut *c)
        .await?;
    sqlx::query("delete from status_stats where status_id = any($1)").bind(&ids).execute(&mut *c).await?;
    sqlx::query("delete from status_edits where status_id = any($1)").bind(&ids).execute(&mut *c).await?;
    sqlx::query(
        "delete from media_attachments where status_id = any($1) and account_id = $2 and not (id = any($3))",
    )
    .bind(&ids)
    .bind(account.id)
    .bind(&stays)
    .execute(c)
    .await
    .map(drop)
}
