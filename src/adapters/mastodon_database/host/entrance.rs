//! Signing in by the server's own OAuth: only who somebody is is read, and the token for it is given back at
//! once. Who answers for the server, and how often somebody signed in there, stand in its tables.
//!
//! Spec: the server's `POST /api/v1/apps`, `/oauth/authorize`, `/oauth/token`, `/oauth/revoke` and
//! `GET /api/v1/accounts/verify_credentials`.

use async_trait::async_trait;
use serde_json::Value;
use url::Url;

use crate::{
    adapters::mastodon_database::{Database, database::silent},
    model::{id::AccountId, login::Client},
    port::{
        client_api::Applicant,
        entrance::{Asking, Entrance, Guest},
        error::AdapterError,
        lookup,
        remote::{Remote, Request, Response},
    },
    wire::lenient,
    words::text,
};

/// What is asked for: nothing can be read with it but profiles.
const SCOPE: &str = "read:accounts";
/// What was being done.
const DOING: &str = "signing in at the server beside us";
/// Bits of a role that answer for the server: everything, or its settings.
const ADMINISTRATOR: i64 = 1 << 0;
/// The second.
const MANAGE_SETTINGS: i64 = 1 << 6;

/// An account that somebody may sign in with: number, name, permissions, sign-ins, times in microseconds.
type GuestColumns = (i64, String, i64, i32, Option<i64>, Option<i64>);

/// The sign-in of the server at one place.
pub struct FrontDoor {
    database: Database,
    web: Url,
    given: Option<(String, String)>,
}

impl FrontDoor {
    /// Of the server whose pages are at `web`; `given` is what its admin registered us as, where they did.
    pub fn new(database: Database, web: Url, given: Option<(String, String)>) -> Self {
        Self { database, web, given }
    }

    fn at(&self, path: &str) -> Result<Url, AdapterError> {
        self.web.join(path).map_err(|error| AdapterError::fatal(DOING, error))
    }

    async fn send(&self, remote: &dyn Remote, request: Request) -> Result<Response, AdapterError> {
        let response = remote.send(request).await.map_err(|error| error.into_adapter(DOING))?;
        lookup::busy(&response, DOING, "the server beside us").map_or(Ok(response), Err)
    }

    async fn takes_pkce(&self, remote: &dyn Remote) -> Result<bool, AdapterError> {
        // Releases that have no such document compare nothing, and some refuse what they do not know.
        let url = self.at("/.well-known/oauth-authorization-server")?;
        let response = self.send(remote, Request::get(url).accepting("application/json")).await?;
        let metadata = if response.is_success() { response.json().await.ok() } else { None };
        let methods = metadata.as_ref().map(|said| lenient::field(said, "code_challenge_methods_supported"));
        Ok(methods.is_some_and(|mut methods| methods.any(|said| said.as_str() == Some("S256"))))
    }
}

#[async_trait]
impl Entrance for FrontDoor {
    async fn register(&self, remote: &dyn Remote, us: &Applicant) -> Result<Client, AdapterError> {
        let takes_pkce = self.takes_pkce(remote).await?;
        let client = |id, secret| Client { id, secret, scope: SCOPE.to_owned(), takes_pkce };
        if let Some((id, secret)) = self.given.clone() {
            return Ok(client(id, secret));
        }
        let fields = [
            ("client_name", us.name.as_str()),
            ("redirect_uris", &us.redirect_uri),
            ("scopes", SCOPE),
            ("website", &us.website),
        ];
        let response = self.send(remote, Request::post_form(self.at("/api/v1/apps")?, &fields)).await?;
        let refused = |why: String| {
            let why = text!(
                "refusals-does-not-register-this-daemon",
                why = why,
                scope = SCOPE,
                way = us.redirect_uri
            );
            AdapterError::fatal(DOING, why)
        };
        if !response.is_success() {
            return Err(refused(text!("reasons-it-answered", status = response.status.to_string())));
        }
        let answer = response.json().await.map_err(|error| error.into_adapter(DOING))?;
        let named = |name: &str| {
            lenient::text(&answer, name).ok_or_else(|| refused(text!("reasons-it-gave-no-name")))
        };
        Ok(client(named("client_id")?, named("client_secret")?))
    }

    fn way(&self, client: &Client, asking: &Asking<'_>) -> Url {
        let mut url = self.web.clone();
        url.set_path("/oauth/authorize");
        url.set_query(None);
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", &client.id)
                .append_pair("redirect_uri", asking.redirect_uri)
                .append_pair("scope", &client.scope)
                .append_pair("state", asking.state);
            if client.takes_pkce {
                query.append_pair("code_challenge", asking.challenge);
                query.append_pair("code_challenge_method", "S256");
            }
            if asking.anew {
                // Shows its page, on which one signs out and in again; that it happened is read elsewhere.
                query.append_pair("force_login", "true");
            }
        }
        url
    }

    async fn redeem(
        &self,
        remote: &dyn Remote,
        client: &Client,
        redirect_uri: &str,
        code: &str,
        verifier: &str,
    ) -> Result<AccountId, AdapterError> {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("client_id", &client.id),
            ("client_secret", &client.secret),
        ];
        if client.takes_pkce {
            fields.push(("code_verifier", verifier));
        }
        let response = self.send(remote, Request::post_form(self.at("/oauth/token")?, &fields)).await?;
        if !response.is_success() {
            let why = format!("it answered {}; sign in once more", response.status);
            return Err(AdapterError::fatal(DOING, why));
        }
        let granted = response.json().await.map_err(|error| error.into_adapter(DOING))?;
        let token = lenient::text(&granted, "access_token")
            .ok_or_else(|| AdapterError::fatal(DOING, "it gave no token"))?;
        let whose = self.whose(remote, &token).await;
        let fields =
            [("client_id", client.id.as_str()), ("client_secret", &client.secret), ("token", &token)];
        if let Err(error) = self.send(remote, Request::post_form(self.at("/oauth/revoke")?, &fields)).await {
            tracing::warn!(%error, "a token for signing in could not be given back");
        }
        whose
    }

    async fn guest(&self, account: &AccountId) -> Result<Option<Guest>, AdapterError> {
        let Ok(id) = account.as_str().parse::<i64>() else { return Ok(None) };
        let (mut c, _) = self.database.connection().await?;
        let found: Option<GuestColumns> = sqlx::query_as(
            "select a.id, a.username::text, coalesce(r.permissions, 0), coalesce(u.sign_in_count, 0), \
             floor(extract(epoch from u.current_sign_in_at) * 1000000)::bigint, \
             floor(extract(epoch from u.last_sign_in_at) * 1000000)::bigint \
             from accounts a join users u on u.account_id = a.id left join user_roles r on r.id = u.role_id \
             where a.id = $1 and a.domain is null and a.suspended_at is null and not a.memorial \
             and not u.disabled and u.approved and u.confirmed_at is not null order by u.id limit 1",
        )
        .bind(id)
        .fetch_optional(&mut *c)
        .await
        .map_err(|error| silent(&error))?;
        Ok(found.map(|(id, username, permissions, sign_ins, signed_in_at, seen_before)| Guest {
            account: id.to_string().into(),
            username,
            is_admin: permissions & (ADMINISTRATOR | MANAGE_SETTINGS) != 0,
            sign_ins: sign_ins.into(),
            signed_in_at,
            seen_before,
        }))
    }
}

impl FrontDoor {
    async fn whose(&self, remote: &dyn Remote, token: &str) -> Result<AccountId, AdapterError> {
        let url = self.at("/api/v1/accounts/verify_credentials")?;
        let request = Request::get(url).accepting("application/json").bearing(token);
        let response = self.send(remote, request).await?;
        if response.status == 403 {
            let why = "it lets accounts that moved away, or may not be used, in no more";
            return Err(AdapterError::fatal(DOING, why));
        }
        if !response.is_success() {
            return Err(AdapterError::fatal(DOING, format!("it answered {}", response.status)));
        }
        let account: Value = response.json().await.map_err(|error| error.into_adapter(DOING))?;
        let id = lenient::text(&account, "id").filter(|id| id.parse::<i64>().is_ok());
        id.map(AccountId::from).ok_or_else(|| AdapterError::fatal(DOING, "it does not say whose it is"))
    }
}
