//! Many rows in one statement: what a batch writes costs one round trip instead of one for each row.
//!
//! The groups of placeholders are written out. There are few numbers of groups, so that the database
//! prepares few statements, and all stay far below the values a statement may bind.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow, sqlite::SqliteRow};

use super::{Connection, StoreResult};

/// Rows of one statement, largest first; the last one is one, so that every number is reached.
const AT_ONCE: [usize; 3] = [100, 10, 1];

/// Where the groups go in a statement.
const PLACE: &str = "{rows}";

/// One value of a row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'v> {
    /// Text.
    Text(&'v str),
    /// Text, if there is any.
    Maybe(Option<&'v str>),
    /// A number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

/// Binds the values of some rows, one after the other.
macro_rules! bound {
    ($query:expr, $rows:expr) => {
        $rows.iter().flatten().fold($query, |query, value| match *value {
            Value::Text(text) => query.bind(text),
            Value::Maybe(text) => query.bind(text),
            Value::Number(number) => query.bind(number),
            Value::Flag(flag) => query.bind(flag),
        })
    };
}

/// Runs a statement that has `{rows}` where the groups of its values stand, as often as all `rows` need.
/// It has no other placeholders.
pub(super) async fn insert<const WIDTH: usize>(
    c: &mut Connection,
    sql: &'static str,
    rows: &[[Value<'_>; WIDTH]],
) -> StoreResult<()> {
    added(c, sql, rows).await.map(drop)
}

/// As [`insert`]; gives how many rows the statement wrote.
pub(super) async fn added<const WIDTH: usize>(
    c: &mut Connection,
    sql: &'static str,
    rows: &[[Value<'_>; WIDTH]],
) -> StoreResult<u64> {
    let mut added = 0;
    for (sql, some) in statements(c, sql, rows) {
        let sql = AssertSqlSafe(sql);
        added += match c {
            Connection::Sqlite(c) => bound!(sqlx::query(sql), some).execute(&mut ***c).await?.rows_affected(),
            Connection::Postgres(c) => {
                bound!(sqlx::query(sql), some).execute(&mut ***c).await?.rows_affected()
            }
        };
    }
    Ok(added)
}

/// As [`insert`], for a statement that returns rows.
pub(super) async fn returned<Row, const WIDTH: usize>(
    c: &mut Connection,
    sql: &'static str,
    rows: &[[Value<'_>; WIDTH]],
) -> StoreResult<Vec<Row>>
where
    Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let mut found = Vec::new();
    for (sql, some) in statements(c, sql, rows) {
        let sql = AssertSqlSafe(sql);
        found.extend(match c {
            Connection::Sqlite(c) => bound!(sqlx::query_as::<_, Row>(sql), some).fetch_all(&mut ***c).await?,
            Connection::Postgres(c) => {
                bound!(sqlx::query_as::<_, Row>(sql), some).fetch_all(&mut ***c).await?
            }
        });
    }
    Ok(found)
}

/// The rows in order, each portion with its statement. One of many rows is a long text: it is written once.
fn statements<'r, 'v, const WIDTH: usize>(
    c: &Connection,
    sql: &str,
    rows: &'r [[Value<'v>; WIDTH]],
) -> Vec<(Arc<str>, &'r [[Value<'v>; WIDTH]])> {
    let mut last: Option<(usize, Arc<str>)> = None;
    let with_its_own = |some: &'r [[Value<'v>; WIDTH]]| {
        let text = match &last {
            Some((length, text)) if *length == some.len() => Arc::clone(text),
            _ => Arc::from(with_groups(c, sql, some.len(), WIDTH)),
        };
        last = Some((some.len(), Arc::clone(&text)));
        (text, some)
    };
    portions(rows).map(with_its_own).collect()
}

/// The rows in order, in portions of the lengths a statement can have.
fn portions<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let length = AT_ONCE.into_iter().find(|length| *length <= rest.len())?;
        let (some, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(some)
    })
}

/// Only our own text and placeholders: nothing of anybody's data.
fn with_groups(c: &Connection, sql: &str, rows: usize, width: usize) -> String {
    let groups = match c {
        // SQLite looks every numbered place up among all of them, which takes longer than the row.
        Connection::Sqlite(_) => vec![format!("({})", vec!["?"; width].join(", ")); rows],
        Connection::Postgres(_) => {
            let group = |row: usize| {
                let places: Vec<String> =
                    (row * width + 1..=(row + 1) * width).map(|n| format!("${n}")).collect();
                format!("({})", places.join(", "))
            };
            (0..rows).map(group).collect()
        }
    };
    sql.replace(PLACE, &groups.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, rows};

    #[tokio::test]
    async fn every_row_is_written_once_however_many_there_are() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let sql = "insert into seen_activities (id, seen_at) values {rows} on conflict (id) do nothing returning id";
        for length in [0_usize, 1, 9, 10, 11, 99, 100, 101, 250] {
            let added: Vec<(String,)> = store
                .write(move |c| {
                    Box::pin(async move {
                        let ids: Vec<String> = (0..length).map(|n| format!("'{length} {n}")).collect();
                        let rows: Vec<_> = ids.iter().map(|id| [Value::Text(id), Value::Number(1)]).collect();
                        let first = returned(c, sql, &rows).await?;
                        let again: Vec<(String,)> = returned(c, sql, &rows).await?;
                        assert_eq!(again, []);
                        Ok(first)
                    })
                })
                .await
                .unwrap();
            assert_eq!(added.len(), length);
        }
        let mut c = store.reader().await.unwrap();
        let all = rows!(&mut c, (String,), "select id from seen_activities").unwrap();
        assert_eq!(all.len(), 1 + 9 + 10 + 11 + 99 + 100 + 101 + 250);
    }
}
