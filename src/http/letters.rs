//! What an account was told, where its mail goes, and the link that takes a permission back without signing in.

use actix_web::{
    HttpResponse,
    http::header,
    web::{self, ServiceConfig, get, post},
};
use maud::html;
use serde::Deserialize;

use super::{
    extract::SignedIn,
    problem::Problem,
    ui::{
        homes::{homes, own},
        layout::{Home, csrf, page},
    },
};
use crate::{
    app::App,
    model::moment::Moment,
    store::{blobs::hex, consents::ConsentRow, letters},
    transfer::{admit::server_of, consent},
    words::{letters::told, say, text},
};

/// The routes of this file.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.route("/letters", get().to(show))
        .route("/letters/address", post().to(keep_address))
        .route("/stop/{token}", get().to(ask_to_stop))
        .route("/stop/{token}", post().to(stop));
}

/// The box with the address.
#[derive(Deserialize)]
struct AddressForm {
    csrf: String,
    #[serde(default)]
    address: String,
}

/// `GET /letters`.
async fn show(app: web::Data<App>, signed: SignedIn) -> Result<HttpResponse, Problem> {
    let account = signed.session.account.id.as_str();
    let all = letters::of_account(&app.store, account, 100).await?;
    let address = letters::address(&app.store, account).await?.unwrap_or_default();
    let here = app.config.domain();
    let body = html! {
        h1 { (say!("letters-title")) }
        p { (say!("letters-explained")) }
        form.card method="post" action="/letters/address" {
            (csrf(&signed.session))
            label for="address" { (say!("letters-address")) }
            input #address name="address" type="email" autocomplete="email" value=(address) aria-describedby="hint";
            p.hint #hint { (say!("letters-address-hint")) }
            p.actions { button type="submit" { (say!("letters-keep-address")) } }
        }
        @if all.is_empty() { p.note { (say!("letters-none")) } }
        @for letter in &all {
            @if let Some(told) = told(&letter.kind, &letter.about, &here) {
                article.card {
                    h2 { (told.subject) }
                    p.hint { (Moment::from_micros(letter.written_at).day()) }
                    p { (told.body) }
                    @if let Some(id) = &letter.transfer_id {
                        @let url = format!("/transfers/{id}");
                        p { a href=(url) { (say!("letters-see-it")) } }
                    }
                }
            }
        }
    };
    Ok(page(&app, Some(&signed.session), Home::Plain, &text!("letters-title"), &body))
}

/// `POST /letters/address`.
async fn keep_address(
    app: web::Data<App>,
    signed: SignedIn,
    form: web::Form<AddressForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    let address = form.address.trim();
    if !address.is_empty() && !app.engine.postman.is_address(address) {
        return Err(Problem::bad_request(text!("letters-no-address")).page());
    }
    let address = (!address.is_empty()).then(|| address.to_owned());
    let account = signed.session.account.id.as_str();
    letters::set_address(&app.store, account, address, app.clock.now_micros()).await?;
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/letters")).finish())
}

/// The permission behind a link, and the account's name; nothing for a link that is none, or was used.
async fn behind(app: &App, token: &str) -> Result<(ConsentRow, String), Problem> {
    let hash = hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes()).as_ref());
    let found = letters::stops(&app.store, &hash, app.clock.now_micros()).await?;
    let found = found.ok_or_else(|| Problem::not_found().page())?;
    let account = app.host.account(&found.account_id.as_str().into()).await?;
    let name = account.map(|account| account.username).unwrap_or_default();
    Ok((found, own(app, &name)))
}

/// `GET /stop/{token}`: asks; programs that look at links in mails take nothing back.
async fn ask_to_stop(app: web::Data<App>, token: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (found, account) = behind(&app, &token).await?;
    let server = server_of(&found.client_id);
    let body = html! {
        h1 { (say!("letters-stop-title")) }
        (homes(&account, &server))
        @if found.revoked_at.is_some() { p { (say!("letters-stopped", server = server)) } }
        @else {
            p { (say!("letters-stop-what", server = server, account = account)) }
            form method="post" action={ "/stop/" (token) } {
                p.actions { button.danger type="submit" { (say!("letters-stop-now")) } }
            }
        }
    };
    Ok(page(&app, None, Home::Old, &text!("letters-stop-title"), &body))
}

/// `POST /stop/{token}`.
async fn stop(app: web::Data<App>, token: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (found, account) = behind(&app, &token).await?;
    let server = server_of(&found.client_id);
    if found.revoked_at.is_none() {
        let account = found.account_id.as_str().into();
        let revoked = consent::revoke(&app.source_side(), &account, &found.id).await;
        revoked.map_err(|error| Problem::from(error).page())?;
    }
    let body = html! {
        h1 { (say!("letters-stopped-title")) }
        (homes(&account, &server))
        p { (say!("letters-stopped", server = server)) }
    };
    Ok(page(&app, None, Home::Old, &text!("letters-stopped-title"), &body))
}
