//! Lists with the people on them, and filters with their words.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, PgConnection};

use super::{
    MastodonSource, people,
    phrases::micros,
    pointers::web,
    window::{Entry, Window},
};
use crate::{
    adapters::mastodon_database::database::silent,
    model::{
        belonging::{Belonging, Filter, FilterAction, FilterPlace, ListReplies, PeopleList, Phrase},
        item::ItemKind,
        moment::Moment,
    },
    port::error::AdapterError,
};

/// A filter: its name, where it looks, what it does, when it ends.
type FilterRow = (i64, String, Vec<String>, i32, Option<i64>);

/// Lists in the order they were made. Two of one name are told apart by a number behind it: where they
/// go, the name is their key.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn lists(
    source: &MastodonSource,
    c: &mut PgConnection,
    window: Window<'_>,
) -> Result<Vec<Entry>, AdapterError> {
    let rows: Vec<(i64, String, i32, bool, i64)> = sqlx::query_as(
        "select id, title, replies_policy, exclusive, namesake from (select id, title::text, replies_policy, \
         exclusive, row_number() over (partition by btrim(title) order by id) as namesake \
         from lists where account_id = $1) l where id > $2 order by id limit $3",
    )
    .bind(source.owner.id)
    .bind(window.number()?)
    .bind(window.rows())
    .fetch_all(&mut *c)
    .await
    .map_err(|error| silent(&error))?;
    let ids: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let sql = format!(
        "select l.list_id, {} from list_accounts l join accounts a on a.id = l.account_id \
         where l.list_id = any($1)",
        source.phrases.actor("a")
    );
    let people: Vec<(i64, Option<String>)> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(ids).fetch_all(c).await.map_err(|error| silent(&error))?;
    let mut members: BTreeMap<i64, Vec<_>> = BTreeMap::new();
    for (list, actor) in people {
        if let Ok(actor) = web(actor.as_deref()) {
            members.entry(list).or_default().push(actor);
        }
    }
    let read = |(id, title, replies, is_exclusive, namesake): (i64, String, i32, bool, i64)| {
        let title = if namesake > 1 { format!("{} ({namesake})", title.trim()) } else { title };
        let replies = match replies {
            1 => ListReplies::Followed,
            2 => ListReplies::None,
            _ => ListReplies::List,
        };
        let members = members.remove(&id).unwrap_or_default();
        let list = Belonging::List(PeopleList { title, members, replies, is_exclusive });
        people::entry(ItemKind::Lists, id, Ok(list))
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Which filters are read: one that only names single posts has no words and means nothing elsewhere.
pub(super) const FILTERS: &str = "x.account_id = $1 and exists (select from custom_filter_keywords k \
     where k.custom_filter_id = x.id and btrim(k.keyword) <> '')";

/// Filters in the order they were made.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn filters(
    source: &MastodonSource,
    c: &mut PgConnection,
    window: Window<'_>,
) -> Result<Vec<Entry>, AdapterError> {
    let sql = format!(
        "select x.id, x.phrase, x.context::text[], x.action, {} from custom_filters x \
         where {FILTERS} and x.id > $2 order by x.id limit $3",
        micros("x.expires_at")
    );
    let rows: Vec<FilterRow> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(window.number()?)
        .bind(window.rows())
        .fetch_all(&mut *c)
        .await
        .map_err(|error| silent(&error))?;
    let ids: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let words: Vec<(i64, String, bool)> = sqlx::query_as(
        "select custom_filter_id, keyword, whole_word from custom_filter_keywords \
         where custom_filter_id = any($1) and btrim(keyword) <> '' order by id",
    )
    .bind(ids)
    .fetch_all(c)
    .await
    .map_err(|error| silent(&error))?;
    let mut phrases: BTreeMap<i64, Vec<Phrase>> = BTreeMap::new();
    for (filter, text, is_whole_word) in words {
        phrases.entry(filter).or_default().push(Phrase { text, is_whole_word });
    }
    let read = |(id, title, places, action, ends): FilterRow| {
        let filter = Belonging::Filter(Filter {
            title,
            phrases: phrases.remove(&id).unwrap_or_default(),
            places: places.iter().filter_map(|word| FilterPlace::from_word(word)).collect(),
            // 0 warns, 2 blurs pictures and warns; only 1 hides.
            action: if action == 1 { FilterAction::Hide } else { FilterAction::Warn },
            ends: ends.map(Moment::from_micros),
        });
        people::entry(ItemKind::Filters, id, Ok(filter))
    };
    Ok(rows.into_iter().map(read).collect())
}
