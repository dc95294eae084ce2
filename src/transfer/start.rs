//! New home: the person types a handle once; everything else is found out.

use url::Url;

use super::{
    Engine, TransferError, TransferResult,
    admit::{allowed, applicant, has_room},
    as_client,
    discover::{Discovered, discover, hands_over},
};
use crate::{
    model::{
        actor::Actor,
        choices::Choices,
        handle::{Handle, HandleError},
        id::{AccountId, TransferId},
        login::{Login, Purpose},
        policy::Applicant,
        transfer::{Origin, Transfer, TransferState},
    },
    oauth::{metadata, pkce, scope::Scope},
    port::lookup,
    store::{blobs::hex, choices, transfers},
    wire::lenient::web_url,
    words::text,
};

/// What the person wants, as far as they said so when they began.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// What shall come.
    pub choices: Choices,
    /// Whether they want to look at what there is before anything is copied.
    pub waits: bool,
}

/// Opens a transfer and tells where the person is asked.
///
/// # Errors
/// [`TransferError::Refused`] with the sentence for the page: handle, policy, discovery.
pub async fn start(
    engine: &Engine,
    account: &AccountId,
    typed: &str,
    wish: &Wish,
) -> TransferResult<(TransferId, Url)> {
    let own = engine.host.account(account).await?.map(|account| account.actor);
    let (asked_for, actor_id) = named(engine, typed).await?;
    if own.as_ref() == Some(&actor_id) {
        let why = text!("refusals-this-very-account", asked_for = asked_for);
        return Err(TransferError::Refused(why));
    }
    let who = applicant(engine, &actor_id, typed).await;
    allowed(engine, &who).await?;
    has_room(engine, &who, Some(account), &actor_id).await?;
    let (actor, _) = lookup::actor(&*engine.remote, &engine.signer, &actor_id, None).await?;
    let id = TransferId::from(engine.clock.id());
    let (origin, login, url) = first_rung(engine, &id, &actor).await?;
    let transfer = Transfer {
        id: id.clone(),
        account: account.clone(),
        asked_for,
        origin,
        state: TransferState::AwaitingConsent,
        problem: None,
        resume_at: None,
        ending: None,
    };
    transfers::insert(&engine.store, transfer, Some(login), engine.clock.now_micros()).await?;
    // Nobody has the address of the consent yet, so nothing can go on before this is kept.
    choices::keep(&engine.store, &id, wish.choices.clone(), wish.waits).await?;
    Ok((id, url))
}

/// How the account is read: as one home from another, or else as every client reads it. The last rung, a
/// file, is the person's to bring.
async fn first_rung(engine: &Engine, id: &TransferId, actor: &Actor) -> TransferResult<(Origin, Login, Url)> {
    if !hands_over(engine, actor).await?
        && let Some(asked) = as_client::ask(engine, id, actor).await?
    {
        return Ok(asked);
    }
    let discovered = discover(engine, actor).await?;
    let (login, url) = ask(engine, id, Purpose::Read, &discovered, actor.id.clone());
    Ok((Origin::Live { actor: actor.id.clone() }, login, url))
}

/// The actor that was typed: behind a handle, or at its own address where a server has no handles.
pub(super) async fn named(engine: &Engine, typed: &str) -> TransferResult<(String, Url)> {
    if let Some(address) = web_url(typed.trim()) {
        return Ok((address.to_string(), address));
    }
    let handle: Handle = typed.parse().map_err(|error| TransferError::Refused(not_a_handle(error)))?;
    allowed_at_all(engine, &handle).await?;
    Ok((handle.to_string(), lookup::resolve(&*engine.remote, &engine.signer, &handle).await?))
}

/// What is wrong with an address that was typed.
pub fn not_a_handle(error: HandleError) -> String {
    match error {
        HandleError::Shape => text!("refusals-write-it-like-this"),
        HandleError::Name => text!("refusals-the-name-may-hold"),
        HandleError::Host => text!("refusals-not-a-servers-name"),
    }
}

/// Whether anybody of that server, or this handle, may come: before that server is asked anything.
async fn allowed_at_all(engine: &Engine, handle: &Handle) -> TransferResult<()> {
    allowed(engine, &Applicant::of_handle(handle)).await
}

/// Prepares an authorization: what we remember, and the address the person is sent to.
///
/// The `state` names the transfer and carries a secret of which only the hash is kept.
pub fn ask(
    engine: &Engine,
    id: &TransferId,
    purpose: Purpose,
    discovered: &Discovered,
    actor: Url,
) -> (Login, Url) {
    let verifier = engine.clock.secret();
    let state = format!("{id}.{}", engine.clock.secret());
    let scope = match purpose {
        Purpose::Read => Scope::Read,
        Purpose::HandOver => Scope::HandOver,
    };
    let mut url = discovered.authorization_endpoint.clone();
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &metadata::client_id(&engine.base))
        .append_pair("redirect_uri", &metadata::redirect_uri(&engine.base))
        .append_pair("scope", scope.as_str())
        .append_pair("state", &state)
        .append_pair("code_challenge", &pkce::challenge(&verifier))
        .append_pair("code_challenge_method", "S256");
    let login = Login {
        purpose,
        issuer: discovered.issuer.clone(),
        authorization_endpoint: discovered.authorization_endpoint.clone(),
        token_endpoint: discovered.token_endpoint.clone(),
        revocation_endpoint: discovered.revocation_endpoint.clone(),
        must_name_issuer: discovered.names_issuer,
        actor,
        state_hash: state_hash(&state),
        verifier,
        access_token: None,
        refresh_token: None,
        expires_at: None,
        client: None,
    };
    (login, url)
}

/// What of a `state` is kept.
pub(super) fn state_hash(state: &str) -> String {
    hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, state.as_bytes()).as_ref())
}
