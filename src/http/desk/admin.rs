//! Who may sit at the desk. For everybody else it does not exist.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header, web};
use maud::{Markup, html};

use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::Problem,
        ui::layout::{Home, page},
    },
    site::{accounts::Role, sessions::Session},
    transfer::TransferError,
    words::say,
};

/// A signed-in admin.
pub(super) struct Admin {
    /// Their session.
    pub(super) signed: SignedIn,
}

impl Admin {
    /// The account, for the audit.
    pub(super) fn id(&self) -> &str {
        self.signed.session.account.id.as_str()
    }

    /// The session.
    pub(super) fn session(&self) -> &Session {
        &self.signed.session
    }
}

impl FromRequest for Admin {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let signed = SignedIn::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let signed = signed.await?;
            if signed.session.account.role == Role::Admin {
                return Ok(Self { signed });
            }
            Err(Problem::not_found().for_request(&request).into())
        })
    }
}

/// A form that an admin sent, made for this very session.
pub(super) struct Sent {
    /// Who sent it.
    pub(super) admin: Admin,
    fields: Vec<(String, String)>,
}

impl Sent {
    /// A field; empty where there is none.
    pub(super) fn one<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    /// All fields of a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

impl FromRequest for Sent {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let admin = Admin::from_request(request, payload);
        let body = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let (admin, body) = (admin.await?, body.await?);
            let fields = url::form_urlencoded::parse(&body).into_owned().collect();
            let sent = Self { admin, fields };
            sent.admin.signed.check_form(sent.one("csrf")).map_err(Problem::page)?;
            Ok(sent)
        })
    }
}

/// A page of the desk, with the ways to the others.
pub(super) fn desk_page(app: &App, session: &Session, title: &str, body: &Markup) -> HttpResponse {
    let all = html! {
        nav.desk aria-label=(say!("desk-name")) {
            a href="/desk" { (say!("desk-arrivals")) } " · "
            a href="/desk/departures" { (say!("desk-departures")) } " · "
            a href="/desk/policy" { (say!("desk-rules")) } " · "
            a href="/desk/erase" { (say!("desk-erase")) } " · "
            a href="/desk/book" { (say!("desk-book")) } " · "
            a href="/desk/admins" { (say!("desk-admins")) }
        }
        h1 { (title) }
        (body)
    };
    page(app, Some(session), Home::Plain, title, &all)
}

/// Back to a page, or what went wrong as one.
pub(super) fn then(to: &str, outcome: Result<(), TransferError>) -> Result<HttpResponse, Problem> {
    outcome.map_err(|error| Problem::from(error).page())?;
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish())
}
