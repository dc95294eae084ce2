//! A Mastodon that this daemon stands beside, through its PostgreSQL and its media directory.

pub mod database;
pub mod schema;
pub mod settings;

pub use {
    database::{Database, Snapshot},
    settings::Settings,
};
