//! The page of the name, before anything is copied: is it free here, which others are; then the account, whose name
//! is held while the copy comes. Also for another name on this very server.

use actix_web::{HttpRequest, HttpResponse, cookie::time::Duration, http::StatusCode, web};
use maud::{Markup, html};
use serde::Deserialize;

use super::{before, pages::not_that};
use crate::{
    app::App,
    http::{
        extract::{MaybeSignedIn, SignedIn},
        limits::asks_from,
        problem::Problem,
        site::{refuse_foreign, session_cookie},
        ui::{
            homes::homes,
            layout::{Home, csrf, page},
            words::sentence,
        },
    },
    site::{SiteError, sessions::Session, sign_up::near},
    store::held_names::AT_FIRST,
    transfer::{
        TransferError, admit,
        preflight::{self, Facts},
        start::Wish,
    },
    words::{say, text},
};

/// What the form brings: the account at Old home, and nothing else where the page is only asked for.
#[derive(Deserialize)]
pub(super) struct NameForm {
    of: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    csrf: String,
}

/// The name that stands in the box, and why the one before it did not do.
struct Offer<'a> {
    name: &'a str,
    why: Option<&'a str>,
    others: &'a [String],
}

/// Where somebody signs in who has an account here, and comes back to the box.
pub(super) fn sign_in(of: &str) -> String {
    let of = url::form_urlencoded::Serializer::new(String::new()).append_pair("of", of).finish();
    let next = if of == "of=" { "/transfers/new".to_owned() } else { format!("/transfers/new?{of}") };
    let next = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", &next).finish();
    format!("/sign-in?{next}")
}

/// The way for those who need no new account.
pub(super) fn has_account(app: &App, of: &str) -> Markup {
    let here = app.config.domain();
    html! {
        p { (say!("transfers-have-an-account-here", here = here)) }
        p.actions { a.button href=(sign_in(of)) { (say!("transfers-sign-in-here", here = here)) } }
    }
}

/// What is known of Old home, for somebody without an account here.
async fn look(app: &App, request: &HttpRequest, of: &str) -> Result<Result<Facts, TransferError>, Problem> {
    if !app.config.policy.sign_up {
        return Err(Problem::not_found().page());
    }
    app.site.count_look(&asks_from(request)).map_err(|error| Problem::from(error).page())?;
    match preflight::look(&app.engine, of).await {
        Err(TransferError::Store(error)) => Err(Problem::from(error).page()),
        other => Ok(other),
    }
}

/// From the box to the page of the name.
pub(super) async fn first(app: &App, request: &HttpRequest, of: &str) -> Result<HttpResponse, Problem> {
    refuse_foreign(request)?;
    match look(app, request, of).await? {
        Ok(facts) => offer(app, None, &facts, "", None).await,
        Err(refused) => not_that(app, None, of, &refused).await,
    }
}

/// The page with a name in it that is free: the one from Old home, or one like it.
async fn offer(
    app: &App,
    session: Option<&Session>,
    facts: &Facts,
    tried: &str,
    refused: Option<String>,
) -> Result<HttpResponse, Problem> {
    let wanted = if tried.is_empty() { near(&facts.name) } else { tried.to_owned() };
    let why = match (refused, app.site.name_is_free(&wanted).await) {
        (Some(why), _) | (None, Err(SiteError::Refused(why))) => Some(why),
        (None, found) => found.map(|()| None).map_err(|error| Problem::from(error).page())?,
    };
    let is_free = app.site.name_is_free(&wanted).await.is_ok();
    let free = if is_free { Vec::new() } else { app.site.free_names(&wanted).await.unwrap_or_default() };
    let (name, others) = match free.split_first() {
        Some((first, others)) => (first.as_str(), others),
        None => (wanted.as_str(), &[][..]),
    };
    let shown = Offer { name, why: why.as_deref(), others };
    let body = form(app, session, facts, &shown);
    let title = text!("transfers-your-name-at", here = app.config.domain());
    let mut response = page(app, session, Home::New, &title, &body);
    if !tried.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn form(app: &App, session: Option<&Session>, facts: &Facts, offer: &Offer<'_>) -> Markup {
    let here = app.config.domain();
    let is_rename = facts.host == here;
    html! {
        h1 { (say!("transfers-your-name-at", here = here)) }
        (homes(&facts.handle, &format!("@{}@{here}", offer.name)))
        @if !is_rename { (before::facts(facts)) }
        @if let Some(why) = offer.why {
            div.warning #why role="alert" {
                p { (sentence(why)) }
                @if !offer.name.is_empty() { p {
                    (say!("transfers-this-name-is-free", name = offer.name))
                    @if !offer.others.is_empty() { " " (say!("transfers-and-these", names = offer.others.join(", "))) }
                } }
            }
        } @else { p { (say!("transfers-your-name-is-free", name = offer.name, here = here)) } }
        form.card method="post" action="/transfers/name" {
            @if let Some(session) = session { (csrf(session)) }
            input type="hidden" name="of" value=(facts.handle);
            label for="username" { (say!("transfers-name-here")) }
            input #username type="text" name="username" value=(offer.name) autocomplete="username" required
                autocapitalize="none" spellcheck="false" maxlength="30" pattern="[A-Za-z0-9_]+" list="free"
                aria-invalid=[offer.why.map(|_| "true")] aria-describedby=[offer.why.map(|_| "why")];
            datalist #free { @for name in offer.others { option value=(name) {} } }
            label for="password" { (say!("transfers-a-new-password-for", here = here)) }
            input #password type="password" name="password" autocomplete="new-password" required minlength="8"
                aria-describedby="length";
            p.hint #length { (say!("site-password-length")) }
            p.hint { (say!("transfers-the-name-is-held", here = here)) }
            p.actions { button.primary type="submit" { (say!("transfers-take-this-name")) } }
        }
        p.hint { (say!("transfers-nothing-else-is-asked")) }
        @if session.is_none() { (has_account(app, &facts.handle)) }
    }
}

/// `POST /transfers/name`: takes the name, makes the account nobody sees yet, and goes on to Old home.
pub(super) async fn take(
    app: web::Data<App>,
    request: HttpRequest,
    session: MaybeSignedIn,
    sent: web::Form<NameForm>,
) -> Result<HttpResponse, Problem> {
    let signed = session.0.map(|(session, token)| SignedIn { session, token });
    match &signed {
        Some(signed) => signed.check_form(&sent.csrf).map_err(Problem::page)?,
        None => refuse_foreign(&request)?,
    }
    let session = signed.as_ref().map(|signed| &signed.session);
    let facts = match look(&app, &request, &sent.of).await? {
        Ok(facts) => facts,
        Err(refused) => return not_that(&app, session, &sent.of, &refused).await,
    };
    if sent.username.trim().is_empty() {
        return offer(&app, session, &facts, "", None).await;
    }
    let told = |error: SiteError| Problem::from(error).page();
    let rules = admit::rules(&app.engine).await.map_err(|error| Problem::from(error).page())?;
    let (most, until) = (rules.arrivals.terms.limits.accounts_total, app.clock.now_micros() + AT_FIRST);
    let login = (sent.username.as_str(), sent.password.as_str());
    let account = match app.site.sign_up(login, &asks_from(&request), most, Some(until)).await {
        Ok(account) => account,
        Err(SiteError::Refused(why)) => {
            return offer(&app, session, &facts, sent.username.trim(), Some(why)).await;
        }
        Err(error) => return Err(told(error)),
    };
    // For another name on this server its owner goes on as who they are: they say yes under the old name.
    let is_rename = session.is_some() && facts.host == app.config.domain();
    let token = if is_rename {
        None
    } else {
        Some(app.site.first_sign_in(&account.username, &sent.password).await.map_err(told)?)
    };
    let new = match &token {
        Some(token) => app.site.session(token).await.map_err(told)?,
        None => session.cloned(),
    };
    let wish = Wish { waits: true, ..Wish::default() };
    let mut response = match preflight::preflight(&app.engine, &account.id, &sent.of, &wish).await {
        Ok(found) => {
            let body = before::page(&app, &account.username, &found, &facts.handle);
            page(&app, new.as_ref(), Home::New, &text!("transfers-before-title", host = found.host), &body)
        }
        Err(TransferError::Store(error)) => return Err(Problem::from(error).page()),
        Err(refused) => not_that(&app, new.as_ref(), &sent.of, &refused).await?,
    };
    if let Some(token) = token {
        response
            .add_cookie(&session_cookie(&app, token, Duration::days(30)))
            .map_err(|_| Problem::bad_request(text!("problems-the-session-cannot-be-kept")))?;
    }
    Ok(response)
}
