//! Posts and boosts in the server's tables: one bounded transaction for a batch.

use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use super::compose::OWNER_ONLY;
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

/// A time from microseconds, exact.
macro_rules! at {
    ($column:literal) => {
        concat!("(timestamp 'epoch' + ", $column, " * interval '1 microsecond')")
    };
}

/// Writes a batch, visible to its owner only, with its files' rows. Nobody is notified: no trigger
/// watches these tables. It stands once `noted` has come to its end as well, which happens meanwhile.
///
/// # Errors
/// [`AdapterError`], its own or that of `noted`; nothing of the batch stands then.
pub(super) async fn write(
    c: &mut PgConnection,
    account: &Named,
    statuses: &[Status],
    media: &[Value],
    over: Over,
    now: i64,
    noted: impl Future<Output = Result<(), AdapterError>>,
) -> Result<(), AdapterError> {
    let mut work = c.begin().await.map_err(|error| silent(&error))?;
    let (written, noted) = tokio::join!(rows(&mut work, account, statuses, media, over, now), noted);
    noted?;
    written.map_err(|error| silent(&error))?;
    work.commit().await.map_err(|error| silent(&error))
}

async fn rows(
    work: &mut PgConnection,
    account: &Named,
    statuses: &[Status],
    media: &[Value],
    over: Over,
    now: i64,
) -> Result<(), sqlx::Error> {
    conversations(work, statuses, now).await?;
    if over == Over::Yes {
        clear(work, account, statuses, media).await?;
    }
    let there = insert(work, account, statuses, over).await?;
    let of: Vec<&Status> = statuses.iter().filter(|status| there.contains(&status.id)).collect();
    polls(work, account, &of).await?;
    tallies(work, &of, now).await?;
    versions(work, account, &of).await?;
    let media: Vec<&Value> = media
        .iter()
        .filter(|row| row.get("status_id").and_then(Value::as_i64).is_some_and(|id| there.contains(&id)))
        .collect();
    files(work, account, &media, now).await
}

async fn conversations(c: &mut PgConnection, statuses: &[Status], now: i64) -> Result<(), sqlx::Error> {
    let ids: Vec<i64> = statuses.iter().map(|status| status.conversation).collect();
    sqlx::query(concat!(
        "insert into conversations (id, created_at, updated_at) select distinct id, ",
        at!("$2::bigint"),
        ", ",
        at!("$2::bigint"),
        " from unnest($1::bigint[]) as given(id) on conflict (id) do nothing"
    ))
    .bind(&ids)
    .bind(now)
    .execute(c)
    .await
    .map(drop)
}

/// Takes away what a newer version brings anew: the poll, numbers, and files it no longer shows.
async fn clear(
    c: &mut PgConnection,
    account: &Named,
    statuses: &[Status],
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
    statuses: &[Status],
    over: Over,
) -> Result<Vec<i64>, sqlx::Error> {
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
    let column = |of: fn(&Status) -> i64| statuses.iter().map(of).collect::<Vec<_>>();
    let maybe = |of: fn(&Status) -> Option<i64>| statuses.iter().map(of).collect::<Vec<_>>();
    let text = |of: fn(&Status) -> &str| statuses.iter().map(of).collect::<Vec<_>>();
    let flag = |of: fn(&Status) -> bool| statuses.iter().map(of).collect::<Vec<_>>();
    let languages: Vec<Option<&str>> = statuses.iter().map(|status| status.language.as_deref()).collect();
    // Lists of different lengths do not go into one array; as text each is read by itself.
    let media: Vec<Option<String>> = statuses.iter().map(|status| listed(&status.media)).collect();
    sqlx::query_scalar(sql)
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
        .await
}

fn listed(ids: &[i64]) -> Option<String> {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    (!ids.is_empty()).then(|| format!("{{{}}}", ids.join(",")))
}

async fn polls(c: &mut PgConnection, account: &Named, statuses: &[&Status]) -> Result<(), sqlx::Error> {
    let rows: Vec<Value> = statuses
        .iter()
        .filter_map(|status| {
            let (id, columns) = status.poll.as_ref()?;
            Some(json!({"id": id, "status_id": status.id, "poll": columns}))
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(concat!(
        "insert into polls (id, account_id, status_id, options, cached_tallies, votes_count, voters_count, \
         multiple, expires_at, created_at, updated_at) \
         select r.id, $1, r.status_id, p.options, p.tallies, p.votes, p.voters, p.multiple, ",
        at!("p.ended"),
        ", ",
        at!("p.made"),
        ", ",
        at!("p.made"),
        " from jsonb_to_recordset($2::jsonb) as r(id bigint, status_id bigint, poll jsonb), \
         jsonb_to_record(r.poll) as p(options varchar[], tallies bigint[], votes bigint, voters bigint, \
         multiple boolean, ended bigint, made bigint) on conflict (id) do nothing"
    ))
    .bind(account.id)
    .bind(Value::Array(rows).to_string())
    .execute(c)
    .await
    .map(drop)
}

/// What others did with the posts where they were, as numbers.
async fn tallies(c: &mut PgConnection, statuses: &[&Status], now: i64) -> Result<(), sqlx::Error> {
    let rows: Vec<[i64; 4]> = statuses
        .iter()
        .filter_map(|status| {
            let (replies, boosts, likes) = status.tallies?;
            Some([status.id, replies, boosts, likes])
        })
        .collect();
    let column = |of: fn(&[i64; 4]) -> i64| rows.iter().map(of).collect::<Vec<_>>();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(concat!(
        "insert into status_stats (status_id, replies_count, reblogs_count, favourites_count, created_at, \
         updated_at) select s.id, s.replies, s.reblogs, s.favourites, ",
        at!("$5::bigint"),
        ", ",
        at!("$5::bigint"),
        " from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) \
         as s(id, replies, reblogs, favourites) on conflict (status_id) do nothing"
    ))
    .bind(column(|[id, ..]| *id))
    .bind(column(|[_, replies, ..]| *replies))
    .bind(column(|[_, _, boosts, _]| *boosts))
    .bind(column(|[.., likes]| *likes))
    .bind(now)
    .execute(c)
    .await
    .map(drop)
}

/// How posts were before they were edited. Their order is that of their keys.
async fn versions(c: &mut PgConnection, account: &Named, statuses: &[&Status]) -> Result<(), sqlx::Error> {
    let rows: Vec<&Value> = statuses.iter().flat_map(|status| &status.versions).collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(concat!(
        "insert into status_edits (status_id, account_id, text, spoiler_text, sensitive, \
         ordered_media_attachment_ids, media_descriptions, poll_options, created_at, updated_at) \
         select r.status, $1, r.text, r.warning, r.sensitive, r.media, r.said, r.options, ",
        at!("r.written"),
        ", ",
        at!("r.written"),
        " from rows from (jsonb_to_recordset($2::jsonb) as (status bigint, text text, warning text, \
         sensitive boolean, media bigint[], said text[], options varchar[], written bigint)) \
         with ordinality as r(status, text, warning, sensitive, media, said, options, written, place) \
         order by r.place"
    ))
    .bind(account.id)
    .bind(serde_json::to_string(&rows).unwrap_or_default())
    .execute(c)
    .await
    .map(drop)
}

/// Rows of files. They have their post from the first moment: those without one are swept away daily.
async fn files(c: &mut PgConnection, account: &Named, media: &[&Value], now: i64) -> Result<(), sqlx::Error> {
    if media.is_empty() {
        return Ok(());
    }
    sqlx::query(concat!(
        "insert into media_attachments (id, account_id, status_id, type, file_file_name, file_content_type, \
         file_file_size, file_updated_at, file_meta, blurhash, description, processing, remote_url, \
         file_storage_schema_version, created_at, updated_at) \
         select r.id, $1, r.status_id, r.type, r.file_name, r.content_type, r.bytes, ",
        at!("$3::bigint"),
        ", r.meta::json, r.blurhash, r.description, 2, '', 1, ",
        at!("$3::bigint"),
        ", ",
        at!("$3::bigint"),
        " from jsonb_to_recordset($2::jsonb) as r(id bigint, status_id bigint, type integer, file_name text, \
         content_type text, bytes integer, meta jsonb, blurhash text, description text) \
         on conflict (id) do nothing"
    ))
    .bind(account.id)
    .bind(serde_json::to_string(media).unwrap_or_default())
    .bind(now)
    .execute(c)
    .await
    .map(drop)
}
