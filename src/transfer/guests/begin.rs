//! Sending somebody to the sign-in of the server beside us.

use url::Url;

use super::{CALLBACK_PATH, GuestError, Reception, WAY_MICROS, hashed};
use crate::{
    model::{actor::authority, id::AccountId, login::Client},
    oauth::pkce,
    port::{client_api::Applicant, entrance::Asking},
    store::guests::{self, WayRow},
};

/// A way that begins.
#[derive(Debug)]
pub struct Begun {
    /// Where the person goes now.
    pub url: Url,
    /// What their browser must bring back, in a cookie.
    pub browser: String,
}

/// Sends somebody there. `known` is who has to prove it anew, where somebody is signed in; `next` is where
/// they want to go afterwards, a path of ours.
///
/// # Errors
/// [`GuestError`]
pub async fn begin(
    reception: &Reception,
    next: &str,
    known: Option<&AccountId>,
    anew: bool,
) -> Result<Begun, GuestError> {
    let client = application(reception).await?;
    let sign_ins = match known {
        Some(account) => reception.entrance.guest(account).await?.map(|guest| guest.sign_ins),
        None => None,
    };
    let (state, browser, now) =
        (reception.clock.secret(), reception.clock.secret(), reception.clock.now_micros());
    let verifier = pkce::verifier(&reception.clock.secret());
    let redirect_uri = callback(reception)?.to_string();
    let asking = Asking {
        redirect_uri: &redirect_uri,
        state: &state,
        challenge: &pkce::challenge(&verifier),
        anew: anew || known.is_some(),
    };
    let url = reception.entrance.way(&client, &asking);
    let way = WayRow {
        state_hash: hashed(&state),
        browser_hash: hashed(&browser),
        verifier,
        next: next.to_owned(),
        account_id: sign_ins.and(known).map(|account| account.as_str().to_owned()),
        sign_ins,
        created_at: now,
    };
    guests::begin(&reception.store, way, now - WAY_MICROS).await?;
    Ok(Begun { url, browser })
}

/// What we are registered as there; the first time we register.
pub(super) async fn application(reception: &Reception) -> Result<Client, GuestError> {
    let redirect_uri = callback(reception)?.to_string();
    if let Some(client) = guests::application(&reception.store, &redirect_uri).await? {
        return Ok(client);
    }
    let us = Applicant {
        name: format!("godwit at {}", authority(&reception.base)),
        website: reception.base.to_string(),
        redirect_uri: redirect_uri.clone(),
    };
    let client = reception.entrance.register(&*reception.remote, &us).await?;
    guests::keep_application(&reception.store, redirect_uri, &client, reception.clock.now_micros()).await?;
    Ok(client)
}

/// Where they come back to.
pub(super) fn callback(reception: &Reception) -> Result<Url, GuestError> {
    let joined = reception.base.join(CALLBACK_PATH);
    joined.map_err(|error| GuestError::BadAddress(error.to_string()))
}
