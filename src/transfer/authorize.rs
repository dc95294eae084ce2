//! New home: the person comes back from their old home with a code.

use serde_json::Value;
use url::Url;

use super::{
    Engine, TransferError, TransferResult,
    admit::{allowed, applicant},
    as_client,
    discover::discover,
    look::leave_trial,
    sign_in_again,
    start::state_hash,
    trouble,
};
use crate::{
    model::{
        id::{AccountId, TransferId},
        login::{Login, Purpose},
        transfer::{Transfer, TransferState},
    },
    oauth::metadata,
    port::{lookup, remote::Request},
    store::{endings, logins, transfers},
    words::text,
};

/// What stood in the callback's address.
#[derive(Debug, Clone, Default, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Callback {
    /// Names the transfer and proves the round trip.
    pub state: Option<String>,
    /// The code to be exchanged.
    pub code: Option<String>,
    /// Who answers. Spec: RFC 9207.
    pub iss: Option<String>,
    /// The actor the grant is for. Spec: LOLA 0.3, Authorization.
    pub activitypub_actor: Option<String>,
    /// Set when the person or the old home said no.
    pub error: Option<String>,
    /// A sentence of the old home about it.
    pub error_description: Option<String>,
}

/// Takes the answer: checks state, issuer and actor, exchanges the code, and lets the transfer go on. Where the way
/// to Old home is what failed, the transfer stays and its page says so.
///
/// # Errors
/// [`TransferError::Refused`] with the sentence for the page; the transfer is as before then.
pub async fn authorize(
    engine: &Engine,
    account: &AccountId,
    callback: Callback,
) -> TransferResult<TransferId> {
    let state = callback.state.as_deref().unwrap_or_default();
    let id = TransferId::from(state.split('.').next().unwrap_or_default());
    let stale = || TransferError::Refused(text!("refusals-answer-of-no-copy"));
    let transfer =
        transfers::find(&engine.store, &id).await?.filter(|t| t.account == *account).ok_or_else(stale)?;
    let login = asked(engine, &id, state).await?.ok_or_else(stale)?;
    let waits = match login.purpose {
        Purpose::Read => sign_in_again::is_possible(&transfer),
        Purpose::HandOver => transfer.state.may_become(TransferState::HandingOver),
    };
    if !waits {
        return Err(stale());
    }
    check_issuer(&login, callback.iss.as_deref())?;
    if let Some(error) = callback.error {
        let is_no = error == "access_denied" && callback.error_description.is_none();
        let said = callback.error_description.unwrap_or(error);
        let why = if is_no { text!("refusals-you-said-no") } else { said };
        return declined(engine, &transfer, login.purpose, &why).await;
    }
    let code = callback.code.ok_or_else(stale)?;
    // The code is spent from here on, whatever comes of it.
    let spent = Login { verifier: String::new(), state_hash: String::new(), ..login.clone() };
    logins::keep(&engine.store, &id, &spent).await?;
    let taken = redeem(engine, &transfer, login, &code, callback.activitypub_actor.as_deref()).await;
    // Nothing is lost but the code: the transfer's page says why and has the button for another.
    if let Err(error @ (TransferError::Adapter(_) | TransferError::During(..))) = &taken {
        tracing::warn!(transfer.id = %id, %error, "Old home's permission could not be had");
        let why = trouble::why(&transfer, &engine.domain, error);
        transfers::remark(&engine.store, &id, text!("refusals-permission-could-not-be-had", why = why))
            .await?;
        return Ok(id);
    }
    taken.map(|()| id)
}

/// Exchanges the code, finds out whose account it opens, and lets the transfer go on.
async fn redeem(
    engine: &Engine,
    transfer: &Transfer,
    login: Login,
    code: &str,
    named: Option<&str>,
) -> TransferResult<()> {
    let (id, expected) = (&transfer.id, login.actor.clone());
    let granted = exchange(engine, &login, code).await?;
    let named = if granted.client.is_some() {
        as_client::owner(engine, &granted).await?
    } else {
        let named = named.map_or(Ok(login.actor), Url::parse);
        let named = named.map_err(|_| TransferError::Refused(text!("refusals-named-no-account")))?;
        check_actor(engine, &granted, &named).await?;
        named
    };
    let purpose = granted.purpose;
    let granted = Login { actor: named.clone(), ..granted };
    match purpose {
        Purpose::HandOver if named != expected => {
            let why =
                text!("refusals-answered-for-another", named = named.as_str(), copied = expected.as_str());
            Err(TransferError::Refused(why))
        }
        Purpose::HandOver => {
            logins::keep(&engine.store, id, &granted).await?;
            endings::grant(&engine.store, id).await?;
            leave_trial(engine, transfer, TransferState::HandingOver).await
        }
        Purpose::Read if transfer.state == TransferState::Failed => {
            sign_in_again::go_on(engine, transfer, &granted, &expected).await
        }
        Purpose::Read => {
            allowed(engine, &applicant(engine, &named, &transfer.asked_for).await).await?;
            logins::keep(&engine.store, id, &granted).await?;
            let next = if named == expected {
                TransferState::Surveying
            } else {
                TransferState::AwaitingConfirmation
            };
            move_on(engine, id, TransferState::AwaitingConsent, next).await
        }
    }
}

/// Whether an answer that still waits was asked for by another account of this server: whoever takes a
/// new name here consents under the old one.
///
/// # Errors
/// [`TransferError::Store`].
pub async fn is_anothers(engine: &Engine, account: &AccountId, callback: &Callback) -> TransferResult<bool> {
    let state = callback.state.as_deref().unwrap_or_default();
    let id = TransferId::from(state.split('.').next().unwrap_or_default());
    let transfer = transfers::find(&engine.store, &id).await?;
    let is_anothers = transfer.is_some_and(|transfer| transfer.account != *account);
    Ok(is_anothers && asked(engine, &id, state).await?.is_some())
}

/// The login a `state` was made for, if it still waits for its answer.
async fn asked(engine: &Engine, id: &TransferId, state: &str) -> TransferResult<Option<Login>> {
    let expected = state_hash(state);
    for purpose in [Purpose::Read, Purpose::HandOver] {
        let login = logins::find(&engine.store, id, purpose).await?;
        let waiting = login.filter(|login| !login.verifier.is_empty() && login.state_hash == expected);
        if waiting.is_some() {
            return Ok(waiting);
        }
    }
    Ok(None)
}

async fn move_on(
    engine: &Engine,
    id: &TransferId,
    from: TransferState,
    to: TransferState,
) -> TransferResult<()> {
    Ok(transfers::step(&engine.store, id, from, to, engine.clock.now_micros()).await?)
}

/// The issuer must be the one this login was made for: a code of one server is never shown to another.
fn check_issuer(login: &Login, iss: Option<&str>) -> TransferResult<()> {
    let is_same = match iss {
        Some(iss) => iss.trim_end_matches('/') == login.issuer.trim_end_matches('/'),
        None => !login.must_name_issuer,
    };
    if is_same {
        Ok(())
    } else {
        let why = text!("refusals-answer-of-another", issuer = login.issuer);
        Err(TransferError::Refused(why))
    }
}

/// The person (or their old home) said no. A copy that had not begun ends here; one that should be
/// announced stays as it was, and its page says why.
async fn declined(
    engine: &Engine,
    transfer: &Transfer,
    purpose: Purpose,
    why: &str,
) -> TransferResult<TransferId> {
    let why: String = why.chars().take(300).collect();
    let sentence = text!("refusals-did-not-agree", why = why);
    match purpose {
        Purpose::Read if transfer.state == TransferState::AwaitingConsent => {
            let (at, now) = (TransferState::AwaitingConsent, engine.clock.now_micros());
            transfers::fail(&engine.store, &transfer.id, at, sentence, now).await?;
        }
        Purpose::Read | Purpose::HandOver => {
            transfers::remark(&engine.store, &transfer.id, sentence).await?;
        }
    }
    Ok(transfer.id.clone())
}

/// Exchanges a code. Spec: RFC 6749 4.1.3, RFC 7636.
async fn exchange(engine: &Engine, login: &Login, code: &str) -> TransferResult<Login> {
    if let Some(client) = &login.client {
        return token_request(engine, login, &as_client::exchange(engine, login, client, code)).await;
    }
    let (client, redirect) = (metadata::client_id(&engine.base), metadata::redirect_uri(&engine.base));
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &redirect),
        ("client_id", &client),
        ("code_verifier", &login.verifier),
    ];
    token_request(engine, login, &fields).await
}

/// Asks the token endpoint and reads its answer into the login.
pub(super) async fn token_request(
    engine: &Engine,
    login: &Login,
    fields: &[(&str, impl AsRef<str>)],
) -> TransferResult<Login> {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_ref())).collect();
    let doing = "asking Old home for its permission";
    let request = Request::post_form(login.token_endpoint.clone(), &fields).signed(engine.signer.clone());
    let response = engine.remote.send(request).await.map_err(|error| error.into_adapter(doing))?;
    let status = response.status;
    // Who is busy has not said no.
    if let Some(busy) = lookup::busy(&response, doing, &login.issuer) {
        return Err(busy.into());
    }
    let answer: Value = response.json().await.map_err(|error| error.into_adapter(doing))?;
    let token = answer.get("access_token").and_then(Value::as_str).filter(|_| (200..300).contains(&status));
    let Some(token) = token else {
        let why = answer.get("error_description").or_else(|| answer.get("error")).and_then(Value::as_str);
        let said = format!("{status} {}", why.unwrap_or_default());
        let said: String = said.trim().chars().take(200).collect();
        let why = text!("refusals-did-not-give-its-permission", said = said);
        return Err(TransferError::Refused(why));
    };
    let lasts = answer.get("expires_in").and_then(Value::as_i64).map(|seconds| seconds.clamp(0, 31_536_000));
    let refresh = answer.get("refresh_token").and_then(Value::as_str).map(str::to_owned);
    Ok(Login {
        access_token: Some(token.to_owned()),
        refresh_token: refresh.or_else(|| login.refresh_token.clone()),
        expires_at: lasts.map(|seconds| engine.clock.now_micros() + seconds * 1_000_000),
        verifier: String::new(),
        state_hash: String::new(),
        ..login.clone()
    })
}

/// The actor of the answer counts, not the one typed: but only one on the issuer's origin whose own
/// document names this very authorization endpoint.
async fn check_actor(engine: &Engine, login: &Login, named: &Url) -> TransferResult<()> {
    if named.origin() != login.authorization_endpoint.origin() {
        let why =
            text!("refusals-answered-for-another-server", issuer = login.issuer, named = named.as_str());
        return Err(TransferError::Refused(why));
    }
    let token = login.access_token.as_deref();
    let (actor, _) = lookup::actor(&*engine.remote, &engine.signer, named, token).await?;
    let discovered = discover(engine, &actor).await?;
    if discovered.authorization_endpoint == login.authorization_endpoint {
        Ok(())
    } else {
        let place = login.authorization_endpoint.as_str();
        let why = text!("refusals-does-not-name-the-place", named = named.as_str(), place = place);
        Err(TransferError::Refused(why))
    }
}
