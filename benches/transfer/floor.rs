//! What cannot be spared: the destination's final rows written with the same driver and indexes in
//! batches, and the files copied and hashed. One after the other, by one task, and nothing else.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use aws_lc_rs::digest::{Context, SHA256};
use godwit::store::{Store, blobs::hex};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{crossing::Place, generated::connect, pictures::place};

/// Rows of one statement.
const ROWS: usize = 100;
/// Rows of one transaction.
const TOGETHER: i64 = 500;

/// One row of each table a copy ends in; their account was there before.
type Post = (String, String, String, String, i64, Option<String>, bool, Option<String>, bool);
type Tag = (String, String);
type Medium = (String, String, Option<String>, String, i64, String, String, Option<String>, bool);

/// Writes everything that `$from` holds of copies into `$into`, and the files from `$media` into `$disk`;
/// how long that took. One text for every database, whose connections have nothing in common.
macro_rules! written {
    ($from:expr, $into:expr, $place:expr, $media:expr, $disk:expr) => {{
        // The accounts the rows point at were there before.
    let ids: Vec<(String,)> = sqlx::query_as("select id from accounts").fetch_all(&mut $from).await.unwrap();
    for (id,) in ids {
        let sql = "insert into accounts (id, username, role, password_hash, name, summary, fields, private_key_pem, \
                   public_key_pem, also_known_as, created_at) values ($1, $2, '', '', '', '', '[]', '', '', '[]', 0)";
        sqlx::query(sql).bind(&id).bind(&id).execute(&mut $into).await.unwrap();
    }
    let mut took = Duration::ZERO;
    let mut after = String::new();
    loop {
        let posts: Vec<Post> = sqlx::query_as(
            "select id, account_id, object, visibility, published_at, in_reply_to, is_reply, transfer_id, is_trial \
             from posts where id > $1 order by id limit $2",
        )
        .bind(&after)
        .bind(TOGETHER)
        .fetch_all(&mut $from)
        .await
        .unwrap();
        let Some(last) = posts.last() else { break };
        let tags: Vec<Tag> =
            sqlx::query_as("select tag, post_id from post_tags where post_id > $1 and post_id <= $2")
                .bind(&after)
                .bind(&last.0)
                .fetch_all(&mut $from)
                .await
                .unwrap();
        after.clone_from(&last.0);
        let begin = Instant::now();
        let mut c = $into.begin().await.unwrap();
        for some in posts.chunks(ROWS) {
            let columns = "id, account_id, object, visibility, published_at, in_reply_to, is_reply, transfer_id, is_trial";
            let sql = statement($place, "posts", columns, some.len());
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for row in some {
                query = query.bind(&row.0).bind(&row.1).bind(&row.2).bind(&row.3).bind(row.4);
                query = query.bind(&row.5).bind(row.6).bind(&row.7).bind(row.8);
            }
            query.execute(&mut *c).await.unwrap();
        }
        for some in tags.chunks(ROWS) {
            let mut query = sqlx::query(AssertSqlSafe(statement($place, "post_tags", "tag, post_id", some.len())));
            for row in some {
                query = query.bind(&row.0).bind(&row.1);
            }
            query.execute(&mut *c).await.unwrap();
        }
        c.commit().await.unwrap();
        took += begin.elapsed();
    }
    after.clear();
    loop {
        let media: Vec<Medium> = sqlx::query_as(
            "select id, account_id, post_id, sha256, bytes, media_type, file_name, transfer_id, is_trial \
             from media where id > $1 order by id limit $2",
        )
        .bind(&after)
        .bind(TOGETHER)
        .fetch_all(&mut $from)
        .await
        .unwrap();
        let Some(last) = media.last() else { break };
        after.clone_from(&last.0);
        let begin = Instant::now();
        let hashes = media.iter().map(|medium| medium.3.as_str());
        copy($media, $disk, hashes);
        let mut c = $into.begin().await.unwrap();
        for some in media.chunks(ROWS) {
            let columns =
                "id, account_id, post_id, sha256, bytes, media_type, file_name, transfer_id, is_trial";
            let mut query = sqlx::query(AssertSqlSafe(statement($place, "media", columns, some.len())));
            for row in some {
                query = query.bind(&row.0).bind(&row.1).bind(&row.2).bind(&row.3).bind(row.4);
                query = query.bind(&row.5).bind(&row.6).bind(&row.7).bind(row.8);
            }
            query.execute(&mut *c).await.unwrap();
        }
        c.commit().await.unwrap();
        took += begin.elapsed();
        // Room for the next ones; removing is no part of it.
        for medium in &media {
            fs::remove_file(place($disk, &medium.3)).unwrap();
        }
    }
        took
    }};
}

/// The floor beneath a crossing whose New home stores in SQLite.
pub async fn sqlite(old: &Place, new: &Place) -> Duration {
    let disk = tempfile::tempdir().unwrap();
    drop(Store::open(disk.path()).await.unwrap());
    let options = SqliteConnectOptions::new()
        .filename(disk.path().join("godwit.sqlite"))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", "4000")
        .pragma("cache_size", "-16000")
        .foreign_keys(true);
    let (mut from, mut into) = (connect(&new.app).await, options.connect().await.unwrap());
    written!(from, into, |_| "?".to_owned(), &old.config.server.data_dir, disk.path())
}

/// The floor beneath a crossing whose New home stores in PostgreSQL; `empty` is another database there.
pub async fn postgres(old: &Place, new: &Place, empty: &str) -> Duration {
    let disk = tempfile::tempdir().unwrap();
    drop(Store::open_at(disk.path(), empty).await.unwrap());
    let connection = async |url: &str| url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
    let (mut from, mut into) = (connection(&new.config.database.url).await, connection(empty).await);
    written!(from, into, |n| format!("${n}"), &old.config.server.data_dir, disk.path())
}

/// Reads, hashes and writes some files, and makes them durable together.
fn copy<'h>(from: &Path, into: &Path, hashes: impl Iterator<Item = &'h str> + Clone) {
    let mut bytes = Vec::new();
    let write = |sha256: &str| {
        bytes.clear();
        File::open(place(from, sha256)).unwrap().read_to_end(&mut bytes).unwrap();
        let mut hash = Context::new(&SHA256);
        hash.update(&bytes);
        assert_eq!(hex(hash.finish().as_ref()), sha256);
        let place = place(into, sha256);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        let mut file = File::create(place).unwrap();
        file.write_all(&bytes).unwrap();
        file
    };
    let written: Vec<File> = hashes.clone().map(write).collect();
    for file in &written {
        file.sync_all().unwrap();
    }
    let dirs: BTreeSet<PathBuf> =
        hashes.map(|sha256| place(into, sha256).parent().unwrap().to_owned()).collect();
    for dir in &dirs {
        File::open(dir).unwrap().sync_all().unwrap();
    }
}

fn statement(place: fn(usize) -> String, table: &str, columns: &str, rows: usize) -> String {
    let width = columns.split(',').count();
    let group = |row: usize| {
        let places: Vec<String> = (row * width + 1..=(row + 1) * width).map(place).collect();
        format!("({})", places.join(", "))
    };
    let groups: Vec<String> = (0..rows).map(group).collect();
    format!("insert into {table} ({columns}) values {}", groups.join(", "))
}
