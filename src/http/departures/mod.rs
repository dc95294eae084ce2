//! An owner's view of what left or may leave: consents, forwarding, and the last word.

use actix_web::web;

mod finish;
mod finish_page;
mod list;
mod onward;

/// The routes of this folder.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/departures", web::get().to(list::show))
        .route("/departures/revoke", web::post().to(list::revoke))
        .route("/departures/forwarding", web::post().to(list::forwarding))
        .route("/departures/{name}/onward", web::get().to(onward::show))
        .route("/departures/{name}/onward", web::post().to(onward::begin))
        .route("/departures/{name}/finish", web::get().to(finish::show))
        .route("/departures/{name}/finish", web::post().to(finish::announce));
}

#[cfg(test)]
mod tests;
