//! Whom the account follows, blocks and mutes, and what it noted about people. Who blocks *it* is read
//! only to leave them out; it never leaves the server.

use sqlx::{AssertSqlSafe, PgConnection};

use super::{
    MastodonSource,
    phrases::micros,
    pointers::web,
    window::{Entry, Window, unreadable},
};
use crate::{
    adapters::mastodon_database::database::silent,
    model::{
        belonging::Belonging,
        follow::FollowOptions,
        item::{Item, ItemKind},
        moment::Moment,
    },
    port::error::AdapterError,
};

/// Which follows are read: not of people who block the account, so that nobody is asked to follow them
/// and nobody learns of it.
pub(super) const FOLLOWS: &str = "x.account_id = $1 and not exists (select from blocks b \
     where b.account_id = x.target_account_id and b.target_account_id = x.account_id)";

/// Follows in the order they were made, each with what was chosen about it.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn follows(
    source: &MastodonSource,
    c: &mut PgConnection,
    window: Window<'_>,
) -> Result<Vec<Entry>, AdapterError> {
    type Row = (i64, Option<String>, bool, bool, Vec<Option<String>>);
    let sql = format!(
        "select x.id, {}, x.show_reblogs, x.notify, coalesce(x.languages, '{{}}')::text[] \
         from follows x join accounts a on a.id = x.target_account_id \
         where {FOLLOWS} and x.id > $2 order by x.id limit $3",
        source.phrases.actor("a")
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(window.number()?)
        .bind(window.rows())
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
    let entry = |(number, actor, shows_boosts, notifies, languages): Row| {
        let languages = languages.into_iter().flatten().collect();
        let options = FollowOptions { shows_boosts, notifies, languages }.checked();
        let item = match web(actor.as_deref()) {
            Ok(actor) => Ok(Item::Follow { actor, options }),
            Err(why) => Err(unreadable(ItemKind::Following, number, why)),
        };
        (number.to_string(), item)
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// Blocks in the order they were made.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn blocks(
    source: &MastodonSource,
    c: &mut PgConnection,
    window: Window<'_>,
) -> Result<Vec<Entry>, AdapterError> {
    let sql = format!(
        "select x.id, {} from blocks x join accounts a on a.id = x.target_account_id \
         where x.account_id = $1 and x.id > $2 order by x.id limit $3",
        source.phrases.actor("a")
    );
    let rows: Vec<(i64, Option<String>)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(window.number()?)
        .bind(window.rows())
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
    let entry = |(number, actor): (i64, Option<String>)| {
        let item = match web(actor.as_deref()) {
            Ok(actor) => Ok(Item::Block { actor }),
            Err(why) => Err(unreadable(ItemKind::Blocked, number, why)),
        };
        (number.to_string(), item)
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// Mutes in the order they were made.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn mutes(
    source: &MastodonSource,
    c: &mut PgConnection,
    window: Window<'_>,
) -> Result<Vec<Entry>, AdapterError> {
    let sql = format!(
        "select x.id, {}, x.hide_notifications, {} from mutes x join accounts a on a.id = x.target_account_id \
         where x.account_id = $1 and x.id > $2 order by x.id limit $3",
        source.phrases.actor("a"),
        micros("x.expires_at"),
    );
    let rows: Vec<(i64, Option<String>, bool, Option<i64>)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(window.number()?)
        .bind(window.rows())
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
    let read = |(number, actor, hides_notifications, ends): (i64, Option<String>, bool, Option<i64>)| {
        let mute = web(actor.as_deref()).map(|actor| Belonging::Mute {
            actor,
            hides_notifications,
            ends: ends.map(Moment::from_micros),
        });
        entry(ItemKind::Muted, number, mute)
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Notes about people in the order they were made.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn notes(
    source: &MastodonSource,
    c: &mut PgConnection,
    window: Window<'_>,
) -> Result<Vec<Entry>, AdapterError> {
    let sql = format!(
        "select x.id, {}, x.comment from account_notes x join accounts a on a.id = x.target_account_id \
         where x.account_id = $1 and x.id > $2 and btrim(x.comment) <> '' order by x.id limit $3",
        source.phrases.actor("a"),
    );
    let rows: Vec<(i64, Option<String>, String)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(window.number()?)
        .bind(window.rows())
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
    let read = |(number, actor, text): (i64, Option<String>, String)| {
        let note = web(actor.as_deref()).map(|actor| Belonging::Note { actor, text });
        entry(ItemKind::Notes, number, note)
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Blocked servers in the order they were blocked.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn servers(
    source: &MastodonSource,
    c: &mut PgConnection,
    window: Window<'_>,
) -> Result<Vec<Entry>, AdapterError> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "select id, domain::text from account_domain_blocks \
         where account_id = $1 and id > $2 and domain is not null order by id limit $3",
    )
    .bind(source.owner.id)
    .bind(window.number()?)
    .bind(window.rows())
    .fetch_all(c)
    .await
    .map_err(|error| silent(&error))?;
    let read =
        |(number, domain)| entry(ItemKind::BlockedDomains, number, Ok(Belonging::DomainBlock { domain }));
    Ok(rows.into_iter().map(read).collect())
}

/// A belonging in the form it travels in, or why it cannot.
pub(super) fn entry(kind: ItemKind, number: i64, read: Result<Belonging, String>) -> Entry {
    let item = read.and_then(Belonging::checked).map(Item::Belonging);
    (number.to_string(), item.map_err(|why| unreadable(kind, number, why)))
}
