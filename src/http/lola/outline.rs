//! The account in a few numbers, before anything of it is read.

use actix_web::{HttpRequest, HttpResponse, web};

use super::guard::open;
use crate::{app::App, http::problem::Problem, model::outlook::Outline, transfer::export};

/// How long all files are together, and how many followers there are on which server.
#[utoipa::path(
    get, path = "/godwit/lola/{name}/outline", tag = "lola", security(("lola" = ["activitypub_account_portability"])),
    params(("name" = String, Path, description = "login name of the account the token is for")),
    responses((status = 200, body = Outline))
)]
pub(super) async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let opened = open(&app, &request, &name).await?;
    export::reads(&opened.grant)?;
    Ok(HttpResponse::Ok().json(export::outline(&opened.grant, &*opened.source).await?))
}
