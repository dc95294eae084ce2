//! What owners allow us to do in their name, given by the server's own OAuth: to look somebody up, to follow and
//! to block. Asked for when somebody shall be followed or blocked, and given back when nobody is left.
//!
//! Spec: the server's `POST /api/v1/apps`, `/oauth/authorize`, `/oauth/token`, `/oauth/revoke`; RFC 7636.

use async_trait::async_trait;
use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::{
    adapters::mastodon_database::{Database, destination::ours, schema::Version},
    model::{digest::Digest, id::AccountId},
    port::{
        client_api::Applicant,
        clock::SharedClock,
        error::AdapterError,
        lookup,
        permits::Permits,
        remote::{Remote, Request, Response},
    },
    store::{
        Store,
        host_permits::{self, HostPermit},
    },
    wire::lenient,
};

/// What is asked for, and nothing beyond it.
pub(super) const SCOPES: &str = "read:accounts read:search write:follows write:blocks";
/// What was being done.
const DOING: &str = "asking for permission at the server beside us";

/// Permissions of the owners of accounts of the server at one place.
#[derive(Clone)]
pub struct OwnersPermits {
    database: Database,
    store: Store,
    clock: SharedClock,
    web: Url,
}

/// What is kept of one.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    client_id: String,
    client_secret: String,
    redirect_uri: String,
    verifier: String,
    token: Option<String>,
}

impl OwnersPermits {
    /// At the server whose pages are at `web`; they are kept, sealed, in `store`.
    pub fn new(database: Database, store: Store, clock: SharedClock, web: Url) -> Self {
        Self { database, store, clock, web }
    }

    /// Where they are kept.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// The time.
    pub(super) fn now(&self) -> i64 {
        self.clock.now_micros()
    }

    /// The token of an owner who gave theirs.
    pub(super) async fn token(&self, account: &AccountId) -> Result<Option<String>, AdapterError> {
        Ok(self.kept(account).await?.and_then(|(_, kept)| kept.token))
    }

    /// An owner took it back at the server, or it does not hold for another reason.
    pub(super) async fn is_void(&self, account: &AccountId) -> Result<(), AdapterError> {
        host_permits::forget(&self.store, account.to_string()).await.map_err(ours)
    }

    pub(super) fn at(&self, path: &str) -> Result<Url, AdapterError> {
        self.web.join(path).map_err(|error| AdapterError::fatal(DOING, error))
    }

    async fn kept(&self, account: &AccountId) -> Result<Option<(HostPermit, Kept)>, AdapterError> {
        let found = host_permits::find(&self.store, account.as_str()).await.map_err(ours)?;
        // One that cannot be read is asked for anew.
        Ok(found.and_then(|row| Some((row.clone(), serde_json::from_str(&row.permit).ok()?))))
    }

    async fn keep(&self, account: &AccountId, state_hash: String, kept: &Kept) -> Result<(), AdapterError> {
        let permit = HostPermit {
            account: account.to_string(),
            state_hash,
            permit: serde_json::to_string(kept).unwrap_or_default(),
            is_given: kept.token.is_some(),
        };
        host_permits::keep(&self.store, permit, self.now()).await.map_err(ours)
    }

    async fn send(&self, remote: &dyn Remote, request: Request) -> Result<Response, AdapterError> {
        let response = remote.send(request).await.map_err(|error| error.into_adapter(DOING))?;
        lookup::busy(&response, DOING, "the server beside us").map_or(Ok(response), Err)
    }

    /// Makes us known there; once for an owner, as long as the way back is the same.
    async fn client(
        &self,
        remote: &dyn Remote,
        account: &AccountId,
        us: &Applicant,
    ) -> Result<(String, String), AdapterError> {
        if let Some((_, kept)) =
            self.kept(account).await?.filter(|(_, kept)| kept.redirect_uri == us.redirect_uri)
        {
            return Ok((kept.client_id, kept.client_secret));
        }
        let fields = [
            ("client_name", us.name.as_str()),
            ("redirect_uris", &us.redirect_uri),
            ("scopes", SCOPES),
            ("website", &us.website),
        ];
        let response = self.send(remote, Request::post_form(self.at("/api/v1/apps")?, &fields)).await?;
        if !response.is_success() {
            let why = format!("it does not register this daemon (it answered {})", response.status);
            return Err(AdapterError::fatal(DOING, why));
        }
        let answer = response.json().await.map_err(|error| error.into_adapter(DOING))?;
        let named = |name: &str| {
            lenient::text(&answer, name).ok_or_else(|| AdapterError::fatal(DOING, "it gave no name"))
        };
        Ok((named("client_id")?, named("client_secret")?))
    }

    async fn revoke(&self, remote: &dyn Remote, kept: &Kept, token: &str) -> Result<(), AdapterError> {
        let fields = [
            ("client_id", kept.client_id.as_str()),
            ("client_secret", &kept.client_secret),
            ("token", token),
        ];
        self.send(remote, Request::post_form(self.at("/oauth/revoke")?, &fields)).await.map(drop)
    }

    /// Whose a fresh token is.
    async fn whose(&self, remote: &dyn Remote, token: &str) -> Result<Option<String>, AdapterError> {
        let url = self.at("/api/v1/accounts/verify_credentials")?;
        let response =
            self.send(remote, Request::get(url).accepting("application/json").bearing(token)).await?;
        if !response.is_success() {
            return Ok(None);
        }
        let account: Value = response.json().await.map_err(|error| error.into_adapter(DOING))?;
        Ok(lenient::text(&account, "id"))
    }
}

fn hash(state: &str) -> String {
    Digest::of(state.as_bytes()).hex()
}

#[async_trait]
impl Permits for OwnersPermits {
    async fn is_given(&self, account: &AccountId) -> Result<bool, AdapterError> {
        Ok(self.token(account).await?.is_some())
    }

    async fn way(
        &self,
        remote: &dyn Remote,
        account: &AccountId,
        us: &Applicant,
    ) -> Result<Url, AdapterError> {
        let (client_id, client_secret) = self.client(remote, account, us).await?;
        let (state, verifier) = (self.clock.secret(), self.clock.secret());
        let mut url = self.at("/oauth/authorize")?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &client_id)
            .append_pair("redirect_uri", &us.redirect_uri)
            .append_pair("scope", SCOPES)
            .append_pair("state", &state);
        let (_, schema) = self.database.connection().await?;
        // Earlier releases compare nothing.
        if schema.is_at_least(Version::V4_3) {
            let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
            url.query_pairs_mut()
                .append_pair("code_challenge", &challenge)
                .append_pair("code_challenge_method", "S256");
        }
        let redirect_uri = us.redirect_uri.clone();
        let kept = Kept { client_id, client_secret, redirect_uri, verifier, token: None };
        self.keep(account, hash(&state), &kept).await?;
        Ok(url)
    }

    async fn take(
        &self,
        remote: &dyn Remote,
        account: &AccountId,
        state: &str,
        code: &str,
    ) -> Result<(), AdapterError> {
        let asked =
            self.kept(account).await?.filter(|(row, _)| row.state_hash == hash(state) && !row.is_given);
        let Some((row, mut kept)) = asked else {
            return Err(AdapterError::fatal(DOING, "this is no answer to the last question; ask once more"));
        };
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &kept.redirect_uri),
            ("client_id", &kept.client_id),
            ("client_secret", &kept.client_secret),
            ("code_verifier", &kept.verifier),
        ];
        let response = self.send(remote, Request::post_form(self.at("/oauth/token")?, &fields)).await?;
        if !response.is_success() {
            let why = format!("it answered {}; ask once more", response.status);
            return Err(AdapterError::fatal(DOING, why));
        }
        let granted = response.json().await.map_err(|error| error.into_adapter(DOING))?;
        let token = lenient::text(&granted, "access_token")
            .ok_or_else(|| AdapterError::fatal(DOING, "it gave no token"))?;
        let scopes = lenient::text(&granted, "scope").unwrap_or_else(|| SCOPES.to_owned());
        let is_enough = SCOPES.split(' ').all(|needed| scopes.split(' ').any(|given| given == needed));
        let is_theirs = self.whose(remote, &token).await?.as_deref() == Some(account.as_str());
        if !is_enough || !is_theirs {
            let given_back = self.revoke(remote, &kept, &token).await;
            if let Err(error) = given_back {
                tracing::warn!(%error, "a permission that was not asked for could not be given back");
            }
            let why = if is_theirs { "less was allowed than is needed" } else { "it is another account's" };
            return Err(AdapterError::fatal(DOING, format!("{why}; ask once more")));
        }
        kept.token = Some(token);
        // The state is used up.
        self.keep(account, hash(&format!("used {}", row.state_hash)), &kept).await
    }

    async fn give_back(&self, remote: &dyn Remote, account: &AccountId) -> Result<(), AdapterError> {
        let Some((_, kept)) = self.kept(account).await? else { return Ok(()) };
        self.is_void(account).await?;
        match &kept.token {
            Some(token) => self.revoke(remote, &kept, token).await,
            None => Ok(()),
        }
    }
}
