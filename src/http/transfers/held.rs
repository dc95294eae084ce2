//! What is said of a name that is only held for a copy, and what its owner can do about it.

use actix_web::{HttpResponse, web};
use maud::{Markup, html};
use serde::Deserialize;

use super::pages::see;
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::Problem,
        ui::layout::{Home, csrf, page},
    },
    model::{moment::Moment, transfer::TransferState as S},
    site::sessions::Session,
    transfer::{TransferError, held_names},
    words::{say, text},
};

/// A button that only carries its session's token.
#[derive(Deserialize)]
pub(super) struct Bare {
    csrf: String,
}

fn button(session: &Session, action: &str, label: &str, class: &str) -> Markup {
    html! {
        form method="post" action={ "/transfers/name/" (action) } {
            (csrf(session))
            button type="submit" class=(class) { (label) }
        }
    }
}

fn day(until: i64) -> Markup {
    let until = Moment::from_micros(until);
    html! { time datetime=(until.text()) { (until.day()) } }
}

/// On the page of a copy: until when, and more time; where nothing comes, what becomes of the name.
pub(super) fn held(session: &Session, state: S) -> Markup {
    let Some(until) = session.account.held_until else { return html! {} };
    let name = &session.account.username;
    let is_over = matches!(state, S::Discarded | S::Failed | S::AwaitingConsent);
    html! {
        section.note aria-labelledby="held" {
            h2 #held { (say!("transfers-your-name-is-held", name = name)) }
            p { (say!("transfers-held-until", until = day(until))) }
            @if is_over { (ways_out(session)) }
            @else if state == S::Trial {
                (button(session, "longer", &text!("transfers-hold-it-longer"), "secondary"))
            }
        }
    }
}

/// The same on the owner's own page.
pub fn held_at_home(session: &Session) -> Markup {
    let Some(until) = session.account.held_until else { return html! {} };
    html! {
        section.note.new-home aria-labelledby="held" {
            h2 #held { (say!("transfers-your-name-is-held", name = session.account.username)) }
            p { (say!("transfers-held-until", until = day(until))) }
            p.actions { a.button.primary href="/transfers/new" { (say!("transfers-bring-an-account-here")) } }
            (ways_out(session))
        }
    }
}

fn ways_out(session: &Session) -> Markup {
    html! {
        details.choice {
            summary { (say!("transfers-keep-the-account-without-a-copy")) }
            p { (say!("transfers-everybody-sees-it-then")) }
            (button(session, "keep", &text!("transfers-keep-the-account"), "secondary"))
        }
        details.choice {
            summary { (say!("transfers-give-the-name-up")) }
            p { (say!("transfers-the-account-goes-with-all")) }
            (button(session, "give-up", &text!("transfers-yes-give-it-up"), "danger"))
        }
    }
}

fn told(outcome: Result<(), TransferError>) -> Result<(), Problem> {
    outcome.map_err(|error| Problem::from(error).page())
}

/// `POST /transfers/name/longer`.
pub(super) async fn longer(
    app: web::Data<App>,
    signed: SignedIn,
    form: web::Form<Bare>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    told(held_names::extend(&app.engine, &signed.session.account.id).await)?;
    Ok(see("/home"))
}

/// `POST /transfers/name/keep`.
pub(super) async fn keep(
    app: web::Data<App>,
    signed: SignedIn,
    form: web::Form<Bare>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    told(held_names::settle(&app.engine, &signed.session.account.id).await)?;
    Ok(see("/home"))
}

/// `POST /transfers/name/give-up`: the account is gone when the queue has seen it.
pub(super) async fn give_up(
    app: web::Data<App>,
    signed: SignedIn,
    form: web::Form<Bare>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    told(held_names::give_up(&app.engine, &signed.session.account.id).await)?;
    let name = &signed.session.account.username;
    let body = html! {
        h1 { (say!("transfers-you-gave-the-name-up")) }
        p { (say!("transfers-is-free-again", name = name, here = app.config.domain())) }
        p.actions { a.button href="/" { (say!("site-start-page")) } }
    };
    Ok(page(&app, None, Home::Plain, &text!("transfers-you-gave-the-name-up"), &body))
}
