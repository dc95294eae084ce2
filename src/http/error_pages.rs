//! Around all routes: who reads pages gets a page when something fails, also where nobody thought of
//! one: an address that is none, a form that is incomplete, a method that does not fit.

use actix_web::{
    HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    middleware::Next,
};

use super::{extract::wants_html, problem::Problem, ui::layout};

/// Middleware for `actix_web::middleware::from_fn`.
///
/// # Errors
/// Whatever the inner service fails with, when the asker is no browser.
pub async fn error_pages<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let is_reader = wants_html(request.request());
    let response = next.call(request).await?;
    if !is_reader || !is_bare_error(&response) {
        return Ok(response.map_into_left_body());
    }
    let status = response.status();
    let problem = response.response().error().and_then(|error| error.as_error::<Problem>());
    let detail = problem.map_or_else(|| words(status).to_owned(), |problem| problem.detail.clone());
    let page: HttpResponse = layout::error_page(status, &detail);
    Ok(response.into_response(page).map_into_right_body())
}

fn is_bare_error<B>(response: &ServiceResponse<B>) -> bool {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    (status.is_client_error() || status.is_server_error())
        && !kind.starts_with(b"text/html")
        && !kind.starts_with(b"application/activity+json")
}

/// What is said where no handler said anything.
fn words(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "There is nothing at this address.",
        StatusCode::METHOD_NOT_ALLOWED => {
            "This address takes a form and shows nothing by itself. Go back to where you were."
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            "What you sent is larger than this server takes. Nothing was changed."
        }
        status if status.is_server_error() => {
            "This server could not do it, and it is not your fault. Nothing was changed; please try again."
        }
        _ => "This form was incomplete, and nothing was changed. Go back, reload the page and send it again.",
    }
}
