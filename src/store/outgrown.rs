//! PostgreSQL plans by what it last saw of a table. A copy pours a hundred thousand rows into one within a
//! minute, and by then it believes that there are a few: it goes through all of a transfer for each batch of
//! keys. It would look again by itself, but not before that minute is over.

use sqlx::{AssertSqlSafe, PgConnection};

/// Transactions after which is asked once whether a table has outgrown what is known of it.
pub(super) const EVERY: u32 = 32;

/// Tables in which more rows changed than there were when they were last looked at, and not just a few.
const OUTGROWN: &str = "select quote_ident(c.relname) from pg_stat_user_tables s join pg_class c on c.oid = s.relid \
                        where s.schemaname = current_schema() \
                        and s.n_mod_since_analyze > 1000 + greatest(c.reltuples, 0)";

/// Lets the server look at such tables again, between transactions.
///
/// # Errors
/// What the server says; nothing but its plans depends on it.
pub(super) async fn look_again(c: &mut PgConnection) -> Result<(), sqlx::Error> {
    let tables: Vec<(String,)> = sqlx::query_as(OUTGROWN).fetch_all(&mut *c).await?;
    for (table,) in tables {
        // A name of ours, quoted by the server.
        sqlx::raw_sql(AssertSqlSafe(format!("analyze {table}"))).execute(&mut *c).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::store::{
        Store,
        both::is_postgres,
        many::{self, Value},
        row, run,
    };

    #[tokio::test]
    async fn the_server_knows_how_large_a_table_is_while_it_grows() {
        if !is_postgres() {
            return; // SQLite does not plan by what it saw.
        }
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let known = async || {
            let sql = "select reltuples::bigint from pg_class where relname = 'seen_activities'";
            row!(&mut store.reader().await.unwrap(), (i64,), sql).unwrap().unwrap().0
        };
        assert!(known().await <= 0, "nobody has looked yet");
        let pour = store.write(|c| {
            Box::pin(async move {
                let ids: Vec<String> = (0..2_000).map(|number| number.to_string()).collect();
                let rows: Vec<_> = ids.iter().map(|id| [Value::Text(id), Value::Number(1)]).collect();
                many::insert(c, "insert into seen_activities (id, seen_at) values {rows}", &rows).await?;
                // Numbers are told once a second; this time at once.
                Ok(run!(c, "select pg_stat_force_next_flush()")?)
            })
        });
        pour.await.unwrap();
        for _ in 0..super::EVERY {
            let touch = store.write(|c| {
                Box::pin(
                    async move { Ok(run!(c, "update seen_activities set seen_at = 2 where id = 'nobody'")?) },
                )
            });
            touch.await.unwrap();
        }
        assert_eq!(known().await, 2_000);
    }
}
