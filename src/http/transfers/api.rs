//! The JSON API of a transfer: start, status, keep, announce, discard, map.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    http::{extract::SignedIn, problem::Problem},
    model::{
        choices::Choices,
        ending::Ending,
        id::TransferId,
        mapping::UrlMapping,
        transfer::{Transfer, TransferState},
    },
    site::sessions::Session,
    store::{choices, transfers, url_map},
    transfer::{
        choose, look, start as starting,
        start::Wish,
        status::{self, Status},
        trial, trial_end,
    },
    words::text,
};

/// Longest wait for a change, in seconds; clients ask again.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// Map entries on a page.
const MAP_PAGE: i64 = 500;

/// What to copy.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Start {
    /// The handle at Old home, `@name@server`.
    handle: String,
    /// What shall come; without it everything.
    #[serde(default)]
    choices: Option<Choices>,
    /// Whether the copy goes on by itself after the consent, which it does unless this is `false`:
    /// then it rests at `awaiting_choice` until `begin` is called.
    #[serde(default)]
    begin: Option<bool>,
}

/// What shall come.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Begin {
    /// Without it what was said at the start, else everything.
    #[serde(default)]
    choices: Option<Choices>,
}

/// How it shall end.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct How {
    /// `keep` or `quiet` where it is kept; `announce`, `redirect` or `copy` where Old home is asked.
    #[serde(default)]
    ending: Option<Ending>,
}

/// A transfer that waits for the person's consent at Old home.
#[derive(Debug, Serialize, ToSchema)]
pub struct Started {
    /// Its id.
    id: String,
    /// Where it stands.
    state: TransferState,
    /// Where the person is asked.
    authorize_url: String,
}

/// Where the person consents to the hand-over.
#[derive(Debug, Serialize, ToSchema)]
pub struct Announced {
    /// Where the person is asked.
    authorize_url: String,
}

/// A page of the URL map.
#[derive(Debug, Serialize, ToSchema)]
pub struct MapPage {
    /// Old addresses and their new ones.
    entries: Vec<UrlMapping>,
    /// Pass it as `cursor` for the next page; absent after the last.
    next: Option<String>,
}

/// Waiting for a change.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Seen {
    /// The version already seen.
    seen: Option<u64>,
}

/// Where to go on in the map.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MapQuery {
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A transfer of the signed-in account; somebody else's does not exist.
pub(super) async fn own(app: &App, session: &Session, id: &str) -> Result<Transfer, Problem> {
    let found = transfers::find(&app.store, &TransferId::from(id)).await?;
    found.filter(|transfer| transfer.account == session.account.id).ok_or_else(Problem::not_found)
}

/// The signed-in account's transfers, newest first.
#[utoipa::path(
    get, path = "/api/v1/transfers", tag = "transfers", security(("session" = [])),
    responses((status = 200, body = Vec<Status>))
)]
pub async fn list(app: web::Data<App>, signed: SignedIn) -> Result<HttpResponse, Problem> {
    let mut shown = Vec::new();
    for transfer in transfers::of_account(&app.store, &signed.session.account.id).await? {
        shown.push(status::status(&app.engine, &transfer).await?);
    }
    Ok(HttpResponse::Ok().json(shown))
}

/// Opens a transfer.
#[utoipa::path(
    post, path = "/api/v1/transfers", tag = "transfers", security(("session" = [], "csrf" = [])), request_body = Start,
    responses((status = 201, body = Started))
)]
pub async fn start(
    app: web::Data<App>,
    signed: SignedIn,
    request: HttpRequest,
    body: web::Json<Start>,
) -> Result<HttpResponse, Problem> {
    signed.check_header(&request)?;
    let body = body.into_inner();
    let choices = body.choices.unwrap_or_default();
    if let Some(why) = choices.contradiction() {
        return Err(Problem::bad_request(text!("refusals-nothing-was-begun", why = why)));
    }
    let wish = Wish { choices, waits: body.begin == Some(false) };
    let (id, url) = starting::start(&app.engine, &signed.session.account.id, &body.handle, &wish).await?;
    let transfer = own(&app, &signed.session, id.as_str()).await?;
    Ok(HttpResponse::Created().json(Started {
        id: id.to_string(),
        state: transfer.state,
        authorize_url: url.into(),
    }))
}

/// Where a transfer stands; with `seen`, waits up to 20 seconds for a change.
#[utoipa::path(
    get, path = "/api/v1/transfers/{id}", tag = "transfers", security(("session" = [])),
    params(("id" = String, Path), Seen),
    responses((status = 200, body = Status))
)]
pub async fn status(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
    query: web::Query<Seen>,
) -> Result<HttpResponse, Problem> {
    let mut commits = app.store.commits();
    if let Some(seen) = query.seen {
        let changed = async {
            let _changed_or_shut_down = commits.wait_for(|version| *version > seen).await;
        };
        // That nothing has changed is an answer, too.
        app.watchers.wait(LONGEST_WAIT, changed).await;
    }
    let transfer = own(&app, &signed.session, &id).await?;
    Ok(HttpResponse::Ok().json(status::status(&app.engine, &transfer).await?))
}

/// Begins the copy after the person has seen what there is.
#[utoipa::path(
    post, path = "/api/v1/transfers/{id}/begin", tag = "transfers", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)), request_body = Begin,
    responses((status = 200, body = Status))
)]
pub async fn begin(
    app: web::Data<App>,
    signed: SignedIn,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Begin>,
) -> Result<HttpResponse, Problem> {
    signed.check_header(&request)?;
    let transfer = own(&app, &signed.session, &id).await?;
    let choices = match body.into_inner().choices {
        Some(choices) => choices,
        None => choices::find(&app.store, &transfer.id).await?,
    };
    choose::begin(&app.engine, &transfer, choices).await?;
    answer(&app, &signed, &id).await
}

/// Makes the copy visible without announcing anything.
#[utoipa::path(
    post, path = "/api/v1/transfers/{id}/keep", tag = "transfers", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)), request_body = How,
    responses((status = 200, body = Status))
)]
pub async fn keep(
    app: web::Data<App>,
    signed: SignedIn,
    request: HttpRequest,
    id: web::Path<String>,
    how: Option<web::Json<How>>,
) -> Result<HttpResponse, Problem> {
    signed.check_header(&request)?;
    let transfer = own(&app, &signed.session, &id).await?;
    match how.and_then(|how| how.ending).unwrap_or(Ending::Keep) {
        Ending::Keep => trial::keep(&app.engine, &transfer).await?,
        Ending::Quiet => trial::keep_quietly(&app.engine, &transfer).await?,
        _ => return Err(Problem::bad_request("keep is for the endings keep and quiet")),
    }
    answer(&app, &signed, &id).await
}

/// Begins what is ended at Old home, the announcement unless another `ending` is named: the answer says
/// where the person consents to it.
#[utoipa::path(
    post, path = "/api/v1/transfers/{id}/announce", tag = "transfers", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)), request_body = How,
    responses((status = 200, body = Announced))
)]
pub async fn announce(
    app: web::Data<App>,
    signed: SignedIn,
    request: HttpRequest,
    id: web::Path<String>,
    how: Option<web::Json<How>>,
) -> Result<HttpResponse, Problem> {
    signed.check_header(&request)?;
    let ending = how.and_then(|how| how.ending).unwrap_or(Ending::Announce);
    let url = trial::ask_old_home(&app.engine, &own(&app, &signed.session, &id).await?, ending).await?;
    Ok(HttpResponse::Ok().json(Announced { authorize_url: url.into() }))
}

/// Looks at Old home again now: what is new, changed or deleted there arrives in the copy.
#[utoipa::path(
    post, path = "/api/v1/transfers/{id}/look-again", tag = "transfers", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = Status))
)]
pub async fn look_again(
    app: web::Data<App>,
    signed: SignedIn,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    signed.check_header(&request)?;
    look::ask(&app.engine, &own(&app, &signed.session, &id).await?).await?;
    answer(&app, &signed, &id).await
}

/// Tries again now what failed; by itself that happens once a day while the trial lasts.
#[utoipa::path(
    post, path = "/api/v1/transfers/{id}/try-again", tag = "transfers", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = Status))
)]
pub async fn try_again(
    app: web::Data<App>,
    signed: SignedIn,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    signed.check_header(&request)?;
    look::try_again(&app.engine, &own(&app, &signed.session, &id).await?).await?;
    answer(&app, &signed, &id).await
}

/// Lets the trial last as long as a new one, from now on.
#[utoipa::path(
    post, path = "/api/v1/transfers/{id}/extend", tag = "transfers", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = Status))
)]
pub async fn extend(
    app: web::Data<App>,
    signed: SignedIn,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    signed.check_header(&request)?;
    trial_end::extend(&app.engine, &own(&app, &signed.session, &id).await?).await?;
    answer(&app, &signed, &id).await
}

/// Throws the copy away.
#[utoipa::path(
    post, path = "/api/v1/transfers/{id}/discard", tag = "transfers", security(("session" = [], "csrf" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = Status))
)]
pub async fn discard(
    app: web::Data<App>,
    signed: SignedIn,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    signed.check_header(&request)?;
    trial::discard(&app.engine, &own(&app, &signed.session, &id).await?).await?;
    answer(&app, &signed, &id).await
}

pub(super) async fn answer(app: &App, signed: &SignedIn, id: &str) -> Result<HttpResponse, Problem> {
    let transfer = own(app, &signed.session, id).await?;
    Ok(HttpResponse::Ok().json(status::status(&app.engine, &transfer).await?))
}

/// The URL map, a page at a time.
#[utoipa::path(
    get, path = "/api/v1/transfers/{id}/map", tag = "transfers", security(("session" = [])),
    params(("id" = String, Path), MapQuery),
    responses((status = 200, body = MapPage))
)]
pub async fn map(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
    query: web::Query<MapQuery>,
) -> Result<HttpResponse, Problem> {
    let transfer = own(&app, &signed.session, &id).await?;
    let after = query.cursor.clone().unwrap_or_default();
    let entries = url_map::entries(&app.store, &transfer.id, &after, MAP_PAGE, false).await?;
    let is_full = i64::try_from(entries.len()).is_ok_and(|n| n == MAP_PAGE);
    let next = entries.last().map(|(key, _)| key.clone()).filter(|_| is_full);
    let entries = entries.into_iter().map(|(_, entry)| entry).collect();
    Ok(HttpResponse::Ok().json(MapPage { entries, next }))
}
