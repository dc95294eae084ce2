//! The words an owner reads before another server may have their account.

use actix_web::HttpResponse;
use maud::{Markup, html};

use crate::{
    app::App,
    http::ui::layout::{self, Home},
    model::collection::CollectionKind,
    oauth::scope::Scope,
    site::sessions::Session,
    transfer::consent::Asked,
};

/// What the page shows.
pub(super) struct Shown<'a> {
    /// The request.
    pub(super) asked: &'a Asked,
    /// How many there are of each kind, where that is known.
    pub(super) counts: &'a [(CollectionKind, Option<u64>)],
    /// Why the last answer was not taken.
    pub(super) problem: Option<&'a str>,
}

/// The page.
pub(super) fn page(app: &App, session: &Session, shown: &Shown<'_>) -> HttpResponse {
    let host = shown.asked.client.host();
    let name = &shown.asked.client.name;
    let here = app.config.domain();
    let is_reading = shown.asked.request.scope == Scope::Read;
    let title = if is_reading { "Copy your account?" } else { "Take the new addresses?" };
    let body = html! {
        h1 { (title) }
        @if let Some(problem) = shown.problem { p.problem role="alert" { (problem) } }
        p {
            "This is your Old home, " strong { (here) } ". You are signed in as "
            strong { "@" (session.account.username) "@" (here) } "."
        }
        form.inline method="post" action="/sign-out" {
            (layout::csrf(session))
            input type="hidden" name="next" value=(again(shown.asked));
            button.quiet type="submit" { "Not you? Sign out" }
        }
        p {
            strong { (host) }
            @if *name != host { " (it calls itself “" (name) "”)" }
            @if is_reading { " wants to become your New home and asks to copy your account." }
            @else { " is your New home and asks to give back the list of your new addresses." }
        }
        form method="post" action="/godwit/oauth/authorize" {
            (layout::csrf(session))
            @for (field, value) in shown.asked.request.fields() {
                input type="hidden" name=(field) value=(value);
            }
            @if is_reading { (choices(&host, shown.counts)) } @else {
                p { "New home will give back the list of new addresses; nothing is redirected until you announce." }
            }
            p.buttons {
                button.primary type="submit" name="decision" value="allow" {
                    @if is_reading { "Let " (host) " copy" } @else { "Take the list" }
                }
                " "
                button type="submit" name="decision" value="deny" formnovalidate { "No" }
            }
        }
    };
    layout::page(app, Some(session), Home::Old, title, &body)
}

fn choices(host: &str, counts: &[(CollectionKind, Option<u64>)]) -> Markup {
    html! {
        fieldset {
            legend { "What may be copied" }
            @for (kind, count) in counts {
                label {
                    input type="checkbox" name="kinds" value=(kind.as_str()) checked;
                    " " (words(*kind))
                    @if let Some(count) = count { " (" (count) ")" }
                }
            }
        }
        p { "Not included: your password, messages others wrote." }
        label {
            input type="checkbox" name="private" value="yes";
            " Also posts that only followers or certain people can read. " (host) " can read them then."
        }
        p {
            "Nothing changes here: your account stays as it is, nobody is told, and you can take this back "
            "under “Departures” at any time."
        }
        label {
            input type="checkbox" name="unlock" value="yes" required;
            " Yes, " (host) " may read what is ticked above."
        }
        label {
            "Your password on this server "
            input type="password" name="password" autocomplete="current-password" required;
        }
    }
}

fn words(kind: CollectionKind) -> &'static str {
    match kind {
        CollectionKind::Blocked => "People you block",
        CollectionKind::Media => "Pictures and other files",
        CollectionKind::Content => "Posts",
        CollectionKind::Outbox => "Boosts",
        CollectionKind::Liked => "Likes",
        CollectionKind::Bookmarks => "Bookmarks",
        CollectionKind::Following => "People you follow",
    }
}

/// This very page, for after signing in as somebody else.
fn again(asked: &Asked) -> String {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked.request.fields()).finish();
    format!("{}?{query}", crate::oauth::metadata::AUTHORIZE_PATH)
}
