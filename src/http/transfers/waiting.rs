//! What an applicant reads while the admins of New home look at the request, and what they say to a question.

use actix_web::{HttpRequest, HttpResponse, web};
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    api::{self, own},
    pages::back,
    pressed::Pressed,
};
use crate::{
    app::App,
    http::{
        desk,
        extract::SignedIn,
        problem::Problem,
        ui::{layout::csrf, words::sentence},
    },
    model::transfer::{Transfer, TransferState as S},
    site::{accounts::Account, sessions::Session},
    store::{applications, transfers},
    transfer::{
        admit,
        status::{Application, Status},
    },
    words::say,
};

/// Where the request stands: place, reasons, the question; or why not.
pub(super) fn waiting(session: &Session, transfer: &Transfer, status: &Status, seen: &Markup) -> Markup {
    let Some(one) = &status.application else { return html! {} };
    html! {
        @match transfer.state {
            S::AwaitingApproval => (queue(session, transfer, one, seen)),
            S::Discarding | S::Discarded if matches!(one.outcome.as_str(), "declined" | "timed_out") => {
                p.warning role="note" {
                    (say!("transfers-the-admins-did-not-let-it-in", why = sentence(one.why.as_deref().unwrap_or_default())))
                }
            }
            _ => {}
        }
    }
}

/// What the admins have before them: the request as they see it, and the posts their sample is drawn from.
pub(super) async fn seen(app: &App, account: &Account, transfer: &Transfer) -> Result<Markup, Problem> {
    let survey = transfers::survey(&app.store, &transfer.id).await?.unwrap_or_default();
    let Some(one) = applications::find(&app.store, &transfer.id).await? else { return Ok(html! {}) };
    Ok(html! {
        (desk::packet(app, &one, &survey, &account.username))
        (desk::drawn_from(transfer, &survey))
    })
}

fn queue(session: &Session, transfer: &Transfer, one: &Application, seen: &Markup) -> Markup {
    html! {
        @if let Some(place) = one.place { p { (say!("transfers-your-place-in-the-queue", place = place)) } }
        @if !one.needs.is_empty() { ul { @for need in &one.needs { li { (need) } } } }
        details.choice {
            summary { (say!("transfers-what-the-admins-see-exactly")) }
            p.hint { (say!("transfers-what-the-admins-see")) }
            (seen)
        }
        @if let Some(question) = &one.question {
            section.card aria-labelledby="question" {
                h2 #question { (say!("transfers-the-admins-ask")) }
                blockquote { p { (question) } }
                @if let Some(answer) = &one.answer { p { (say!("transfers-you-said")) " " q { (answer) } } }
                @else {
                    form method="post" action={ "/transfers/" (transfer.id) "/answer" } {
                        (csrf(session))
                        label for="answer" { (say!("transfers-your-answer")) }
                        textarea #answer name="answer" required rows="3" maxlength="1000" {}
                        p.actions { button.primary type="submit" { (say!("transfers-answer")) } }
                    }
                }
            }
        }
    }
}

/// `POST /transfers/{id}/answer`.
pub(super) async fn answer_pressed(pressed: Pressed) -> Result<HttpResponse, Problem> {
    let transfer = pressed.transfer().await?;
    back(&pressed.id, admit::reply(&pressed.app.engine, &transfer, pressed.one("answer")).await)
}

/// What an applicant says to the admins' question.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Reply {
    /// The answer.
    answer: String,
}

/// Answers the question of New home's admins.
#[utoipa::path(
    post, path = "/api/v1/transfers/{id}/answer", tag = "transfers", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)), request_body = Reply,
    responses((status = 200, body = Status))
)]
pub(super) async fn answer(
    app: web::Data<App>,
    signed: SignedIn,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Reply>,
) -> Result<HttpResponse, Problem> {
    signed.check_header(&request)?;
    admit::reply(&app.engine, &own(&app, &signed.session, &id).await?, &body.answer).await?;
    api::answer(&app, &signed, &id).await
}
