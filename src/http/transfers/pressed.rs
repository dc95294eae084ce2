//! A button of a transfer's page: pressed by its owner, in a form made for this very session.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use super::api::own;
use crate::{
    app::App,
    http::{extract::SignedIn, problem::Problem},
    model::transfer::Transfer,
};

/// What came with the button; the session's token is checked already.
pub struct Pressed {
    /// The daemon.
    pub(super) app: web::Data<App>,
    /// Who pressed it.
    pub(super) signed: SignedIn,
    /// The transfer's id as it stands in the address.
    pub(super) id: String,
    fields: Vec<(String, String)>,
}

impl Pressed {
    /// The transfer the button is of, if it is the person's own.
    ///
    /// # Errors
    /// 404 for somebody else's, like for nobody's.
    pub(super) async fn transfer(&self) -> Result<Transfer, Problem> {
        own(&self.app, &self.signed.session, &self.id).await.map_err(Problem::page)
    }

    /// A field of the form; empty where there is none.
    pub(super) fn one<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    /// All fields of this name: ticked boxes.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

impl FromRequest for Pressed {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let app = web::Data::<App>::from_request(request, payload);
        let signed = SignedIn::from_request(request, payload);
        let body = web::Bytes::from_request(request, payload);
        let id = request.match_info().query("id").to_owned();
        Box::pin(async move {
            let (app, signed, body) = (app.await?, signed.await?, body.await?);
            let fields = url::form_urlencoded::parse(&body).into_owned().collect();
            let pressed = Self { app, signed, id, fields };
            pressed.signed.check_form(pressed.one("csrf")).map_err(Problem::page)?;
            Ok(pressed)
        })
    }
}
