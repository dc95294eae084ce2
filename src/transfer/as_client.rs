//! New home: an old home on which nothing of ours runs. We ask there as any client does, for reading only.

use url::Url;

use super::{Engine, TransferError, TransferResult, start::state_hash};
use crate::{
    model::{
        actor::Actor,
        id::TransferId,
        login::{Client, Login, Purpose},
        transfer::{Origin, Transfer},
    },
    oauth::{metadata, pkce},
    port::{client_api::Applicant, lookup},
    words::text,
};

/// Prepares the question at such a server; nothing where it cannot be asked that way either.
///
/// # Errors
/// [`TransferError`] when it is busy or refuses.
pub(super) async fn ask(
    engine: &Engine,
    id: &TransferId,
    actor: &Actor,
) -> TransferResult<Option<(Origin, Login, Url)>> {
    let Some(api) = engine.sources.client_api() else { return Ok(None) };
    let us = Applicant {
        name: engine.domain.clone(),
        website: engine.base.to_string(),
        redirect_uri: metadata::redirect_uri(&engine.base),
    };
    let Some(there) = api.register(actor, &us).await? else { return Ok(None) };
    let verifier = engine.clock.secret();
    let state = format!("{id}.{}", engine.clock.secret());
    let mut url = there.authorization_endpoint.clone();
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &there.client.id)
        .append_pair("redirect_uri", &us.redirect_uri)
        .append_pair("scope", &there.client.scope)
        .append_pair("state", &state);
    if there.client.takes_pkce {
        url.query_pairs_mut()
            .append_pair("code_challenge", &pkce::challenge(&verifier))
            .append_pair("code_challenge_method", "S256");
    }
    let login = Login {
        purpose: Purpose::Read,
        issuer: there.issuer,
        authorization_endpoint: there.authorization_endpoint,
        token_endpoint: there.token_endpoint,
        revocation_endpoint: there.revocation_endpoint,
        must_name_issuer: there.names_issuer,
        actor: actor.id.clone(),
        state_hash: state_hash(&state),
        verifier,
        access_token: None,
        refresh_token: None,
        expires_at: None,
        client: Some(there.client),
    };
    let (actor, software, move_page) = (actor.id.clone(), there.software, there.move_page);
    Ok(Some((Origin::ClientApi { actor, software, move_page, lacks: there.lacks }, login, url)))
}

/// What redeems a code of such a server. Spec: RFC 6749 4.1.3.
pub(super) fn exchange(
    engine: &Engine,
    login: &Login,
    client: &Client,
    code: &str,
) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code.to_owned()),
        ("redirect_uri", metadata::redirect_uri(&engine.base)),
        ("client_id", client.id.clone()),
        ("client_secret", client.secret.clone()),
        ("scope", client.scope.clone()),
    ];
    if client.takes_pkce {
        fields.push(("code_verifier", login.verifier.clone()));
    }
    fields
}

/// Whose permission it is: an account of the server that gave it, or nothing is taken.
///
/// # Errors
/// [`TransferError::Refused`] with the sentence for the page.
pub(super) async fn owner(engine: &Engine, login: &Login) -> TransferResult<Url> {
    let cannot = || TransferError::Refused(text!("refusals-not-that-way-any-more"));
    let api = engine.sources.client_api().ok_or_else(cannot)?;
    let (expected, _) = lookup::actor(&*engine.remote, &engine.signer, &login.actor, None).await?;
    let named = api.owner(login, &expected).await?;
    if named.origin() == login.token_endpoint.origin() {
        return Ok(named);
    }
    let why = text!("refusals-answered-for-another-server", issuer = login.issuer, named = named.as_str());
    Err(TransferError::Refused(why))
}

/// What cannot be had of an old home on which nothing of ours runs, in sentences; said beforehand.
pub(super) fn not_this_way(transfer: &Transfer) -> Vec<String> {
    let Origin::ClientApi { move_page, lacks, .. } = &transfer.origin else { return Vec::new() };
    let announcing = if move_page.is_some() {
        text!("reasons-you-press-the-button")
    } else {
        text!("reasons-by-its-own-means")
    };
    let always = [
        text!("reasons-links-stay-at-old-home"),
        announcing,
        text!("reasons-later-changes-do-not-come"),
        text!("reasons-earlier-versions-stay"),
        text!("reasons-likes-are-not-counted-beforehand"),
    ];
    lacks.iter().cloned().chain(always).collect()
}
