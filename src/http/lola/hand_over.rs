//! The new server says who it is, gives the list of new addresses back, and asks how far we are.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::guard::open;
use crate::{
    app::App,
    http::problem::Problem,
    transfer::{
        departure_status,
        hand_over::{self, Batch},
    },
};

/// Who the account is over there. `oracle` is taken and not used: the list is handed over instead.
#[derive(Deserialize)]
pub(super) struct StartForm {
    actor: String,
    #[serde(rename = "return")]
    return_url: Option<String>,
}

/// Notes the new account.
pub(super) async fn start(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
    form: web::Form<StartForm>,
) -> Result<HttpResponse, Problem> {
    let opened = open(&app, &request, &name).await?;
    hand_over::start(&opened.side, &opened.grant, &form.actor, form.return_url.as_deref()).await?;
    let finish = app.site.urls.at(&["departures", &opened.account.username, "finish"]);
    Ok(HttpResponse::Ok().json(json!({"actor": opened.account.actor, "finish": finish})))
}

/// Takes a batch of the list.
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

/// Counts.
pub(super) async fn status(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let opened = open(&app, &request, &name).await?;
    let Some(departure) = hand_over::departure_of(&opened.side, &opened.grant).await? else {
        return Ok(HttpResponse::Ok().json(departure_status::nothing()));
    };
    Ok(HttpResponse::Ok().json(departure_status::status(&opened.side, departure).await?.json()))
}
