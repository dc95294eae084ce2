//! The owner says where they live by now, when the home they left for cannot say it: with the password,
//! like every last word.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use maud::html;
use serde::Deserialize;
use url::Url;

use super::finish_page;
use crate::words::{say, text};
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::{Problem, ProblemKind},
        proof,
        ui::{
            homes::leaving,
            layout::{self, Home},
            words::sentence,
        },
    },
    model::{actor::authority, handle::Handle},
    port::lookup,
    store::departures,
    transfer::{findings::Finding, onward, source_side::SourceSide, start::not_a_handle, trouble},
};

/// The new address, where a link brought it along.
#[derive(Deserialize)]
pub(super) struct Prefilled {
    #[serde(default)]
    to: String,
}

/// What the form says.
#[derive(Deserialize)]
pub(super) struct OnwardForm {
    handle: String,
    #[serde(default)]
    password: String,
    csrf: String,
}

/// Shows what saying it does.
pub(super) async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    signed: SignedIn,
    name: web::Path<String>,
    query: web::Query<Prefilled>,
) -> Result<HttpResponse, Problem> {
    if signed.session.account.username != *name {
        return Ok(finish_page::somebody_else(&app, &signed.session, &name, request.uri().path()));
    }
    page(&app, &signed, &query.to, &[]).await
}

/// Begins to lead on there.
pub(super) async fn begin(
    app: web::Data<App>,
    signed: SignedIn,
    name: web::Path<String>,
    form: web::Form<OnwardForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    if signed.session.account.username != *name {
        let why = text!("departures-only-the-owner-of-an-account-says");
        return Err(Problem::new(ProblemKind::NotYours, why).page());
    }
    let account = &signed.session.account.id;
    if !proof::is_given(&app, &signed, &form.password).await.map_err(Problem::page)? {
        let why = text!("departures-that-is-not-the-password-of-this");
        let why = proof::missing(&app, &signed.session, why);
        return page(&app, &signed, &form.handle, &[Finding { why }]).await;
    }
    let side = app.source_side();
    let target = match actor(&side, &form.handle).await {
        Ok(target) => target,
        Err(finding) => return page(&app, &signed, &form.handle, &[finding]).await,
    };
    let host_account = side.account(account.as_str()).await.map_err(|error| Problem::from(error).page())?;
    let found = onward::begin(&side, &host_account, &target).await;
    let found = found.map_err(|error| Problem::from(error).page())?;
    if !found.is_empty() {
        return page(&app, &signed, &form.handle, &found).await;
    }
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/departures")).finish())
}

async fn actor(side: &SourceSide, typed: &str) -> Result<Url, Finding> {
    let handle: Handle = typed.parse().map_err(|error| Finding { why: not_a_handle(error) })?;
    let found = lookup::resolve(&*side.remote, &side.signer, &handle).await;
    found.map_err(|error| {
        tracing::info!(%error, "a further home cannot be asked");
        Finding { why: trouble::cause(&error, &handle.host) }
    })
}

async fn page(app: &App, signed: &SignedIn, typed: &str, found: &[Finding]) -> Result<HttpResponse, Problem> {
    let (session, here) = (&signed.session, app.config.domain());
    let all = departures::of_account(&app.store, session.account.id.as_str()).await?;
    let left = all.iter().find(|row| row.state == "announced");
    let title = text!("departures-say-where-you-live-now");
    let body = html! {
        h1 { (title) }
        @if let Some(last) = left.or(all.first()) { (leaving(app, &session.account.username, &last.target)) }
        @if let Some(left) = left {
            @let there = Url::parse(&left.target).map_or_else(|_| left.target.clone(), |url| authority(&url));
            @if !found.is_empty() {
                div.warning #why role="alert" {
                    p { (say!("departures-nothing-was-changed")) }
                    ul { @for finding in found { li { (sentence(&finding.why)) } } }
                }
            }
            p { (say!("departures-you-are-at-a-former-home-you", here = here, there = there)) }
            ul.effects {
                li { (say!("departures-links-to-your-public-posts-here-lead", there = there)) }
                li { (say!("departures-nobody-is-asked-to-follow-you-again")) }
            }
            form.card method="post" action={ "/departures/" (session.account.username) "/onward" } {
                (layout::csrf(session))
                label for="handle" { (say!("departures-your-address-at-your-new-home")) }
                input #handle type="text" name="handle" value=(typed) required placeholder=(say!("departures-name-server-example"))
                    autocapitalize="none" spellcheck="false" aria-describedby=[(!found.is_empty()).then_some("why")];
                (proof::field(app, session, &format!("/departures/{}/onward", session.account.username), &say!("departures-your-password-at", here = here), None))
                p.actions {
                    button.primary type="submit" { (say!("departures-lead-my-old-links-there")) }
                    a.button href="/departures" { (say!("departures-not-now")) }
                }
            }
        } @else {
            p { (say!("departures-you-have-not-moved-away-from-to", here = here)) }
        }
    };
    Ok(layout::page(app, Some(session), Home::Old, &title, &body))
}
