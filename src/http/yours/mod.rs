//! What owners set up for themselves, on one page of their own: seen, added, taken back.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Bytes, Data, Query, ServiceConfig, get, post, resource},
};
use serde::Deserialize;

use super::{extract::SignedIn, problem::Problem, ui};
use crate::words::text;
use crate::{app::App, model::item::ItemKind, site::SiteError};

mod form;
mod page;

use form::Fields;

/// Posts on a list's page.
const POSTS: usize = 40;

/// Every address of this part, one line each.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/yours").route(get().to(show)).route(post().to(add)))
        .service(resource("/yours/undo").route(post().to(undo)))
        .service(resource("/yours/list").route(get().to(list)));
}

/// Which list.
#[derive(Debug, Deserialize)]
struct Which {
    title: String,
}

/// `GET /yours`.
async fn show(app: Data<App>, signed: SignedIn) -> Result<HttpResponse, Problem> {
    let account = &signed.session.account;
    let kept = app.site.belongings(account, &page::KINDS).await.map_err(told)?;
    let blocked = app.site.blocked(account).await.map_err(told)?;
    Ok(page::page(&app, &signed.session, &kept, &blocked))
}

/// `POST /yours`: adds one thing; the field `kind` says which.
async fn add(app: Data<App>, signed: SignedIn, body: Bytes) -> Result<HttpResponse, Problem> {
    let fields = Fields::read(&body);
    signed.check_form(fields.one("csrf")).map_err(Problem::page)?;
    let account = &signed.session.account;
    if fields.one("kind") == ItemKind::Blocked.as_str() {
        app.site.block(&*app.remote, account, fields.one("whom")).await.map_err(told)?;
        return Ok(back());
    }
    for belonging in form::belongings(&app, account, &fields).await? {
        app.site.keep_belonging(account, belonging).await.map_err(told)?;
    }
    Ok(back())
}

/// `POST /yours/undo`: takes one thing back.
async fn undo(app: Data<App>, signed: SignedIn, body: Bytes) -> Result<HttpResponse, Problem> {
    let fields = Fields::read(&body);
    signed.check_form(fields.one("csrf")).map_err(Problem::page)?;
    let account = &signed.session.account;
    let key = fields.one("key");
    match ItemKind::from_word(fields.one("kind")) {
        Some(ItemKind::Blocked) => app.site.unblock(account, key).await.map_err(told)?,
        Some(kind) if page::KINDS.contains(&kind) => {
            app.site.drop_belonging(account, kind, key).await.map_err(told)?;
        }
        _ => return Err(Problem::bad_request(text!("yours-there-is-nothing-of-this-kind-here")).page()),
    }
    Ok(back())
}

/// `GET /yours/list?title=`: posts of the people on a list.
async fn list(app: Data<App>, signed: SignedIn, which: Query<Which>) -> Result<HttpResponse, Problem> {
    let account = &signed.session.account;
    let found = app.site.list_timeline(account, &which.title, POSTS).await.map_err(told)?;
    let (list, seen) = found.ok_or_else(|| Problem::not_found().page())?;
    Ok(ui::people_list::page(&app, &signed.session, &list, &seen))
}

fn told(error: SiteError) -> Problem {
    Problem::from(error).page()
}

fn back() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/yours")).finish()
}
