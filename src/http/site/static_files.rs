//! The few files every page uses, compiled in.

use actix_web::{HttpResponse, web::Path};

use crate::http::{problem::Problem, ui};

/// `GET /static/{file}`.
pub(super) async fn serve(path: Path<String>) -> Result<HttpResponse, Problem> {
    let (kind, body) = ui::static_file(&path).ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header(("Cache-Control", "public, max-age=300"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"))
        .body(body))
}
