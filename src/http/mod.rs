//! The outside of the daemon: parse, call a step, render.

use actix_web::web::ServiceConfig;

#[cfg(test)]
pub(crate) mod bench;
pub mod departures;
pub mod error_pages;
pub mod extract;
pub mod lola;
pub mod oauth;
pub mod problem;
pub mod redirects;
pub mod relations;
pub mod server;
pub mod site;
pub mod site_inbox;
pub mod transfers;
pub mod ui;

/// Every route of the daemon; each folder lists its own, one line each.
pub fn configure(cfg: &mut ServiceConfig) {
    transfers::configure(cfg);
    oauth::configure(cfg);
    lola::configure(cfg);
    departures::configure(cfg);
    site_inbox::configure(cfg);
    relations::configure(cfg);
    site::configure(cfg);
}
