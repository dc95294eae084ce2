//! Signing in with an account of the server beside us: the page that says where it happens, and the way back.

use actix_web::web::{ServiceConfig, get, post};

use super::problem::{Problem, ProblemKind};
use crate::{transfer::guests::GuestError, words::text};

mod callback;
mod recovery;
mod sign_in;

pub(super) use sign_in::{Asked, form, leave};

/// The cookie that ties a way to the browser that began it.
const WAY_COOKIE: &str = "godwit_way";

/// The routes of this folder.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.route(crate::transfer::guests::CALLBACK_PATH, get().to(callback::arrive))
        .route("/departures/code", get().to(recovery::show))
        .route("/departures/code", post().to(recovery::enter))
        .route("/departures/code/new", post().to(recovery::make))
        .route("/departures/code/word", post().to(recovery::word))
        .route("/departures/code/proven", post().to(recovery::proven));
}

impl From<GuestError> for Problem {
    fn from(error: GuestError) -> Self {
        match error {
            GuestError::NotBegunHere => Self::conflict(text!("guests-this-way-was-not-begun-here")),
            GuestError::MayNotSignIn => {
                Self::new(ProblemKind::NotYours, text!("guests-this-account-may-not-sign-in"))
            }
            GuestError::BadAddress(why) => Self::new(ProblemKind::Internal, why),
            GuestError::Store(error) => error.into(),
            GuestError::Adapter(error) => error.into(),
        }
    }
}
