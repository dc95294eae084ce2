//! The desk for programs: everything its pages do.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{admin::Admin, arrivals::MOST, request_page::found};
use crate::{
    app::App,
    http::problem::Problem,
    model::{
        collection::CollectionKind,
        policy::{Need, Policy, Request, WhatIf},
    },
    store::{
        applications::{self, Application},
        hidden_imports::{self, Hidden},
    },
    transfer::{
        admit::{self, Word},
        desk::{self, Leaving},
        hide::{self as hiding, Deed},
    },
};

/// The rules in force.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Rules {
    /// Grows with every change; 0 is the configuration file.
    version: i64,
    /// The rules.
    policy: Policy,
    /// The same, a sentence each.
    sentences: Vec<String>,
}

/// Other rules.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewRules {
    /// The version they were made from.
    version: i64,
    /// The rules.
    policy: Policy,
}

/// A request to come here.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Arrival {
    /// Its transfer.
    id: String,
    /// What is asked.
    request: Request,
    /// `pending`, `admitted`, `approved`, `declined`, `refused` or `timed_out`.
    outcome: String,
    /// Why an admin looks first.
    needs: Vec<Need>,
    /// Why not.
    why: Option<String>,
    /// Kinds that stay where they are.
    without_kinds: BTreeSet<CollectionKind>,
    /// Bytes that are kept for it.
    reserved_bytes: u64,
    /// What an admin wants to know.
    question: Option<String>,
    /// What the applicant says to it.
    answer: Option<String>,
    /// Not to be looked at before; microseconds since 1970, as all below.
    held_until: Option<i64>,
    /// When it was made.
    asked_at: i64,
    /// When it was answered.
    decided_at: Option<i64>,
    /// The admin's account; absent where the rules or the command line answered.
    decided_by: Option<String>,
    /// Where the copy is out of sight.
    hidden: Option<Hidden>,
}

impl From<Application> for Arrival {
    fn from(one: Application) -> Self {
        Self {
            id: one.transfer.to_string(),
            request: one.request,
            outcome: one.outcome,
            needs: one.needs,
            why: one.why,
            without_kinds: one.without_kinds,
            reserved_bytes: one.reserved_bytes,
            question: one.question,
            answer: one.answer,
            held_until: one.held_until,
            asked_at: one.asked_at,
            decided_at: one.decided_at,
            decided_by: one.decided_by,
            hidden: None,
        }
    }
}

/// Requests, those that wait first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Arrivals {
    /// In the order of the queue.
    waiting: Vec<Arrival>,
    /// The latest that were answered.
    answered: Vec<Arrival>,
    /// Copies that are out of sight.
    hidden: Vec<Hidden>,
}

/// Let in, perhaps without some kinds.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct Approve {
    /// Kinds that stay where they are.
    #[serde(default)]
    without: BTreeSet<CollectionKind>,
}

/// Not let in, or out of sight.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Decline {
    /// Why; whoever it is about reads it.
    why: String,
}

/// Something to be known first.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Ask {
    /// The applicant reads it.
    question: String,
}

/// Not now.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Hold {
    /// For how many days, 1 to 90.
    days: u32,
}

/// Where nobody leaves for any more.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Stop {
    /// The server; without it all of them.
    #[serde(default)]
    server: Option<String>,
}

/// The rules in force.
#[utoipa::path(
    get, path = "/api/v1/desk/policy", tag = "desk", security(("session" = [])),
    responses((status = 200, body = Rules))
)]
pub(super) async fn policy(app: web::Data<App>, _admin: Admin) -> Result<HttpResponse, Problem> {
    let now = desk::rules(&app.engine).await?;
    let sentences = now.policy.sentences();
    Ok(HttpResponse::Ok().json(Rules { version: now.version, policy: now.policy, sentences }))
}

/// Puts other rules into force, if those they were made from still are.
#[utoipa::path(
    post, path = "/api/v1/desk/policy", tag = "desk", security(("session" = [], "csrf" = [])),
    request_body = NewRules, responses((status = 200, body = Rules))
)]
pub(super) async fn change_policy(
    app: web::Data<App>,
    admin: Admin,
    request: HttpRequest,
    body: web::Json<NewRules>,
) -> Result<HttpResponse, Problem> {
    admin.signed.check_header(&request)?;
    let NewRules { version, policy } = body.into_inner();
    desk::change(&app.engine, version, policy, Some(admin.id())).await?;
    self::policy(app, admin).await
}

/// What other rules would have answered to the requests of the last 90 days.
#[utoipa::path(
    post, path = "/api/v1/desk/policy/what-if", tag = "desk", security(("session" = [], "csrf" = [])),
    request_body = Policy, responses((status = 200, body = WhatIf))
)]
pub(super) async fn what_if(
    app: web::Data<App>,
    admin: Admin,
    request: HttpRequest,
    body: web::Json<Policy>,
) -> Result<HttpResponse, Problem> {
    admin.signed.check_header(&request)?;
    Ok(HttpResponse::Ok().json(desk::what_if(&app.engine, &body).await?))
}

/// Requests that wait, and the latest that were answered.
#[utoipa::path(
    get, path = "/api/v1/desk/arrivals", tag = "desk", security(("session" = [])),
    responses((status = 200, body = Arrivals))
)]
pub(super) async fn arrivals(app: web::Data<App>, _admin: Admin) -> Result<HttpResponse, Problem> {
    let waiting = applications::pending(&app.store, app.clock.now_micros(), MOST).await?;
    let answered = applications::answered(&app.store, MOST).await?;
    let all = |list: Vec<Application>| list.into_iter().map(Arrival::from).collect();
    let hidden = hidden_imports::all(&app.store, MOST).await?;
    Ok(HttpResponse::Ok().json(Arrivals { waiting: all(waiting), answered: all(answered), hidden }))
}

/// One request.
#[utoipa::path(
    get, path = "/api/v1/desk/arrivals/{id}", tag = "desk", security(("session" = [])),
    params(("id" = String, Path)), responses((status = 200, body = Arrival))
)]
pub(super) async fn arrival(
    app: web::Data<App>,
    _admin: Admin,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let (transfer, one) = found(&app, &id).await?;
    let hidden = hidden_imports::find(&app.store, &transfer.id).await?.filter(Hidden::holds);
    Ok(HttpResponse::Ok().json(Arrival { hidden, ..Arrival::from(one) }))
}

async fn say(
    app: web::Data<App>,
    admin: Admin,
    request: &HttpRequest,
    id: web::Path<String>,
    word: Word,
) -> Result<HttpResponse, Problem> {
    admin.signed.check_header(request)?;
    let (transfer, _) = found(&app, &id).await?;
    admit::answer(&app.engine, &transfer, Some(admin.id()), word).await?;
    arrival(app, admin, id).await
}

/// Lets a request in that waits; the limits are asked once more.
#[utoipa::path(
    post, path = "/api/v1/desk/arrivals/{id}/approve", tag = "desk", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)), request_body = Approve, responses((status = 200, body = Arrival))
)]
pub(super) async fn approve(
    app: web::Data<App>,
    admin: Admin,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Approve>,
) -> Result<HttpResponse, Problem> {
    say(app, admin, &request, id, Word::Approve(body.into_inner().without)).await
}

/// Does not let it in; everything of it is thrown away, but for the reason.
#[utoipa::path(
    post, path = "/api/v1/desk/arrivals/{id}/decline", tag = "desk", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)), request_body = Decline, responses((status = 200, body = Arrival))
)]
pub(super) async fn decline(
    app: web::Data<App>,
    admin: Admin,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Decline>,
) -> Result<HttpResponse, Problem> {
    say(app, admin, &request, id, Word::Decline(body.into_inner().why)).await
}

/// Asks the applicant something.
#[utoipa::path(
    post, path = "/api/v1/desk/arrivals/{id}/ask", tag = "desk", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)), request_body = Ask, responses((status = 200, body = Arrival))
)]
pub(super) async fn ask(
    app: web::Data<App>,
    admin: Admin,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Ask>,
) -> Result<HttpResponse, Problem> {
    say(app, admin, &request, id, Word::Ask(body.into_inner().question)).await
}

/// Holds it back for some days.
#[utoipa::path(
    post, path = "/api/v1/desk/arrivals/{id}/hold", tag = "desk", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)), request_body = Hold, responses((status = 200, body = Arrival))
)]
pub(super) async fn hold(
    app: web::Data<App>,
    admin: Admin,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Hold>,
) -> Result<HttpResponse, Problem> {
    say(app, admin, &request, id, Word::Hold(body.into_inner().days)).await
}

async fn deed(
    app: web::Data<App>,
    admin: Admin,
    request: &HttpRequest,
    id: web::Path<String>,
    deed: Deed,
) -> Result<HttpResponse, Problem> {
    admin.signed.check_header(request)?;
    let (transfer, _) = found(&app, &id).await?;
    hiding::act(&app.engine, &transfer, Some(admin.id()), deed).await?;
    arrival(app, admin, id).await
}

/// Takes a whole copy out of everybody's sight but its owner's, until it is shown again.
#[utoipa::path(
    post, path = "/api/v1/desk/arrivals/{id}/hide", tag = "desk", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)), request_body = Decline, responses((status = 200, body = Arrival))
)]
pub(super) async fn hide(
    app: web::Data<App>,
    admin: Admin,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Decline>,
) -> Result<HttpResponse, Problem> {
    deed(app, admin, &request, id, Deed::Hide(body.into_inner().why)).await
}

/// As `hide`, and after 30 days it is taken away for good unless it is shown again before.
#[utoipa::path(
    post, path = "/api/v1/desk/arrivals/{id}/remove", tag = "desk", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)), request_body = Decline, responses((status = 200, body = Arrival))
)]
pub(super) async fn remove(
    app: web::Data<App>,
    admin: Admin,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Decline>,
) -> Result<HttpResponse, Problem> {
    deed(app, admin, &request, id, Deed::Remove(body.into_inner().why)).await
}

/// Shows a copy again, exactly as it was.
#[utoipa::path(
    post, path = "/api/v1/desk/arrivals/{id}/show", tag = "desk", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)), responses((status = 200, body = Arrival))
)]
pub(super) async fn show(
    app: web::Data<App>,
    admin: Admin,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    deed(app, admin, &request, id, Deed::Show).await
}

/// Who leaves, where to, and what is unusual.
#[utoipa::path(
    get, path = "/api/v1/desk/departures", tag = "desk", security(("session" = [])),
    responses((status = 200, body = Leaving))
)]
pub(super) async fn departures(app: web::Data<App>, _admin: Admin) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(desk::leaving(&app.engine).await?))
}

/// Nobody leaves for a server any more, or for any.
#[utoipa::path(
    post, path = "/api/v1/desk/departures/stop", tag = "desk", security(("session" = [], "csrf" = [])),
    request_body = Stop, responses((status = 200, body = Leaving))
)]
pub(super) async fn stop(
    app: web::Data<App>,
    admin: Admin,
    request: HttpRequest,
    body: web::Json<Stop>,
) -> Result<HttpResponse, Problem> {
    admin.signed.check_header(&request)?;
    desk::stop(&app.engine, body.server.as_deref(), Some(admin.id())).await?;
    departures(app, admin).await
}
