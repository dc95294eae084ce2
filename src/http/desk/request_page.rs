//! One request: what is known of it, a sample of public posts, and the answers.

use actix_web::{HttpResponse, web};
use maud::{Markup, html};

use super::{
    admin::{Admin, Sent, desk_page, then},
    arrivals::{name, outcome},
    hidden,
    packet::{kind_name, packet},
    search, wall,
};
use crate::{
    app::App,
    http::{problem::Problem, ui::layout::csrf},
    model::{
        collection::CollectionKind,
        id::TransferId,
        transfer::{Transfer, TransferState},
    },
    site::sessions::Session,
    store::{
        applications::{self, Application},
        hidden_imports, transfers,
    },
    transfer::admit::{self, Word},
    words::{say, text},
};

/// A request and its transfer.
pub(super) async fn found(app: &App, id: &str) -> Result<(Transfer, Application), Problem> {
    let id = TransferId::from(id);
    let transfer = transfers::find(&app.store, &id).await?.ok_or_else(Problem::not_found)?;
    let one = applications::find(&app.store, &id).await?.ok_or_else(Problem::not_found)?;
    Ok((transfer, one))
}

/// `GET /desk/arrivals/{id}`.
pub(super) async fn show(
    app: web::Data<App>,
    admin: Admin,
    id: web::Path<String>,
    query: web::Query<wall::Query>,
) -> Result<HttpResponse, Problem> {
    let (transfer, one) = found(&app, &id).await.map_err(Problem::page)?;
    let survey = transfers::survey(&app.store, &transfer.id).await?;
    let survey = survey.unwrap_or_default();
    let account = app.site.account(&transfer.account).await?.map(|account| account.username);
    let out_of_sight = hidden_imports::find(&app.store, &transfer.id).await?;
    let now = app.clock.now_micros();
    let is_open = transfer.state == TransferState::AwaitingApproval;
    let searched = if is_open { search::searched(&app, &transfer, &query).await? } else { None };
    let body = html! {
        p { strong { (outcome(&one, now)) } }
        (packet(&app, &one, &survey, &account.unwrap_or_default()))
        @if let Some(question) = &one.question {
            p { (say!("desk-you-asked")) " " q { (question) } }
            @if let Some(answer) = &one.answer { p { (say!("desk-they-said")) " " q { (answer) } } }
            @else { p.hint { (say!("desk-no-answer-yet")) } }
        }
        @if let Some(why) = &one.why { p.note { (say!("desk-reason")) " " q { (why) } } }
        @if is_open { (answers(admin.session(), &one)) }
        (hidden::card(&app, admin.session(), &transfer, out_of_sight.as_ref()))
        (wall::wall(&transfer, &survey, &query, searched.as_ref()))
    };
    Ok(desk_page(&app, admin.session(), &text!("desk-request-of", who = name(&one)), &body))
}

/// The four answers.
fn answers(session: &Session, one: &Application) -> Markup {
    let form = |word: &str, body: Markup| {
        html! {
            form method="post" action={ "/desk/arrivals/" (one.transfer) "/" (word) } { (csrf(session)) (body) }
        }
    };
    html! {
        h2 { (say!("desk-your-answer")) }
        section.card {
            (form("approve", html! {
                fieldset {
                    legend { (say!("desk-leave-out")) }
                    @for kind in &one.request.size.kinds {
                        label { input type="checkbox" name="without" value=(kind.as_str());
                            span { (kind_name(kind.as_str())) } }
                    }
                }
                p.actions { button.primary type="submit" { (say!("desk-let-it-in")) } }
            }))
        }
        details.choice { summary { (say!("desk-ask-something")) }
            (form("ask", html! {
                label for="question" { (say!("desk-question-they-read")) }
                textarea #question name="question" required rows="2" maxlength="1000" {}
                p.actions { button type="submit" { (say!("desk-ask")) } }
            }))
        }
        details.choice { summary { (say!("desk-hold-back")) }
            (form("hold", html! {
                label for="days" { (say!("desk-for-days")) }
                input #days name="days" type="number" min="1" max="90" value="3" required;
                p.actions { button type="submit" { (say!("desk-hold")) } }
            }))
        }
        details.choice { summary { (say!("desk-do-not-let-in")) }
            (form("decline", html! {
                label for="why" { (say!("desk-reason-they-read")) }
                textarea #why name="why" required rows="2" maxlength="1000" {}
                p.actions { button.danger type="submit" { (say!("desk-decline")) } }
            }))
        }
    }
}

async fn say_it(app: &App, sent: &Sent, id: &str, word: Word) -> Result<HttpResponse, Problem> {
    let (transfer, _) = found(app, id).await.map_err(Problem::page)?;
    then(
        &format!("/desk/arrivals/{id}"),
        admit::answer(&app.engine, &transfer, Some(sent.admin.id()), word).await,
    )
}

/// `POST /desk/arrivals/{id}/approve`.
pub(super) async fn approve(
    app: web::Data<App>,
    sent: Sent,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let without = sent.all("without").filter_map(CollectionKind::from_word).collect();
    say_it(&app, &sent, &id, Word::Approve(without)).await
}

/// `POST /desk/arrivals/{id}/decline`.
pub(super) async fn decline(
    app: web::Data<App>,
    sent: Sent,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    say_it(&app, &sent, &id, Word::Decline(sent.one("why").to_owned())).await
}

/// `POST /desk/arrivals/{id}/ask`.
pub(super) async fn ask(
    app: web::Data<App>,
    sent: Sent,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    say_it(&app, &sent, &id, Word::Ask(sent.one("question").to_owned())).await
}

/// `POST /desk/arrivals/{id}/hold`.
pub(super) async fn hold(
    app: web::Data<App>,
    sent: Sent,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let days = sent.one("days").parse().unwrap_or(3);
    say_it(&app, &sent, &id, Word::Hold(days)).await
}
