//! A Mastodon that this daemon stands beside, through its PostgreSQL and its media directory.

pub mod database;
pub mod place;
pub mod schema;
pub mod source;

pub use {
    database::{Database, Snapshot},
    place::Place,
    source::MastodonSource,
};
