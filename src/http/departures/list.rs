//! Which servers may read the account, where it went, and the switches for both.

use actix_web::{HttpResponse, http::header, web};
use maud::{Markup, html};
use serde::Deserialize;
use url::Url;

use super::delete;
use crate::words::{say, text};
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::Problem,
        ui::{
            homes::{handle_of, homes, own},
            layout::{self, Home},
            post::Author,
            words::{minute, number, sentence},
        },
    },
    model::{actor::authority, ending::Ending, moment::Moment},
    oauth::scope::Scope,
    site::sessions::Session,
    store::{
        consents::{self, ConsentRow},
        departures::{self, DepartureRow},
        emptying::Emptied,
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
    let emptied = app.site.emptied(&session.account).await.map_err(|error| Problem::from(error).page())?;
    let there =
        told.iter().find(|status| !matches!(status.departure.state.as_str(), "returned" | "withdrawn"));
    let there = there.map(|status| handle_of(&status.departure.target));
    let there = there.or_else(|| grants.first().map(|grant| host_of(&grant.client_id)));
    let body = html! {
        h1 { (say!("departures-departures")) }
        @if let Some(there) = &there { (homes(&own(&app, &session.account.username), there)) }
        p { (say!("departures-where-your-account-here-may-be-copied")) }
        h2 { (say!("departures-your-new-home")) }
        @if told.is_empty() {
            p.note { (say!("departures-you-have-not-moved-to-move-sign")) }
        }
        @for status in &told { (departure_row(session, status, emptied.as_ref())) }
        h2 { (say!("departures-permissions-you-gave")) }
        @if grants.is_empty() { p.note { (say!("departures-none-no-server-may-copy-your-account")) } }
        @for grant in &grants { (grant_row(session, grant)) }
    };
    Ok(layout::page(&app, Some(session), Home::Old, &text!("departures-departures"), &body))
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
                @if is_reading { " " (say!("departures-may-copy-your-account")) } @else { " " (say!("departures-may-give-back-the-list-of-new")) }
                @if grant.has_private { (say!("departures-private-posts-included")) }
                (say!("departures-since", created_at = Moment::from_micros(grant.created_at).day()))
            }
            details {
                summary { (say!("departures-take-the-permission-back")) }
                p {
                    @if is_reading { (say!("departures-from-then-on-cannot-read-anything-more", host = host)) }
                    @else { (say!("departures-from-then-on-cannot-send-any-more", host = host)) }
                }
                form method="post" action="/departures/revoke" {
                    (layout::csrf(session))
                    input type="hidden" name="consent" value=(grant.id);
                    button.danger type="submit" { (say!("departures-take-it-back")) }
                }
            }
        }
    }
}

fn departure_row(session: &Session, status: &Status, emptied: Option<&Emptied>) -> Markup {
    let departure = &status.departure;
    let there = host_of(&departure.target);
    let finish = format!("/departures/{}/finish", session.account.username);
    let ending = departure.ending().unwrap_or(Ending::Announce);
    html! {
        section.card {
            @match departure.state.as_str() {
                "announced" if ending == Ending::Copy => (copied(session, departure, &there)),
                "announced" => (announced(session, status, &there, &finish, emptied)),
                "resting" => {
                    @let due = Moment::from_micros(departure.due_at.unwrap_or_default());
                    p { (say!("departures-it-will-be-announced", there = there,
                        due = minute(&due))) }
                    p.actions { a.button.primary href=(finish) { (say!("departures-see-it-or-call-it-off")) } }
                }
                "announcing" => {
                    p { (say!("departures-your-copy-at-is-being-looked-at", there = there)) }
                    p.actions { a.button.primary href=(finish) { (say!("departures-see-how-far-it-is")) } }
                }
                "passed" => p { (say!("departures-you-lived-at-after-this-and-have", there = there)) }
                "onward" => p {
                    (say!("departures-you-live-at-now-the-addresses-there", there = there))
                }
                "returned" => p { (say!("departures-you-moved-to-and-came-back", there = there)) }
                "withdrawn" if departure.problem.is_some() => p.warning {
                    (say!("departures-old-links-do-not-lead-to", there = there, as_deref = sentence(departure.problem.as_deref().unwrap_or_default())))
                }
                "withdrawn" if departure.announced_at.is_some() => p {
                    (say!("departures-you-removed-the-copy-at-old-links", there = there))
                }
                "withdrawn" => p { (say!("departures-the-move-to-was-called-off-nobody", there = there)) },
                _ => {
                    p { (say!("departures-a-copy-of-your-account-is-at", there = there)) }
                    p.actions { a.button.primary href=(finish) {
                        (match ending {
                            Ending::Copy => text!("departures-go-on-and-name-it-your-copy"),
                            Ending::Redirect => text!("departures-go-on-and-send-visitors-there"),
                            _ => text!("departures-go-on-to-the-announcement"),
                        })
                    } }
                }
            }
        }
    }
}

fn announced(
    session: &Session,
    status: &Status,
    there: &str,
    finish: &str,
    emptied: Option<&Emptied>,
) -> Markup {
    let (departure, deliveries) = (&status.departure, status.deliveries);
    let all = deliveries.queued + deliveries.delivered + deliveries.dead;
    html! {
        @if departure.ending() == Some(Ending::Redirect) {
            p { (say!("departures-visitors-are-sent-on-to-nobody-was", there = page_of(departure, there))) }
        } @else {
            p { (say!("departures-you-moved-to", there = page_of(departure, there))) }
        }
        dl.facts {
            @if departure.ending() != Some(Ending::Redirect) {
                dt { a href=(finish) { (say!("departures-servers-told")) } } dd { @if all == 0 { (say!("departures-none-had-to-be")) } @else { (say!("departures-of", delivered = number(deliveries.delivered), all = number(all))) } }
            }
            dt { (say!("departures-old-links-that-can-lead-there")) } dd { (number(status.map.proven)) }
            dt { (say!("departures-old-links-lead-on")) } dd { @if departure.is_forwarding { (say!("departures-yes")) } @else { (say!("departures-no-switched-off")) } }
        }
        form method="post" action="/departures/forwarding" {
            (layout::csrf(session))
            input type="hidden" name="departure" value=(departure.id);
            button.secondary type="submit" name="on" value=(if departure.is_forwarding { "no" } else { "yes" }) {
                @if departure.is_forwarding { (say!("departures-stop-sending-visitors-on")) } @else { (say!("departures-send-visitors-on-again")) }
            }
        }
        p { a href=(come_back(departure)) { (say!("departures-come-back-here")) } }
        p { a href={ "/departures/" (session.account.username) "/onward" } { (say!("departures-i-have-moved-on-from-there")) } }
        @if !session.is_guest { p { a href={ "/@" (session.account.username) "/with_replies" } { (say!("departures-your-old-profile-as-only-you-still")) } } }
        @if !session.is_guest && departure.ending().is_none_or(|ending| ending == Ending::Announce) {
            p { a href={ "/departures/" (session.account.username) "/farewell" } { (say!("departures-say-goodbye")) } }
        }
        @if !session.is_guest && departure.is_forwarding && departure.ending() == Some(Ending::Announce) { (delete::line(session, emptied)) }
    }
}

/// Where the way back begins: the box, with the address there in it.
fn come_back(departure: &DepartureRow) -> String {
    let there = Url::parse(&departure.target);
    let there = there.map_or_else(|_| departure.target.clone(), |url| Author::elsewhere(&url).handle);
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("of", &there).finish();
    format!("/transfers/new?{query}")
}

/// A copy beside this account, and the way to name it no longer.
fn copied(session: &Session, departure: &DepartureRow, there: &str) -> Markup {
    html! {
        p { (say!("departures-you-have-a-copy-at-both-accounts", there = page_of(departure, there))) }
        form method="post" action="/departures/forwarding" {
            (layout::csrf(session))
            input type="hidden" name="departure" value=(departure.id);
            button.secondary type="submit" name="on" value=(if departure.is_forwarding { "no" } else { "yes" }) {
                @if departure.is_forwarding { (say!("departures-name-it-no-longer-on-my-profile")) } @else { (say!("departures-name-it-again-on-my-profile")) }
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
