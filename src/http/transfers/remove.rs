//! Removing what came, as a page and as JSON: what goes, what stays, and the password.

use actix_web::{HttpRequest, HttpResponse, web};
use maud::html;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    api::{answer, own},
    pages::back,
    pressed::Pressed,
    words,
};
use crate::words::{say, text};
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::{Problem, ProblemKind},
        proof,
        ui::{
            homes::{homes, own as own_handle},
            layout::{Home, csrf, page},
        },
    },
    model::{ending::Ending, transfer::TransferState},
    transfer::removal,
};

/// The owner's word, with the password of the account here.
#[derive(Deserialize, ToSchema)]
pub struct Remove {
    /// The password at this server.
    #[schema(format = Password)]
    password: String,
    /// Whether posts go that others have answered or boosted.
    #[serde(default)]
    answered_too: bool,
}

/// `GET /transfers/{id}/remove`: what will happen.
pub async fn show(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let transfer = own(&app, &signed.session, &id).await.map_err(Problem::page)?;
    if !transfer.state.may_become(TransferState::Removing) {
        return back(&id, Ok(()));
    }
    let answered =
        removal::answered(&app.engine, &transfer).await.map_err(|error| Problem::from(error).page())?;
    let ending = transfer.ending;
    let title = text!("transfers-remove-what-came-2");
    let body = html! {
        h1 { (title) }
        (homes(&words::old_handle(&transfer), &own_handle(&app, &signed.session.account.username)))
        p { (say!("transfers-everything-that-came-from-is-deleted", transfer = words::old_handle(&transfer))) }
        ul.effects {
            li { (say!("transfers-addresses-of-posts-that-were-public")) }
            @if ending.is_some_and(Ending::redirects) {
                li { (say!("transfers-old-home-is-told-first-and-stops")) }
            }
            @if ending == Some(Ending::Announce) {
                li { (say!("transfers-what-was-announced-cannot-be-called")) }
            }
            @if ending == Some(Ending::Copy) { li { (say!("transfers-old-home-is-told-first-and-no")) } }
            li { (say!("transfers-you-can-copy-again-at-any-time")) }
        }
        form.card method="post" action={ "/transfers/" (transfer.id) "/remove" } {
            (csrf(&signed.session))
            @if answered > 0 {
                label {
                    input type="checkbox" name="answered_too" value="yes" required;
                    span { (say!("transfers-others-have-answered-or-boosted-they", answered = answered)) }
                }
            }
            (proof::field(&app, &signed.session, &format!("/transfers/{}/remove", transfer.id), &say!("transfers-your-password-here"), None))
            p.actions {
                button.danger type="submit" { (say!("transfers-remove-what-came-2")) }
                a.button href={ "/transfers/" (transfer.id) } { (say!("transfers-not-now")) }
            }
        }
    };
    Ok(page(&app, Some(&signed.session), Home::New, &title, &body))
}

/// `POST /transfers/{id}/remove`.
pub async fn remove(pressed: Pressed) -> Result<HttpResponse, Problem> {
    let transfer = pressed.transfer().await?;
    check(&pressed.app, &pressed.signed, pressed.one("password")).await.map_err(Problem::page)?;
    let answered_too = !pressed.one("answered_too").is_empty();
    back(&pressed.id, removal::remove(&pressed.app.engine, &transfer, answered_too).await)
}

/// Removes what came with a transfer that was kept.
#[utoipa::path(
    post, path = "/api/v1/transfers/{id}/remove", tag = "transfers", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)), request_body = Remove,
    responses((status = 200, body = crate::transfer::status::Status))
)]
pub async fn remove_by_program(
    app: web::Data<App>,
    signed: SignedIn,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Remove>,
) -> Result<HttpResponse, Problem> {
    signed.check_header(&request)?;
    let transfer = own(&app, &signed.session, &id).await?;
    check(&app, &signed, &body.password).await?;
    removal::remove(&app.engine, &transfer, body.answered_too).await?;
    answer(&app, &signed, &id).await
}

async fn check(app: &App, signed: &SignedIn, password: &str) -> Result<(), Problem> {
    if proof::is_given(app, signed, password).await? {
        return Ok(());
    }
    let why = text!("transfers-nothing-was-removed-that-is-not-the");
    let why = proof::missing(app, &signed.session, why);
    Err(Problem::new(ProblemKind::Refused, why))
}
