//! What the account has, in numbers and digests; and single items by their key.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{guard::open, pieces};
use crate::{
    app::App,
    http::problem::Problem,
    model::{collection::Cursor, inventory::Tally, item::ItemKind},
    port::source::EntriesWanted,
    transfer::inventory::{self, Answer, EntriesAnswer, EntriesQuestion, ItemsQuestion},
    wire,
};

/// What an answer is that is no collection.
const JSON: &str = "application/json";

/// Which pass is meant.
#[derive(Deserialize, ToSchema)]
pub(super) struct PassQuestion {
    /// From 1; the same pass is the same inventory.
    pass: u32,
}

/// Counts what the account has, a piece at a time: 202 until it is frozen, then the signed inventory.
#[utoipa::path(
    post, path = "/godwit/lola/{name}/inventory", tag = "lola",
    security(("lola" = ["activitypub_account_portability"])),
    params(("name" = String, Path, description = "login name of the account the token is for")),
    request_body = PassQuestion,
    responses(
        (status = 200, description = "frozen and signed", body = wire::seal::Sealed),
        (status = 202, description = "counted so far; ask again at once", body = Answer)
    )
)]
pub(super) async fn freeze(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let opened = open(&app, &request, &name).await?;
    let PassQuestion { pass } = read(&body)?;
    let answer = inventory::freeze(&opened.side, &opened.grant, &*opened.source, pass).await?;
    Ok(match answer {
        Answer::Frozen(document) => HttpResponse::Ok().json(document),
        counting @ Answer::Counting { .. } => HttpResponse::Accepted().json(counting),
    })
}

/// The buckets behind one line of an inventory.
#[utoipa::path(
    get, path = "/godwit/lola/{name}/inventory/{pass}/{kind}", tag = "lola",
    security(("lola" = ["activitypub_account_portability"])),
    params(
        ("name" = String, Path, description = "login name of the account the token is for"),
        ("pass" = u32, Path, description = "which pass"),
        ("kind" = ItemKind, Path, description = "which kind")
    ),
    responses((status = 200, body = Tally))
)]
pub(super) async fn buckets(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, u32, String)>,
) -> Result<HttpResponse, Problem> {
    let (name, pass, kind) = path.into_inner();
    let opened = open(&app, &request, &name).await?;
    let kind = ItemKind::from_word(&kind).ok_or_else(Problem::not_found)?;
    let buckets = inventory::buckets(&opened.side, &opened.grant, pass, kind).await?;
    pieces::json(JSON, &buckets)
}

/// Keys and content hashes of what lies in some buckets now.
#[utoipa::path(
    post, path = "/godwit/lola/{name}/inventory/entries", tag = "lola",
    security(("lola" = ["activitypub_account_portability"])),
    params(("name" = String, Path, description = "login name of the account the token is for")),
    request_body = EntriesQuestion, responses((status = 200, body = EntriesAnswer))
)]
pub(super) async fn entries(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let opened = open(&app, &request, &name).await?;
    let EntriesQuestion { kind, bits, buckets, cursor } = read(&body)?;
    let wanted = EntriesWanted { kind, bits, buckets };
    let found = inventory::entries(&opened.grant, &*opened.source, wanted, cursor.map(Cursor)).await?;
    let next = found.next.map(|cursor| cursor.0);
    pieces::json(JSON, &EntriesAnswer { entries: found.entries, next })
}

/// Single items, as they stand in the pages; what is not there any more is left out.
#[utoipa::path(
    post, path = "/godwit/lola/{name}/inventory/items", tag = "lola",
    security(("lola" = ["activitypub_account_portability"])),
    params(("name" = String, Path, description = "login name of the account the token is for")),
    request_body = ItemsQuestion,
    responses((status = 200, body = wire::collection::Page, content_type = "application/activity+json"))
)]
pub(super) async fn items(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let opened = open(&app, &request, &name).await?;
    let wanted: ItemsQuestion = read(&body)?;
    let found = inventory::items(&opened.grant, &*app.host, &*opened.source, &wanted).await?;
    let at = app.site.urls.at(&["godwit", "lola", &opened.account.username, wanted.collection.as_str()]);
    let page = wire::collection::page(&at, &at, found, None);
    pieces::json(wire::ACTIVITY_JSON, &page)
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body)
        .map_err(|error| Problem::bad_request(format!("the question is not understood: {error}")))
}
