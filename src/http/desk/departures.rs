//! Departures: where accounts go, how many, what is unusual, and the buttons that stop it.

use actix_web::{HttpResponse, web};
use maud::html;

use super::{
    admin::{Admin, Sent, desk_page, then},
    sanctions,
};
use crate::{
    app::App,
    http::{
        problem::Problem,
        ui::{layout::csrf, words::number},
    },
    transfer::desk,
    words::{say, text},
};

/// `GET /desk/departures`.
pub(super) async fn show(app: web::Data<App>, admin: Admin) -> Result<HttpResponse, Problem> {
    let page = |error: crate::transfer::TransferError| Problem::from(error).page();
    let rules = desk::rules(&app.engine).await.map_err(page)?;
    let leaving = desk::leaving(&app.engine).await.map_err(page)?;
    let session = admin.session();
    let sanctioned = sanctions::part(&app, session).await.map_err(Problem::page)?;
    let body = html! {
        ul { @for said in rules.policy.departures.sentences() { li { (said) } } }
        p.actions { a.button href="/desk/policy" { (say!("desk-change-rules")) } }
        @for said in &leaving.anomalies { p.warning role="note" { (said) } }
        p { (say!("desk-announced", n = leaving.announced)) }
        @if leaving.servers.is_empty() { p.note { (say!("desk-nobody-leaves")) } }
        @else { div.table tabindex="0" { table {
            thead { tr {
                th scope="col" { (say!("desk-server")) }
                th.number scope="col" { (say!("desk-accounts")) }
                th.number scope="col" { (say!("desk-within-a-day")) }
                th.number scope="col" { (say!("desk-permissions")) }
                th scope="col" { (say!("desk-stop")) }
            } }
            tbody { @for one in &leaving.servers { tr {
                th scope="row" { (one.server) }
                td.number { (number(one.accounts)) }
                td.number { (number(one.lately)) }
                td.number { (number(one.open)) }
                td {
                    @if one.is_allowed {
                        form method="post" action="/desk/departures/stop" {
                            (csrf(session))
                            input type="hidden" name="server" value=(one.server);
                            button.danger type="submit" { (say!("desk-stop-server", server = one.server)) }
                        }
                    } @else { (say!("desk-is-stopped")) }
                }
            } } }
        } } }
        (sanctioned)
        details.choice {
            summary { (say!("desk-stop-all")) }
            p { (say!("desk-stop-all-means")) }
            form method="post" action="/desk/departures/stop-all" {
                (csrf(session))
                button.danger type="submit" { (say!("desk-stop-all-now")) }
            }
        }
    };
    Ok(desk_page(&app, session, &text!("desk-departures"), &body))
}

/// `POST /desk/departures/stop`.
pub(super) async fn stop(app: web::Data<App>, sent: Sent) -> Result<HttpResponse, Problem> {
    let server = sent.one("server").trim();
    if server.is_empty() {
        return Err(Problem::bad_request(text!("desk-name-a-server")).page());
    }
    then("/desk/departures", desk::stop(&app.engine, Some(server), Some(sent.admin.id())).await)
}

/// `POST /desk/departures/stop-all`.
pub(super) async fn stop_all(app: web::Data<App>, sent: Sent) -> Result<HttpResponse, Problem> {
    then("/desk/departures", desk::stop(&app.engine, None, Some(sent.admin.id())).await)
}
