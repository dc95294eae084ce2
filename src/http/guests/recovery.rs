//! What was left behind stays in its owner's hands when the server beside us lets them in no more: by a code,
//! or by what their new account shows.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    http::header,
    web,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{WAY_COOKIE, callback::HOURS};
use crate::{
    app::App,
    http::{
        extract::{MaybeSignedIn, SignedIn},
        limits::asks_from,
        problem::Problem,
        proof,
        site::session::{go, refuse_foreign, session_cookie},
        ui::{
            homes::leaving,
            layout::{self, Home, csrf},
        },
    },
    model::id::AccountId,
    site::sessions::Session,
    store::departures,
    transfer::guests::{self, Reception},
    words::{say, text},
};

/// Where all of this is.
const PATH: &str = "/departures/code";

/// Whose, and what they have.
#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    username: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    word: String,
}

/// The button that makes a code.
#[derive(Deserialize)]
pub(super) struct Wanted {
    csrf: String,
}

/// `GET /departures/code`: a code for who is signed in, a way in for who is not.
pub(super) async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    session: MaybeSignedIn,
) -> Result<HttpResponse, Problem> {
    let reception = reception(&app, &request)?;
    match session.0 {
        Some((session, _)) => Ok(offer(&app, &reception, &session, None).await?),
        None => Ok(ways(&app, "", None, html! {})),
    }
}

/// `POST /departures/code/new`: makes a code and shows it, this once.
pub(super) async fn make(
    app: web::Data<App>,
    request: HttpRequest,
    signed: SignedIn,
    form: web::Form<Wanted>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    let reception = reception(&app, &request)?;
    let session = &signed.session;
    if !proof::is_given(&app, &signed, "").await.map_err(Problem::page)? {
        let why = proof::missing(&app, session, String::new());
        return offer(&app, &reception, session, Some(why)).await;
    }
    let code = guests::make_code(&reception, &session.account.id).await;
    let code = code.map_err(|error| Problem::from(error).page())?;
    let title = text!("guests-your-code");
    let left = departures::current(&app.store, session.account.id.as_str()).await?;
    let body = html! {
        h1 { (title) }
        @if let Some(left) = &left { (leaving(&app, &session.account.username, &left.target)) }
        p { (say!("guests-write-it-down-now")) }
        p.card { code #code { (code) } }
        p.actions { a.button.primary href="/departures" { (say!("guests-i-have-written-it-down")) } }
    };
    let mut page = layout::page(&app, Some(session), Home::Old, &title, &body);
    page.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(page)
}

/// `POST /departures/code`: in by the code.
pub(super) async fn enter(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<Shown>,
) -> Result<HttpResponse, Problem> {
    refuse_foreign(&request)?;
    let reception = reception(&app, &request)?;
    let who = count(&app, &request, &form.username)?;
    let account = account(&app, &form.username).await?;
    let token = guests::by_code(&reception, &account, &form.code).await;
    let Some(token) = token.map_err(|error| Problem::from(error).page())? else {
        return Ok(ways(&app, &form.username, Some(text!("guests-that-is-not-the-code")), html! {}));
    };
    app.site.forgive_tries(&who);
    let side = app.source_side();
    side.note(account.as_str(), "recovered", "code").await.map_err(|error| Problem::from(error).page())?;
    inside(&app, token)
}

/// `POST /departures/code/word`: a word to be shown at the new account.
pub(super) async fn word(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<Shown>,
) -> Result<HttpResponse, Problem> {
    refuse_foreign(&request)?;
    let reception = reception(&app, &request)?;
    count(&app, &request, &form.username)?;
    let account = account(&app, &form.username).await?;
    let made = guests::word(&reception, &account).await;
    let (word, browser) = made.map_err(|error| Problem::from(error).page())?;
    let mut page = ways(&app, &form.username, None, to_be_shown(&form.username, &word));
    let cookie = Cookie::build(WAY_COOKIE, browser)
        .path(PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(reception.base.scheme() == "https")
        .max_age(Duration::minutes(30))
        .finish();
    page.add_cookie(&cookie)
        .map_err(|_| Problem::bad_request(text!("problems-the-session-cannot-be-kept")).page())?;
    Ok(page)
}

/// `POST /departures/code/proven`: in by what the new account shows.
pub(super) async fn proven(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<Shown>,
) -> Result<HttpResponse, Problem> {
    refuse_foreign(&request)?;
    let reception = reception(&app, &request)?;
    let who = count(&app, &request, &form.username)?;
    let account = account(&app, &form.username).await?;
    let browser = request.cookie(WAY_COOKIE).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let side = app.source_side();
    let token = guests::by_new_account(&reception, &side.signer, &account, &form.word, &browser).await;
    let Some(token) = token.map_err(|error| Problem::from(error).page())? else {
        let why = text!("guests-the-new-account-does-not-show-it");
        return Ok(ways(&app, &form.username, Some(why), to_be_shown(&form.username, &form.word)));
    };
    app.site.forgive_tries(&who);
    side.note(account.as_str(), "recovered", "new account")
        .await
        .map_err(|error| Problem::from(error).page())?;
    inside(&app, token)
}

fn reception(app: &App, request: &HttpRequest) -> Result<Reception, Problem> {
    app.reception().ok_or_else(|| Problem::not_found().for_request(request))
}

/// Counts a try; who it is counted for.
fn count(app: &App, request: &HttpRequest, username: &str) -> Result<String, Problem> {
    let from = asks_from(request);
    let who = format!("{} by code from {from}", username.trim().to_ascii_lowercase());
    app.site.count_try(&who).map_err(|error| Problem::from(error).page())?;
    Ok(who)
}

/// The account of a name. One that is not there has no code either, and no new account.
async fn account(app: &App, username: &str) -> Result<AccountId, Problem> {
    let name = username.trim().trim_start_matches('@').split('@').next().unwrap_or_default();
    let found = app.host.account_named(name).await.map_err(|error| Problem::from(error).page())?;
    Ok(found.map_or_else(|| AccountId::from(""), |account| account.id))
}

fn inside(app: &App, token: String) -> Result<HttpResponse, Problem> {
    let mut response = go("/departures");
    response
        .add_cookie(&session_cookie(app, token, Duration::hours(HOURS)))
        .map_err(|_| Problem::bad_request(text!("problems-the-session-cannot-be-kept")).page())?;
    Ok(response)
}

async fn offer(
    app: &App,
    reception: &Reception,
    session: &Session,
    problem: Option<String>,
) -> Result<HttpResponse, Problem> {
    let has_code = guests::has_code(reception, &session.account.id).await;
    let has_code = has_code.map_err(|error| Problem::from(error).page())?.is_some();
    let (title, domain) = (text!("guests-a-code-for-later"), app.config.domain());
    let left = departures::current(&app.store, session.account.id.as_str()).await?;
    let body = html! {
        h1 { (title) }
        @if let Some(left) = &left { (leaving(app, &session.account.username, &left.target)) }
        @if let Some(problem) = &problem { p.warning #why role="alert" { (problem) } }
        p { (say!("guests-what-the-code-is-for", domain = domain)) }
        @if has_code { p.note { (say!("guests-you-have-a-code")) } }
        form.card method="post" action={ (PATH) "/new" } {
            (csrf(session))
            (proof::field(app, session, PATH, &html! {}, problem.as_ref().map(|_| "why")))
            p.actions {
                button.primary type="submit" { (say!("guests-make-a-code")) }
                a.button href="/departures" { (say!("departures-not-now")) }
            }
        }
    };
    Ok(layout::page(app, Some(session), Home::Old, &title, &body))
}

/// The ways in for who is not signed in.
fn ways(app: &App, username: &str, problem: Option<String>, more: Markup) -> HttpResponse {
    let (title, domain) = (text!("guests-your-account-moved"), app.config.domain());
    let name = |id: &str| {
        html! {
            label for=(id) { (say!("guests-your-old-name", domain = domain)) }
            input id=(id) type="text" name="username" value=(username) autocomplete="username" autocapitalize="none" spellcheck="false" required;
        }
    };
    let body = html! {
        h1 { (title) }
        @if let Some(problem) = &problem { p.warning #why role="alert" { (problem) } }
        p { (say!("guests-let-in-no-more", domain = domain)) }
        form.card method="post" action=(PATH) {
            h2 { (say!("guests-with-the-code")) }
            (name("name-with-code"))
            label for="code" { (say!("guests-the-code")) }
            input #code type="text" name="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" required
                aria-describedby=[problem.as_ref().map(|_| "why")];
            p.actions { button.primary type="submit" { (say!("guests-go-on")) } }
        }
        (more)
        form.card method="post" action={ (PATH) "/word" } {
            h2 { (say!("guests-with-the-new-account")) }
            p { (say!("guests-a-word-explained")) }
            (name("name-with-word"))
            p.actions { button type="submit" { (say!("guests-give-me-a-word")) } }
        }
    };
    layout::page(app, None, Home::Old, &title, &body)
}

fn to_be_shown(username: &str, word: &str) -> Markup {
    html! {
        form.card method="post" action={ (PATH) "/proven" } {
            h2 { (say!("guests-put-this-word")) }
            p { code #word { (word) } }
            p { (say!("guests-then-press")) }
            input type="hidden" name="username" value=(username);
            input type="hidden" name="word" value=(word);
            p.actions { button.primary type="submit" { (say!("guests-it-stands-there")) } }
        }
    }
}
