//! The new server says who it is, gives the list of new addresses back, and asks how far we are.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use super::guard::open;
use crate::{
    app::App,
    http::problem::Problem,
    model::ending::Ending,
    transfer::{
        departure_status,
        hand_over::{self, Batch, Taken},
        onward, withdraw,
    },
};

/// Who the account is over there. `oracle` is taken and not used: the list is handed over instead.
#[derive(Deserialize, ToSchema)]
pub(super) struct StartForm {
    /// The new actor, on the client's own origin.
    actor: String,
    /// The page of the new server the owner comes back to.
    #[serde(rename = "return")]
    return_url: Option<String>,
    /// How the owner wants it to end: `announce` (the default), `redirect` or `copy` (our extension).
    ending: Option<String>,
}

/// What was noted.
#[derive(Serialize, ToSchema)]
struct DepartureStarted {
    /// The actor that leaves.
    actor: Url,
    /// The page where its owner speaks the last word.
    finish: Url,
    /// How it will end; a client that asked for something else stops here.
    ending: Ending,
}

/// Notes the new account.
#[utoipa::path(
    post, path = "/godwit/lola/{name}/start", tag = "lola", security(("lola" = [])),
    params(("name" = String, Path, description = "login name of the account the token is for")),
    request_body(content = StartForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = DepartureStarted))
)]
pub(super) async fn start(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
    form: web::Form<StartForm>,
) -> Result<HttpResponse, Problem> {
    let opened = open(&app, &request, &name).await?;
    let asked = form.ending.as_deref().unwrap_or(Ending::Announce.as_str());
    let asked = Ending::from_word(asked).filter(|ending| ending.is_spoken_at_old_home());
    let asked = asked.ok_or_else(|| Problem::bad_request("an ending is announce, redirect or copy"))?;
    let back = form.return_url.as_deref();
    let ending = hand_over::start_as(&opened.side, &opened.grant, &form.actor, back, asked).await?;
    let finish = app.site.urls.at(&["departures", &opened.account.username, "finish"]);
    Ok(HttpResponse::Ok().json(DepartureStarted { actor: opened.account.actor, finish, ending }))
}

/// Takes a batch of the list of new addresses. The same batch twice is one batch.
#[utoipa::path(
    post, path = "/godwit/lola/{name}/map", tag = "lola", security(("lola" = ["godwit_hand_over"])),
    params(("name" = String, Path, description = "login name of the account the token is for")),
    request_body = Batch, responses((status = 200, body = Taken))
)]
pub(super) async fn take(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
    batch: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let opened = open(&app, &request, &name).await?;
    let batch: Batch = serde_json::from_slice(&batch)
        .map_err(|error| Problem::bad_request(format!("the batch is not understood: {error}")))?;
    let taken = hand_over::take(&opened.side, &opened.grant, batch).await?;
    Ok(HttpResponse::Ok().json(taken))
}

/// Where the account lives now, after it has left the server that says so.
#[derive(Deserialize, ToSchema)]
pub(super) struct OnwardForm {
    /// The actor; the account on the client's own server must say that it moved there.
    actor: String,
}

/// Takes word that the account has moved on. What is believed of it is looked up and proven.
#[utoipa::path(
    post, path = "/godwit/lola/{name}/onward", tag = "lola", security(("lola" = ["godwit_hand_over"])),
    params(("name" = String, Path, description = "login name of the account the token is for")),
    request_body(content = OnwardForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 202, description = "it is being looked at"))
)]
pub(super) async fn onward(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
    form: web::Form<OnwardForm>,
) -> Result<HttpResponse, Problem> {
    let opened = open(&app, &request, &name).await?;
    onward::told(&opened.side, &opened.grant, &form.actor).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Takes word that the copy is gone: nothing here leads to it any more. Saying it again changes nothing.
#[utoipa::path(
    post, path = "/godwit/lola/{name}/withdraw", tag = "lola", security(("lola" = ["godwit_hand_over"])),
    params(("name" = String, Path, description = "login name of the account the token is for")),
    responses((status = 204, description = "nothing leads there any more"))
)]
pub(super) async fn take_back(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let opened = open(&app, &request, &name).await?;
    withdraw::withdraw(&opened.side, &opened.grant).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// How far the departure is, in numbers.
#[utoipa::path(
    get, path = "/godwit/lola/{name}/status", tag = "lola", security(("lola" = [])),
    params(("name" = String, Path, description = "login name of the account the token is for")),
    responses((status = 200, body = departure_status::DepartureNumbers))
)]
pub(super) async fn status(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let opened = open(&app, &request, &name).await?;
    let Some(departure) = hand_over::departure_of(&opened.side, &opened.grant).await? else {
        return Ok(HttpResponse::Ok().json(departure_status::nothing()));
    };
    Ok(HttpResponse::Ok().json(departure_status::status(&opened.side, departure).await?.numbers()))
}
