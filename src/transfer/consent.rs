//! An owner is asked whether another server may have their account, and the answer is recorded.

use url::Url;

use super::{
    leave,
    source_side::{SourceSide, SourceSideError, SourceSideResult},
    tokens::hashed,
};
use crate::{
    model::{
        actor::authority, collection::CollectionKind, id::AccountId, policy::Decision, problem::ProblemKind,
    },
    oauth::{
        authorization::AuthorizationRequest,
        client_metadata::{self, Client},
        metadata,
        scope::Scope,
    },
    port::{host::HostAccount, remote::Request},
    store::{
        consents::{self as rows, ConsentRow, NewCode},
        letters,
    },
    words::text,
};

/// Lifetime of a code, in seconds. It only travels through the person's browser.
pub const CODE_SECONDS: i64 = 60;
/// How long the link holds that takes a permission back, in days.
const STOP_DAYS: i64 = 90;
/// Longest client document that is read, in bytes.
pub const DOCUMENT_BYTES: usize = 16 << 10;

/// A request whose client is who it says, allowed by the admins.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The request.
    pub request: AuthorizationRequest,
    /// Who asks.
    pub client: Client,
    /// Where the answer goes.
    pub redirect: Url,
}

/// What the owner chose.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Collections ticked.
    pub kinds: Vec<CollectionKind>,
    /// Whether private posts are included.
    pub includes_private: bool,
}

/// Checks who asks: admins' rule first, then the client's own document, fetched now.
///
/// # Errors
/// [`SourceSideError::Refused`] with a sentence for the page; nobody is redirected then.
pub async fn ask(
    side: &SourceSide,
    request: AuthorizationRequest,
    account: Option<&HostAccount>,
) -> SourceSideResult<Asked> {
    let other = authority(&request.client_id);
    match account {
        Some(account) => {
            leave::may_leave(side, account, &other, request.scope).await?;
            if request.scope == Scope::Read {
                leave::has_cooled(side, account, &other).await?;
            }
        }
        None => {
            if let Decision::Refused(why) = side.decide(&other, None).await? {
                return Err(SourceSideError::refused(ProblemKind::Policy, why));
            }
        }
    }
    let client = fetch_client(side, &request.client_id).await?;
    let redirect = client
        .redirect(&request.redirect_uri)
        .map_err(|why| SourceSideError::refused(ProblemKind::BadClient, nothing_shared(&why)))?;
    Ok(Asked { request, client, redirect })
}

fn nothing_shared(why: &str) -> String {
    text!("refusals-nothing-was-shared", why = why)
}

async fn fetch_client(side: &SourceSide, id: &Url) -> SourceSideResult<Client> {
    let host = authority(id);
    let refused = |why: String| SourceSideError::refused(ProblemKind::BadClient, nothing_shared(&why));
    let request = Request::get(id.clone()).accepting("application/json").signed(side.signer.clone());
    let response = side.remote.send(request).await.map_err(|error| {
        tracing::info!(%error, host, "a client cannot be asked who it is");
        refused(text!("refusals-cannot-be-asked-who-it-is", host = host))
    })?;
    // A document that moved is another document: its address is the client's name.
    if !response.is_success() || response.url != *id {
        return Err(refused(text!("refusals-does-not-say-who-it-is", host = host)));
    }
    let bytes = response.bytes(DOCUMENT_BYTES).await.map_err(|error| {
        tracing::info!(%error, host, "what a client says about itself cannot be read");
        refused(text!("refusals-says-what-cannot-be-read", host = host))
    })?;
    let document = serde_json::from_slice(&bytes)
        .map_err(|_| refused(text!("refusals-says-what-cannot-be-read", host = host)))?;
    client_metadata::read(&document, id).map_err(refused)
}

/// Records a yes and gives the address to send the person back to.
///
/// # Errors
/// [`SourceSideError`].
pub async fn allow(
    side: &SourceSide,
    account: &HostAccount,
    asked: &Asked,
    choice: &Choice,
) -> SourceSideResult<Url> {
    let now = side.clock.now_micros();
    let code = side.clock.secret();
    let is_reading = asked.request.scope == Scope::Read;
    let kinds: &[CollectionKind] = if is_reading { &choice.kinds } else { &[] };
    let consent = ConsentRow {
        id: side.clock.id(),
        account_id: account.id.as_str().to_owned(),
        client_id: asked.client.id.to_string(),
        client_name: asked.client.name.clone(),
        scope: asked.request.scope.as_str().to_owned(),
        kinds: crate::store::to_json(&kinds),
        has_private: is_reading && choice.includes_private,
        created_at: now,
        revoked_at: None,
    };
    let kept = NewCode {
        code_hash: hashed(&code),
        redirect_uri: asked.request.redirect_uri.clone(),
        challenge: asked.request.challenge.clone(),
        expires_at: now + CODE_SECONDS * 1_000_000,
    };
    let id = consent.id.clone();
    rows::insert(&side.store, consent, kept).await?;
    if is_reading {
        // Whoever's account it is hears of it, and can stop it without signing in.
        let secret = side.clock.secret();
        let (of, hash) = ((account.id.as_str(), id.as_str()), hashed(&secret));
        let times = (now, now + STOP_DAYS * 24 * 3600 * 1_000_000);
        letters::export_authorised(&side.store, of, &asked.client.host(), (&secret, hash), times).await?;
    }
    side.note(
        account.id.as_str(),
        "allowed",
        &format!("{} for {}", asked.request.scope.as_str(), asked.client.host()),
    )
    .await?;
    let mut back = asked.redirect.clone();
    back.query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", &asked.request.state)
        .append_pair("iss", &metadata::issuer(&side.base))
        .append_pair("activitypub_actor", account.actor.as_str());
    Ok(back)
}

/// The address to send the person back to after a no.
pub fn deny(side: &SourceSide, asked: &Asked) -> Url {
    let mut back = asked.redirect.clone();
    back.query_pairs_mut()
        .append_pair("error", "access_denied")
        .append_pair("state", &asked.request.state)
        .append_pair("iss", &metadata::issuer(&side.base));
    back
}

/// Takes a consent back, if it is this account's.
///
/// # Errors
/// [`SourceSideError::Refused`] when it is another's.
pub async fn revoke(side: &SourceSide, account: &AccountId, consent: &str) -> SourceSideResult<()> {
    let row = rows::find(&side.store, consent).await?.filter(|row| row.account_id == account.as_str());
    let row = row.ok_or_else(|| {
        SourceSideError::refused(ProblemKind::NotFound, text!("refusals-no-such-permission"))
    })?;
    rows::revoke(&side.store, row.id, side.clock.now_micros()).await?;
    side.note(account.as_str(), "revoked", &format!("{} for {}", row.scope, row.client_id)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::policy::{Rule, RuleWord},
        transfer::fakes::{self, Bench},
    };

    #[tokio::test]
    async fn the_admins_rule_decides_before_anything_is_fetched() {
        for (rule, is_allowed) in [
            (Rule::Word(RuleWord::Nobody), false),
            (Rule::Hosts(vec!["third.example".into()]), false),
            (Rule::Hosts(vec!["new.example".into()]), true),
            (Rule::Word(RuleWord::Anyone), true),
        ] {
            let mut bench = Bench::new().await;
            bench.side.departures.who = rule;
            let asked = ask(&bench.side, fakes::request(Scope::Read), None).await;
            assert_eq!(asked.is_ok(), is_allowed);
            assert_eq!(bench.remote.asked().is_empty(), !is_allowed);
            if let Err(error) = asked {
                assert!(error.to_string().contains("new.example"), "the refusal names the server: {error}");
            }
        }
    }

    #[tokio::test]
    async fn a_client_whose_document_is_missing_or_lists_another_address_is_not_called_back() {
        let bench = Bench::new().await;
        let mut request = fakes::request(Scope::Read);
        request.redirect_uri = "https://evil.example/callback".into();
        assert!(ask(&bench.side, request, None).await.is_err());
        bench.remote.forget(fakes::CLIENT);
        assert!(ask(&bench.side, fakes::request(Scope::Read), None).await.is_err());
    }

    #[tokio::test]
    async fn the_answer_names_the_account_and_this_server() {
        let bench = Bench::new().await;
        let asked = ask(&bench.side, fakes::request(Scope::Read), None).await.unwrap();
        let choice = Choice { kinds: vec![CollectionKind::Content], includes_private: false };
        let back = allow(&bench.side, &bench.ann(), &asked, &choice).await.unwrap();
        let found: Vec<_> = back.query_pairs().map(|(name, _)| name.into_owned()).collect();
        assert_eq!(found, ["code", "state", "iss", "activitypub_actor"]);
        assert!(deny(&bench.side, &asked).query().unwrap().contains("error=access_denied"));
    }

    #[tokio::test]
    async fn nobody_revokes_anothers_consent() {
        let bench = Bench::new().await;
        let grant = bench.grant(Scope::Read).await;
        assert!(revoke(&bench.side, &"bob-id".into(), grant.consent.as_str()).await.is_err());
        assert!(revoke(&bench.side, &"ann-id".into(), grant.consent.as_str()).await.is_ok());
    }
}
