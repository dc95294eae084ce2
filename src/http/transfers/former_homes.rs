//! New home: where else the person lived before. An earlier home leads on to here only if this account
//! says that it is also that one.

use actix_web::{HttpResponse, web};
use maud::{Markup, html};
use serde::Deserialize;
use url::Url;

use super::words;
use crate::words::{say, text};
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::Problem,
        ui::{
            homes::{homes, own},
            layout::{self, Home},
            post::Author,
            words::sentence,
        },
    },
    model::{actor::Actor, handle::Handle},
    port::lookup,
    transfer::{TransferError, start::not_a_handle},
};

/// The box with an old address.
#[derive(Deserialize)]
pub(super) struct FormerForm {
    handle: String,
    csrf: String,
}

/// Something to say above the box.
enum Said {
    Nothing,
    Wrong(String),
    Added(Box<Actor>),
}

/// `GET /former-homes`.
pub(super) async fn show(app: web::Data<App>, signed: SignedIn) -> Result<HttpResponse, Problem> {
    page(&app, &signed, "", &Said::Nothing).await
}

/// `POST /former-homes`: this account is also that one.
pub(super) async fn add(
    app: web::Data<App>,
    signed: SignedIn,
    form: web::Form<FormerForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    let said = match actor(&app, &form.handle).await {
        Ok(actor) => {
            let added = app.host.add_alias(&signed.session.account.id, &actor.id).await;
            added.map_err(|error| Problem::from(error).page())?;
            Said::Added(Box::new(actor))
        }
        Err(error) => Said::Wrong(words::refusal(&form.handle, &error).0),
    };
    page(&app, &signed, &form.handle, &said).await
}

async fn actor(app: &App, typed: &str) -> Result<Actor, TransferError> {
    let handle: Handle = typed.parse().map_err(|error| TransferError::Refused(not_a_handle(error)))?;
    let (remote, signer) = (&*app.engine.remote, &app.engine.signer);
    let id = lookup::resolve(remote, signer, &handle).await?;
    if id.origin() == app.config.server.base_url.origin() {
        return Err(TransferError::Refused(text!("transfers-that-is-an-account-of-this-very")));
    }
    let (actor, _) = lookup::actor(remote, signer, &id, None).await?;
    if actor.moved_to.is_none() {
        let why = text!("transfers-that-account-has-not-moved-away-to");
        return Err(TransferError::Refused(why));
    }
    Ok(actor)
}

async fn page(app: &App, signed: &SignedIn, typed: &str, said: &Said) -> Result<HttpResponse, Problem> {
    let session = &signed.session;
    let account = app.host.account(&session.account.id).await.map_err(|error| Problem::from(error).page())?;
    let names = account.map(|account| account.also_known_as).unwrap_or_default();
    let own = own(app, &session.account.username);
    let body = html! {
        h1 { (say!("transfers-where-you-lived-before")) }
        @if let Some(last) = names.last() { (homes(&Author::elsewhere(last).handle, &own)) }
        (told(said, &own))
        @if names.is_empty() { p.note { (say!("transfers-no-former-home-is-known-here")) } } @else {
            p { (say!("transfers-everybody-can-see-that-you-were-also")) }
            ul { @for name in &names { li { (Author::elsewhere(name).handle) } } }
        }
        p { (say!("transfers-you-moved-to-your-last-home-from")) }
        form.card method="post" action="/former-homes" {
            (layout::csrf(session))
            label for="handle" { (say!("transfers-your-old-address")) }
            input #handle type="text" name="handle" value=(typed) required placeholder=(say!("transfers-name-server-example"))
                autocapitalize="none" spellcheck="false";
            p.actions { button.primary type="submit" { (say!("transfers-i-also-lived-there")) } }
        }
    };
    Ok(layout::page(app, Some(session), Home::New, &text!("transfers-where-you-lived-before"), &body))
}

fn told(said: &Said, own: &str) -> Markup {
    let page = |actor: &Actor| {
        let mut page = actor.endpoints.onward_page.clone()?;
        let is_there = page.origin() == actor.id.origin() && page.username().is_empty();
        page.query_pairs_mut().append_pair("to", own);
        is_there.then_some(page)
    };
    let there = |actor: &Actor| Url::parse(actor.id.as_str()).map(|id| Author::elsewhere(&id).handle);
    html! {
        @match said {
            Said::Nothing => {}
            Said::Wrong(why) => div.warning role="alert" { p { (sentence(why)) } },
            Said::Added(actor) => {
                p { (say!("transfers-this-account-now-says-that-it-was", actor = there(actor).unwrap_or_default())) }
                @if let Some(page) = page(actor) {
                    p { (say!("transfers-if-the-home-in-between-is-gone")) }
                    p.actions { a.button.primary href=(page) { (say!("transfers-go-to-that-former-home")) } }
                }
            }
        }
    }
}
