//! The words before and after the last word.

use actix_web::HttpResponse;
use maud::{Markup, html};
use url::Url;

use crate::{
    app::App,
    http::ui::{
        layout::{self, Home},
        post::Author,
        words::{count, number, sentence},
    },
    model::{actor::authority, ending::Ending},
    site::sessions::Session,
    transfer::{departure_status::Status, findings::Finding},
};

/// How often the page is looked at again while servers are being told, in seconds.
const TELLING_SECONDS: u32 = 3;

/// The page of the account's owner.
pub(super) fn page(app: &App, session: &Session, status: &Status, found: &[Finding]) -> HttpResponse {
    let target = &status.departure.target;
    let there = Url::parse(target).map_or_else(|_| target.clone(), |url| authority(&url));
    let is_under_way = status.departure.state == "announcing" || status.deliveries.queued > 0;
    let ending = status.departure.ending().unwrap_or(Ending::Announce);
    let title = title(&status.departure.state, ending);
    let words = match status.departure.state.as_str() {
        "announcing" | "announced" => told(session, status, &there),
        _ => question(app, session, status, &there, found),
    };
    let new = Url::parse(target).map_or_else(|_| target.clone(), |url| Author::elsewhere(&url).handle);
    let body = html! {
        h1 { (title) }
        div.homes {
            p.home.is-old { span { "Old home" } strong { "@" (session.account.username) "@" (app.config.domain()) } }
            p.home.is-new { span { "New home" } strong { (new) } }
        }
        (words)
    };
    if is_under_way {
        layout::following(app, Some(session), Home::Old, title, &body, TELLING_SECONDS)
    } else {
        layout::page(app, Some(session), Home::Old, title, &body)
    }
}

fn title(state: &str, ending: Ending) -> &'static str {
    match (state, ending) {
        ("announcing", Ending::Announce) => "Your move is being announced",
        ("announced", Ending::Announce) => "Your move is announced",
        (_, Ending::Announce) => "Announce your move",
        ("announcing", _) => "Your copy is being looked at",
        ("announced", Ending::Copy) => "Your profile names its copy",
        ("announced", _) => "Your old links lead on",
        (_, Ending::Copy) => "Name your copy",
        _ => "Send visitors on",
    }
}

fn question(app: &App, session: &Session, status: &Status, there: &str, found: &[Finding]) -> Markup {
    let (departure, username, here) = (&status.departure, &session.account.username, app.config.domain());
    let ending = departure.ending().unwrap_or(Ending::Announce);
    let followed = status.map.entries - status.map.hidden.min(status.map.entries);
    html! {
        @if let Some(problem) = &departure.problem { p.warning role="alert" { (sentence(problem)) } }
        @if !found.is_empty() {
            div.warning #why role="alert" {
                p { @if ending == Ending::Announce { "Nothing was announced:" } @else { "Nothing has changed:" } }
                ul { @for finding in found { li { (sentence(&finding.why)) } } }
            }
        }
        p { "You are at your Old home, " strong { (here) } ". With your password you "
            (match ending {
                Ending::Copy => "say that you have a copy at ",
                Ending::Redirect => "send visitors on to ",
                _ => "announce that you moved to ",
            })
            strong { (there) } ". What happens then:" }
        (effects(ending, there, followed))
        form.card method="post" action={ "/departures/" (username) "/finish" } {
            (layout::csrf(session))
            input type="hidden" name="departure" value=(departure.id);
            label for="password" { "Your password at " (here) }
            input #password type="password" name="password" autocomplete="current-password" required
                aria-describedby=[(!found.is_empty()).then_some("why")];
            p.actions {
                button.primary type="submit" {
                    (match ending {
                        Ending::Copy => "Name my copy at ",
                        Ending::Redirect => "Send visitors on to ",
                        _ => "Announce: I moved to ",
                    })
                    (there)
                }
                a.button href="/departures" { "Not now" }
            }
        }
    }
}

/// What the last word does, one sentence each.
fn effects(ending: Ending, there: &str, followed: u64) -> Markup {
    let nobody =
        html! { li { strong { "Nobody is told." } " Your account here stays in use, followers included." } };
    html! {
        ul.effects {
            @match ending {
                Ending::Copy => {
                    (nobody)
                    li { strong { "Your profile" } " names the account at " (there) " as its copy, for programs that ask." }
                    li { strong { "Links to your posts" } " stay as they are." }
                }
                Ending::Redirect => {
                    (nobody)
                    li {
                        strong { "Links to your public posts" } " lead to the same posts at " (there)
                        ", each checked first: " (count(followed, "address", "addresses")) ". Visitors of your profile "
                        "are sent on as well. You can switch this off later."
                    }
                    li { strong { "Posts that are not public" } " and posts you write from now on stay where they are." }
                }
                _ => {
                    li { strong { "Your followers" } " are told by their servers and follow you to " (there)
                        " by themselves. This cannot be called back." }
                    li { strong { "Another move" } " soon after is ignored by most servers, for a week or longer." }
                    li { strong { "Your profile" } " here says that you moved, and visitors are sent to " (there) "." }
                    li {
                        strong { "Links to your public posts" } " lead to the same posts at " (there)
                        ", each checked first: " (count(followed, "address", "addresses")) ". You can switch this off later."
                    }
                    li { strong { "Posts that are not public" } " stay where they are and lead nowhere." }
                }
            }
        }
    }
}

fn told(session: &Session, status: &Status, there: &str) -> Markup {
    let ending = status.departure.ending().unwrap_or(Ending::Announce);
    let (map, deliveries) = (status.map, status.deliveries);
    let all = deliveries.queued + deliveries.delivered + deliveries.dead;
    let to_check = map.entries - map.hidden.min(map.entries);
    let checked = map.proven + map.refused;
    html! {
        @if status.departure.state == "announcing" {
            p { "The new addresses are looked at one by one: " (number(checked)) " of " (number(to_check))
                "." @if ending == Ending::Announce { " Then your followers are told." }
                " You can close this page; the work goes on." }
            progress max=(to_check.max(1)) value=(checked) data-done=(checked) aria-label="Addresses looked at" {}
            p.pace data-pace {}
        } @else {
            p {
                @match ending {
                    Ending::Copy => { "Your profile names the account at " strong { (there) } " as its copy. Nobody was told." }
                    Ending::Redirect => { "Visitors of your old links are sent on to " strong { (there) } ". Nobody was told." }
                    _ => { "You live at " strong { (there) } " now." }
                }
                @if deliveries.queued > 0 { " Your followers' servers are being told; you can close this page." } }
            dl.facts {
                @if ending == Ending::Announce {
                    dt { "Servers told" } dd { @if all == 0 { "none had to be" } @else { (number(deliveries.delivered)) " of " (number(all)) } }
                }
                @if deliveries.queued > 0 { dt { "Still to be told" } dd { (number(deliveries.queued)) } }
                @if deliveries.dead > 0 { dt { "Could not be reached" } dd { (number(deliveries.dead)) } }
                @if ending.redirects() { dt { "Old links that lead to " (there) } dd { (number(map.proven)) } }
                @if map.refused > 0 {
                    dt { "Links that stay here, because the copy could not be recognized" } dd { (number(map.refused)) }
                }
                @if map.hidden > 0 { dt { "Not public, so they lead nowhere" } dd { (number(map.hidden)) } }
                @if ending.redirects() {
                    dt { "Old links lead on" } dd { @if status.departure.is_forwarding { "yes" } @else { "no, switched off" } }
                }
            }
        }
        p.actions {
            @if let Some(back) = &status.departure.return_url { a.button.primary href=(back) { "Go to your New home" } }
            a.button href="/departures" { "Departures" }
        }
        @if status.departure.state == "announced" {
            p { a href={ "/@" (session.account.username) "/with_replies" } { "Your old profile, as only you still see it" } }
        }
    }
}

/// The page for somebody who is signed in under another name.
pub(super) fn somebody_else(app: &App, session: &Session, name: &str, next: &str) -> HttpResponse {
    let body = html! {
        h1 { "This is about another account" }
        p {
            "You are signed in as " strong { "@" (session.account.username) } ", but this page belongs to "
            strong { "@" (name) } ". Sign out, and sign in with that account; then you come back here."
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
