//! The page between looking and copying: what there is at Old home, and what of it shall come.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use maud::{Markup, html};

use super::{
    pages::{Objection, back, objected},
    pressed::Pressed,
};
use crate::words::{say, text};
use crate::{
    http::{
        problem::Problem,
        ui::{
            layout::csrf,
            words::{self, number},
        },
    },
    model::{
        choices::{Choices, Day},
        collection::CollectionKind,
        transfer::Transfer,
    },
    site::sessions::Session,
    transfer::{TransferError, choose, status::Status},
};

/// The form. `forecast` says what will come of it: how much, how long, what changes on the way.
pub(super) fn form(session: &Session, transfer: &Transfer, status: &Status, forecast: &Markup) -> Markup {
    let choices = &status.choices;
    let found: Vec<(CollectionKind, Option<u64>)> = CollectionKind::ALL
        .into_iter()
        .filter_map(|kind| Some((kind, count(status, kind)?)))
        .filter(|(_, count)| *count != Some(0))
        .collect();
    let is_ticked = |kind: CollectionKind| choices.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
    html! {
        (forecast)
        form method="post" action={ "/transfers/" (transfer.id) "/begin" } {
            (csrf(session))
            fieldset {
                legend { (say!("transfers-what-shall-come")) }
                @for (kind, count) in &found {
                    label {
                        input type="checkbox" name="kinds" value=(kind.as_str()) checked[is_ticked(*kind)];
                        span { (name(*kind)) @if let Some(count) = count { " " span.count { (number(*count)) } } }
                    }
                }
                // A kind of which nothing is there now is still wanted if something of it comes later.
                @for kind in CollectionKind::ALL.into_iter().filter(|kind| !found.iter().any(|(known, _)| known == kind)) {
                    input type="hidden" name="kinds" value=(kind.as_str());
                }
            }
            details.choice open[choices.divides_posts()] {
                summary { (say!("transfers-only-some-of-the-posts")) }
                label for="from" { (say!("transfers-from-this-day")) }
                input #from type="date" name="from" value=(choices.from.map(String::from).unwrap_or_default());
                label for="until" { (say!("transfers-up-to-this-day")) }
                input #until type="date" name="until" value=(choices.until.map(String::from).unwrap_or_default());
                label {
                    input type="checkbox" name="originals_only" value="yes" checked[choices.originals_only];
                    span { (say!("transfers-only-what-you-wrote-for-yourself-no")) }
                }
                p.hint { (say!("transfers-the-days-are-those-of-the-world")) }
            }
            p.actions { button.primary type="submit" { (say!("transfers-copy-it-and-let-me-try")) } }
        }
    }
}

/// How many there are of a kind as far as the survey knows; `None` outside where Old home has no such list.
#[expect(clippy::option_option, reason = "a list whose length is not told is still a list")]
fn count(status: &Status, kind: CollectionKind) -> Option<Option<u64>> {
    let counts = status.survey.as_ref()?.get("counts")?;
    counts.get(kind.as_str()).map(serde_json::Value::as_u64)
}

/// What a person calls a list.
fn name(kind: CollectionKind) -> String {
    kind.yields().first().map(|kind| words::kind(kind.as_str())).unwrap_or_default()
}

/// `POST /transfers/{id}/begin`: on with what is ticked.
pub async fn begin(pressed: Pressed) -> Result<HttpResponse, Problem> {
    let transfer = pressed.transfer().await?;
    let choices = read(&pressed).map_err(Problem::page)?;
    match choose::begin(&pressed.app.engine, &transfer, choices.clone()).await {
        Err(TransferError::Refused(why)) => {
            let objection = Objection { choices, why };
            objected(&pressed.app, &pressed.signed.session, &transfer, objection).await
        }
        other => back(&pressed.id, other),
    }
}

/// The form's fields. All boxes ticked is everything, also of kinds that are learnt later.
fn read(pressed: &Pressed) -> Result<Choices, Problem> {
    let day = |field: &str| -> Result<Option<Day>, Problem> {
        let text = pressed.one(field).trim();
        let bad = |_| Problem::bad_request(text!("transfers-write-days-like-2023-07-20-or"));
        if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(bad) }
    };
    let kinds: BTreeSet<CollectionKind> =
        pressed.all("kinds").filter_map(CollectionKind::from_word).collect();
    let is_all = CollectionKind::ALL.into_iter().all(|kind| kinds.contains(&kind));
    Ok(Choices {
        kinds: (!is_all).then_some(kinds),
        from: day("from")?,
        until: day("until")?,
        originals_only: !pressed.one("originals_only").is_empty(),
    })
}
