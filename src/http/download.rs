//! An answer that a browser keeps as a file, for nobody but who asked.

use actix_web::{HttpResponse, HttpResponseBuilder, http::header};

/// Begins such an answer of this type; `name` is ours, without quotes.
pub(super) fn download(kind: &'static str, name: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .content_type(kind)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header(("X-Content-Type-Options", "nosniff"));
    response
}
