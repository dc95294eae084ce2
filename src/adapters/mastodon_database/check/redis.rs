//! Whether the server's Redis answers.

use crate::{adapters::mastodon_database::Caches, model::finding::Finding};

/// Says PING.
pub(super) async fn look(address: &str) -> Finding {
    let said = match Caches::at(address) {
        Ok(caches) => caches.answers().await,
        Err(error) => Err(error),
    };
    match said {
        Ok(()) => Finding::good("redis", "it answers"),
        Err(error) => Finding::warns("redis", error.to_string(), "correct home.redis, or leave it empty"),
    }
}
