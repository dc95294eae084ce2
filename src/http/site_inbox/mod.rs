//! Where other servers tell us things: the inboxes. Answers are 202 or a reason, never a redirect.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;
use url::Url;

use super::problem::{Problem, ProblemKind};
use crate::{
    app::{App, verify::Unverified},
    site::inbox::Received,
    wire::lenient,
};

/// Longest activity taken, in bytes; the field's servers cut here too.
const BODY_BYTES: usize = 1 << 20;

/// The routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/inbox", web::post().to(receive));
    cfg.route("/godwit/actor/inbox", web::post().to(receive));
    cfg.route("/users/{name}/inbox", web::post().to(receive));
}

/// Takes one activity. The cheap checks come first; a key is looked for only when they passed.
async fn receive(
    app: web::Data<App>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let headers = headers(&request);
    let is_signed = ["signature", "authorization"].iter().any(|name| headers.contains_key(*name));
    if !is_signed {
        return Err(Problem::new(ProblemKind::BadSignature, "The request is not signed."));
    }
    if let Some(name) = request.match_info().get("name")
        && app.site.public_account(name).await?.is_none()
    {
        return Err(Problem::not_found());
    }
    let body = read(body).await?;
    let activity: Value = serde_json::from_slice(&body)
        .map_err(|error| Problem::bad_request(format!("The activity is not JSON: {error}.")))?;
    let said_by = lenient::field(&activity, "actor")
        .find_map(lenient::id)
        .and_then(lenient::web_url)
        .ok_or_else(|| Problem::bad_request("The activity does not say whose it is."))?;
    if is_farewell_of_a_stranger(&app, &activity, &said_by).await? {
        return Ok(HttpResponse::Accepted().finish());
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let sender = app
        .verify(request.method().as_str(), path, &headers, &body, Some(&said_by))
        .await
        .map_err(unverified)?;
    if sender.id != said_by {
        return Err(Problem::new(
            ProblemKind::NotYours,
            format!("The activity is by {said_by}, but {} has signed it.", sender.id),
        ));
    }
    match app.site.receive(app.remote.as_ref(), &sender, &activity).await? {
        Received::Done => {}
        Received::Ignored(why) => tracing::debug!(actor = %sender.id, why, "an activity was ignored"),
        Received::Refused(why) => return Err(Problem::new(ProblemKind::NotYours, why)),
        Received::Later(why) => return Err(Problem::new(ProblemKind::Later, why)),
    }
    Ok(HttpResponse::Accepted().finish())
}

/// Whether somebody we never knew says that they are gone: their key is gone too, and nothing is to do.
async fn is_farewell_of_a_stranger(app: &App, activity: &Value, said_by: &Url) -> Result<bool, Problem> {
    let is_farewell = lenient::is_type(activity, "Delete")
        && lenient::field(activity, "object").find_map(lenient::id) == Some(said_by.as_str());
    Ok(is_farewell && app.site.known_actor(said_by.as_str()).await?.is_none())
}

/// The whole body, up to the limit.
async fn read(body: web::Payload) -> Result<web::Bytes, Problem> {
    let too_large = |_| Problem::new(ProblemKind::TooLarge, "An activity may have 1 MiB at most.");
    body.to_bytes_limited(BODY_BYTES)
        .await
        .map_err(too_large)?
        .map_err(|error| Problem::bad_request(format!("The request broke off: {error}.")))
}

/// Headers with names in lower case, several values joined.
fn headers(request: &HttpRequest) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        let entry = out.entry(name.as_str().to_ascii_lowercase());
        entry.and_modify(|earlier| *earlier = format!("{earlier}, {value}")).or_insert(value);
    }
    if let Some(authority) = request.uri().authority() {
        // HTTP/2 names the host there.
        out.entry("host".to_owned()).or_insert_with(|| authority.as_str().to_owned());
    }
    out
}

fn unverified(why: Unverified) -> Problem {
    match why {
        Unverified::Refused(why) => Problem::new(ProblemKind::BadSignature, why),
        Unverified::Later(why) => Problem::new(ProblemKind::Later, why),
        Unverified::Ours(error) => error.into(),
    }
}

#[cfg(test)]
mod tests;
