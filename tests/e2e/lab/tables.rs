//! Looks into a home's database from outside: what no page shows must still be as it should.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::home::Home;

/// Every row of every table, as text.
pub type Rows = BTreeMap<String, Vec<String>>;

/// Opens a home's database for reading only.
pub async fn open(home: &Home) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(home.database()).read_only(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// One number.
pub async fn number(home: &Home, sql: &'static str) -> i64 {
    if let Some(address) = home.postgres() {
        let mut database = PgConnection::connect(address).await.unwrap();
        return sqlx::query_scalar(sql).fetch_one(&mut database).await.unwrap();
    }
    sqlx::query_scalar(sql).fetch_one(&mut open(home).await).await.unwrap()
}

/// One text.
pub async fn text(home: &Home, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(&mut open(home).await).await.unwrap()
}

/// Rows of one text each.
pub async fn texts(home: &Home, sql: &'static str) -> Vec<String> {
    if let Some(address) = home.postgres() {
        let mut database = PgConnection::connect(address).await.unwrap();
        return sqlx::query_scalar(sql).fetch_all(&mut database).await.unwrap();
    }
    sqlx::query_scalar(sql).fetch_all(&mut open(home).await).await.unwrap()
}

/// Changes a home's tables from outside, while it stands still: what a crash or a month would have left.
pub async fn change(home: &Home, sql: &'static str) {
    if let Some(address) = home.postgres() {
        let mut database = PgConnection::connect(address).await.unwrap();
        sqlx::query(sql).execute(&mut database).await.unwrap();
        return;
    }
    let options = SqliteConnectOptions::new().filename(home.database());
    let mut database = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query(sql).execute(&mut database).await.unwrap();
}

/// What a daemon writes down about its own turns, and not about anybody.
const TURNS: [&str; 3] = ["counters", "desk_turns", "leases"];

/// Everything that is stored, but for the tables named.
pub async fn all_but(home: &Home, left_out: &[&str]) -> Rows {
    let mut database = open(home).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select name from sqlite_master where type = 'table' and name not like '\\_%' escape '\\'",
    )
    .fetch_all(&mut database)
    .await
    .unwrap();
    let mut rows = Rows::new();
    for table in tables
        .into_iter()
        .filter(|table| !left_out.contains(&table.as_str()) && !TURNS.contains(&table.as_str()))
    {
        let columns: Vec<String> = sqlx::query_scalar("select name from pragma_table_info($1)")
            .bind(&table)
            .fetch_all(&mut database)
            .await
            .unwrap();
        let row = columns.iter().map(|column| format!("quote({column})")).collect::<Vec<_>>().join("||' '||");
        let sql = format!("select {row} from {table} order by 1");
        let found = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut database).await.unwrap();
        rows.insert(table, found);
    }
    rows
}

/// Says that nothing differs, table by table.
pub fn are_equal(before: &Rows, after: &Rows) {
    for (table, rows) in before {
        assert_eq!(rows, &after[table], "the table {table} is not as before");
    }
    assert_eq!(before.len(), after.len());
}

/// Gives Ann followers with an inbox each at `origin`, while her home stands still.
pub async fn add_followers(home: &Home, origin: &str, number: usize) {
    let insert = "insert into followers (account_id, actor, inbox, follow_id, since)
                  select id, $1, $2, $3, 1 from accounts where username = 'ann'";
    for number in 0..number {
        let (actor, follow) = (format!("{origin}/users/{number}"), format!("{origin}/follows/{number}"));
        let inbox = format!("{actor}/inbox");
        if let Some(address) = home.postgres() {
            let mut database = PgConnection::connect(address).await.unwrap();
            let insert = sqlx::query(insert).bind(actor).bind(inbox).bind(follow);
            insert.execute(&mut database).await.unwrap();
            database.close().await.unwrap();
        } else {
            let options = SqliteConnectOptions::new().filename(home.database());
            let mut database = SqliteConnection::connect_with(&options).await.unwrap();
            let insert = sqlx::query(insert).bind(actor).bind(inbox).bind(follow);
            insert.execute(&mut database).await.unwrap();
            database.close().await.unwrap();
        }
    }
}
