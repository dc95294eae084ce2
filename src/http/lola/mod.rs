//! What the holder of a token reads and hands over. Spec: LOLA 0.3, Fetching.

use actix_web::{middleware::DefaultHeaders, web};
use utoipa::OpenApi;

mod arrivals;
mod collections;
mod doors;
mod guard;
mod hand_over;
mod inventory;
mod outline;
mod pieces;

/// Longest batch of the list, in bytes: a thousand lines of the longest sensible addresses.
pub const MAP_BYTES: usize = 2 << 20;

/// The endpoints of this folder.
#[derive(OpenApi)]
#[openapi(
    paths(
        hand_over::start,
        hand_over::take,
        hand_over::onward,
        hand_over::status,
        hand_over::take_back,
        outline::show,
        inventory::freeze,
        inventory::buckets,
        inventory::entries,
        inventory::items,
        collections::media,
        collections::show
    ),
    components(schemas(crate::model::collection::CollectionKind))
)]
pub struct ApiDoc;

/// The routes of this folder; none of their answers belongs in any cache.
pub fn configure(cfg: &mut web::ServiceConfig) {
    for (path, list) in [
        ("/users/{name}/migration", web::get().to(arrivals::migration)),
        ("/users/{name}/moves", web::get().to(arrivals::moves)),
    ] {
        cfg.route(path, list);
    }
    cfg.service(
        web::scope("/godwit/lola/{name}")
            .app_data(web::Data::new(doors::Doors::default()))
            .app_data(web::PayloadConfig::new(MAP_BYTES))
            .wrap(
                DefaultHeaders::new()
                    .add(("Cache-Control", "private, no-store"))
                    .add(("Vary", "Authorization")),
            )
            .route("/start", web::post().to(hand_over::start))
            .route("/map", web::post().to(hand_over::take))
            .route("/onward", web::post().to(hand_over::onward))
            .route("/status", web::get().to(hand_over::status))
            .route("/withdraw", web::post().to(hand_over::take_back))
            .route("/outline", web::get().to(outline::show))
            .route("/inventory", web::post().to(inventory::freeze))
            .route("/inventory/entries", web::post().to(inventory::entries))
            .route("/inventory/items", web::post().to(inventory::items))
            .route("/inventory/{pass}/{kind}", web::get().to(inventory::buckets))
            .route("/media/{id}", web::get().to(collections::media))
            .route("/{kind}", web::get().to(collections::show)),
    );
}

#[cfg(test)]
mod tests;
