//! A Mastodon's database on a real PostgreSQL, made from our write-down of its tables: read, refused
//! where it differs, and left as it was.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "what cannot be made ends the test; whether a server may be missing is said by the environment"
)]

mod bucket;
mod check;
#[path = "../laboratory/cluster.rs"]
mod cluster;
mod destination;
mod guests;
mod home;
mod host;
mod identity;
mod keeper;
#[path = "../laboratory/npm.rs"]
mod npm;
mod redis;
#[expect(dead_code, reason = "the stories of tests/e2e tell a daemon of it")]
#[path = "../laboratory/bucket.rs"]
mod s3;
mod schema;
#[expect(dead_code, reason = "the homes here keep their tables in SQLite")]
#[path = "../laboratory/shared.rs"]
mod shared;
mod source;
mod stage;
mod web_side;
mod writing_role;
