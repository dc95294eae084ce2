//! Whole copies out of sight: the buttons on a request's page, and the list of all of them.

use actix_web::{HttpResponse, web};
use maud::{Markup, html};

use super::{
    admin::{Sent, then},
    request_page::found,
};
use crate::{
    app::App,
    http::{problem::Problem, ui::layout::csrf},
    model::{
        moment::Moment,
        transfer::{Transfer, TransferState as S},
    },
    site::sessions::Session,
    store::hidden_imports::Hidden,
    transfer::hide::{self, Deed},
    words::say,
};

/// What can be done to the copy of a request, and what was.
pub(super) fn card(app: &App, session: &Session, transfer: &Transfer, hidden: Option<&Hidden>) -> Markup {
    let is_there = matches!(
        transfer.state,
        S::Trial | S::Looking | S::Keeping | S::Kept | S::HandingOver | S::AwaitingAnnouncement | S::Done
    );
    let at = |deed: &str| format!("/desk/arrivals/{}/{deed}", transfer.id);
    html! {
        @if let Some(hidden) = hidden.filter(|hidden| hidden.holds()) {
            h2 { (say!("desk-out-of-sight")) }
            div.warning role="note" {
                p { (since(hidden)) }
                p { (say!("desk-reason")) " " q { (hidden.why) } }
            }
            @if hidden.state != "removing" { form method="post" action=(at("show")) {
                (csrf(session))
                p.actions { button.primary type="submit" { (say!("desk-show-again")) } }
            } }
        }
        @if is_there && app.engine.destination.can_hide() {
            h2 { (say!("desk-the-whole-copy")) }
            p.hint { (say!("desk-hiding-means")) }
            details.choice { summary { (say!("desk-hide")) }
                form method="post" action=(at("hide")) {
                    (csrf(session))
                    label for="hide-why" { (say!("desk-reason-the-owner-reads")) }
                    textarea #hide-why name="hide_why" required rows="2" maxlength="1000" {}
                    p.actions { button type="submit" { (say!("desk-hide-now")) } }
                }
            }
            details.choice { summary { (say!("desk-remove")) }
                p { (say!("desk-removing-means")) }
                form method="post" action=(at("remove")) {
                    (csrf(session))
                    label for="remove-why" { (say!("desk-reason-the-owner-reads")) }
                    textarea #remove-why name="remove_why" required rows="2" maxlength="1000" {}
                    p.actions { button.danger type="submit" { (say!("desk-remove-now")) } }
                }
            }
        }
    }
}

/// Since when, and until when it can be called back.
fn since(hidden: &Hidden) -> Markup {
    let since = Moment::from_micros(hidden.hidden_at);
    match hidden.remove_at.map(Moment::from_micros) {
        Some(until) => say!("desk-hidden-and-goes", since = since.day(), until = until.day()),
        None => say!("desk-hidden-since", since = since.day()),
    }
}

/// All of them, in a list.
pub(super) fn list(all: &[Hidden]) -> Markup {
    html! {
        @if !all.is_empty() {
            section aria-labelledby="hidden" {
                h2 #hidden { (say!("desk-out-of-sight")) }
                ul { @for one in all {
                    li { a href={ "/desk/arrivals/" (one.transfer_id) } { (since(one)) } " " q { (one.why) } }
                } }
            }
        }
    }
}

async fn act(app: &App, sent: &Sent, id: &str, deed: Deed) -> Result<HttpResponse, Problem> {
    let (transfer, _) = found(app, id).await.map_err(Problem::page)?;
    let done = hide::act(&app.engine, &transfer, Some(sent.admin.id()), deed).await;
    then(&format!("/desk/arrivals/{id}"), done)
}

/// `POST /desk/arrivals/{id}/hide`.
pub(super) async fn hide(
    app: web::Data<App>,
    sent: Sent,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    act(&app, &sent, &id, Deed::Hide(sent.one("hide_why").to_owned())).await
}

/// `POST /desk/arrivals/{id}/remove`.
pub(super) async fn remove(
    app: web::Data<App>,
    sent: Sent,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    act(&app, &sent, &id, Deed::Remove(sent.one("remove_why").to_owned())).await
}

/// `POST /desk/arrivals/{id}/show`.
pub(super) async fn show(
    app: web::Data<App>,
    sent: Sent,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    act(&app, &sent, &id, Deed::Show).await
}
