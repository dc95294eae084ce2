//! The desk of those who answer for this server: who comes, who goes, by which rules, and the book of what was done.

use actix_web::web::{ServiceConfig, get, post};
use utoipa::OpenApi;

mod admin;
mod admins;
mod api;
mod arrivals;
mod book;
mod departures;
mod erase;
mod hidden;
mod packet;
mod policy_form;
mod policy_page;
mod request_page;
mod sanctions;
mod search;
mod wall;

pub(super) use {packet::packet, wall::drawn_from};

/// The JSON endpoints of this folder.
#[derive(OpenApi)]
#[openapi(paths(
    api::policy,
    api::change_policy,
    api::what_if,
    api::arrivals,
    api::arrival,
    search::by_program,
    api::approve,
    api::decline,
    api::ask,
    api::hold,
    api::hide,
    api::remove,
    api::show,
    api::departures,
    api::stop,
    erase::erase_by_program,
    sanctions::list,
    sanctions::change,
    book::json_lines,
    book::table
))]
pub struct ApiDoc;

/// The routes of this folder.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.route("/desk", get().to(arrivals::show))
        .route("/desk/arrivals/{id}", get().to(request_page::show))
        .route("/api/v1/desk/arrivals/{id}/posts", get().to(search::by_program))
        .route("/desk/arrivals/{id}/approve", post().to(request_page::approve))
        .route("/desk/arrivals/{id}/decline", post().to(request_page::decline))
        .route("/desk/arrivals/{id}/ask", post().to(request_page::ask))
        .route("/desk/arrivals/{id}/hold", post().to(request_page::hold))
        .route("/desk/arrivals/{id}/hide", post().to(hidden::hide))
        .route("/desk/arrivals/{id}/remove", post().to(hidden::remove))
        .route("/desk/arrivals/{id}/show", post().to(hidden::show))
        .route("/desk/arrivals/{id}/picture/{post}/{file}", get().to(wall::picture))
        .route("/desk/departures", get().to(departures::show))
        .route("/desk/departures/stop", post().to(departures::stop))
        .route("/desk/departures/stop-all", post().to(departures::stop_all))
        .route("/desk/admins", get().to(admins::show))
        .route("/desk/erase", get().to(erase::show))
        .route("/desk/erase", post().to(erase::erase))
        .route("/api/v1/desk/erase", post().to(erase::erase_by_program))
        .route("/desk/departures/sanction", post().to(sanctions::sanction))
        .route("/api/v1/desk/sanctions", get().to(sanctions::list))
        .route("/api/v1/desk/sanctions", post().to(sanctions::change))
        .route("/desk/policy", get().to(policy_page::show))
        .route("/desk/policy", post().to(policy_page::change))
        .route("/desk/policy/what-if", post().to(policy_page::what_if))
        .route("/desk/book", get().to(book::show))
        .route("/api/v1/desk/policy", get().to(api::policy))
        .route("/api/v1/desk/policy", post().to(api::change_policy))
        .route("/api/v1/desk/policy/what-if", post().to(api::what_if))
        .route("/api/v1/desk/arrivals", get().to(api::arrivals))
        .route("/api/v1/desk/arrivals/{id}", get().to(api::arrival))
        .route("/api/v1/desk/arrivals/{id}/approve", post().to(api::approve))
        .route("/api/v1/desk/arrivals/{id}/decline", post().to(api::decline))
        .route("/api/v1/desk/arrivals/{id}/ask", post().to(api::ask))
        .route("/api/v1/desk/arrivals/{id}/hold", post().to(api::hold))
        .route("/api/v1/desk/arrivals/{id}/hide", post().to(api::hide))
        .route("/api/v1/desk/arrivals/{id}/remove", post().to(api::remove))
        .route("/api/v1/desk/arrivals/{id}/show", post().to(api::show))
        .route("/api/v1/desk/departures", get().to(api::departures))
        .route("/api/v1/desk/departures/stop", post().to(api::stop))
        .route("/api/v1/desk/audit.jsonl", get().to(book::json_lines))
        .route("/api/v1/desk/audit.csv", get().to(book::table));
}
