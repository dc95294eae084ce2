//! In front of the site: an old address that was proven elsewhere is answered with the way there.

use actix_web::{
    HttpRequest, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
    web,
};
use url::Url;

use super::{
    extract::{session_of, wants_activity, wants_html},
    problem::{Problem, ProblemKind},
};
use crate::{
    app::App,
    transfer::redirect::{self, Answer, Wanted},
    words::text,
};

/// Middleware for `actix_web::middleware::from_fn`.
///
/// # Errors
/// Whatever the inner service answers with.
pub async fn redirects<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    // Nothing that ever had an address of its own lives there, and a copy asks there by the thousand.
    let is_old = !request.path().starts_with("/godwit/lola/");
    let answer = match request.app_data::<web::Data<App>>() {
        Some(app) if is_read && is_old => look_up(&app.clone(), &request).await,
        _ => Answer::Here,
    };
    match answer {
        Answer::Moved { .. } | Answer::Gone
            if is_for_a_page_of_ours(&request) || is_owner_looking(request.request()).await =>
        {
            next.call(request).await.map(ServiceResponse::map_into_left_body)
        }
        Answer::Here => next.call(request).await.map(ServiceResponse::map_into_left_body),
        Answer::Moved { url, max_age_seconds } => {
            Ok(request.into_response(moved(&url, max_age_seconds)).map_into_right_body())
        }
        Answer::Gone => {
            let problem = Problem::new(ProblemKind::Gone, text!("problems-it-was-erased-where-it-went"));
            let response = actix_web::ResponseError::error_response(&problem.for_request(request.request()));
            Ok(request.into_response(response).map_into_right_body())
        }
        Answer::Unknown => {
            let problem = Problem::not_found().for_request(request.request());
            let response = actix_web::ResponseError::error_response(&problem);
            Ok(request.into_response(response).map_into_right_body())
        }
    }
}

/// Whether the owner of an old page looks at it, signed in here: everybody else is sent on, the owner
/// keeps seeing what they left behind.
async fn is_owner_looking(request: &HttpRequest) -> bool {
    let Some(rest) = request.path().strip_prefix("/@").filter(|_| wants_html(request)) else {
        return false;
    };
    let name = rest.split('/').next().unwrap_or_default();
    let session = session_of(request.clone()).await;
    matches!(session, Ok(Some((session, _))) if session.account.username == name)
}

/// Whether a page of this very server shows the file: its owner, the only one who still sees it, shall
/// see it whole, and our pages show nothing from elsewhere.
fn is_for_a_page_of_ours(request: &ServiceRequest) -> bool {
    let from = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    request.path().starts_with("/media/") && from == Some("same-origin")
}

/// `GET /godwit/moved/…`: what a proxy asks first for an address of the server beside us; the way to where it
/// lives now, or nothing.
pub(super) async fn beside(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let url = asked_for(&app.config.server.base_url, &request, "/godwit/moved");
    answer_beside(&app, &request, &url).await
}

/// `GET /godwit/moved-files/…`: the same where its files have a host of their own. The path cannot say which host
/// was asked, and a `Host` is never believed.
pub(super) async fn beside_files(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    // The configuration was read, so that this is an address.
    let Ok(known) = app.config.media_url() else { return HttpResponse::NotFound().finish() };
    let url = asked_for(&known, &request, "/godwit/moved-files");
    answer_beside(&app, &request, &url).await
}

/// The address below `before`, at the host of `known`.
fn asked_for(known: &Url, request: &HttpRequest, before: &str) -> Url {
    let mut url = known.clone();
    url.set_path(request.uri().path().strip_prefix(before).unwrap_or_default());
    url.set_query(request.uri().query());
    url
}

async fn answer_beside(app: &App, request: &HttpRequest, url: &Url) -> HttpResponse {
    match look_up_address(app, request, url).await {
        Answer::Moved { url, max_age_seconds } => moved(&url, max_age_seconds),
        Answer::Gone => HttpResponse::Gone().insert_header((header::CACHE_CONTROL, "no-store")).finish(),
        Answer::Here | Answer::Unknown => {
            HttpResponse::NotFound().insert_header((header::CACHE_CONTROL, "no-store")).finish()
        }
    }
}

fn moved(url: &Url, max_age_seconds: u32) -> HttpResponse {
    HttpResponse::MovedPermanently()
        .insert_header((header::LOCATION, url.as_str()))
        .insert_header((header::VARY, "Accept, Sec-Fetch-Site"))
        .insert_header((header::CACHE_CONTROL, format!("public, max-age={max_age_seconds}")))
        // Some of these ignore Vary and would send browsers to documents.
        .insert_header(("CDN-Cache-Control", "no-store"))
        .finish()
}

async fn look_up(app: &App, request: &ServiceRequest) -> Answer {
    let url = address(&app.config.server.base_url, request);
    look_up_address(app, request.request(), &url).await
}

async fn look_up_address(app: &App, request: &HttpRequest, url: &Url) -> Answer {
    let wanted = if wants_html(request) {
        Wanted::Page
    } else if wants_activity(request) {
        Wanted::Activity
    } else {
        Wanted::Anything
    };
    let now = app.clock.now_micros();
    let answer = match redirect::arrived(&app.store, &*app.host, url).await {
        Ok(None) => redirect::answer(&app.store, &*app.host, url, wanted, now).await,
        Ok(Some(answer)) => Ok(answer),
        Err(error) => Err(error),
    };
    answer.unwrap_or_else(|error| {
        tracing::error!(%error, "cannot look a redirect up; answering here");
        Answer::Here
    })
}

/// The address asked for, on our configured origin whatever the request's `Host` says.
fn address(base: &Url, request: &ServiceRequest) -> Url {
    let mut url = base.clone();
    url.set_path(request.uri().path());
    url.set_query(request.uri().query());
    url
}
