//! The words before and after the last word.

use actix_web::HttpResponse;
use maud::{Markup, html};
use url::Url;

use crate::{
    app::App,
    http::ui::layout::{self, Home},
    model::actor::authority,
    site::sessions::Session,
    transfer::{departure_status::Status, findings::Finding},
};

/// The page of the account's owner.
pub(super) fn page(app: &App, session: &Session, status: &Status, found: &[Finding]) -> HttpResponse {
    let target = &status.departure.target;
    let there = Url::parse(target).map_or_else(|_| target.clone(), |url| authority(&url));
    let (title, body) = match status.departure.state.as_str() {
        "announcing" | "announced" => ("Your move is announced", told(status, &there)),
        _ => ("Announce your move", question(app, session, status, &there, found)),
    };
    let body = html! { h1 { (title) } (body) };
    layout::page(app, Some(session), Home::Old, title, &body)
}

fn question(app: &App, session: &Session, status: &Status, there: &str, found: &[Finding]) -> Markup {
    let (departure, username, here) = (&status.departure, &session.account.username, app.config.domain());
    html! {
        p {
            "This is your Old home, " strong { (here) } ". Your New home is " strong { (there) } ": "
            span.address { (departure.target) } "."
        }
        @if let Some(problem) = &departure.problem { p.problem role="alert" { (problem) } }
        @if !found.is_empty() {
            div.problem role="alert" {
                p { "Nothing was announced, because:" }
                ul { @for finding in found { li { (finding.why) } } }
            }
        }
        p { "What happens when you announce:" }
        ul {
            li { "Your followers' servers are told that you moved, and follow you to " (there) " by themselves. This cannot be called back." }
            li { "Most servers believe one move in a week or more: you cannot announce another one soon." }
            li { "Your profile here says from then on that you moved, and visitors are sent to " (there) "." }
            li {
                "Links to your public posts lead to the same posts at " (there) ", where the copy proves that it is one: "
                (status.map.entries - status.map.hidden.min(status.map.entries)) " addresses to check. "
                "You can switch this off later."
            }
            li { "Posts that were not public stay where they are and are never forwarded." }
        }
        form method="post" action={ "/departures/" (username) "/finish" } {
            (layout::csrf(session))
            input type="hidden" name="departure" value=(departure.id);
            label {
                "Your password on " (here) " "
                input type="password" name="password" autocomplete="current-password" required;
            }
            p { button.primary type="submit" { "Announce" } }
        }
        p { a href="/departures" { "Not now" } }
    }
}

fn told(status: &Status, there: &str) -> Markup {
    let (map, deliveries) = (status.map, status.deliveries);
    let told = deliveries.delivered;
    let all = deliveries.queued + deliveries.delivered + deliveries.dead;
    html! {
        p { "You live at " strong { (there) } " now." }
        @if status.departure.state == "announcing" {
            p {
                "The new addresses are being checked one by one: "
                (map.proven + map.refused) " of " (map.entries - map.hidden.min(map.entries))
                ". Then your followers are told. Reload this page to see how far it is."
            }
        } @else {
            dl {
                dt { "Servers told" } dd { (told) " of " (all) }
                @if deliveries.queued > 0 { dt { "Still being told" } dd { (deliveries.queued) } }
                @if deliveries.dead > 0 { dt { "Could not be reached" } dd { (deliveries.dead) } }
                dt { "Old links that lead to " (there) } dd { (map.proven) }
                @if map.refused > 0 { dt { "Links that stay here, because the copy did not prove itself" } dd { (map.refused) } }
                @if map.hidden > 0 { dt { "Not public, not forwarded" } dd { (map.hidden) } }
                dt { "Forwarding" } dd { @if status.departure.is_forwarding { "on" } @else { "off" } }
            }
        }
        @if let Some(back) = &status.departure.return_url { p { a href=(back) { "Back to your New home" } } }
        p { a href="/departures" { "Departures" } }
    }
}

/// The page for somebody who is signed in under another name.
pub(super) fn somebody_else(app: &App, session: &Session, name: &str, next: &str) -> HttpResponse {
    let body = html! {
        h1 { "This is about another account" }
        p {
            "You are signed in as " strong { "@" (session.account.username) } ", but this page belongs to "
            strong { "@" (name) } ". Sign out, and sign in with that account."
        }
        form method="post" action="/sign-out" {
            (layout::csrf(session))
            input type="hidden" name="next" value=(next);
            button type="submit" { "Sign out" }
        }
    };
    let mut page = layout::page(app, Some(session), Home::Old, "Another account", &body);
    *page.status_mut() = actix_web::http::StatusCode::FORBIDDEN;
    page
}
