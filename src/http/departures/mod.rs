//! An owner's view of what left or may leave: consents, forwarding, and the last word.

use actix_web::web;

mod call_off;
mod delete;
mod farewell;
mod finish;
mod finish_page;
mod list;
mod onward;

/// The routes of this folder.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/departures", web::get().to(list::show))
        .route("/departures/revoke", web::post().to(list::revoke))
        .route("/departures/forwarding", web::post().to(list::forwarding))
        .route("/departures/call-off", web::post().to(call_off::by_owner))
        .route("/call-off/{token}", web::get().to(call_off::ask))
        .route("/call-off/{token}", web::post().to(call_off::by_link))
        .route("/departures/{name}/delete", web::get().to(delete::show))
        .route("/departures/{name}/delete", web::post().to(delete::delete))
        .route("/departures/{name}/farewell", web::get().to(farewell::show))
        .route("/departures/{name}/farewell", web::post().to(farewell::post))
        .route("/departures/{name}/onward", web::get().to(onward::show))
        .route("/departures/{name}/onward", web::post().to(onward::begin))
        .route("/departures/{name}/finish/live", web::get().to(finish::live))
        .route("/departures/{name}/finish", web::get().to(finish::show))
        .route("/departures/{name}/finish", web::post().to(finish::announce));
}

#[cfg(test)]
mod tests;
