//! The certificate and the list of all items, to look through and to take away.

use actix_web::{HttpResponse, web};
use futures::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{api::own, pressed::Pressed};
use crate::{
    app::App,
    http::{download::download, extract::SignedIn, problem::Problem},
    model::{
        certificate::Occasion,
        listing::{Line, Unshown},
        transfer::TransferState,
    },
    store::{
        certificates,
        listing::{self, Wanted},
    },
    transfer::certificate,
};

/// Lines on a page.
const PAGE: i64 = 200;

/// Which items, and where to go on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ItemsQuery {
    /// Only what became of it so: `fetched`, `written`, `declined`, `skipped` or `failed`.
    #[serde(default)]
    state: String,
    /// Only this kind.
    #[serde(default)]
    kind: String,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A page of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemsPage {
    /// The items, by kind and key.
    items: Vec<Line>,
    /// Pass it as `cursor` for the next page; absent after the last.
    next: Option<String>,
}

/// The differences somebody has seen.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Seen {
    /// How many there were.
    differences: u64,
}

impl ItemsQuery {
    fn wanted(&self) -> Wanted {
        let after = self.cursor.as_deref().and_then(|cursor| cursor.split_once(' '));
        let after = after.map_or_else(Default::default, |(kind, key)| (kind.to_owned(), key.to_owned()));
        Wanted { after, kind: self.kind.clone(), state: self.state.clone() }
    }
}

/// What became of every item, a page at a time, also while the copy is still being made.
#[utoipa::path(
    get, path = "/api/v1/transfers/{id}/items", tag = "transfers", security(("session" = [])),
    params(("id" = String, Path), ItemsQuery),
    responses((status = 200, body = ItemsPage))
)]
pub async fn items(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
    query: web::Query<ItemsQuery>,
) -> Result<HttpResponse, Problem> {
    let transfer = own(&app, &signed.session, &id).await?;
    let items = listing::page(&app.store, &transfer.id, &query.wanted(), PAGE).await?;
    let is_full = i64::try_from(items.len()).is_ok_and(|n| n == PAGE);
    let next = items.last().filter(|_| is_full).map(|last| format!("{} {}", last.kind, last.key));
    Ok(HttpResponse::Ok().json(ItemsPage { items, next }))
}

/// The whole list as JSON lines; `godwit verify --items` reads it.
#[utoipa::path(
    get, path = "/api/v1/transfers/{id}/items.jsonl", tag = "transfers", security(("session" = [])),
    params(("id" = String, Path)),
    responses((status = 200, description = "one line of JSON an item", content_type = "application/jsonl"))
)]
pub async fn json_lines(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let transfer = own(&app, &signed.session, &id).await?;
    let lines = certificate::lines(&app.store, &transfer.id, Wanted::default());
    let bytes = lines.map_ok(|batch| web::Bytes::from(batch.iter().map(Line::json).collect::<String>()));
    Ok(download("application/jsonl", "items.jsonl")
        .streaming(bytes.map_err(actix_web::error::ErrorInternalServerError)))
}

/// What could not be read or shown here, with its text, as JSON lines.
#[utoipa::path(
    get, path = "/api/v1/transfers/{id}/unshown.jsonl", tag = "transfers", security(("session" = [])),
    params(("id" = String, Path)),
    responses((status = 200, description = "one line of JSON an item", content_type = "application/jsonl"))
)]
pub async fn unshown(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let transfer = own(&app, &signed.session, &id).await?;
    let lines = certificate::unshown(&app.store, &transfer.id);
    let bytes = lines.map_ok(|batch| web::Bytes::from(batch.iter().map(Unshown::json).collect::<String>()));
    Ok(download("application/jsonl", "unshown.jsonl")
        .streaming(bytes.map_err(actix_web::error::ErrorInternalServerError)))
}

/// The whole list as a table for a spreadsheet.
#[utoipa::path(
    get, path = "/api/v1/transfers/{id}/items.csv", tag = "transfers", security(("session" = [])),
    params(("id" = String, Path)),
    responses((status = 200, description = "a line an item, with headings", content_type = "text/csv"))
)]
pub async fn table(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let transfer = own(&app, &signed.session, &id).await?;
    let headings = futures::stream::iter([Ok(web::Bytes::from(row(&Line::HEADINGS)))]);
    let lines = certificate::lines(&app.store, &transfer.id, Wanted::default());
    let lines = lines.map_ok(|batch| {
        web::Bytes::from(batch.iter().flat_map(|line| row(&line.cells())).collect::<Vec<u8>>())
    });
    let all = headings.chain(lines.map_err(actix_web::error::ErrorInternalServerError));
    Ok(download("text/csv; charset=utf-8", "items.csv").streaming(all))
}

fn row<T: AsRef<[u8]>>(cells: &[T]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Nothing can go wrong with memory as the file.
    let _infallible = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

/// The signed certificate; 404 before the copy was counted.
#[utoipa::path(
    get, path = "/api/v1/transfers/{id}/certificate", tag = "transfers", security(("session" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = crate::wire::seal::Sealed))
)]
pub async fn certificate(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let transfer = own(&app, &signed.session, &id).await?;
    let document = match transfer.state {
        // In the trial numbers still move: the paper is written for the list as it is now.
        TransferState::Trial => certificate::issue(&app.engine, &transfer, Occasion::Trial).await?,
        _ => certificates::last(&app.store, &transfer.id).await?.ok_or_else(Problem::not_found)?,
    };
    Ok(download("application/json", "certificate.json").json(document))
}

/// The person has seen that many differences and accepts them.
#[utoipa::path(
    post, path = "/api/v1/transfers/{id}/accept", tag = "transfers", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)), request_body = Seen,
    responses((status = 204))
)]
pub async fn accept(
    app: web::Data<App>,
    signed: SignedIn,
    request: actix_web::HttpRequest,
    id: web::Path<String>,
    body: web::Json<Seen>,
) -> Result<HttpResponse, Problem> {
    signed.check_header(&request)?;
    certificate::accept(&app.engine, &own(&app, &signed.session, &id).await?, body.differences).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /transfers/{id}/accept`.
pub async fn accept_pressed(pressed: Pressed) -> Result<HttpResponse, Problem> {
    let seen = pressed.one("differences").parse().unwrap_or(0);
    let accepted = certificate::accept(&pressed.app.engine, &pressed.transfer().await?, seen).await;
    super::pages::back(&pressed.id, accepted)
}
