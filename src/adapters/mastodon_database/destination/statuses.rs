//! Posts and boosts in the server's tables: one bounded transaction for a batch.

use std::collections::BTreeSet;

use serde_json::Value;
use sqlx::{Connection as _, PgConnection};

use super::{
    bulk::{Rows, is_there},
    compose::OWNER_ONLY,
    parts,
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

async fn rows(
    work: &mut PgConnection,
    account: &Named,
    batch: &Batch<'_>,
    now: i64,
) -> Result<BTreeSet<i64>, sqlx::Error> {
    if batch.over == Over::No {
        match rows_that_are(There::None, work, account, batch, now).await {
            Err(error) if is_there(&error) => {
                // It came since it was looked for.
                sqlx::raw_sql("rollback and chain").execute(&mut *work).await?;
            }
            written => return written,
        }
    }
    rows_that_are(There::Perhaps, work, account, batch, now).await
}

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
        copied(work, account, statuses).await?;
        statuses.iter().map(|status| status.id).collect()
    } else {
        insert(work, account, statuses, *over).await?
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

/// Gives the keys of those that stand there now because of it.
async fn insert(
    c: &mut PgConnection,
    account: &Named,
    statuses: &[&Status],
    over: Over,
) -> Result<BTreeSet<i64>, sqlx::Error> {
    macro_rules! sql {
        ($conflict:literal) => {
            concat!(
                "insert into statuses (id, account_id, uri, text, spoiler_text, created_at, updated_at, edited_at, \
                 visibility, conversation_id, in_reply_to_id, in_reply_to_account_id, reply, sensitive, language, \
                 ordered_media_attachment_ids, poll_id, reblog_of_id, local) \
                 select s.id, $1, s.uri, s.text, s.warning, ",
                at!("s.created"),
                ", ",
                at!("coalesce(s.edited, s.created)"),
                ", ",
                at!("s.edited"),
                ", $2, s.conversation, s.parent, s.answered, s.reply, s.sensitive, s.language, s.media::bigint[], \
                 s.poll, s.boost_of, true \
                 from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], \
                 $9::bigint[], $10::bigint[], $11::bigint[], $12::boolean[], $13::boolean[], $14::text[], \
                 $15::text[], $16::bigint[], $17::bigint[]) as s(id, uri, text, warning, created, edited, \
                 conversation, parent, answered, reply, sensitive, language, media, poll, boost_of) \
                 on conflict (id) do ",
                $conflict,
                " returning id"
            )
        };
    }
    let sql = match over {
        Over::No => sql!("nothing"),
        Over::Yes => sql!(
            "update set text = excluded.text, spoiler_text = excluded.spoiler_text, \
             updated_at = excluded.updated_at, edited_at = excluded.edited_at, sensitive = excluded.sensitive, \
             language = excluded.language, poll_id = excluded.poll_id, \
             ordered_media_attachment_ids = excluded.ordered_media_attachment_ids \
             where statuses.account_id = excluded.account_id and statuses.deleted_at is null"
        ),
    };
    let each = || statuses.iter().copied();
    let column = |of: fn(&Status) -> i64| each().map(of).collect::<Vec<_>>();
    let maybe = |of: fn(&Status) -> Option<i64>| each().map(of).collect::<Vec<_>>();
    let text = |of: fn(&Status) -> &str| each().map(of).collect::<Vec<_>>();
    let flag = |of: fn(&Status) -> bool| each().map(of).collect::<Vec<_>>();
    let languages: Vec<Option<&str>> = statuses.iter().map(|status| status.language.as_deref()).collect();
    // Lists of different lengths do not go into one array; as text each is read by itself.
    let media: Vec<Option<String>> = statuses.iter().map(|status| listed(&status.media)).collect();
    let there: Vec<i64> = sqlx::query_scalar(sql)
        .bind(account.id)
        .bind(OWNER_ONLY)
        .bind(column(|status| status.id))
        .bind(text(|status| &status.uri))
        .bind(text(|status| &status.text))
        .bind(text(|status| &status.warning))
        .bind(column(|status| status.created))
        .bind(maybe(|status| status.edited))
        .bind(column(|status| status.conversation))
        .bind(maybe(|status| status.parent.map(|(id, _)| id)))
        .bind(maybe(|status| status.parent.map(|(_, account)| account)))
        .bind(flag(|status| status.is_reply))
        .bind(flag(|status| status.is_sensitive))
        .bind(languages)
        .bind(media)
        .bind(maybe(|status| status.poll.as_ref().map(|(id, _)| *id)))
        .bind(maybe(|status| status.boost_of))
        .fetch_all(c)
        .await?;
    Ok(there.into_iter().collect())
}

/// Writes rows none of which is there yet.
async fn copied(c: &mut PgConnection, account: &Named, statuses: &[&Status]) -> Result<(), sqlx::Error> {
    let mut rows = Rows::of(&[
        "id",
        "account_id",
        "uri",
        "text",
        "spoiler_text",
        "created_at",
        "updated_at",
        "edited_at",
        "visibility",
        "conversation_id",
        "in_reply_to_id",
        "in_reply_to_account_id",
        "reply",
        "sensitive",
        "language",
        "ordered_media_attachment_ids",
        "poll_id",
        "reblog_of_id",
        "local",
    ]);
    for status in statuses {
        rows.row()
            .with(status.id)
            .with(account.id)
            .with(&status.uri)
            .with(&status.text)
            .with(&status.warning)
            .at(status.created)
            .at(status.edited.unwrap_or(status.created))
            .at(status.edited)
            .with(OWNER_ONLY)
            .with(status.conversation)
            .with(status.parent.map(|(id, _)| id))
            .with(status.parent.map(|(_, account)| account))
            .with(status.is_reply)
            .with(status.is_sensitive)
            .with(status.language.as_deref())
            .with(Some(&status.media).filter(|media| !media.is_empty()))
            .with(status.poll.as_ref().map(|(id, _)| *id))
            .with(status.boost_of)
            .with(true);
    }
    rows.copy(c, "statuses").await
}

fn listed(ids: &[i64]) -> Option<String> {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    (!ids.is_empty()).then(|| format!("{{{}}}", ids.join(",")))
}
