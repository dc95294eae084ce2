//! What Old home meets of us: who we are as a client, and where it sends the person back.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use maud::html;

use crate::words::{say, text};
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::{Problem, ProblemKind},
        ui::{
            homes::on_the_way,
            layout::{Home, csrf, page},
        },
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
    request: HttpRequest,
    query: web::Query<authorize::Callback>,
) -> Result<HttpResponse, Problem> {
    let account = &signed.session.account.id;
    if authorize::is_anothers(&app.engine, account, &query)
        .await
        .map_err(|error| Problem::from(error).page())?
    {
        return Ok(somebody_else(
            &app,
            &signed,
            request.uri().path_and_query().map_or("/", |path| path.as_str()),
        ));
    }
    let outcome = authorize::authorize(&app.engine, account, query.into_inner()).await;
    let id = outcome.map_err(|error| Problem::from(error).page())?;
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, format!("/transfers/{id}"))).finish())
}

/// The page for somebody who gave their answer under another name of this server.
fn somebody_else(app: &App, signed: &SignedIn, next: &str) -> HttpResponse {
    let session = &signed.session;
    let body = html! {
        h1 { (say!("transfers-this-answer-is-for-another-account")) }
        (on_the_way(app, next))
        p {
            (say!("transfers-you-are-signed-in-as-but-another", username = session.account.username))
        }
        form method="post" action="/sign-out" {
            (csrf(session))
            input type="hidden" name="next" value=(next);
            button type="submit" { (say!("transfers-sign-out")) }
        }
    };
    let mut page = page(app, Some(session), Home::New, &text!("transfers-another-account"), &body);
    *page.status_mut() = StatusCode::FORBIDDEN;
    page
}

impl From<TransferError> for Problem {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Refused(why) => Self::new(ProblemKind::Refused, why),
            TransferError::Adapter(error) => error.into(),
            TransferError::Store(error) => error.into(),
            TransferError::During(_, error) => (*error).into(),
        }
    }
}
