//! New home's pages: one box for the old address, then numbers and buttons.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Deserialize;

use super::{api::own, before, looks, name, pressed::Pressed, view, waiting, words};
use crate::words::text;
use crate::{
    app::App,
    http::{
        extract::{MaybeSignedIn, SignedIn},
        live::{self, Shown},
        problem::Problem,
        ui::{
            home::OpenCopy,
            layout::{Home, page},
        },
    },
    model::{
        choices::Choices,
        ending::Ending,
        login::Purpose,
        transfer::{Transfer, TransferState as S},
    },
    site::{accounts::Account, sessions::Session},
    store::{StoreError, logins, transfers},
    transfer::{
        TransferError, forecast::forecast, give_map, look, preflight::preflight, sign_in_again, start::Wish,
        status::status, trial, trial_end,
    },
};

/// How often the page of a working transfer is looked at again, in seconds.
const RUNNING_SECONDS: u32 = 2;
/// The same while Old home has its turn.
const WAITING_SECONDS: u32 = 4;

/// The same while the admins here have theirs.
const QUEUED_SECONDS: u32 = 30;

/// The box with the old address.
#[derive(Debug, Deserialize)]
pub struct HandleForm {
    handle: String,
    #[serde(default)]
    csrf: String,
}

/// An address that is in the box already.
#[derive(Debug, Deserialize)]
pub struct Prefilled {
    #[serde(default)]
    of: String,
}

/// `GET /transfers/new`.
pub async fn new(
    app: web::Data<App>,
    session: MaybeSignedIn,
    prefilled: web::Query<Prefilled>,
) -> Result<HttpResponse, Problem> {
    let Some((session, _)) = &session.0 else {
        if !app.config.policy.sign_up {
            return Ok(see(&name::sign_in(&prefilled.of)));
        }
        let typed = view::Typed { text: &prefilled.of, error: None };
        let body = view::new(&app, None, &typed, &[]);
        return Ok(page(&app, None, Home::New, &text!("transfers-bring-an-account-here"), &body));
    };
    let before = transfers::of_account(&app.store, &session.account.id).await?;
    let typed = view::Typed { text: &prefilled.of, error: None };
    let body = view::new(&app, Some(session), &typed, &before);
    Ok(page(&app, Some(session), Home::New, &text!("transfers-bring-an-account-here"), &body))
}

/// The copies of an account that are at work or wait for a word: what its own page reminds of.
///
/// # Errors
/// When the database does not answer.
pub async fn open_copies(app: &App, account: &Account) -> Result<Vec<OpenCopy>, Problem> {
    let all = transfers::of_account(&app.store, &account.id).await?;
    let is_open = |transfer: &Transfer| {
        !matches!(transfer.state, S::Done | S::Discarded | S::Removed | S::AwaitingConsent | S::Kept)
    };
    Ok(all
        .iter()
        .filter(|transfer| is_open(transfer) && !words::was_refused(transfer))
        .map(|transfer| OpenCopy {
            page: format!("/transfers/{}", transfer.id),
            of: words::old_handle(transfer),
            stands: words::headline(transfer),
        })
        .collect())
}

/// `POST /transfers`: what is known of Old home and the way there, or the same page with the reason why not.
/// Who has no account here chooses a name next.
pub async fn start(
    app: web::Data<App>,
    request: HttpRequest,
    session: MaybeSignedIn,
    form: web::Form<HandleForm>,
) -> Result<HttpResponse, Problem> {
    let Some((session, token)) = session.0 else {
        return name::first(&app, &request, &form.handle).await;
    };
    let signed = SignedIn { session, token };
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    let wish = Wish { waits: true, ..Wish::default() };
    let session = &signed.session;
    match preflight(&app.engine, &session.account.id, &form.handle, &wish).await {
        Ok(found) => {
            let handle = form.handle.trim();
            let body = before::page(&app, &session.account.username, &found, handle);
            let title = text!("transfers-before-title", host = found.host);
            Ok(page(&app, Some(session), Home::New, &title, &body))
        }
        Err(TransferError::Store(error)) => Err(Problem::from(error).page()),
        Err(refused) => not_that(&app, Some(session), &form.handle, &refused).await,
    }
}

/// The box once more, with the reason why what was typed does not do.
pub(super) async fn not_that(
    app: &App,
    session: Option<&Session>,
    handle: &str,
    refused: &TransferError,
) -> Result<HttpResponse, Problem> {
    let before = match session {
        Some(session) => transfers::of_account(&app.store, &session.account.id).await?,
        None => Vec::new(),
    };
    let typed = view::Typed { text: handle, error: Some(refused) };
    let body = view::new(app, session, &typed, &before);
    let mut response = page(app, session, Home::New, &text!("transfers-bring-an-account-here"), &body);
    *response.status_mut() = actix_web::http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// `GET /transfers/{id}`: where it stands, in numbers.
pub async fn show(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let transfer = own(&app, &signed.session, &id).await.map_err(Problem::page)?;
    ask_soon(&app, &transfer).await?;
    let shown = shown(&app, &signed.session, &transfer, None).await?;
    Ok(shown.page(&app, &signed.session, Home::New, &place(&transfer)))
}

/// Where the changes of a transfer's page come from.
fn place(transfer: &Transfer) -> String {
    format!("/transfers/{}/live", transfer.id)
}

/// `GET /transfers/{id}/live`: the same as it changes.
pub async fn live(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    own(&app, &signed.session, &id).await?;
    let asked = Rc::new(Cell::new(Instant::now()));
    live::watch(app, signed, move |app, session| {
        let (id, asked) = (id.clone(), Rc::clone(&asked));
        async move {
            let transfer = own(&app, &session, &id).await?;
            // Somebody looks: Old home is asked as often as the page would be loaded again.
            if asked.get().elapsed() >= Duration::from_secs(WAITING_SECONDS.into()) {
                asked.set(Instant::now());
                ask_soon(&app, &transfer).await?;
            }
            shown(&app, &session, &transfer, None).await
        }
    })
}

/// Whoever looks at a copy that waits for Old home wants to know now.
async fn ask_soon(app: &App, transfer: &Transfer) -> Result<(), Problem> {
    if transfer.state == S::AwaitingAnnouncement {
        transfers::wake(&app.store, &transfer.id).await?;
    }
    Ok(())
}

/// What was chosen, and why it does not do.
pub(super) struct Objection {
    /// The choice.
    pub(super) choices: Choices,
    /// The reason.
    pub(super) why: String,
}

/// The page once more, with what speaks against the choice that was made on it.
pub(super) async fn objected(
    app: &App,
    session: &Session,
    transfer: &Transfer,
    objection: Objection,
) -> Result<HttpResponse, Problem> {
    let shown = shown(app, session, transfer, Some(objection)).await?;
    let mut page = shown.page(app, session, Home::New, &place(transfer));
    *page.status_mut() = actix_web::http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(page)
}

async fn shown(
    app: &App,
    session: &Session,
    transfer: &Transfer,
    objection: Option<Objection>,
) -> Result<Shown, Problem> {
    let mut status = status(&app.engine, transfer).await.map_err(|error| Problem::from(error).page())?;
    let objection = objection.map(|objection| {
        status.choices = objection.choices;
        objection.why
    });
    let named = match transfer.state {
        S::AwaitingConfirmation => {
            logins::find(&app.store, &transfer.id, Purpose::Read).await?.map(|login| login.actor)
        }
        _ => None,
    };
    let forecast = match transfer.state {
        S::AwaitingChoice => {
            forecast(&app.engine, transfer).await.map_err(|error| Problem::from(error).page())?
        }
        _ => None,
    };
    let read_by = app.engine.sources.read_by(&transfer.id);
    let minutes = read_by.map(|end| (end - app.clock.now_micros()).max(0) / 60_000_000);
    let seen = match transfer.state {
        S::AwaitingApproval => Some(waiting::seen(app, &session.account, transfer).await?),
        _ => None,
    };
    let now = app.clock.now_micros();
    let known =
        view::Known { named: named.as_ref(), forecast: forecast.as_ref(), minutes, seen, now, objection };
    let is_asked =
        status.application.as_ref().is_some_and(|one| one.question.is_some() && one.answer.is_none());
    let body = view::show(app, session, transfer, &status, &known);
    // The page follows the work by itself, also without JavaScript.
    let follows = match transfer.state {
        state if state.is_running() => Some(RUNNING_SECONDS),
        _ if looks::is_looking(&status) => Some(RUNNING_SECONDS),
        S::AwaitingAnnouncement => Some(WAITING_SECONDS),
        // Whoever writes an answer is not disturbed.
        S::AwaitingApproval if !is_asked => Some(QUEUED_SECONDS),
        _ => None,
    };
    Ok(Shown { title: words::headline(transfer), body, follows })
}

/// `POST /transfers/{id}/confirm`.
pub async fn confirm(pressed: Pressed) -> Result<HttpResponse, Problem> {
    back(&pressed.id, trial::confirm(&pressed.app.engine, &pressed.transfer().await?).await)
}

/// `POST /transfers/{id}/keep`.
pub async fn keep(pressed: Pressed) -> Result<HttpResponse, Problem> {
    back(&pressed.id, trial::keep(&pressed.app.engine, &pressed.transfer().await?).await)
}

/// `POST /transfers/{id}/quiet`.
pub async fn quiet(pressed: Pressed) -> Result<HttpResponse, Problem> {
    back(&pressed.id, trial::keep_quietly(&pressed.app.engine, &pressed.transfer().await?).await)
}

/// `POST /transfers/{id}/discard`.
pub async fn discard(pressed: Pressed) -> Result<HttpResponse, Problem> {
    back(&pressed.id, trial::discard(&pressed.app.engine, &pressed.transfer().await?).await)
}

/// `POST /transfers/{id}/extend`.
pub async fn extend(pressed: Pressed) -> Result<HttpResponse, Problem> {
    back(&pressed.id, trial_end::extend(&pressed.app.engine, &pressed.transfer().await?).await)
}

/// `POST /transfers/{id}/look-again`.
pub async fn look_again(pressed: Pressed) -> Result<HttpResponse, Problem> {
    back(&pressed.id, look::ask(&pressed.app.engine, &pressed.transfer().await?).await)
}

/// `POST /transfers/{id}/try-again`.
pub async fn try_again(pressed: Pressed) -> Result<HttpResponse, Problem> {
    back(&pressed.id, look::try_again(&pressed.app.engine, &pressed.transfer().await?).await)
}

/// `POST /transfers/{id}/retry`.
pub async fn retry(pressed: Pressed) -> Result<HttpResponse, Problem> {
    back(&pressed.id, trial::retry(&pressed.app.engine, &pressed.transfer().await?).await)
}

/// `POST /transfers/{id}/sign-in`: on to Old home, which is asked for its permission once more.
pub async fn sign_in(pressed: Pressed) -> Result<HttpResponse, Problem> {
    let asked = sign_in_again::ask(&pressed.app.engine, &pressed.transfer().await?).await;
    Ok(see(asked.map_err(|error| Problem::from(error).page())?.as_str()))
}

/// `POST /transfers/{id}/announce`: on to Old home, where the hand-over is consented to.
pub async fn announce(pressed: Pressed) -> Result<HttpResponse, Problem> {
    ask(pressed, Ending::Announce).await
}

/// `POST /transfers/{id}/redirect`: on to Old home, as [`announce`].
pub async fn redirect(pressed: Pressed) -> Result<HttpResponse, Problem> {
    ask(pressed, Ending::Redirect).await
}

/// `POST /transfers/{id}/copy`: on to Old home, as [`announce`].
pub async fn copy(pressed: Pressed) -> Result<HttpResponse, Problem> {
    ask(pressed, Ending::Copy).await
}

async fn ask(pressed: Pressed, ending: Ending) -> Result<HttpResponse, Problem> {
    let asked = trial::ask_old_home(&pressed.app.engine, &pressed.transfer().await?, ending).await;
    Ok(see(asked.map_err(|error| Problem::from(error).page())?.as_str()))
}

/// `GET /transfers/{id}/finish`: on to Old home, where the last word is spoken.
pub async fn finish(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let transfer = own(&app, &signed.session, &id).await.map_err(Problem::page)?;
    let url =
        give_map::finish_page(&app.engine, &transfer).await.map_err(|error| Problem::from(error).page())?;
    Ok(see(url.as_str()))
}

pub(super) fn back(id: &str, outcome: Result<(), TransferError>) -> Result<HttpResponse, Problem> {
    match outcome {
        // Pressed twice, or in an old tab: the page tells how it stands now.
        Ok(()) | Err(TransferError::Store(StoreError::Conflict(_))) => {}
        Err(error) => return Err(Problem::from(error).page()),
    }
    Ok(see(&format!("/transfers/{id}")))
}

pub(super) fn see(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}
