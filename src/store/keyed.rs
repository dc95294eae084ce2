//! Rows by a list of keys: many of them in one statement instead of one statement each.
//!
//! No database binds a list in a portable way, so the list is written out as placeholders. It has one
//! of few lengths, so that the database prepares few statements: a shorter list repeats its last key,
//! which finds nothing new.

use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow, sqlite::SqliteRow};

use super::{Connection, StoreResult};

/// Keys in one statement at most. Databases take far more; a longer list is several statements.
const AT_ONCE: usize = 200;
/// The lengths a list can have.
const LENGTHS: [usize; 3] = [1, 20, AT_ONCE];

/// Where the list of keys goes in a statement.
const PLACE: &str = "{keys}";

/// Fetches the rows of all `keys`. The statement has `{keys}` where their list stands and may use
/// the placeholders `$1 … $n` for the `fixed` parameters.
pub(super) async fn rows_of<Row>(
    c: &mut Connection,
    sql: &'static str,
    fixed: &[&str],
    keys: &[&str],
) -> StoreResult<Vec<Row>>
where
    Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let mut found = Vec::with_capacity(keys.len());
    for some in keys.chunks(AT_ONCE) {
        let (sql, padded) = with_keys(sql, fixed.len(), some);
        let values = fixed.iter().copied().chain(padded);
        found.extend(match c {
            Connection::Sqlite(c) => {
                let query = sqlx::query_as::<_, Row>(AssertSqlSafe(sql));
                values.fold(query, sqlx::query::QueryAs::bind).fetch_all(&mut ***c).await?
            }
            Connection::Postgres(c) => {
                let query = sqlx::query_as::<_, Row>(AssertSqlSafe(sql));
                values.fold(query, sqlx::query::QueryAs::bind).fetch_all(&mut ***c).await?
            }
        });
    }
    Ok(found)
}

/// Runs a statement for all `keys`, written as for [`rows_of`].
pub(super) async fn run_for(
    c: &mut Connection,
    sql: &'static str,
    fixed: &[Option<&str>],
    keys: &[&str],
) -> StoreResult<()> {
    for some in keys.chunks(AT_ONCE) {
        let (sql, padded) = with_keys(sql, fixed.len(), some);
        let values = fixed.iter().copied().chain(padded.map(Some));
        match c {
            Connection::Sqlite(c) => {
                let query = sqlx::query(AssertSqlSafe(sql));
                values.fold(query, sqlx::query::Query::bind).execute(&mut ***c).await.map(drop)
            }
            Connection::Postgres(c) => {
                let query = sqlx::query(AssertSqlSafe(sql));
                values.fold(query, sqlx::query::Query::bind).execute(&mut ***c).await.map(drop)
            }
        }?;
    }
    Ok(())
}

/// A statement for some keys, behind so many fixed parameters, and the keys as it binds them.
fn with_keys<'k>(sql: &str, fixed: usize, some: &[&'k str]) -> (String, impl Iterator<Item = &'k str>) {
    let length = LENGTHS.into_iter().find(|length| *length >= some.len()).unwrap_or(AT_ONCE);
    let places: Vec<String> = (fixed + 1..=fixed + length).map(|number| format!("${number}")).collect();
    let last = some.last().copied().unwrap_or_default();
    // Only our own text and numbered placeholders: nothing of anybody's data.
    (sql.replace(PLACE, &places.join(", ")), some.iter().copied().chain(std::iter::repeat(last)).take(length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, run};

    #[tokio::test]
    async fn every_key_is_found_once_however_long_the_list() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let write = store.write(|c| {
            Box::pin(async move {
                for number in 0..450_i64 {
                    let id = format!("'{number}");
                    run!(c, "insert into seen_activities (id, seen_at) values ($1, $2)", id, number % 2)?;
                }
                Ok(())
            })
        });
        write.await.unwrap();
        let sql = "select id from seen_activities where cast(seen_at as text) = $1 and id in ({keys})";
        let mut c = store.reader().await.unwrap();
        for length in [0_usize, 1, 2, 20, 21, 199, 200, 201, 450] {
            let keys: Vec<String> = (0..length).map(|number| format!("'{number}")).collect();
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            let found: Vec<(String,)> = rows_of(&mut c, sql, &["0"], &keys).await.unwrap();
            assert_eq!(found.len(), length.div_ceil(2));
        }
    }
}
