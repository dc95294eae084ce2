//! What handlers need to know about a request: who is signed in, what form of answer is wanted.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};

use super::problem::{Problem, ProblemKind};
use crate::words::text;
use crate::{
    app::App,
    site::{
        accounts::{Account, Role},
        sessions::Session,
    },
    transfer::guests::{self, GuestSession, Means},
};

/// Name of the session cookie; one per port, because cookies ignore ports.
pub fn cookie_name(app: &App) -> String {
    let base = &app.config.server.base_url;
    if base.scheme() == "https" {
        "__Host-godwit".to_owned()
    } else {
        format!("godwit_{}", base.port_or_known_default().unwrap_or(80))
    }
}

/// The signed-in person, if any, with the token of their cookie.
pub struct MaybeSignedIn(pub Option<(Session, String)>);

/// The signed-in person; anybody else is sent to the sign-in page (or told 401, for programs).
pub struct SignedIn {
    /// Who it is.
    pub session: Session,
    /// Token of their cookie.
    pub token: String,
}

impl SignedIn {
    /// Checks that a form was made for this very session.
    ///
    /// # Errors
    /// 403 when the form's token is another's.
    pub fn check_form(&self, csrf: &str) -> Result<(), Problem> {
        let (ours, theirs) = (self.session.csrf.as_bytes(), csrf.as_bytes());
        if aws_lc_rs::constant_time::verify_slices_are_equal(ours, theirs).is_ok() {
            Ok(())
        } else {
            Err(Problem::new(ProblemKind::StaleForm, text!("problems-this-form-was-opened-in-another")))
        }
    }

    /// Checks the `X-CSRF-Token` header of a JSON request.
    ///
    /// # Errors
    /// As [`SignedIn::check_form`].
    pub fn check_header(&self, request: &HttpRequest) -> Result<(), Problem> {
        let sent = request.headers().get("x-csrf-token").and_then(|value| value.to_str().ok());
        self.check_form(sent.unwrap_or_default())
    }
}

/// Who a request's cookie belongs to.
pub(super) async fn session_of(request: HttpRequest) -> Result<Option<(Session, String)>, actix_web::Error> {
    let Some(app) = request.app_data::<web::Data<App>>() else {
        return Ok(None);
    };
    let Some(cookie) = request.cookie(&cookie_name(app)) else {
        return Ok(None);
    };
    let token = cookie.value().to_owned();
    Ok(session_behind(app, &token).await?.map(|session| (session, token)))
}

/// Who the token of a cookie belongs to: an account of ours, or a guest.
pub(super) async fn session_behind(app: &App, token: &str) -> Result<Option<Session>, Problem> {
    if let Some(reception) = app.reception() {
        return Ok(guests::session(&reception, token).await?.map(as_session));
    }
    Ok(app.site.session(token).await?)
}

/// A guest as our pages know people.
fn as_session(session: GuestSession) -> Session {
    let GuestSession { guest, csrf, is_fresh, means } = session;
    let role = if guest.is_admin { Role::Admin } else { Role::Member };
    let account = Account::guest(guest.account, guest.username, role);
    Session { account, csrf, is_fresh, is_guest: true, is_recovered: means != Means::Server }
}

/// What a guest may open: what is about moving. Everything else they have at their own server.
const OPEN_TO_GUESTS: [&str; 9] =
    ["transfers", "departures", "former-homes", "follows", "desk", "letters", "godwit", "api", "sign-out"];

/// What somebody may open whom that server lets in no more: what they left behind.
const OPEN_TO_RECOVERED: [&str; 2] = ["departures", "sign-out"];

/// Whether there is anything here for a guest.
fn is_for_guest(session: &Session, path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if session.is_recovered { OPEN_TO_RECOVERED.contains(&first) } else { OPEN_TO_GUESTS.contains(&first) }
}

impl FromRequest for MaybeSignedIn {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self(session_of(request).await?)) })
    }
}

impl FromRequest for SignedIn {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            if let Some((session, token)) = session_of(request.clone()).await? {
                if session.is_guest && !is_for_guest(&session, request.path()) {
                    return Err(Problem::not_found().for_request(&request).into());
                }
                return Ok(Self { session, token });
            }
            if !wants_html(&request) {
                return Err(Problem::new(ProblemKind::NotSignedIn, text!("problems-sign-in-first")).into());
            }
            let next = request.uri().path_and_query().map_or("/", |path| path.as_str());
            let query =
                url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
            let response = actix_web::HttpResponse::SeeOther()
                .insert_header((header::LOCATION, format!("/sign-in?{query}")))
                .finish();
            Err(actix_web::error::InternalError::from_response("not signed in", response).into())
        })
    }
}

/// Whether the asker is a browser: `text/html` is named and no ActivityPub type is.
pub fn wants_html(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    accept.contains("text/html") && !wants_activity(request)
}

/// Whether an ActivityPub document (or plain JSON) is asked for.
pub fn wants_activity(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    ["application/activity+json", "application/ld+json", "application/json"]
        .iter()
        .any(|kind| accept.contains(kind))
}

/// The bearer token of a request.
pub fn bearer(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("bearer "))?;
    Some(token.trim().to_owned())
}
