//! A single post is erased: the page, and the same for programs.

use actix_web::{HttpRequest, HttpResponse, web};
use maud::html;
use serde::Deserialize;
use utoipa::ToSchema;

use super::admin::{Admin, Sent, desk_page, then};
use crate::{
    app::App,
    http::{problem::Problem, ui::layout::csrf},
    words::{say, text},
};

/// What is erased.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Erase {
    /// The address of the post, here or where it was before.
    address: String,
    /// Why; its owner reads it.
    why: String,
}

/// `GET /desk/erase`.
pub(super) async fn show(app: web::Data<App>, admin: Admin) -> HttpResponse {
    let body = html! {
        p { (say!("desk-erasing-means")) }
        form.card method="post" action="/desk/erase" {
            (csrf(admin.session()))
            label for="address" { (say!("desk-address-of-the-post")) }
            input #address name="address" type="url" required autocomplete="off" spellcheck="false";
            label for="why" { (say!("desk-reason-the-owner-reads")) }
            textarea #why name="why" required rows="2" maxlength="1000" {}
            p.actions { button.danger type="submit" { (say!("desk-erase-now")) } }
        }
    };
    desk_page(&app, admin.session(), &text!("desk-erase"), &body)
}

/// `POST /desk/erase`.
pub(super) async fn erase(app: web::Data<App>, sent: Sent) -> Result<HttpResponse, Problem> {
    let done = app.erase_post(sent.one("address"), sent.one("why"), Some(sent.admin.id())).await;
    then("/desk/book", done)
}

/// Erases a single post, with its files, for everybody. An Old home that leads here answers that it is gone.
#[utoipa::path(
    post, path = "/api/v1/desk/erase", tag = "desk", security(("session" = [], "csrf" = [])),
    request_body = Erase, responses((status = 204, description = "it is gone"))
)]
pub(super) async fn erase_by_program(
    app: web::Data<App>,
    admin: Admin,
    request: HttpRequest,
    body: web::Json<Erase>,
) -> Result<HttpResponse, Problem> {
    admin.signed.check_header(&request)?;
    app.erase_post(&body.address, &body.why, Some(admin.id())).await?;
    Ok(HttpResponse::NoContent().finish())
}
