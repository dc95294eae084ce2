//! Around all routes: who reads pages gets a page when something fails, also where nobody thought of
//! one: an address that is none, a form that is incomplete, a method that does not fit.

use crate::words::text;
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
    let detail = problem.map_or_else(|| words(status), |problem| problem.detail.clone());
    let mut page: HttpResponse = layout::error_page(status, &detail);
    if let Some(after) = response.headers().get(header::RETRY_AFTER) {
        page.headers_mut().insert(header::RETRY_AFTER, after.clone());
    }
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
fn words(status: StatusCode) -> String {
    match status {
        StatusCode::NOT_FOUND => text!("problems-there-is-nothing-at-this-address"),
        StatusCode::METHOD_NOT_ALLOWED => {
            text!("problems-this-address-takes-a-form-and-shows")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            text!("problems-what-you-sent-is-larger-than-this")
        }
        status if status.is_server_error() => {
            text!("problems-this-server-could-not-do-it-and")
        }
        _ => text!("problems-this-form-was-incomplete-and-nothing"),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{App, middleware, test, web};

    use super::*;
    use crate::http::problem::ProblemKind;

    async fn answer(path: &str, accept: &str) -> (StatusCode, String) {
        let (status, _, body) = asked(path, accept).await;
        (status, body)
    }

    /// When it may be asked for again.
    async fn after(path: &str, accept: &str) -> Option<String> {
        asked(path, accept).await.1
    }

    async fn asked(path: &str, accept: &str) -> (StatusCode, Option<String>, String) {
        let service = test::init_service(
            App::new()
                .wrap(middleware::from_fn(error_pages))
                .route("/form", web::post().to(HttpResponse::Ok))
                .route(
                    "/no",
                    web::get().to(async || Err::<HttpResponse, _>(Problem::conflict("somebody was first"))),
                )
                .route(
                    "/later",
                    web::get().to(async || {
                        Err::<HttpResponse, _>(
                            Problem::new(ProblemKind::Later, "old.example is away").after(7),
                        )
                    }),
                )
                .route(
                    "/gone",
                    web::get().to(async || {
                        HttpResponse::Gone().content_type("application/activity+json").body("{}")
                    }),
                ),
        )
        .await;
        let request = test::TestRequest::get().uri(path).insert_header((header::ACCEPT, accept)).to_request();
        let response = test::call_service(&service, request).await;
        let status = response.status();
        let after = response.headers().get(header::RETRY_AFTER);
        let after = after.map(|text| text.to_str().unwrap().to_owned());
        (status, after, String::from_utf8(test::read_body(response).await.to_vec()).unwrap())
    }

    #[actix_web::test]
    async fn readers_get_a_page_for_every_error_and_programs_what_they_can_read() {
        for (path, status, words) in [
            ("/nowhere", StatusCode::NOT_FOUND, "nothing at this address"),
            ("/no", StatusCode::CONFLICT, "Somebody was first."),
        ] {
            let (found, page) = answer(path, "text/html,*/*;q=0.8").await;
            assert_eq!(found, status);
            assert!(page.starts_with("<!DOCTYPE html>") && page.contains(words), "{path}: {page}");
            let (found, document) = answer(path, "application/json").await;
            assert_eq!(found, status);
            assert!(!document.contains("<html"), "{path}: {document}");
        }
        for accept in ["text/html,*/*;q=0.8", "application/json"] {
            assert_eq!(after("/later", accept).await.as_deref(), Some("7"), "{accept}");
        }
        assert_eq!(answer("/gone", "text/html").await.1, "{}", "a tombstone stays one");
    }
}
