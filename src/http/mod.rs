//! The outside of the daemon: parse, call a step, render.

use crate::words::text;
use actix_web::{
    Error, HttpRequest,
    web::{self, ServiceConfig},
};

pub mod api_document;
#[cfg(test)]
mod attacks;
#[cfg(test)]
pub(crate) mod bench;
#[cfg(test)]
mod between;
pub mod departures;
pub mod desk;
mod download;
pub mod error_pages;
pub mod extract;
#[cfg(test)]
mod forged;
pub mod guests;
pub mod letters;
pub mod limits;
pub mod live;
pub mod lola;
pub mod oauth;
pub mod problem;
pub mod problem_kinds;
mod proof;
pub mod redirects;
#[cfg(test)]
mod registered;
pub mod relations;
pub mod server;
pub mod site;
pub mod site_inbox;
#[cfg(test)]
mod spoken;
pub mod transfers;
pub mod ui;
pub mod yours;

pub use api_document::api_document;

/// Largest form or JSON body, in bytes; inbox and hand-over have limits of their own.
const FORM_LIMIT_BYTES: usize = 4 << 20;

/// Every route of the daemon; each folder lists its own, one line each. What does not even reach a
/// route or cannot be read is a problem like every other.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.app_data(web::JsonConfig::default().limit(FORM_LIMIT_BYTES).error_handler(unreadable))
        .app_data(web::FormConfig::default().limit(FORM_LIMIT_BYTES).error_handler(unreadable))
        .app_data(web::QueryConfig::default().error_handler(unreadable))
        .default_service(web::to(nothing));
    problem_kinds::configure(cfg);
    transfers::configure(cfg);
    oauth::configure(cfg);
    lola::configure(cfg);
    departures::configure(cfg);
    desk::configure(cfg);
    letters::configure(cfg);
    guests::configure(cfg);
    site_inbox::configure(cfg);
    relations::configure(cfg);
    yours::configure(cfg);
    site::configure(cfg);
}

/// A body or query that is not what the route reads.
fn unreadable(error: impl std::fmt::Display, request: &HttpRequest) -> Error {
    problem::Problem::bad_request(text!("problems-what-was-sent-cannot-be-read", error = error.to_string()))
        .for_request(request)
        .into()
}

/// An address without a route.
async fn nothing(request: HttpRequest) -> Result<web::Bytes, problem::Problem> {
    Err(problem::Problem::not_found().for_request(&request))
}
