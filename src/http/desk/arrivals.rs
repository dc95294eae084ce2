//! Arrivals: the rules in sentences, who waits, and who was answered lately.

use actix_web::{HttpResponse, web};
use maud::{Markup, html};

use super::{
    admin::{Admin, desk_page},
    hidden,
};
use crate::{
    app::App,
    http::{
        problem::Problem,
        ui::words::{bytes, day, number},
    },
    model::moment::Moment,
    store::{
        applications::{self, Application},
        hidden_imports,
    },
    transfer::desk,
    words::{say, text},
};

/// Requests shown at most.
pub(super) const MOST: i64 = 200;

/// `GET /desk`.
pub(super) async fn show(app: web::Data<App>, admin: Admin) -> Result<HttpResponse, Problem> {
    let now = app.clock.now_micros();
    let rules = desk::rules(&app.engine).await.map_err(|error| Problem::from(error).page())?;
    let waiting = applications::pending(&app.store, now, MOST).await?;
    let answered = applications::answered(&app.store, 50).await?;
    let out_of_sight = hidden_imports::all(&app.store, MOST).await?;
    let promised = crate::store::admissions::promised(&app.store).await?;
    let body = html! {
        section aria-labelledby="rules" {
            h2 #rules { (say!("desk-rules-in-force")) }
            ul { @for said in rules.policy.arrivals.sentences() { li { (said) } } }
            p.actions { a.button href="/desk/policy" { (say!("desk-change-rules")) } }
            @if let Some(free) = app.blobs.free_bytes() {
                p.hint { (say!("desk-disk", free = bytes(free), promised = bytes(promised))) }
            }
        }
        section aria-labelledby="waiting" {
            h2 #waiting { (say!("desk-waiting")) }
            @if waiting.is_empty() { p.note { (say!("desk-nobody-waits")) } }
            @else { (table(&waiting, now)) }
        }
        (hidden::list(&out_of_sight))
        section aria-labelledby="answered" {
            h2 #answered { (say!("desk-answered")) }
            @if answered.is_empty() { p.note { (say!("desk-nobody-was-answered")) } }
            @else { (table(&answered, now)) }
        }
    };
    Ok(desk_page(&app, admin.session(), &text!("desk-arrivals"), &body))
}

/// Who it is, as it stands in a list.
pub(super) fn name(one: &Application) -> String {
    let handle = one.request.who.names.iter().find(|name| name.starts_with('@'));
    handle.cloned().unwrap_or_else(|| one.request.who.shown())
}

/// How it stands, in a word.
pub(super) fn outcome(one: &Application, now: i64) -> Markup {
    match one.outcome.as_str() {
        "pending" if one.held_until.is_some_and(|until| until > now) => say!("desk-held"),
        "pending" if one.question.is_some() && one.answer.is_none() => say!("desk-was-asked"),
        "pending" => say!("desk-waits"),
        "approved" => say!("desk-let-in"),
        "admitted" => say!("desk-let-in-by-the-rules"),
        "declined" => say!("desk-declined"),
        "timed_out" => say!("desk-timed-out"),
        _ => say!("desk-refused-by-the-rules"),
    }
}

fn table(all: &[Application], now: i64) -> Markup {
    html! {
        div.table tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { (say!("desk-who")) }
                    th scope="col" { (say!("desk-since")) }
                    th.number scope="col" { (say!("desk-posts")) }
                    th.number scope="col" { (say!("desk-files")) }
                    th scope="col" { (say!("desk-how-it-stands")) }
                } }
                tbody { @for one in all { tr {
                    th scope="row" { a href={ "/desk/arrivals/" (one.transfer) } { (name(one)) } }
                    td { (day(&Moment::from_micros(one.asked_at))) }
                    td.number { (one.request.size.posts.map_or_else(|| "?".to_owned(), number)) }
                    td.number { (one.request.size.media_bytes.map_or_else(|| "?".to_owned(), bytes)) }
                    td { (outcome(one, now)) }
                } } }
            }
        }
    }
}
