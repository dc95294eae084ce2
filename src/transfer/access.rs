//! New home: opening the source of a transfer with a token that is still good.

use std::sync::Arc;

use super::{Engine, TransferError, TransferResult, authorize::token_request};
use crate::{
    model::{
        id::TransferId,
        login::{Client, Login, Purpose},
        transfer::Transfer,
    },
    oauth::metadata,
    port::{remote::Request, source::Source},
    store::logins,
    words::text,
};

/// A token that ends within this time is renewed before use: one minute, in microseconds.
const MARGIN_MICROS: i64 = 60 * 1_000_000;

/// Opens the source a transfer reads from.
///
/// # Errors
/// [`TransferError`] when the login is gone or the source cannot be opened.
pub async fn open_source(engine: &Engine, transfer: &Transfer) -> TransferResult<Arc<dyn Source>> {
    let login = match logins::find(&engine.store, &transfer.id, Purpose::Read).await? {
        Some(login) => Some(renewed(engine, &transfer.id, login).await?),
        None => None,
    };
    Ok(engine.sources.open(transfer, login.as_ref()).await?)
}

/// The login for handing the map over, its token good for at least a minute.
///
/// # Errors
/// [`TransferError::Refused`] when there is none any more.
pub async fn hand_over_login(engine: &Engine, id: &TransferId) -> TransferResult<Login> {
    let login = logins::find(&engine.store, id, Purpose::HandOver).await?;
    let login = login.ok_or_else(|| TransferError::Refused(text!("refusals-permission-is-gone")))?;
    renewed(engine, id, login).await
}

async fn renewed(engine: &Engine, id: &TransferId, login: Login) -> TransferResult<Login> {
    let is_ending = login.expires_at.is_some_and(|at| at - MARGIN_MICROS < engine.clock.now_micros());
    let Some(refresh) = login.refresh_token.clone().filter(|_| is_ending) else {
        return Ok(login);
    };
    let ours = metadata::client_id(&engine.base);
    let mut fields = vec![("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    match &login.client {
        Some(Client { id, secret, .. }) => {
            fields.extend([("client_id", id.as_str()), ("client_secret", secret)]);
        }
        None => fields.push(("client_id", ours.as_str())),
    }
    let fresh = token_request(engine, &login, &fields).await?;
    // A question that still waits for its answer goes on waiting.
    let login = Login { verifier: login.verifier.clone(), state_hash: login.state_hash.clone(), ..fresh };
    logins::keep(&engine.store, id, &login).await?;
    Ok(login)
}

/// What became of a permission for reading that was asked to be renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// There is a fresh token.
    Fresh,
    /// Old home no longer knows the permission.
    Void,
    /// Old home does not say.
    Unknown,
}

/// Renews the permission for reading, however long it seems to be good for.
pub async fn renew_reading(engine: &Engine, transfer: &Transfer) -> Renewal {
    let Ok(Some(login)) = logins::find(&engine.store, &transfer.id, Purpose::Read).await else {
        return Renewal::Unknown;
    };
    if login.refresh_token.is_none() {
        return Renewal::Unknown;
    }
    match renewed(engine, &transfer.id, Login { expires_at: Some(0), ..login }).await {
        Ok(_) => Renewal::Fresh,
        Err(TransferError::Refused(_)) => Renewal::Void,
        Err(_) => Renewal::Unknown,
    }
}

/// Gives a permission back; an old home that cannot be reached lets it run out by itself.
pub async fn give_back(engine: &Engine, login: &Login) {
    let (Some(endpoint), Some(token)) = (&login.revocation_endpoint, &login.access_token) else {
        return;
    };
    let ours = metadata::client_id(&engine.base);
    let token = login.refresh_token.as_deref().unwrap_or(token);
    let fields = match &login.client {
        Some(Client { id, secret, .. }) => {
            vec![("token", token), ("client_id", id), ("client_secret", secret)]
        }
        None => vec![("token", token), ("client_id", ours.as_str())],
    };
    let request = Request::post_form(endpoint.clone(), &fields);
    if let Err(error) = engine.remote.send(request.signed(engine.signer.clone())).await {
        tracing::info!(%error, issuer = login.issuer, "the permission could not be given back; it runs out by itself");
    }
}

/// Gives back what is needed no longer, and forgets it: reading ends when the copy is there to stay.
///
/// # Errors
/// [`TransferError::Store`].
pub async fn end_reading(engine: &Engine, id: &TransferId) -> TransferResult<()> {
    if let Some(login) = logins::find(&engine.store, id, Purpose::Read).await? {
        give_back(engine, &login).await;
        logins::forget_reading(&engine.store, id).await?;
    }
    Ok(())
}
