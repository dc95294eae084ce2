//! The words before and after the last word.

use actix_web::HttpResponse;
use maud::{Markup, html};
use url::Url;

use crate::words::{say, text};
use crate::{
    app::App,
    http::{
        live::Shown,
        proof,
        ui::{
            homes::leaving,
            layout::{self, Home},
            words::{minute, number, pace, sentence},
        },
    },
    model::{actor::authority, ending::Ending, moment::Moment},
    site::sessions::Session,
    transfer::{
        departure_status::Status,
        findings::Finding,
        ledger::{Heard, Line},
    },
};

/// How often the page is looked at again while servers are being told, in seconds.
const TELLING_SECONDS: u32 = 3;
/// The same while the last word rests.
const RESTING_SECONDS: u32 = 60;

/// The page of the account's owner.
pub(super) fn shown(
    app: &App,
    session: &Session,
    status: &Status,
    found: &[Finding],
    lines: &[Line],
) -> Shown {
    let target = &status.departure.target;
    let there = Url::parse(target).map_or_else(|_| target.clone(), |url| authority(&url));
    let follows = match status.departure.state.as_str() {
        "announcing" => Some(TELLING_SECONDS),
        "resting" => Some(RESTING_SECONDS),
        _ => (status.deliveries.queued > 0).then_some(TELLING_SECONDS),
    };
    let ending = status.departure.ending().unwrap_or(Ending::Announce);
    let title = title(&status.departure.state, ending);
    let words = match status.departure.state.as_str() {
        "announcing" | "announced" => told(app, session, status, &there),
        "resting" => resting(session, status, &there),
        _ => question(app, session, status, &there, found),
    };
    let body = html! {
        h1 { (title) }
        (leaving(app, &session.account.username, target))
        (words)
        (ledger(lines))
    };
    Shown { title, body, follows }
}

fn title(state: &str, ending: Ending) -> String {
    match (state, ending) {
        ("announcing", Ending::Announce) => text!("departures-your-move-is-being-announced"),
        ("announced", Ending::Announce) => text!("departures-your-move-is-announced"),
        ("resting", _) => text!("departures-your-move-will-be-announced"),
        (_, Ending::Announce) => text!("departures-announce-your-move"),
        ("announcing", _) => text!("departures-your-copy-is-being-looked-at"),
        ("announced", Ending::Copy) => text!("departures-your-profile-names-its-copy"),
        ("announced", _) => text!("departures-your-old-links-lead-on"),
        (_, Ending::Copy) => text!("departures-name-your-copy"),
        _ => text!("departures-send-visitors-on"),
    }
}

fn question(app: &App, session: &Session, status: &Status, there: &str, found: &[Finding]) -> Markup {
    let (departure, username, here) = (&status.departure, &session.account.username, app.config.domain());
    let ending = departure.ending().unwrap_or(Ending::Announce);
    let followed = status.map.entries - status.map.hidden.min(status.map.entries);
    let hours = u64::from(app.config.limits.rest_seconds.div_ceil(3600));
    html! {
        @if let Some(problem) = &departure.problem { p.warning role="alert" { (sentence(problem)) } }
        @if !found.is_empty() {
            div.warning #why role="alert" {
                p { @if ending == Ending::Announce { (say!("departures-nothing-was-announced")) } @else { (say!("departures-nothing-has-changed")) } }
                ul { @for finding in found { li { (sentence(&finding.why)) } } }
            }
        }
        p { (match ending {
            Ending::Copy => say!("departures-with-your-password-you-name-a-copy", here = here, there = there),
            Ending::Redirect => say!("departures-with-your-password-you-send-on", here = here, there = there),
            _ => say!("departures-with-your-password-you-announce", here = here, there = there),
        }) }
        (effects(ending, there, followed))
        @if session.is_guest && ending == Ending::Announce {
            p.note { a href="/departures/code" { (say!("guests-take-a-code-first", domain = here)) } }
        }
        form.card method="post" action={ "/departures/" (username) "/finish" } {
            (layout::csrf(session))
            input type="hidden" name="departure" value=(departure.id);
            (proof::field(app, session, &format!("/departures/{username}/finish"), &say!("departures-your-password-at", here = here), (!found.is_empty()).then_some("why")))
            @if ending == Ending::Announce {
                label.tick {
                    input type="checkbox" name="later" value="yes" aria-describedby="later";
                    span { (say!("departures-not-at-once", hours = hours)) }
                }
                p.hint #later { (say!("departures-not-at-once-hint")) }
            }
            p.actions {
                button.primary type="submit" {
                    (match ending {
                        Ending::Copy => text!("departures-name-my-copy-at", there = there),
                        Ending::Redirect => text!("departures-send-visitors-on-to", there = there),
                        _ => text!("departures-announce-i-moved-to", there = there),
                    })
                }
                a.button href="/departures" { (say!("departures-not-now")) }
            }
        }
    }
}

/// The last word is said and not heard yet.
fn resting(session: &Session, status: &Status, there: &str) -> Markup {
    let departure = &status.departure;
    let due = Moment::from_micros(departure.due_at.unwrap_or_default());
    html! {
        p {
            (say!("departures-it-will-be-announced", there = there,
                due = minute(&due)))
        }
        p { (say!("departures-until-then-nothing-changes")) }
        form method="post" action="/departures/call-off" {
            (layout::csrf(session))
            input type="hidden" name="departure" value=(departure.id);
            p.actions {
                button type="submit" { (say!("departures-call-it-off")) }
                @if let Some(back) = &departure.return_url { a.button href=(back) { (say!("departures-go-to-your-new-home")) } }
            }
        }
        (effects(Ending::Announce, there, status.map.entries - status.map.hidden.min(status.map.entries)))
    }
}

/// What the last word does, one sentence each.
fn effects(ending: Ending, there: &str, followed: u64) -> Markup {
    let nobody = html! { li { (say!("departures-nobody-is-told-your-account-here-stays")) } };
    html! {
        ul.effects {
            @match ending {
                Ending::Copy => {
                    (nobody)
                    li { (say!("departures-your-profile-names-the-account-at-as", there = there)) }
                    li { (say!("departures-links-to-your-posts-stay-as-they")) }
                }
                Ending::Redirect => {
                    (nobody)
                    li {
                        (say!("departures-links-to-your-public-posts-lead-to", there = there, followed = followed))
                    }
                    li { (say!("departures-posts-that-are-not-public-and-posts")) }
                }
                _ => {
                    li { (say!("departures-your-followers-are-told-by-their", there = there)) }
                    li { (say!("departures-another-move-soon-after-is-ignored-by")) }
                    li { (say!("departures-your-profile-here-says-that-you-moved", there = there)) }
                    li {
                        (say!("departures-links-to-your-public-posts-lead-to-2", there = there, followed = followed))
                    }
                    li { (say!("departures-posts-that-are-not-public-stay-where")) }
                }
            }
        }
    }
}

fn told(app: &App, session: &Session, status: &Status, there: &str) -> Markup {
    let ending = status.departure.ending().unwrap_or(Ending::Announce);
    let (map, deliveries) = (status.map, status.deliveries);
    let all = deliveries.queued + deliveries.delivered + deliveries.dead;
    let to_check = map.entries - map.hidden.min(map.entries);
    let checked = map.proven + map.refused;
    html! {
        @if status.departure.state == "announcing" {
            p { (say!("departures-the-new-addresses-are-looked-at-one", checked = number(checked), to_check = number(to_check))) @if ending == Ending::Announce { " " (say!("departures-then-your-followers-are-told")) }
                " " (say!("departures-you-can-close-this-page-the-work")) }
            progress max=(to_check.max(1)) value=(checked) aria-label=(say!("departures-addresses-looked-at")) {}
            (pace(app.gauges.look(&status.departure.id, checked, app.clock.now_micros()), to_check.saturating_sub(checked)))
        } @else {
            p {
                @match ending {
                    Ending::Copy => { (say!("departures-your-profile-names-the-account-at-as-2", there = there)) }
                    Ending::Redirect => { (say!("departures-visitors-of-your-old-links-are-sent", there = there)) }
                    _ => { (say!("departures-you-live-at-now", there = there)) }
                }
                @if deliveries.queued > 0 { " " (say!("departures-your-followers-servers-are-being-told")) } }
            dl.facts {
                @if ending == Ending::Announce {
                    dt { (say!("departures-servers-told")) } dd { @if all == 0 { (say!("departures-none-had-to-be")) } @else { (say!("departures-of", delivered = number(deliveries.delivered), all = number(all))) } }
                }
                @if deliveries.queued > 0 { dt { (say!("departures-still-to-be-told")) } dd { (number(deliveries.queued)) } }
                @if deliveries.dead > 0 { dt { (say!("departures-could-not-be-reached")) } dd { (number(deliveries.dead)) } }
                @if ending.redirects() { dt { (say!("departures-old-links-that-lead-to", there = there)) } dd { (number(map.proven)) } }
                @if map.refused > 0 {
                    dt { (say!("departures-links-that-stay-here-because-the-copy")) } dd { (number(map.refused)) }
                }
                @if map.hidden > 0 { dt { (say!("departures-not-public-so-they-lead-nowhere")) } dd { (number(map.hidden)) } }
                @if ending.redirects() {
                    dt { (say!("departures-old-links-lead-on")) } dd { @if status.departure.is_forwarding { (say!("departures-yes")) } @else { (say!("departures-no-switched-off")) } }
                }
            }
        }
        p.actions {
            @if let Some(back) = &status.departure.return_url { a.button.primary href=(back) { (say!("departures-go-to-your-new-home")) } }
            a.button href="/departures" { (say!("departures-departures")) }
        }
        @if status.departure.state == "announced" {
            p { a href={ "/@" (session.account.username) "/with_replies" } { (say!("departures-your-old-profile-as-only-you-still")) } }
        }
    }
}

/// Server by server, the ones that need a look first.
fn ledger(lines: &[Line]) -> Markup {
    html! {
        @if !lines.is_empty() {
            h2 { (say!("departures-your-followers-servers")) }
            div.scroll {
                table {
                    thead { tr { th scope="col" { (say!("departures-server")) } th scope="col" { (say!("departures-what-it-made-of-it")) } } }
                    tbody {
                        @for line in lines {
                            tr { th scope="row" { (line.host) } td { (heard(line)) } }
                        }
                    }
                }
            }
            p.note { (say!("departures-how-fast-is-up-to-them")) }
        }
    }
}

fn heard(line: &Line) -> String {
    match line.heard {
        Heard::Followed => text!("departures-told-and-followed"),
        Heard::Waits => text!("departures-waits-to-be-told"),
        Heard::Silent => text!("departures-told-and-silent", n = line.remaining),
        Heard::Refused => text!("departures-could-not-be-told"),
    }
}

/// The page for somebody who is signed in under another name.
pub(super) fn somebody_else(app: &App, session: &Session, name: &str, next: &str) -> HttpResponse {
    let body = html! {
        h1 { (say!("departures-this-is-about-another-account")) }
        p {
            (say!("departures-you-are-signed-in-as-but-this", username = session.account.username, name = name))
        }
        form method="post" action="/sign-out" {
            (layout::csrf(session))
            input type="hidden" name="next" value=(next);
            button type="submit" { (say!("departures-sign-out")) }
        }
    };
    let mut page = layout::page(app, Some(session), Home::Old, &text!("departures-another-account"), &body);
    *page.status_mut() = actix_web::http::StatusCode::FORBIDDEN;
    page
}
