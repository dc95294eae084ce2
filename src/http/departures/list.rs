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
        ui::{
            layout::{self, Home},
            words::{number, sentence},
        },
    },
    model::{actor::authority, ending::Ending, moment::Moment},
    oauth::scope::Scope,
    site::sessions::Session,
    store::{
        consents::{self, ConsentRow},
        departures::{self, DepartureRow},
    },
    transfer::{
        consent,
        departure_status::{self, Status},
    },
};

/// The page.
pub(super) async fn show(app: web::Data<App>, signed: SignedIn) -> Result<HttpResponse, Problem> {
    let (session, account) = (&signed.session, &signed.session.account.id);
    let grants = consents::of_account(&app.store, account.as_str()).await?;
    let left = departures::of_account(&app.store, account.as_str()).await?;
    let mut told = Vec::with_capacity(left.len());
    for departure in left {
        let status = departure_status::status(&app.source_side(), departure).await;
        told.push(status.map_err(|error| Problem::from(error).page())?);
    }
    let body = html! {
        h1 { "Departures" }
        p { "Where your account here may be copied to, and where it went." }
        h2 { "Your New home" }
        @if told.is_empty() {
            p.note { "You have not moved. To move, sign in at the server you want to move to, and choose “Bring an account here” there." }
        }
        @for status in &told { (departure_row(session, status)) }
        h2 { "Permissions you gave" }
        @if grants.is_empty() { p.note { "None. No server may copy your account." } }
        @for grant in &grants { (grant_row(session, grant)) }
    };
    Ok(layout::page(&app, Some(session), Home::Old, "Departures", &body))
}

fn host_of(address: &str) -> String {
    Url::parse(address).map_or_else(|_| address.to_owned(), |url| authority(&url))
}

fn grant_row(session: &Session, grant: &ConsentRow) -> Markup {
    let (host, is_reading) = (host_of(&grant.client_id), grant.scope == Scope::Read.as_str());
    html! {
        section.card {
            p {
                strong { (host) }
                @if is_reading { " may copy your account" } @else { " may give back the list of new addresses" }
                @if grant.has_private { ", private posts included" }
                ", since " (Moment::from_micros(grant.created_at).day()) "."
            }
            details {
                summary { "Take the permission back" }
                p {
                    @if is_reading { "From then on " (host) " cannot read anything more. What it has copied stays there." }
                    @else { "From then on " (host) " cannot send any more addresses. A move that is not announced yet is called off; one that is announced stays." }
                }
                form method="post" action="/departures/revoke" {
                    (layout::csrf(session))
                    input type="hidden" name="consent" value=(grant.id);
                    button.danger type="submit" { "Take it back" }
                }
            }
        }
    }
}

fn departure_row(session: &Session, status: &Status) -> Markup {
    let departure = &status.departure;
    let there = host_of(&departure.target);
    let finish = format!("/departures/{}/finish", session.account.username);
    let ending = departure.ending().unwrap_or(Ending::Announce);
    html! {
        section.card {
            @match departure.state.as_str() {
                "announced" if ending == Ending::Copy => (copied(session, departure, &there)),
                "announced" => (announced(session, status, &there, &finish)),
                "announcing" => {
                    p { "Your copy at " strong { (there) } " is being looked at. Then what you asked for happens." }
                    p.actions { a.button.primary href=(finish) { "See how far it is" } }
                }
                "passed" => p { "You lived at " strong { (there) } " after this, and have moved on from there." }
                "onward" => p {
                    "You live at " strong { (there) } " now. The addresses there are looked at one by one; then "
                    "old links lead there."
                }
                "returned" => p { "You moved to " strong { (there) } ", and came back." }
                "withdrawn" if departure.problem.is_some() => p.warning {
                    "Old links do not lead to " strong { (there) } ": "
                    (sentence(departure.problem.as_deref().unwrap_or_default()))
                }
                "withdrawn" if departure.announced_at.is_some() => p {
                    "You removed the copy at " strong { (there) } ". Old links no longer lead there."
                }
                "withdrawn" => p { "The move to " strong { (there) } " was called off. Nobody was told." },
                _ => {
                    p { "A copy of your account is at " strong { (there) } ". Nobody was told yet." }
                    p.actions { a.button.primary href=(finish) {
                        (match ending {
                            Ending::Copy => "Go on, and name it your copy",
                            Ending::Redirect => "Go on, and send visitors there",
                            _ => "Go on to the announcement",
                        })
                    } }
                }
            }
        }
    }
}

fn announced(session: &Session, status: &Status, there: &str, finish: &str) -> Markup {
    let (departure, deliveries) = (&status.departure, status.deliveries);
    let all = deliveries.queued + deliveries.delivered + deliveries.dead;
    html! {
        @if departure.ending() == Some(Ending::Redirect) {
            p { "Visitors are sent on to " (page_of(departure, there)) ". Nobody was told, and this account stays in use." }
        } @else {
            p { "You moved to " (page_of(departure, there)) "." }
        }
        dl.facts {
            @if departure.ending() != Some(Ending::Redirect) {
                dt { a href=(finish) { "Servers told" } } dd { @if all == 0 { "none had to be" } @else { (number(deliveries.delivered)) " of " (number(all)) } }
            }
            dt { "Old links that can lead there" } dd { (number(status.map.proven)) }
            dt { "Old links lead on" } dd { @if departure.is_forwarding { "yes" } @else { "no, switched off" } }
        }
        form method="post" action="/departures/forwarding" {
            (layout::csrf(session))
            input type="hidden" name="departure" value=(departure.id);
            button.secondary type="submit" name="on" value=(if departure.is_forwarding { "no" } else { "yes" }) {
                @if departure.is_forwarding { "Stop sending visitors on" } @else { "Send visitors on again" }
            }
        }
        p { a href={ "/departures/" (session.account.username) "/onward" } { "I have moved on from there" } }
        p { a href={ "/@" (session.account.username) "/with_replies" } { "Your old profile, as only you still see it" } }
    }
}

/// A copy beside this account, and the way to name it no longer.
fn copied(session: &Session, departure: &DepartureRow, there: &str) -> Markup {
    html! {
        p { "You have a copy at " (page_of(departure, there)) ". Both accounts live on." }
        form method="post" action="/departures/forwarding" {
            (layout::csrf(session))
            input type="hidden" name="departure" value=(departure.id);
            button.secondary type="submit" name="on" value=(if departure.is_forwarding { "no" } else { "yes" }) {
                @if departure.is_forwarding { "Name it no longer on my profile" } @else { "Name it again on my profile" }
            }
        }
    }
}

fn page_of(departure: &DepartureRow, there: &str) -> Markup {
    html! { a href=(departure.target_page.as_deref().unwrap_or(&departure.target)) { (there) } }
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
