//! What the holder of a token reads and hands over. Spec: LOLA 0.3, Fetching.

use actix_web::{middleware::DefaultHeaders, web};

mod collections;
mod guard;
mod hand_over;

/// Longest batch of the list, in bytes: a thousand lines of the longest sensible addresses.
const MAP_BYTES: usize = 2 << 20;

/// The routes of this folder; none of their answers belongs in any cache.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope("/godwit/lola/{name}")
            .app_data(web::PayloadConfig::new(MAP_BYTES))
            .wrap(
                DefaultHeaders::new()
                    .add(("Cache-Control", "private, no-store"))
                    .add(("Vary", "Authorization")),
            )
            .route("/start", web::post().to(hand_over::start))
            .route("/map", web::post().to(hand_over::take))
            .route("/status", web::get().to(hand_over::status))
            .route("/media/{id}", web::get().to(collections::media))
            .route("/{kind}", web::get().to(collections::show)),
    );
}

#[cfg(test)]
mod tests;
