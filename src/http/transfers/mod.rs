//! New home: bringing an account here, as pages and as JSON.

use actix_web::web::{ServiceConfig, get, post};
use utoipa::OpenApi;

mod api;
mod before;
mod callback;
mod certificate;
mod choice_form;
mod choices;
mod differing;
mod forecast;
mod former_homes;
mod held;
mod looks;
mod name;
mod numbers;
mod pages;
mod pressed;
mod remove;
mod upload;
mod upload_page;
mod view;
mod waiting;
mod words;

/// The JSON endpoints of this folder.
#[derive(OpenApi)]
#[openapi(paths(
    api::list,
    api::start,
    api::status,
    api::begin,
    api::keep,
    api::announce,
    api::look_again,
    api::try_again,
    api::discard,
    api::extend,
    remove::remove_by_program,
    api::map,
    certificate::items,
    certificate::json_lines,
    certificate::unshown,
    certificate::table,
    certificate::certificate,
    certificate::accept,
    forecast::show,
    waiting::answer,
    callback::client,
    callback::callback
))]
pub struct ApiDoc;

pub use {held::held_at_home, pages::open_copies};

/// The routes of this folder.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.route("/former-homes", get().to(former_homes::show))
        .route("/former-homes", post().to(former_homes::add))
        .route("/transfers/new", get().to(pages::new))
        .route("/transfers", post().to(pages::start))
        .route("/transfers/name", post().to(name::take))
        .route("/transfers/archive", get().to(upload::form))
        .route("/transfers/archive", post().to(upload::take))
        .route("/transfers/name/longer", post().to(held::longer))
        .route("/transfers/name/keep", post().to(held::keep))
        .route("/transfers/name/give-up", post().to(held::give_up))
        .route("/transfers/{id}", get().to(pages::show))
        .route("/transfers/{id}/live", get().to(pages::live))
        .route("/transfers/{id}/confirm", post().to(pages::confirm))
        .route("/transfers/{id}/begin", post().to(choice_form::begin))
        .route("/transfers/{id}/accept", post().to(certificate::accept_pressed))
        .route("/transfers/{id}/keep", post().to(pages::keep))
        .route("/transfers/{id}/quiet", post().to(pages::quiet))
        .route("/transfers/{id}/announce", post().to(pages::announce))
        .route("/transfers/{id}/redirect", post().to(pages::redirect))
        .route("/transfers/{id}/copy", post().to(pages::copy))
        .route("/transfers/{id}/discard", post().to(pages::discard))
        .route("/transfers/{id}/remove", get().to(remove::show))
        .route("/transfers/{id}/remove", post().to(remove::remove))
        .route("/transfers/{id}/answer", post().to(waiting::answer_pressed))
        .route("/api/v1/transfers/{id}/answer", post().to(waiting::answer))
        .route("/transfers/{id}/extend", post().to(pages::extend))
        .route("/transfers/{id}/look-again", post().to(pages::look_again))
        .route("/transfers/{id}/try-again", post().to(pages::try_again))
        .route("/transfers/{id}/retry", post().to(pages::retry))
        .route("/transfers/{id}/sign-in", post().to(pages::sign_in))
        .route("/transfers/{id}/finish", get().to(pages::finish))
        .route("/api/v1/transfers", get().to(api::list))
        .route("/api/v1/transfers", post().to(api::start))
        .route("/api/v1/transfers/{id}", get().to(api::status))
        .route("/api/v1/transfers/{id}/begin", post().to(api::begin))
        .route("/api/v1/transfers/{id}/keep", post().to(api::keep))
        .route("/api/v1/transfers/{id}/announce", post().to(api::announce))
        .route("/api/v1/transfers/{id}/remove", post().to(remove::remove_by_program))
        .route("/api/v1/transfers/{id}/discard", post().to(api::discard))
        .route("/api/v1/transfers/{id}/forecast", get().to(forecast::show))
        .route("/api/v1/transfers/{id}/extend", post().to(api::extend))
        .route("/api/v1/transfers/{id}/look-again", post().to(api::look_again))
        .route("/api/v1/transfers/{id}/try-again", post().to(api::try_again))
        .route("/api/v1/transfers/{id}/map", get().to(api::map))
        .route("/api/v1/transfers/{id}/items", get().to(certificate::items))
        .route("/api/v1/transfers/{id}/items.jsonl", get().to(certificate::json_lines))
        .route("/api/v1/transfers/{id}/unshown.jsonl", get().to(certificate::unshown))
        .route("/api/v1/transfers/{id}/items.csv", get().to(certificate::table))
        .route("/api/v1/transfers/{id}/certificate", get().to(certificate::certificate))
        .route("/api/v1/transfers/{id}/accept", post().to(certificate::accept))
        .route("/godwit/client.json", get().to(callback::client))
        .route("/godwit/callback", get().to(callback::callback));
}
