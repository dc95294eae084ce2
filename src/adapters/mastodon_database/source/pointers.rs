//! Boosts, likes and bookmarks: what the account did with other people's posts.

use sqlx::{AssertSqlSafe, PgConnection};
use url::Url;

use super::{
    MastodonSource,
    phrases::{OWN_BOOSTS, seconds},
    posts::{audience_of, moment},
    window::{Entry, Window, unreadable},
};
use crate::{
    adapters::mastodon_database::{database::silent, place::is_same_origin},
    model::item::{Boost, Item, ItemKind, Reference},
    port::error::AdapterError,
    words::text,
};

/// A boost: its own id and address, what was passed on, when, to whom.
type BoostRow = (i64, Option<String>, Option<String>, i64, i32);

fn boosts_question(source: &MastodonSource, condition: &str) -> String {
    format!(
        "select s.id, s.uri::text, {}, {}, s.visibility from statuses s join statuses r on r.id = s.reblog_of_id \
         join accounts ra on ra.id = r.account_id where {OWN_BOOSTS} and {condition}",
        source.phrases.post("r", "ra"),
        seconds("s.created_at"),
    )
}

/// A page of boosts in the order of their ids.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn boosts(
    source: &MastodonSource,
    c: &mut PgConnection,
    window: Window<'_>,
) -> Result<Vec<Entry>, AdapterError> {
    let sql = boosts_question(source, "s.id > $3 order by s.id limit $4");
    let rows: Vec<BoostRow> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(source.includes_private)
        .bind(window.number()?)
        .bind(window.rows())
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
    Ok(rows.into_iter().map(|row| boost(source, row)).collect())
}

/// Those of these boosts that are read.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn boosts_by_id(
    source: &MastodonSource,
    c: &mut PgConnection,
    ids: &[i64],
) -> Result<Vec<Entry>, AdapterError> {
    let rows: Vec<BoostRow> = sqlx::query_as(AssertSqlSafe(boosts_question(source, "s.id = any($3)")))
        .bind(source.owner.id)
        .bind(source.includes_private)
        .bind(ids)
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
    Ok(rows.into_iter().map(|row| boost(source, row)).collect())
}

fn boost(source: &MastodonSource, (number, uri, object, created, visibility): BoostRow) -> Entry {
    let stated = uri.and_then(|uri| Url::parse(&uri).ok());
    let id = stated.filter(|url| is_same_origin(url, &source.place.web));
    let id = id.unwrap_or_else(|| source.wording.posts.boost(number));
    let item = match web(object.as_deref()) {
        Ok(object) => Ok(Item::Boost(Boost {
            object,
            published: moment(created),
            visibility: audience_of(visibility),
            previously: Vec::new(),
            id,
        })),
        Err(why) => Err(unreadable(ItemKind::Boosts, &id, why)),
    };
    (number.to_string(), item)
}

/// Likes or bookmarks, by the table that holds them.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn references(
    source: &MastodonSource,
    c: &mut PgConnection,
    kind: ItemKind,
    window: Window<'_>,
) -> Result<Vec<Entry>, AdapterError> {
    let table = if kind == ItemKind::Likes { "favourites" } else { "bookmarks" };
    let sql = format!(
        "select x.id, {}, {} from {table} x join statuses s on s.id = x.status_id \
         join accounts a on a.id = s.account_id \
         where x.account_id = $1 and s.deleted_at is null and x.id > $2 order by x.id limit $3",
        source.phrases.post("s", "a"),
        seconds("x.created_at"),
    );
    let rows: Vec<(i64, Option<String>, i64)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(window.number()?)
        .bind(window.rows())
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
    let entry = |(number, object, created): (i64, Option<String>, i64)| {
        let published = Some(moment(created));
        let item = match web(object.as_deref()) {
            Ok(object) if kind == ItemKind::Likes => Ok(Item::Like(Reference { object, published })),
            Ok(object) => Ok(Item::Bookmark(Reference { object, published })),
            Err(why) => Err(unreadable(kind, number, why)),
        };
        (number.to_string(), item)
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// An address on the web.
pub(super) fn web(text: Option<&str>) -> Result<Url, String> {
    let text = text.ok_or_else(|| text!("reasons-it-has-no-address"))?;
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| text!("reasons-it-is-no-web-address", text = text))
}
