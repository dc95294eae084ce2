//! What Old home meets of us: who we are as a client, and where it sends the person back.

use actix_web::{HttpResponse, http::header, web};

use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::{Problem, ProblemKind},
    },
    oauth::metadata,
    transfer::{TransferError, authorize},
};

/// Who this server is as a client of other servers.
#[utoipa::path(
    get, path = "/godwit/client.json", tag = "consent",
    responses((status = 200, body = metadata::ClientMetadata))
)]
pub async fn client(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .json(metadata::client(&app.config.server.base_url))
}

/// The person comes back with Old home's answer.
#[utoipa::path(
    get, path = "/godwit/callback", tag = "consent", security(("session" = [])), params(authorize::Callback),
    responses((status = 303, description = "on to the transfer's page"))
)]
pub async fn callback(
    app: web::Data<App>,
    signed: SignedIn,
    query: web::Query<authorize::Callback>,
) -> Result<HttpResponse, Problem> {
    let outcome = authorize::authorize(&app.engine, &signed.session.account.id, query.into_inner()).await;
    let id = outcome.map_err(|error| Problem::from(error).page())?;
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, format!("/transfers/{id}"))).finish())
}

impl From<TransferError> for Problem {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Refused(why) => Self::new(ProblemKind::Refused, why),
            TransferError::Adapter(error) => error.into(),
            TransferError::Store(error) => error.into(),
        }
    }
}
