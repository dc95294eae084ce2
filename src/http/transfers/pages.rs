//! New home's pages: one box for the old address, then numbers and buttons.

use actix_web::{HttpResponse, http::header, web};
use serde::Deserialize;

use super::{api::own, before, looks, pressed::Pressed, view, words};
use crate::words::text;
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::Problem,
        ui::{
            home::OpenCopy,
            layout::{Home, following, page},
        },
    },
    model::{
        ending::Ending,
        login::Purpose,
        transfer::{Transfer, TransferState as S},
    },
    site::accounts::Account,
    store::{StoreError, logins, transfers},
    transfer::{
        TransferError, forecast::forecast, give_map, look, preflight::preflight, sign_in_again, start::Wish,
        status::status, trial,
    },
};

/// How often the page of a working transfer is looked at again, in seconds.
const RUNNING_SECONDS: u32 = 2;
/// The same while Old home has its turn.
const WAITING_SECONDS: u32 = 4;

/// The box with the old address.
#[derive(Debug, Deserialize)]
pub struct HandleForm {
    handle: String,
    csrf: String,
}

/// `GET /transfers/new`.
pub async fn new(app: web::Data<App>, signed: SignedIn) -> Result<HttpResponse, Problem> {
    let before = transfers::of_account(&app.store, &signed.session.account.id).await?;
    let typed = view::Typed { text: "", error: None };
    let body = view::new(&app, &signed.session, &typed, &before);
    Ok(page(&app, Some(&signed.session), Home::New, &text!("transfers-bring-an-account-here"), &body))
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
pub async fn start(
    app: web::Data<App>,
    signed: SignedIn,
    form: web::Form<HandleForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    let wish = Wish { waits: true, ..Wish::default() };
    match preflight(&app.engine, &signed.session.account.id, &form.handle, &wish).await {
        Ok(found) => {
            let handle = form.handle.trim();
            let body = before::page(&app, &signed.session, &found, handle);
            let title = text!("transfers-before-title", host = found.host);
            Ok(page(&app, Some(&signed.session), Home::New, &title, &body))
        }
        Err(TransferError::Store(error)) => Err(Problem::from(error).page()),
        Err(refused) => {
            let before = transfers::of_account(&app.store, &signed.session.account.id).await?;
            let typed = view::Typed { text: &form.handle, error: Some(&refused) };
            let body = view::new(&app, &signed.session, &typed, &before);
            let mut response = page(
                &app,
                Some(&signed.session),
                Home::New,
                &text!("transfers-bring-an-account-here"),
                &body,
            );
            *response.status_mut() = actix_web::http::StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}

/// `GET /transfers/{id}`: where it stands, in numbers.
pub async fn show(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let transfer = own(&app, &signed, &id).await.map_err(Problem::page)?;
    if transfer.state == S::AwaitingAnnouncement {
        transfers::wake(&app.store, &transfer.id).await?;
    }
    let status = status(&app.engine, &transfer).await.map_err(|error| Problem::from(error).page())?;
    let named = match transfer.state {
        S::AwaitingConfirmation => {
            logins::find(&app.store, &transfer.id, Purpose::Read).await?.map(|login| login.actor)
        }
        _ => None,
    };
    let forecast = match transfer.state {
        S::AwaitingChoice => {
            forecast(&app.engine, &transfer).await.map_err(|error| Problem::from(error).page())?
        }
        _ => None,
    };
    let read_by = app.engine.sources.read_by(&transfer.id);
    let minutes = read_by.map(|end| (end - app.clock.now_micros()).max(0) / 60_000_000);
    let known = view::Known { named: named.as_ref(), forecast: forecast.as_ref(), minutes };
    let body = view::show(&app, &signed.session, &transfer, &status, &known);
    let (session, title) = (Some(&signed.session), words::headline(&transfer));
    // The page follows the work by itself, also without JavaScript.
    Ok(match transfer.state {
        state if state.is_running() => following(&app, session, Home::New, &title, &body, RUNNING_SECONDS),
        _ if looks::is_looking(&status) => {
            following(&app, session, Home::New, &title, &body, RUNNING_SECONDS)
        }
        S::AwaitingAnnouncement => following(&app, session, Home::New, &title, &body, WAITING_SECONDS),
        _ => page(&app, session, Home::New, &title, &body),
    })
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
    let transfer = own(&app, &signed, &id).await.map_err(Problem::page)?;
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

fn see(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}
