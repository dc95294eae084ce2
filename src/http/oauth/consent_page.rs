//! The words an owner reads before another server may have their account.

use actix_web::HttpResponse;
use maud::{Markup, html};

use crate::{
    app::App,
    http::ui::{
        layout::{self, Home},
        words::{self, number},
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
    let title = if is_reading { "May your account be copied?" } else { "Take the list of new addresses?" };
    let body = html! {
        h1 { (title) }
        @if let Some(before) = shown.before { p.warning #why role="alert" { (before.problem) } }
        p {
            "This is your Old home, " strong { (here) } ". "
            strong { (host) }
            @if *name != host { " (it calls itself “" (name) "”)" }
            @if is_reading { " wants to become your New home and asks to copy your account." }
            @else { " is your New home. It asks to give back the list of your new addresses." }
        }
        div.homes { p.home.is-old { span { "Old home, signed in as" } strong { "@" (session.account.username) "@" (here) } } }
        form.inline method="post" action="/sign-out" {
            (layout::csrf(session))
            input type="hidden" name="next" value=(again(shown.asked));
            button.quiet type="submit" { "Not this account? Sign out and use another" }
        }
        form method="post" action="/godwit/oauth/authorize" {
            (layout::csrf(session))
            @for (field, value) in shown.asked.request.fields() {
                input type="hidden" name=(field) value=(value);
            }
            @if is_reading { (choices(&host, &here, shown)) } @else { (list(&host)) }
            p.actions {
                button.primary type="submit" name="decision" value="allow" {
                    @if is_reading { "Let " (host) " copy" } @else { "Yes, take the list" }
                }
                button.secondary type="submit" name="decision" value="deny" formnovalidate { "No" }
            }
        }
    };
    layout::page(app, Some(session), Home::Old, title, &body)
}

/// What the second yes means.
fn list(host: &str) -> Markup {
    html! {
        p { "For each of your old posts the list says where its copy is. What happens after your yes:" }
        ul {
            li { "Your copy at " (host) " becomes visible there, to whoever could see the originals. That cannot be "
                "taken back without a trace." }
            li { "New home will give back the list of new addresses; nothing is redirected until you announce." }
            li { "Nobody is told. The announcement is a page of its own here, and asks for your password." }
        }
    }
}

fn choices(host: &str, here: &str, shown: &Shown<'_>) -> Markup {
    let before = shown.before;
    let is_ticked = |kind: &CollectionKind| before.is_none_or(|before| before.choice.kinds.contains(kind));
    html! {
        fieldset {
            legend { "What may be copied" }
            @for (kind, count) in shown.counts {
                label {
                    input type="checkbox" name="kinds" value=(kind.as_str()) checked[is_ticked(kind)];
                    span { (words::kind(kind.main_item().as_str())) @if let Some(count) = count { span.count { (number(*count)) } } }
                }
            }
            p.hint { "Also told: how many followers you have on which server. Not included: who they are, your password, "
                "messages others wrote." }
        }
        label {
            input type="checkbox" name="private" value="yes" checked[before.is_some_and(|before| before.choice.includes_private)];
            span { "Also posts that only followers or certain people can read. " (host) " can read them then." }
        }
        div.note {
            p { strong { "Nothing changes here." } " Your account stays as it is and nobody is told. You can take this "
                "permission back at any time, under “Departures” on your page here." }
        }
        label {
            input type="checkbox" name="unlock" value="yes" required checked[before.is_some_and(|before| before.is_unlocked)];
            span { "Yes, " (host) " may read what is ticked above." }
        }
        label for="password" { "Your password at " (here) }
        input #password type="password" name="password" autocomplete="current-password" required
            aria-describedby=[before.map(|_| "why")];
    }
}

/// This very page, for after signing in as somebody else.
fn again(asked: &Asked) -> String {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked.request.fields()).finish();
    format!("{}?{query}", crate::oauth::metadata::AUTHORIZE_PATH)
}
