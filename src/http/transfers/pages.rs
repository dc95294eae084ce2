//! New home's pages: one box for the old address, then numbers and buttons.

use actix_web::{HttpResponse, http::header, web};
use serde::Deserialize;

use super::{api::own, view};
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::Problem,
        ui::layout::{Home, page},
    },
    model::transfer::TransferState,
    store::transfers,
    transfer::{TransferError, give_map, start as starting, status::status, trial},
};

/// The box with the old address.
#[derive(Debug, Deserialize)]
pub struct HandleForm {
    handle: String,
    csrf: String,
}

/// A button.
#[derive(Debug, Deserialize)]
pub struct ButtonForm {
    csrf: String,
}

/// `GET /transfers/new`.
pub async fn new(app: web::Data<App>, signed: SignedIn) -> Result<HttpResponse, Problem> {
    let before = transfers::of_account(&app.store, &signed.session.account.id).await?;
    let body = view::new(&app, &signed.session, "", None, &before);
    Ok(page(&app, Some(&signed.session), Home::New, "Bring an account here", &body))
}

/// `POST /transfers`: on to Old home's question, or the same page with the reason why not.
pub async fn start(
    app: web::Data<App>,
    signed: SignedIn,
    form: web::Form<HandleForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf)?;
    match starting::start(&app.engine, &signed.session.account.id, &form.handle).await {
        Ok((_, url)) => Ok(see(url.as_str())),
        Err(TransferError::Store(error)) => Err(Problem::from(error).page()),
        Err(refused) => {
            let before = transfers::of_account(&app.store, &signed.session.account.id).await?;
            let why = refused.to_string();
            let body = view::new(&app, &signed.session, &form.handle, Some(&why), &before);
            let mut response = page(&app, Some(&signed.session), Home::New, "Bring an account here", &body);
            *response.status_mut() = actix_web::http::StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}

/// `GET /transfers/{id}`: where it stands, in numbers.
pub async fn show(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let transfer = own(&app, &signed, &id).await.map_err(Problem::page)?;
    if transfer.state == TransferState::AwaitingAnnouncement {
        transfers::wake(&app.store, &transfer.id).await?;
    }
    let status = status(&app.engine, &transfer).await.map_err(|error| Problem::from(error).page())?;
    let body = view::show(&app, &signed.session, &transfer, &status);
    let mut response = page(&app, Some(&signed.session), Home::New, "Your copy", &body);
    if transfer.state.is_running() {
        // Without JavaScript the page follows the work by itself; a script would only be smoother.
        let refresh = header::HeaderValue::from_static("2");
        response.headers_mut().insert(header::HeaderName::from_static("refresh"), refresh);
    }
    Ok(response)
}

/// `POST /transfers/{id}/confirm`.
pub async fn confirm(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
    form: web::Form<ButtonForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf)?;
    let transfer = own(&app, &signed, &id).await?;
    back(&id, trial::confirm(&app.engine, &transfer).await)
}

/// `POST /transfers/{id}/keep`.
pub async fn keep(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
    form: web::Form<ButtonForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf)?;
    let transfer = own(&app, &signed, &id).await?;
    back(&id, trial::keep(&app.engine, &transfer).await)
}

/// `POST /transfers/{id}/discard`.
pub async fn discard(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
    form: web::Form<ButtonForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf)?;
    let transfer = own(&app, &signed, &id).await?;
    back(&id, trial::discard(&app.engine, &transfer).await)
}

/// `POST /transfers/{id}/retry`.
pub async fn retry(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
    form: web::Form<ButtonForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf)?;
    let transfer = own(&app, &signed, &id).await?;
    back(&id, trial::retry(&app.engine, &transfer).await)
}

/// `POST /transfers/{id}/announce`: on to Old home, where the hand-over is consented to.
pub async fn announce(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
    form: web::Form<ButtonForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf)?;
    let transfer = own(&app, &signed, &id).await?;
    let url = trial::announce(&app.engine, &transfer).await.map_err(|error| Problem::from(error).page())?;
    Ok(see(url.as_str()))
}

/// `GET /transfers/{id}/finish`: on to Old home, where the last word is spoken.
pub async fn finish(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let transfer = own(&app, &signed, &id).await?;
    let url =
        give_map::finish_page(&app.engine, &transfer).await.map_err(|error| Problem::from(error).page())?;
    Ok(see(url.as_str()))
}

fn back(id: &str, outcome: Result<(), TransferError>) -> Result<HttpResponse, Problem> {
    outcome.map_err(|error| Problem::from(error).page())?;
    Ok(see(&format!("/transfers/{id}")))
}

fn see(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}
