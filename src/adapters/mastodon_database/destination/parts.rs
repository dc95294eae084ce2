//! What posts have in tables of its own: polls, numbers, earlier versions, files.

use serde_json::{Value, json};
use sqlx::PgConnection;

use super::statuses::{Status, at};
use crate::adapters::mastodon_database::place::Named;

/// Bytes of versions written at once, as long as one is not longer: what the database takes in one value is bounded, and a
/// post may have a hundred versions.
const PORTION_BYTES: usize = 8 << 20;

/// Polls, which are over.
///
/// # Errors
/// [`sqlx::Error`].
pub(super) async fn polls(
    c: &mut PgConnection,
    account: &Named,
    statuses: &[&Status],
) -> Result<(), sqlx::Error> {
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
///
/// # Errors
/// [`sqlx::Error`].
pub(super) async fn tallies(c: &mut PgConnection, statuses: &[&Status], now: i64) -> Result<(), sqlx::Error> {
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
///
/// # Errors
/// [`sqlx::Error`].
pub(super) async fn versions(
    c: &mut PgConnection,
    account: &Named,
    statuses: &[&Status],
) -> Result<(), sqlx::Error> {
    for some in portions(statuses.iter().flat_map(|status| &status.versions)) {
        some_versions(c, account, some).await?;
    }
    Ok(())
}

/// Lists of rows, none longer than it may be.
fn portions<'v>(rows: impl Iterator<Item = &'v Value>) -> Vec<String> {
    let mut portions: Vec<String> = Vec::new();
    for row in rows.map(Value::to_string) {
        match portions.last_mut() {
            Some(last) if last.len() + row.len() < PORTION_BYTES => {
                last.push(',');
                last.push_str(&row);
            }
            _ => portions.push(format!("[{row}")),
        }
    }
    portions.into_iter().map(|portion| portion + "]").collect()
}

async fn some_versions(c: &mut PgConnection, account: &Named, rows: String) -> Result<(), sqlx::Error> {
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
    .bind(rows)
    .execute(c)
    .await
    .map(drop)
}

/// Rows of files. They have their post from the first moment: those without one are swept away daily.
///
/// # Errors
/// [`sqlx::Error`].
pub(super) async fn files(
    c: &mut PgConnection,
    account: &Named,
    media: &[&Value],
    now: i64,
) -> Result<(), sqlx::Error> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_list_of_versions_is_longer_than_it_may_be_and_none_is_lost() {
        let of = |length: usize| json!({ "text": "x".repeat(length) });
        let rows =
            [of(10), of(PORTION_BYTES / 2), of(PORTION_BYTES / 2), of(PORTION_BYTES * 2), of(10), of(10)];
        let portions = portions(rows.iter());
        let read: Vec<Vec<Value>> = portions.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        let lengths: Vec<usize> = read.iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 1, 1, 2]);
        assert_eq!(read.concat(), rows);
    }
}
