//! The words an owner reads before another server may have their account.

use actix_web::HttpResponse;
use maud::{Markup, html};

use crate::words::{say, text};
use crate::{
    app::App,
    http::{
        proof,
        ui::{
            homes::own,
            layout::{self, Home},
            words::{self, number},
        },
    },
    model::collection::CollectionKind,
    oauth::scope::Scope,
    site::sessions::Session,
    transfer::consent::{Asked, Choice},
};

/// What the page shows.
pub(super) struct Shown<'a> {
    /// The request.
    pub(super) asked: &'a Asked,
    /// How many there are of each kind, where that is known.
    pub(super) counts: &'a [(CollectionKind, Option<u64>)],
    /// What the last answer chose, and why it was not taken: nothing that was unticked is ticked again.
    pub(super) before: Option<Before<'a>>,
}

/// An answer that could not be taken.
#[derive(Clone, Copy)]
pub(super) struct Before<'a> {
    /// What was chosen.
    pub(super) choice: &'a Choice,
    /// Whether the box that says yes was ticked.
    pub(super) is_unlocked: bool,
    /// The sentence.
    pub(super) problem: &'a str,
}

/// The page.
pub(super) fn page(app: &App, session: &Session, shown: &Shown<'_>) -> HttpResponse {
    let host = shown.asked.client.host();
    let name = &shown.asked.client.name;
    let here = app.config.domain();
    let is_reading = shown.asked.request.scope == Scope::Read;
    let title = if is_reading {
        text!("departures-may-your-account-be-copied")
    } else {
        text!("departures-take-the-list-of-new-addresses")
    };
    let body = html! {
        h1 { (title) }
        @if let Some(before) = shown.before { p.warning #why role="alert" { (before.problem) } }
        p {
            (say!("departures-this-is-your-old-home", here = here, host = host))
            @if *name != host { " " (say!("departures-it-calls-itself", name = name)) }
            @if is_reading { " " (say!("departures-wants-to-become-your-new-home-and")) }
            @else { " " (say!("departures-is-your-new-home-it-asks-to")) }
        }
        div.homes {
            p.home.is-old { span { (say!("departures-old-home-signed-in-as")) } strong { (own(app, &session.account.username)) } }
            p.home.is-new { span { (say!("transfers-new-home")) } strong { (host) } }
        }
        form.inline method="post" action="/sign-out" {
            (layout::csrf(session))
            input type="hidden" name="next" value=(again(shown.asked));
            button.quiet type="submit" { (say!("departures-not-this-account-sign-out-and-use")) }
        }
        form method="post" action="/godwit/oauth/authorize" {
            (layout::csrf(session))
            @for (field, value) in shown.asked.request.fields() {
                input type="hidden" name=(field) value=(value);
            }
            @if is_reading { (choices(app, session, &host, shown)) } @else { (list(&host)) }
            p.actions {
                button.primary type="submit" name="decision" value="allow" {
                    @if is_reading { (say!("departures-let-copy", host = host)) } @else { (say!("departures-yes-take-the-list")) }
                }
                button.secondary type="submit" name="decision" value="deny" formnovalidate { (say!("departures-no")) }
            }
        }
    };
    layout::page(app, Some(session), Home::Old, &title, &body)
}

/// What the second yes means.
fn list(host: &str) -> Markup {
    html! {
        p { (say!("departures-for-each-of-your-old-posts-the")) }
        ul {
            li { (say!("departures-your-copy-at-becomes-visible-there-to", host = host)) }
            li { (say!("departures-new-home-will-give-back-the-list")) }
            li { (say!("departures-nobody-is-told-the-announcement-is-a")) }
        }
    }
}

fn kind_box(kind: CollectionKind, count: Option<u64>, is_ticked: bool) -> Markup {
    html! {
        label {
            input type="checkbox" name="kinds" value=(kind.as_str()) checked[is_ticked];
            span {
                (words::kind(kind.main_item().as_str()))
                @if let Some(count) = count { " " span.count { (number(count)) } }
            }
        }
    }
}

fn choices(app: &App, session: &Session, host: &str, shown: &Shown<'_>) -> Markup {
    let label = say!("departures-your-password-at", here = app.config.domain());
    let before = shown.before;
    let is_ticked = |kind: &CollectionKind| before.is_none_or(|before| before.choice.kinds.contains(kind));
    html! {
        fieldset {
            legend { (say!("departures-what-may-be-copied")) }
            @for (kind, count) in shown.counts.iter().filter(|(_, count)| *count != Some(0)) {
                (kind_box(*kind, *count, is_ticked(kind)))
            }
            @if shown.counts.iter().any(|(_, count)| *count == Some(0)) {
                details.quiet {
                    summary { (say!("departures-should-there-be-any-later")) }
                    @for (kind, _) in shown.counts.iter().filter(|(_, count)| *count == Some(0)) {
                        (kind_box(*kind, None, is_ticked(kind)))
                    }
                }
            }
            p.hint { (say!("departures-also-told-how-many-followers-you-have")) }
        }
        label {
            input type="checkbox" name="private" value="yes" checked[before.is_some_and(|before| before.choice.includes_private)];
            span { (say!("departures-also-posts-that-only-followers-or", host = host)) }
        }
        div.note {
            p { (say!("departures-nothing-changes-here-your-account")) }
        }
        label {
            input type="checkbox" name="unlock" value="yes" required checked[before.is_some_and(|before| before.is_unlocked)];
            span { (say!("departures-yes-may-read-what-is-ticked-above", host = host)) }
        }
        (proof::field(app, session, &again(shown.asked), &label, before.map(|_| "why")))
    }
}

/// This very page, for after signing in as somebody else.
fn again(asked: &Asked) -> String {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked.request.fields()).finish();
    format!("{}?{query}", crate::oauth::metadata::AUTHORIZE_PATH)
}
