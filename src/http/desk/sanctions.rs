//! Accounts under a sanction, as far as leaving is concerned: on the page of departures, and for programs.

use actix_web::{HttpRequest, HttpResponse, web};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::admin::{Admin, Sent, then};
use crate::{
    app::App,
    http::{
        problem::{Problem, ProblemKind},
        ui::layout::csrf,
    },
    site::sessions::Session,
    store::{
        audit::AuditRow,
        sanctions::{self, Sanction},
    },
    transfer::{TransferError, TransferResult, admit},
    words::{say, text},
};

/// Sanctions listed at most.
const MOST: i64 = 500;

/// An account under a sanction.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct Sanctioned {
    /// Its login name.
    name: String,
    /// Why; it reads this. Empty lifts the sanction.
    reason: String,
    /// Whether it may take its data along, and nothing else; absent: as the rules say.
    #[serde(default)]
    may_leave: Option<bool>,
}

async fn set(app: &App, by: &str, wanted: Sanctioned) -> TransferResult<()> {
    let nobody = || TransferError::Refused(text!("refusals-no-such-account", name = wanted.name));
    let account = app.host.account_named(wanted.name.trim().trim_start_matches('@')).await?;
    let account = account.ok_or_else(nobody)?;
    let is_lifted = wanted.reason.trim().is_empty();
    let sanction = if is_lifted {
        None
    } else {
        Some(Sanction { reason: admit::said(&wanted.reason, "")?, may_leave: wanted.may_leave })
    };
    let line = AuditRow {
        id: app.clock.id(),
        at: app.clock.now_micros(),
        account_id: Some(by.to_owned()),
        what: if is_lifted { "sanction_lifted" } else { "sanctioned" }.to_owned(),
        detail: account.username,
    };
    Ok(sanctions::set(&app.store, account.id.as_str(), sanction, line).await?)
}

async fn all(app: &App) -> Result<Vec<Sanctioned>, Problem> {
    let mut listed = Vec::new();
    for (account, one) in sanctions::all(&app.store, MOST).await? {
        let found = app.host.account(&account.as_str().into()).await.map_err(Problem::from)?;
        let name = found.map_or(account, |found| found.username);
        listed.push(Sanctioned { name, reason: one.reason, may_leave: one.may_leave });
    }
    Ok(listed)
}

/// The part of the departures' page.
pub(super) async fn part(app: &App, session: &Session) -> Result<Markup, Problem> {
    let all = all(app).await?;
    Ok(html! {
        h2 { (say!("desk-sanctioned")) }
        @if all.is_empty() { p.note { (say!("desk-nobody-is-sanctioned")) } }
        @else { div.table tabindex="0" { table { tbody { @for one in &all { tr {
            th scope="row" { "@" (one.name) }
            td { q { (one.reason) } }
            td { @match one.may_leave {
                Some(true) => (say!("desk-data-may-leave")),
                Some(false) => (say!("desk-nothing-may-leave")),
                None => (say!("desk-as-the-rules-say")),
            } }
            td { form method="post" action="/desk/departures/sanction" {
                (csrf(session))
                input type="hidden" name="name" value=(one.name);
                button type="submit" { (say!("desk-lift-sanction-of", name = one.name)) }
            } }
        } } } } } }
        details.choice { summary { (say!("desk-sanction-somebody")) }
            p.hint { (say!("desk-sanction-means")) }
            form method="post" action="/desk/departures/sanction" {
                (csrf(session))
                label for="name" { (say!("desk-account")) }
                input #name name="name" required autocapitalize="none" autocomplete="off" spellcheck="false";
                label for="reason" { (say!("desk-reason-the-owner-reads")) }
                textarea #reason name="reason" required rows="2" maxlength="1000" {}
                fieldset {
                    legend { (say!("desk-may-the-data-leave")) }
                    label { input type="radio" name="may_leave" value="" checked; span { (say!("desk-as-the-rules-say")) } }
                    label { input type="radio" name="may_leave" value="yes"; span { (say!("desk-data-may-leave")) } }
                    label { input type="radio" name="may_leave" value="no"; span { (say!("desk-nothing-may-leave")) } }
                }
                p.actions { button.danger type="submit" { (say!("desk-sanction-now")) } }
            }
        }
    })
}

/// `POST /desk/departures/sanction`: without a reason it is lifted.
pub(super) async fn sanction(app: web::Data<App>, sent: Sent) -> Result<HttpResponse, Problem> {
    let may_leave = match sent.one("may_leave") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let wanted =
        Sanctioned { name: sent.one("name").to_owned(), reason: sent.one("reason").to_owned(), may_leave };
    then("/desk/departures", set(&app, sent.admin.id(), wanted).await)
}

/// Accounts under a sanction.
#[utoipa::path(
    get, path = "/api/v1/desk/sanctions", tag = "desk", security(("session" = [])),
    responses((status = 200, body = Vec<Sanctioned>))
)]
pub(super) async fn list(app: web::Data<App>, _admin: Admin) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(all(&app).await?))
}

/// Puts an account under a sanction, or (without a reason) lifts it.
#[utoipa::path(
    post, path = "/api/v1/desk/sanctions", tag = "desk", security(("session" = [], "csrf" = [])),
    request_body = Sanctioned, responses((status = 200, body = Vec<Sanctioned>))
)]
pub(super) async fn change(
    app: web::Data<App>,
    admin: Admin,
    request: HttpRequest,
    body: web::Json<Sanctioned>,
) -> Result<HttpResponse, Problem> {
    admin.signed.check_header(&request)?;
    if body.name.trim().is_empty() {
        return Err(Problem::new(ProblemKind::BadRequest, text!("refusals-no-such-account", name = "")));
    }
    set(&app, admin.id(), body.into_inner()).await?;
    list(app, admin).await
}
