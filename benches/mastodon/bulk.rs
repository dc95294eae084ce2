//! The least it could cost: the same rows by `COPY`, into tables with the same indexes and out of them.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    time::{Duration, Instant},
};

use futures::StreamExt;
use sqlx::postgres::PgPoolCopyExt;

use super::house::House;

/// Bytes handed to the database at once.
const CHUNK_BYTES: usize = 64 << 10;

/// The rows of one table, in files without names.
pub struct Rows {
    table: &'static str,
    file: File,
}

/// Takes out the rows that came since each table ended where `before` says.
pub async fn out(house: &House, tables: &[&'static str], before: &[(&str, i64)]) -> Vec<Rows> {
    let pool = pool(house).await;
    let mut all = Vec::new();
    for table in tables {
        let after = before.iter().find(|(name, _)| name == table).map_or(0, |(_, id)| *id);
        let mut file = tempfile::tempfile().unwrap();
        let sql = format!("copy (select * from {table} where id > {after} order by id) to stdout");
        let mut stream = pool.copy_out_raw(&sql).await.unwrap();
        while let Some(chunk) = stream.next().await {
            file.write_all(&chunk.unwrap()).unwrap();
        }
        all.push(Rows { table, file });
    }
    all
}

/// Puts rows into the tables of another house; how long that takes.
pub async fn into(house: &House, rows: &[Rows]) -> Duration {
    let pool = pool(house).await;
    let mut took = Duration::ZERO;
    for Rows { table, file } in rows {
        let mut file = file;
        file.seek(SeekFrom::Start(0)).unwrap();
        let begin = Instant::now();
        let mut copy = pool.copy_in_raw(&format!("copy {table} from stdin")).await.unwrap();
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let length = file.read(&mut chunk).unwrap();
            if length == 0 {
                break;
            }
            copy.send(chunk.get(..length).unwrap()).await.unwrap();
        }
        copy.finish().await.unwrap();
        took += begin.elapsed();
    }
    took
}

/// Reads whole tables and keeps nothing; how long that takes.
pub async fn drained(house: &House, tables: &[&str]) -> Duration {
    let pool = pool(house).await;
    let begin = Instant::now();
    for table in tables {
        let mut stream = pool.copy_out_raw(&format!("copy {table} to stdout")).await.unwrap();
        while let Some(chunk) = stream.next().await {
            std::hint::black_box(chunk.unwrap());
        }
    }
    begin.elapsed()
}

async fn pool(house: &House) -> sqlx::PgPool {
    sqlx::PgPool::connect(&house.url).await.unwrap()
}
