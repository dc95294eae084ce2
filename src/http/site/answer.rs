//! Answers of this part: documents, pages, and how long each may be kept.

use actix_web::{HttpRequest, HttpResponse, http::header};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::{
    app::App,
    http::{
        extract::{MaybeSignedIn, session_of},
        problem::Problem,
    },
    site::{accounts::Account, viewer::Viewer},
    wire,
};

/// How long others may keep what strangers see, in seconds. Short: a copy may be kept or deleted.
const KEEP_SECONDS: u32 = 60;

/// Where a list goes on.
#[derive(Debug, Deserialize)]
pub(super) struct Paging {
    /// Opaque to the asker.
    pub cursor: Option<String>,
}

/// Who asks.
pub(super) fn viewer(session: &MaybeSignedIn) -> Viewer {
    Viewer::of(session.0.as_ref().map(|(session, _)| session))
}

/// The account of an address. One whose name is only held shows to whom it belongs and to nobody else.
pub(super) async fn account(app: &App, name: &str, request: &HttpRequest) -> Result<Account, Problem> {
    let missing = || Problem::not_found().for_request(request);
    let found = app.site.account_named(name).await?.ok_or_else(missing)?;
    if found.held_until.is_some() {
        let asker = session_of(request.clone()).await.ok().flatten();
        asker.filter(|(session, _)| session.account.id == found.id).ok_or_else(missing)?;
    }
    Ok(found)
}

/// An `ActivityPub` document.
pub(super) fn activity(document: &Value, viewer: &Viewer) -> HttpResponse {
    let response = HttpResponse::Ok().content_type(wire::ACTIVITY_JSON).body(document.to_string());
    kept(response, viewer)
}

/// Marks how long an answer may be kept: briefly when strangers see it, not at all otherwise.
pub(super) fn kept(mut response: HttpResponse, viewer: &Viewer) -> HttpResponse {
    let keep = match viewer {
        Viewer::Stranger => format!("public, max-age={KEEP_SECONDS}"),
        Viewer::Owner(_) | Viewer::Admin(_) => "private, no-store".to_owned(),
    };
    if let Ok(keep) = header::HeaderValue::from_str(&keep) {
        response.headers_mut().insert(header::CACHE_CONTROL, keep);
    }
    let vary = header::HeaderValue::from_static("Accept, Cookie, Authorization");
    response.headers_mut().insert(header::VARY, vary);
    response
}

/// Tells programs that read a page where its document is.
pub(super) fn with_document(mut response: HttpResponse, document: &Url) -> HttpResponse {
    let link = format!("<{document}>; rel=\"alternate\"; type=\"application/activity+json\"");
    if let Ok(link) = header::HeaderValue::from_str(&link) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// Sends the asker to the other form of the same thing.
pub(super) fn see(other: &Url) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, other.as_str()))
        .insert_header((header::VARY, "Accept, Cookie, Authorization"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .finish()
}
