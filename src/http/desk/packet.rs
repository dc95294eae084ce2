//! What is known of a request: the same for the admins who look at it and for whoever asked.

use maud::{Markup, html};

use super::arrivals::name;
use crate::{
    app::App,
    http::ui::words::{self, bytes, number},
    model::{collection::CollectionKind, moment::Moment},
    store::applications::Application,
    words::say,
};

/// Who, since when, how much, and why it is looked at.
pub(in crate::http) fn packet(
    app: &App,
    one: &Application,
    survey: &serde_json::Value,
    account: &str,
) -> Markup {
    html! {
        p { (say!("desk-wants-to-come-as", old = name(one), new = account)) }
        dl.facts {
            dt { (say!("desk-asked-at")) } dd { (Moment::from_micros(one.asked_at).day()) }
            dt { (say!("desk-comes-from")) } dd {
                (one.request.who.shown())
                @if one.request.is_archive { " – " (say!("desk-a-file-claims-it")) }
                @else if one.request.is_known_server { " – " (say!("desk-others-came-from-there")) }
                @else { " – " (say!("desk-nobody-came-from-there")) }
            }
            dt { (say!("desk-cost")) } dd { (say!("desk-room", bytes = bytes(one.reserved_bytes))) }
        }
        (sizes(survey, one))
        @if !one.needs.is_empty() {
            h2 { (say!("desk-why-you-are-asked")) }
            ul { @for need in &one.needs { li { (need.sentence(&app.config.domain())) } } }
        }
    }
}

/// Numbers by kind, as Old home says them.
fn sizes(survey: &serde_json::Value, one: &Application) -> Markup {
    let counts = survey.get("counts").and_then(serde_json::Value::as_object);
    html! {
        @if let Some(counts) = counts {
            div.table tabindex="0" { table {
                caption { (say!("desk-what-old-home-says")) }
                tbody { @for (kind, count) in counts { tr {
                    th scope="row" { (kind_name(kind)) }
                    td.number { (count.as_u64().map_or_else(|| "?".to_owned(), number)) }
                    td { @if CollectionKind::from_word(kind).is_some_and(|kind| one.without_kinds.contains(&kind)) {
                        (say!("desk-stays-there"))
                    } }
                } } }
            } }
        }
        p { (say!("desk-files-in-all", bytes = one.request.size.media_bytes.map_or_else(|| "?".to_owned(), bytes))) }
    }
}

/// What a person calls a kind.
pub(super) fn kind_name(word: &str) -> String {
    let kind = CollectionKind::from_word(word).and_then(|kind| kind.yields().first().copied());
    kind.map_or_else(|| word.to_owned(), |kind| words::kind(kind.as_str()))
}
