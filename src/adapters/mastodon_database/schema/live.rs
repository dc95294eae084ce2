//! The tables a database really has.

use sqlx::PgConnection;

use super::written::{Column, Tables};

/// What the database says of a table that it has not.
const NO_SUCH_TABLE: &str = "42P01";

/// Reads those of the named tables that are there. Spec: PostgreSQL, System Catalogs.
///
/// # Errors
/// [`sqlx::Error`].
pub(super) async fn read(c: &mut PgConnection, names: &[String]) -> Result<Tables, sqlx::Error> {
    let columns: Vec<(String, String, String, bool, bool)> = sqlx::query_as(
        "select c.relname::text, a.attname::text, format_type(a.atttypid, null), a.attnotnull, a.atthasdef \
         from pg_class c join pg_attribute a on a.attrelid = c.oid \
         where c.relname = any($1) and c.relkind in ('r', 'p') and pg_table_is_visible(c.oid) \
         and a.attnum > 0 and not a.attisdropped",
    )
    .bind(names)
    .fetch_all(&mut *c)
    .await?;
    let mut tables = Tables::new();
    for (table, name, kind, is_compulsory, has_default) in columns {
        let column = Column { kind, is_compulsory, has_default };
        tables.entry(table).or_default().columns.insert(name, column);
    }
    let uniques: Vec<(String, Vec<String>)> = sqlx::query_as(
        "select c.relname::text, \
         array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality k(n, place) \
               join pg_attribute a on a.attrelid = c.oid and a.attnum = k.n order by k.place) \
         from pg_index i join pg_class c on c.oid = i.indrelid \
         where c.relname = any($1) and pg_table_is_visible(c.oid) \
         and i.indisunique and i.indisvalid and i.indexprs is null and i.indpred is null",
    )
    .bind(names)
    .fetch_all(c)
    .await?;
    for (table, keys) in uniques {
        tables.entry(table).or_default().uniques.insert(keys);
    }
    Ok(tables)
}

/// The greatest number among the changes the database went through; `None` where it has no such table.
///
/// # Errors
/// [`sqlx::Error`].
pub(super) async fn last_change(c: &mut PgConnection) -> Result<Option<u64>, sqlx::Error> {
    let asked = sqlx::query_scalar("select max(version) from schema_migrations").fetch_one(c).await;
    let found: Option<String> = match asked {
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code == NO_SUCH_TABLE) => None,
        found => found?,
    };
    Ok(found.and_then(|text| text.parse().ok()))
}
