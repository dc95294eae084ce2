//! Looks into a home's tables, and changes them, past everything that people can do; in words that both
//! databases understand.

use godwit::store::Connection;
use sqlx::AssertSqlSafe;

use super::laboratory::Home;

/// Does something at a home that has no button.
pub async fn does(home: &Home, sql: String) {
    let done = home.app.store.write(move |c| {
        Box::pin(async move {
            let sql = AssertSqlSafe(sql);
            match c {
                Connection::Sqlite(c) => sqlx::query(sql).execute(&mut ***c).await.map(drop)?,
                Connection::Postgres(c) => sqlx::query(sql).execute(&mut ***c).await.map(drop)?,
            }
            Ok(())
        })
    });
    done.await.unwrap();
}

/// Rows of two texts each.
pub async fn texts(home: &Home, sql: String) -> Vec<(String, String)> {
    let sql = AssertSqlSafe(sql);
    match &mut home.app.store.reader().await.unwrap() {
        Connection::Sqlite(c) => sqlx::query_as(sql).fetch_all(&mut ***c).await.unwrap(),
        Connection::Postgres(c) => sqlx::query_as(sql).fetch_all(&mut ***c).await.unwrap(),
    }
}
