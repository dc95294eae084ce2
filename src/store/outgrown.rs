//! PostgreSQL plans by what it last saw of a table. A copy pours a hundred thousand rows into one within a
//! minute, and by then it believes that there are a few: it goes through all of a transfer for each batch of
//! keys. It would look again by itself, but not before that minute is over.

use std::{sync::Arc, time::Duration};

use sqlx::{
    AssertSqlSafe, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::watch;

/// Commits after which is asked once whether a table has outgrown what is known of it.
const EVERY: u64 = 32;
/// Pause before it is asked again: the server itself counts no more often.
const PAUSE: Duration = Duration::from_secs(1);

/// Our own tables in which more rows changed than there were when they were last looked at, and not just a few.
const OUTGROWN: &str = "select quote_ident(c.relname) from pg_stat_user_tables s join pg_class c on c.oid = s.relid \
                        where s.schemaname = current_schema() and pg_has_role(c.relowner, 'usage') \
                        and s.n_mod_since_analyze > 1000 + greatest(c.reltuples, 0)";

/// Lets the server look again, as long as it lives, over a connection of its own: nobody's work waits for it.
pub(super) struct Looking(tokio::task::AbortHandle);

impl Looking {
    /// Begins; the first connection is made when there is something to ask.
    #[expect(clippy::disallowed_methods, reason = "it is part of the store, not a queued job")]
    pub(super) fn start(options: PgConnectOptions, commits: &Arc<watch::Sender<u64>>) -> Self {
        // What is being cleaned up just then is left out, which is nothing to warn of.
        let options = options.options([("client_min_messages", "error")]);
        let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
        let mut commits = commits.subscribe();
        let task = tokio::spawn(async move {
            let mut is_told = false;
            loop {
                let due = commits.borrow_and_update().saturating_add(EVERY);
                if commits.wait_for(|count| *count >= due).await.is_err() {
                    return;
                }
                if let Err(error) = look_again(&pool).await
                    && !std::mem::replace(&mut is_told, true)
                {
                    tracing::warn!(%error, "the database cannot look at tables that have grown");
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Self(task.abort_handle())
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Looks at all such tables; one that cannot be looked at keeps no other from it.
async fn look_again(pool: &PgPool) -> Result<(), sqlx::Error> {
    let tables: Vec<(String,)> = sqlx::query_as(OUTGROWN).fetch_all(pool).await?;
    let mut trouble = Ok(());
    for (table,) in tables {
        // A name that the server has quoted.
        let look = sqlx::raw_sql(AssertSqlSafe(format!("analyze (skip_locked) {table}")));
        trouble = look.execute(pool).await.map(drop).and(trouble);
    }
    trouble
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
                // Nobody else looks.
                run!(&mut *c, "alter table seen_activities set (autovacuum_enabled = false)")?;
                let ids: Vec<String> = (0..2_000).map(|number| number.to_string()).collect();
                let rows: Vec<_> = ids.iter().map(|id| [Value::Text(id), Value::Number(1)]).collect();
                many::insert(c, "insert into seen_activities (id, seen_at) values {rows}", &rows).await?;
                // Numbers are told once a second, this time at once. (Since PostgreSQL 15.)
                Ok(run!(c, "select pg_stat_force_next_flush()")?)
            })
        });
        pour.await.unwrap();
        // It looks beside the works that go on.
        for _ in 0..10_000 {
            if known().await == 2_000 {
                return;
            }
            let touch = store.write(|c| {
                Box::pin(
                    async move { Ok(run!(c, "update seen_activities set seen_at = 2 where id = 'nobody'")?) },
                )
            });
            touch.await.unwrap();
        }
        panic!("it still believes in {} rows", known().await);
    }
}
