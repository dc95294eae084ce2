//! How many there are of each kind, by the same conditions as the pages; and the account in a few numbers.

use sqlx::{AssertSqlSafe, PgConnection};

use super::{
    MastodonSource,
    lists::FILTERS,
    page_of_owner::PINS,
    people::FOLLOWS,
    phrases::{OWN_BOOSTS, OWN_FILES, OWN_POSTS},
};
use crate::{
    adapters::mastodon_database::database::silent,
    model::{
        collection::CollectionKind,
        outlook::{Outline, ServerShare},
    },
    port::error::AdapterError,
};

/// Servers named at most; the followers on smaller ones count in the sum only.
const MOST_SERVERS: i64 = 1_000;

/// How many elements the pages of a collection have together.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn count(
    source: &MastodonSource,
    c: &mut PgConnection,
    kind: CollectionKind,
) -> Result<u64, AdapterError> {
    let pictures = source.owner.pictures().len();
    let from = match kind {
        CollectionKind::Settings => return Ok(u64::try_from(source.owner.settings().len()).unwrap_or(0)),
        CollectionKind::Content => format!("from statuses s where {OWN_POSTS}"),
        CollectionKind::Outbox => {
            format!("from statuses s join statuses r on r.id = s.reblog_of_id where {OWN_BOOSTS}")
        }
        CollectionKind::Media => format!(
            "from media_attachments m join statuses s on s.id = m.status_id where {OWN_POSTS} and {OWN_FILES}"
        ),
        CollectionKind::Liked => pointed("favourites"),
        CollectionKind::Bookmarks => pointed("bookmarks"),
        CollectionKind::Following => format!("from follows x where {FOLLOWS}"),
        CollectionKind::Blocked => owned("blocks"),
        CollectionKind::Muted => owned("mutes"),
        CollectionKind::BlockedDomains => {
            "from account_domain_blocks x where x.account_id = $1 and x.domain is not null".to_owned()
        }
        CollectionKind::Filters => format!("from custom_filters x where {FILTERS}"),
        CollectionKind::Lists => owned("lists"),
        CollectionKind::Pins => PINS.to_owned(),
        CollectionKind::FeaturedTags => owned("featured_tags"),
        CollectionKind::FollowedTags => owned("tag_follows"),
        CollectionKind::Notes => {
            "from account_notes x where x.account_id = $1 and btrim(x.comment) <> ''".to_owned()
        }
    };
    // Both parameters are always used, so that one kind of question is enough.
    let sql = format!("select count(*) filter (where $2 or not $2) {from}");
    let found: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(source.includes_private)
        .fetch_one(c)
        .await
        .map_err(|error| silent(&error))?;
    let found = u64::try_from(found).unwrap_or(0);
    let more = if kind == CollectionKind::Media { u64::try_from(pictures).unwrap_or(0) } else { 0 };
    Ok(found.saturating_add(more))
}

fn owned(table: &str) -> String {
    format!("from {table} x where x.account_id = $1")
}

fn pointed(table: &str) -> String {
    format!(
        "from {table} x join statuses s on s.id = x.status_id where x.account_id = $1 and s.deleted_at is null"
    )
}

/// Length of all files, and followers by server; nobody is named.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn outline(source: &MastodonSource, c: &mut PgConnection) -> Result<Outline, AdapterError> {
    let sql = format!(
        "select coalesce(sum(m.file_file_size), 0)::bigint from media_attachments m \
         join statuses s on s.id = m.status_id where {OWN_POSTS} and {OWN_FILES}"
    );
    let bytes: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(source.includes_private)
        .fetch_one(&mut *c)
        .await
        .map_err(|error| silent(&error))?;
    let servers: Vec<(String, i64, i64)> = sqlx::query_as(
        "select coalesce(a.domain, $2)::text, count(*), (sum(count(*)) over ())::bigint from follows f \
         join accounts a on a.id = f.account_id where f.target_account_id = $1 \
         group by 1 order by 2 desc, 1 limit $3",
    )
    .bind(source.owner.id)
    .bind(&source.place.domain)
    .bind(MOST_SERVERS)
    .fetch_all(c)
    .await
    .map_err(|error| silent(&error))?;
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    let pictures = source.owner.pictures().into_iter().filter_map(|picture| picture.bytes).sum::<u64>();
    Ok(Outline {
        media_bytes: Some(number(bytes).saturating_add(pictures)),
        followers: Some(servers.first().map_or(0, |(.., all)| number(*all))),
        servers: servers
            .into_iter()
            .map(|(host, followers, _)| ServerShare { host, followers: number(followers) })
            .collect(),
        ..Outline::default()
    })
}
