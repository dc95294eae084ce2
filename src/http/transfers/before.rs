//! What is said of Old home before the person goes there: what it is, what comes along, what cannot; and
//! where no way leads there, what else is possible.

use maud::{Markup, html};

use crate::{
    app::App,
    http::ui::{
        homes::{homes, own},
        post::Author,
        words,
    },
    model::collection::CollectionKind,
    transfer::preflight::{Facts, Preflight},
    words::say,
};

/// What Old home is, before somebody who has no account here chooses a name.
pub(super) fn facts(found: &Facts) -> Markup {
    html! {
        p {
            @match &found.software {
                _ if !found.hands_over => { (say!("transfers-before-reads", host = found.host)) },
                Some(software) => { (say!("transfers-before-runs", host = found.host, software = software)) },
                None => { (say!("transfers-before-answers", host = found.host)) },
            }
        }
        @if let Some(there) = &found.moved_to {
            p.warning { (say!("transfers-before-moved", there = Author::elsewhere(there).handle)) }
        }
        @if found.refuses_us { p.warning { (say!("transfers-before-refuses", host = found.host)) } }
    }
}

/// The page between the box and Old home; `username` is the account here that receives the copy.
pub(super) fn page(app: &App, username: &str, found: &Preflight, handle: &str) -> Markup {
    // What people ask for first stands first; it is read in another order.
    let is_loud = |kind: &CollectionKind| matches!(kind, CollectionKind::Content | CollectionKind::Following);
    let (loud, quiet): (Vec<_>, Vec<_>) = CollectionKind::ALL.into_iter().partition(is_loud);
    let name = |kind: CollectionKind| kind.yields().first().map(|kind| words::kind(kind.as_str()));
    let kinds: Vec<String> = loud.into_iter().chain(quiet).filter_map(name).collect();
    html! {
        h1 { (say!("transfers-before-title", host = found.host)) }
        (homes(handle, &own(app, username)))
        p {
            @match &found.software {
                _ if !found.not_this_way.is_empty() => { (say!("transfers-before-reads", host = found.host)) },
                Some(software) => { (say!("transfers-before-runs", host = found.host, software = software)) },
                None => { (say!("transfers-before-answers", host = found.host)) },
            }
        }
        @if !found.not_this_way.is_empty() {
            p { (say!("transfers-nothing-of-our-kind-runs-there")) }
            ul { @for line in &found.not_this_way { li { (words::sentence(line)) } } }
        }
        @if let Some(there) = &found.moved_to {
            p.warning { (say!("transfers-before-moved", there = Author::elsewhere(there).handle)) }
        }
        @if found.refuses_us { p.warning { (say!("transfers-before-refuses", host = found.host)) } }
        p { (say!("transfers-before-next", host = found.host)) }
        @if found.host == app.config.domain() { p.note { (say!("transfers-before-rename", username = username)) } }
        p.actions {
            a.button.primary href=(found.consent_page) rel="nofollow" { (say!("transfers-go-on-at", host = found.host)) }
            a.button href="/transfers/new" { (say!("transfers-another-address")) }
        }
        details.choice open {
            summary { (say!("transfers-before-comes")) }
            p { (kinds.join(" · ")) }
            p.hint { (say!("transfers-before-choose-later")) }
        }
        details.choice {
            summary { (say!("transfers-before-stays")) }
            ul {
                li { (say!("transfers-before-followers")) }
                li { (say!("transfers-before-others")) }
                li { (say!("transfers-before-password")) }
                li { (say!("transfers-before-cool-down")) }
            }
        }
    }
}

/// What else can be done when Old home cannot hand an account over, from most to least.
pub(super) fn ladder(domain: &str) -> Markup {
    html! {
        details.quiet {
            summary { (say!("transfers-what-else")) }
            ol {
                li { (say!("transfers-else-godwit")) }
                li { (say!("transfers-else-archive", here = domain)) " "
                    a href="/transfers/archive" { (say!("transfers-bring-a-file")) } }
                li { (say!("transfers-else-lists", here = domain)) }
            }
        }
    }
}
