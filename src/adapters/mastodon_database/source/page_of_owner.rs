//! What stands on the owner's own page and timeline: pinned posts, topics shown, topics followed.

use sqlx::{AssertSqlSafe, PgConnection};

use super::{
    MastodonSource, people,
    pointers::web,
    window::{Entry, Window},
};
use crate::{
    adapters::mastodon_database::database::silent,
    model::{belonging::Belonging, item::ItemKind},
    port::error::AdapterError,
};

/// Which pins are read: those of posts that are read. The last pinned stands first.
pub(super) const PINS: &str = "from status_pins x join statuses s on s.id = x.status_id \
     join accounts a on a.id = s.account_id \
     where x.account_id = $1 and s.account_id = $1 and s.deleted_at is null and s.reblog_of_id is null \
     and ($2 or s.visibility in (0, 1))";

/// Pinned posts in the order they were pinned, each with its place on the page.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn pins(
    source: &MastodonSource,
    c: &mut PgConnection,
    window: Window<'_>,
) -> Result<Vec<Entry>, AdapterError> {
    let sql = format!(
        "select id, object, place from (select x.id, {} as object, \
         row_number() over (order by x.created_at desc, x.id desc) - 1 as place {PINS}) p \
         where id > $3 order by id limit $4",
        source.phrases.post("s", "a")
    );
    let rows: Vec<(i64, Option<String>, i64)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(source.includes_private)
        .bind(window.number()?)
        .bind(window.rows())
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
    let read = |(number, object, place): (i64, Option<String>, i64)| {
        let position = u32::try_from(place).unwrap_or(u32::MAX);
        let pin = web(object.as_deref()).map(|object| Belonging::Pin { object, position });
        people::entry(ItemKind::Pins, number, pin)
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Topics shown on the page, or those that are followed.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn topics(
    source: &MastodonSource,
    c: &mut PgConnection,
    kind: ItemKind,
    window: Window<'_>,
) -> Result<Vec<Entry>, AdapterError> {
    let table = if kind == ItemKind::FeaturedTags { "featured_tags" } else { "tag_follows" };
    let sql = format!(
        "select x.id, t.name::text from {table} x join tags t on t.id = x.tag_id \
         where x.account_id = $1 and x.id > $2 order by x.id limit $3"
    );
    let rows: Vec<(i64, String)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(window.number()?)
        .bind(window.rows())
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
    let read = |(number, name): (i64, String)| {
        let topic = if kind == ItemKind::FeaturedTags {
            Belonging::FeaturedTag { name }
        } else {
            Belonging::FollowedTag { name }
        };
        people::entry(kind, number, Ok(topic))
    };
    Ok(rows.into_iter().map(read).collect())
}
