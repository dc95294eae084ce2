//! What this server offers to clients. Spec: RFC 8414.

use actix_web::{HttpResponse, web};

use crate::{app::App, oauth::metadata};

/// What this server offers to clients.
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server", tag = "consent",
    responses((status = 200, body = metadata::ServerMetadata))
)]
pub(super) async fn show(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("Cache-Control", "public, max-age=300"))
        .json(metadata::server(&app.config.server.base_url))
}

/// The same where the address above belongs to the server beside us.
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server/godwit", tag = "consent",
    responses((status = 200, body = metadata::ServerMetadata))
)]
pub(super) async fn show_beside(app: web::Data<App>) -> HttpResponse {
    show(app).await
}
