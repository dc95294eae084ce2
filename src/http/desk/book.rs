//! The book: what was done, line by line. Nothing in it is ever changed; it can be taken along as JSON lines or CSV.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpResponse, web};
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use maud::html;

use super::admin::{Admin, desk_page};
use crate::{
    app::App,
    http::{download::download, problem::Problem, ui::words::minute},
    model::{id::AccountId, moment::Moment},
    store::{
        Store, StoreError,
        audit::{self, AuditRow},
        to_json,
    },
    words::{say, text},
};

/// Lines read at a time.
const BATCH: i64 = 500;

/// `GET /desk/book`.
pub(super) async fn show(app: web::Data<App>, admin: Admin) -> Result<HttpResponse, Problem> {
    let lines = audit::latest(&app.store, 200).await?;
    let names = names(&app, &lines).await?;
    let body = html! {
        p { (say!("desk-book-is-never-changed")) }
        p.actions {
            a.button href="/api/v1/desk/audit.jsonl" { (say!("desk-as-json-lines")) }
            a.button href="/api/v1/desk/audit.csv" { (say!("desk-as-a-table")) }
        }
        div.table tabindex="0" { table {
            thead { tr {
                th scope="col" { (say!("desk-when")) } th scope="col" { (say!("desk-by")) }
                th scope="col" { (say!("desk-what")) } th scope="col" { (say!("desk-detail")) }
            } }
            tbody { @for line in &lines { tr {
                td { (minute(&Moment::from_micros(line.at))) }
                td { (line.account_id.as_ref().map_or("–", |id| names.get(id).unwrap_or(id))) }
                td { (line.what.replace('_', " ")) }
                td { (line.detail) }
            } } }
        } }
    };
    Ok(desk_page(&app, admin.session(), &text!("desk-book"), &body))
}

/// The names of those who stand in these lines, each asked for once; who is gone has none.
async fn names(app: &App, lines: &[AuditRow]) -> Result<BTreeMap<String, String>, Problem> {
    let ids: BTreeSet<&String> = lines.iter().filter_map(|line| line.account_id.as_ref()).collect();
    let mut names = BTreeMap::new();
    for id in ids {
        if let Some(account) = app.host.account(&AccountId::from(id.clone())).await? {
            names.insert(id.clone(), format!("@{}", account.username));
        }
    }
    Ok(names)
}

/// All lines, oldest first, never more than a batch in memory.
fn lines(store: &Store) -> BoxStream<'static, Result<Vec<AuditRow>, StoreError>> {
    let store = store.clone();
    let batches = stream::try_unfold(Some(String::new()), move |after| {
        let store = store.clone();
        async move {
            let Some(after) = after else { return Ok(None) };
            let batch = audit::after(&store, &after, BATCH).await?;
            let next = batch.last().map(|last| last.id.clone());
            Ok((!batch.is_empty()).then_some((batch, next)))
        }
    });
    batches.boxed()
}

/// The whole book as JSON lines, oldest first.
#[utoipa::path(
    get, path = "/api/v1/desk/audit.jsonl", tag = "desk", security(("session" = [])),
    responses((status = 200, description = "one line of JSON a deed", content_type = "application/jsonl"))
)]
pub(super) async fn json_lines(app: web::Data<App>, _admin: Admin) -> Result<HttpResponse, Problem> {
    let bytes = lines(&app.store).map_ok(|batch| {
        let text: String = batch.iter().map(|line| to_json(line) + "\n").collect();
        web::Bytes::from(text)
    });
    Ok(download("application/jsonl", "audit.jsonl")
        .streaming(bytes.map_err(actix_web::error::ErrorInternalServerError)))
}

/// The whole book as a table for a spreadsheet.
#[utoipa::path(
    get, path = "/api/v1/desk/audit.csv", tag = "desk", security(("session" = [])),
    responses((status = 200, description = "a line a deed, with headings", content_type = "text/csv"))
)]
pub(super) async fn table(app: web::Data<App>, _admin: Admin) -> Result<HttpResponse, Problem> {
    let headings = stream::iter([Ok(web::Bytes::from(row(&["id", "at", "by", "what", "detail"])))]);
    let rows = lines(&app.store).map_ok(|batch| {
        let text = batch.iter().flat_map(|line| {
            let at = Moment::from_micros(line.at).text().to_owned();
            row(&[&line.id, &at, line.account_id.as_deref().unwrap_or_default(), &line.what, &line.detail])
        });
        web::Bytes::from(text.collect::<Vec<u8>>())
    });
    let all = headings.chain(rows.map_err(actix_web::error::ErrorInternalServerError));
    Ok(download("text/csv; charset=utf-8", "audit.csv").streaming(all))
}

/// A line of CSV; what a spreadsheet would take for a formula is text.
fn row(cells: &[&str]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let plain = cells.iter().map(|cell| {
        if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            format!("'{cell}")
        } else {
            (*cell).to_owned()
        }
    });
    // Nothing can go wrong with memory as the file.
    let _infallible = writer.write_record(plain);
    writer.into_inner().unwrap_or_default()
}
