//! Asking an owner, redeeming the answer, giving it back. Spec: RFC 6749, 7009, 7636, 8414, 9207.

use actix_web::web;
use utoipa::OpenApi;

mod authorize;
mod consent_page;
mod metadata;
mod token;

/// The endpoints of this folder.
#[derive(OpenApi)]
#[openapi(paths(
    metadata::show,
    metadata::show_beside,
    authorize::show,
    authorize::decide,
    token::token,
    token::revoke
))]
pub struct ApiDoc;

/// The routes of this folder.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/.well-known/oauth-authorization-server", web::get().to(metadata::show))
        .route("/.well-known/oauth-authorization-server/godwit", web::get().to(metadata::show_beside))
        .route("/godwit/oauth/authorize", web::get().to(authorize::show))
        .route("/godwit/oauth/authorize", web::post().to(authorize::decide))
        .route("/godwit/oauth/token", web::post().to(token::token))
        .route("/godwit/oauth/revoke", web::post().to(token::revoke));
}

#[cfg(test)]
mod tests;
