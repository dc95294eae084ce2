//! Which servers may read the account, where it went, and the switches for both.

use actix_web::{HttpResponse, http::header, web};
use maud::{Markup, html};
use serde::Deserialize;
use url::Url;

use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::Problem,
        ui::layout::{self, Home},
    },
    model::{actor::authority, moment::Moment},
    oauth::scope::Scope,
    site::sessions::Session,
    store::{
        consents::{self, ConsentRow},
        departures::{self, DepartureRow},
    },
    transfer::{consent, departure_status},
};

/// The page.
pub(super) async fn show(app: web::Data<App>, signed: SignedIn) -> Result<HttpResponse, Problem> {
    let (session, account) = (&signed.session, &signed.session.account.id);
    let grants = consents::of_account(&app.store, account.as_str()).await?;
    let left = departures::of_account(&app.store, account.as_str()).await?;
    let body = html! {
        h1 { "Departures" }
        h2 { "Servers that may read your account" }
        @if grants.is_empty() { p { "None." } }
        @for grant in &grants { (grant_row(session, grant)) }
        h2 { "Your New home" }
        @if left.is_empty() { p { "You have not started to move. Start at your New home." } }
        @for departure in &left { (departure_row(session, departure)) }
    };
    Ok(layout::page(&app, Some(session), Home::Old, "Departures", &body))
}

fn host_of(address: &str) -> String {
    Url::parse(address).map_or_else(|_| address.to_owned(), |url| authority(&url))
}

fn grant_row(session: &Session, grant: &ConsentRow) -> Markup {
    let is_reading = grant.scope == Scope::Read.as_str();
    html! {
        section.card {
            p {
                strong { (host_of(&grant.client_id)) }
                @if is_reading { " may copy your account" } @else { " may give back the list of new addresses" }
                @if grant.has_private { ", private posts included" }
                ", since " (Moment::from_micros(grant.created_at).day()) "."
            }
            form method="post" action="/departures/revoke" {
                (layout::csrf(session))
                input type="hidden" name="consent" value=(grant.id);
                button type="submit" { "Take this back" }
            }
        }
    }
}

fn departure_row(session: &Session, departure: &DepartureRow) -> Markup {
    let there = host_of(&departure.target);
    html! {
        section.card {
            @match departure.state.as_str() {
                "announced" => {
                    p {
                        "You moved to " a href=(departure.target_page.as_deref().unwrap_or(&departure.target)) { (there) }
                        ". Links to your old posts "
                        @if departure.is_forwarding { "lead there." } @else { "stay here: forwarding is off." }
                    }
                    form method="post" action="/departures/forwarding" {
                        (layout::csrf(session))
                        input type="hidden" name="departure" value=(departure.id);
                        button type="submit" name="on" value=(if departure.is_forwarding { "no" } else { "yes" }) {
                            @if departure.is_forwarding { "Switch forwarding off" } @else { "Switch forwarding on" }
                        }
                    }
                    p { a href={ "/departures/" (session.account.username) "/finish" } { "Who has been told" } }
                }
                "withdrawn" => p { "The move to " (there) " was withdrawn. Nobody was told." },
                _ => p {
                    "A copy of your account is at " (there) ". Nobody was told yet. "
                    a href={ "/departures/" (session.account.username) "/finish" } { "Go on" }
                },
            }
        }
    }
}

/// Which consent.
#[derive(Deserialize)]
pub(super) struct RevokeForm {
    consent: String,
    csrf: String,
}

/// Takes a consent back.
pub(super) async fn revoke(
    app: web::Data<App>,
    signed: SignedIn,
    form: web::Form<RevokeForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    let side = app.source_side();
    let revoked = consent::revoke(&side, &signed.session.account.id, &form.consent).await;
    revoked.map_err(|error| Problem::from(error).page())?;
    Ok(back())
}

/// Which departure, and which way.
#[derive(Deserialize)]
pub(super) struct ForwardingForm {
    departure: String,
    on: String,
    csrf: String,
}

/// Switches forwarding.
pub(super) async fn forwarding(
    app: web::Data<App>,
    signed: SignedIn,
    form: web::Form<ForwardingForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    let side = app.source_side();
    let account = &signed.session.account.id;
    let switched = departure_status::set_forwarding(&side, account, &form.departure, form.on == "yes").await;
    switched.map_err(|error| Problem::from(error).page())?;
    Ok(back())
}

fn back() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/departures")).finish()
}
