//! Making ourselves known at a server that was never told about us. Spec: the interface's `POST /api/v1/apps`;
//! RFC 8414 where it publishes where to ask.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use serde_json::Value;
use url::Url;

use super::{ApiSource, Parts, dialects, pace::Governor, people};
use crate::{
    model::{
        actor::{Actor, authority},
        handle::Handle,
        id::TransferId,
        login::{Client, Login},
    },
    port::{
        client_api::{Applicant, ClientApi, Registered},
        error::AdapterError,
        lookup,
        remote::{Request, Response},
        source::Source,
    },
    wire::lenient,
    words::text,
};

/// What is said while a server is asked what it is.
const ASKING: &str = "asking Old home how accounts are read there";
/// Paces that are remembered; those of transfers nobody reads for are forgotten first.
const PACES: usize = 500;

/// All servers that answer the client interface.
pub struct ClientServers {
    parts: Parts,
    paces: Mutex<BTreeMap<String, Arc<Governor>>>,
}

impl ClientServers {
    /// Over these parts.
    pub fn new(parts: Parts) -> Self {
        Self { parts, paces: Mutex::default() }
    }

    /// Opens the account of a login.
    ///
    /// # Errors
    /// [`AdapterError`] when it cannot be opened.
    pub async fn open(
        &self,
        transfer: &TransferId,
        actor: &Url,
        software: &str,
        token: &str,
    ) -> Result<Arc<dyn Source>, AdapterError> {
        let dialect = dialects::of(software);
        let governor = {
            let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
            if paces.len() > PACES {
                paces.retain(|_, pace| Arc::strong_count(pace) > 1);
            }
            let new = || Arc::new(Governor::new(dialect.all, dialect.paging));
            Arc::clone(paces.entry(transfer.to_string()).or_insert_with(new))
        };
        Ok(Arc::new(ApiSource::open(&self.parts, governor, actor, software, token).await?))
    }

    /// When the reading of a transfer's account will be over, in microseconds since 1970, as far as that
    /// is known.
    pub fn ends_at(&self, transfer: &TransferId) -> Option<i64> {
        let paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        paces.get(transfer.as_str())?.ends_at()
    }

    async fn send(&self, request: Request) -> Result<Response, AdapterError> {
        let response = self.parts.remote.send(request).await.map_err(|error| error.into_adapter(ASKING))?;
        match lookup::busy(&response, ASKING, "Old home").filter(|_| response.status != 501) {
            Some(busy) => Err(busy),
            None => Ok(response),
        }
    }

    /// A public document of a server, if it has it.
    async fn document(&self, url: Url) -> Result<Option<Value>, AdapterError> {
        let asked = url.origin();
        let response = self.send(Request::get(url).accepting("application/json")).await?;
        if !response.is_success() || response.url.origin() != asked {
            return Ok(None);
        }
        Ok(response.json().await.ok())
    }

    /// What runs there; nothing where it has no interface for clients.
    async fn software(&self, origin: &Url) -> Result<Option<String>, AdapterError> {
        let at = |path: &str| origin.join(path).map_err(|error| AdapterError::fatal(ASKING, error));
        let mut instance = self.document(at("/api/v2/instance")?).await?;
        if instance.as_ref().is_none_or(|instance| lenient::text(instance, "version").is_none()) {
            instance = self.document(at("/api/v1/instance")?).await?;
        }
        let Some(version) = instance.and_then(|instance| lenient::text(&instance, "version")) else {
            return Ok(None);
        };
        let links = self.document(at("/.well-known/nodeinfo")?).await?.unwrap_or_default();
        let newest = lenient::field(&links, "links")
            .filter_map(|link| lenient::url(link, "href"))
            .filter(|url| url.origin() == origin.origin())
            .max_by(|one, other| one.path().cmp(other.path()));
        let described = match newest {
            Some(url) => self.document(url).await?,
            None => None,
        };
        let said =
            |field: &str| described.as_ref()?.pointer(&format!("/software/{field}"))?.as_str().map(plain);
        Ok(Some(match (said("name"), said("version")) {
            (Some(name), Some(version)) => format!("{} {version}", name.to_lowercase()),
            (Some(name), None) => name.to_lowercase(),
            _ => by_version(&version),
        }))
    }
}

/// Nothing but what may stand in a name.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(40).collect()
}

/// Software by its version's text, as `2.7.2 (compatible; Pleroma 2.5.0)`; a bare number is the first's.
fn by_version(version: &str) -> String {
    let compatible = version.split_once("compatible;").map(|(_, rest)| rest);
    let words = compatible.unwrap_or_default().split_whitespace().map(plain);
    let words: Vec<String> = words.map(|word| word.trim_end_matches(')').to_lowercase()).take(2).collect();
    if words.is_empty() { "unknown".to_owned() } else { words.join(" ") }
}

#[async_trait]
impl ClientApi for ClientServers {
    async fn register(&self, actor: &Actor, us: &Applicant) -> Result<Option<Registered>, AdapterError> {
        let mut origin = actor.id.clone();
        origin.set_path("/");
        origin.set_query(None);
        let Some(software) = self.software(&origin).await? else { return Ok(None) };
        let dialect = dialects::of(&software);
        let at = |path: &str| origin.join(path).map_err(|error| AdapterError::fatal(ASKING, error));
        let metadata =
            self.document(at("/.well-known/oauth-authorization-server")?).await?.unwrap_or_default();
        let own = |name: &str| lenient::url(&metadata, name).filter(|url| url.origin() == origin.origin());
        let says =
            |name: &str, word: &str| lenient::field(&metadata, name).any(|said| said.as_str() == Some(word));
        let scope = scope(dialect, &metadata);
        let fields = [
            ("client_name", us.name.as_str()),
            ("redirect_uris", &us.redirect_uri),
            ("scopes", &scope),
            ("website", &us.website),
        ];
        let response = self.send(Request::post_form(at("/api/v1/apps")?, &fields)).await?;
        if matches!(response.status, 404 | 405 | 410 | 501) {
            return Ok(None);
        }
        let refused = |why: &str| {
            let why = text!("refusals-does-not-let-this-server-ask", host = authority(&actor.id), why = why);
            AdapterError::fatal(ASKING, why)
        };
        if !response.is_success() {
            return Err(refused(&text!("reasons-it-answered", status = response.status.to_string())));
        }
        let answer = response.json().await.map_err(|error| error.into_adapter(ASKING))?;
        let secret = |name: &str| {
            lenient::text(&answer, name).ok_or_else(|| refused(&text!("reasons-it-gave-no-name")))
        };
        let issuer = lenient::url(&metadata, "issuer").filter(|issuer| issuer.origin() == origin.origin());
        Ok(Some(Registered {
            move_page: dialect.move_page.and_then(|path| origin.join(path).ok()),
            lacks: dialect.says.iter().map(|say| say()).collect(),
            issuer: issuer.unwrap_or_else(|| origin.clone()).origin().ascii_serialization(),
            names_issuer: metadata.get("authorization_response_iss_parameter_supported")
                == Some(&Value::Bool(true)),
            authorization_endpoint: own("authorization_endpoint")
                .map_or_else(|| at("/oauth/authorize"), Ok)?,
            token_endpoint: own("token_endpoint").map_or_else(|| at("/oauth/token"), Ok)?,
            revocation_endpoint: own("revocation_endpoint").or(at("/oauth/revoke").ok()),
            client: Client {
                id: secret("client_id")?,
                secret: secret("client_secret")?,
                scope,
                takes_pkce: says("code_challenge_methods_supported", "S256"),
            },
            software,
        }))
    }

    async fn owner(&self, login: &Login, expected: &Actor) -> Result<Url, AdapterError> {
        let doing = "asking Old home whose permission this is";
        let url = expected.id.join("/api/v1/accounts/verify_credentials");
        let url = url.map_err(|error| AdapterError::fatal(doing, error))?;
        let token = login.access_token.as_deref().unwrap_or_default();
        let request = Request::get(url).accepting("application/json").bearing(token);
        let response = self.send(request).await?;
        if response.status == 403 {
            let why = text!("refusals-does-not-let-you-read-your-account");
            return Err(AdapterError::fatal(doing, why));
        }
        if !response.is_success() {
            return Err(AdapterError::fatal(
                doing,
                text!("refusals-old-home-answered", status = response.status.to_string()),
            ));
        }
        let account = response.json().await.map_err(|error| error.into_adapter(doing))?;
        if let Some(said) = people::said(&account) {
            return Ok(said);
        }
        let name = lenient::text(&account, "username")
            .ok_or_else(|| AdapterError::fatal(doing, text!("refusals-old-home-does-not-say-whose-it-is")))?;
        if name.eq_ignore_ascii_case(&expected.username) {
            return Ok(expected.id.clone());
        }
        let handle = Handle { name, host: authority(&expected.id) };
        lookup::resolve(&*self.parts.remote, &self.parts.signer, &handle).await
    }
}

/// What is asked for: parts of reading only, where the server knows parts; a word it does not know would
/// let it refuse all of them.
fn scope(dialect: &dialects::Dialect, metadata: &Value) -> String {
    let known: Vec<&str> = lenient::field(metadata, "scopes_supported").filter_map(Value::as_str).collect();
    let parts: Vec<&str> = dialect.scopes.split_whitespace().collect();
    if known.is_empty() {
        return parts.join(" ");
    }
    let shared: Vec<&str> = parts.into_iter().filter(|part| known.contains(part)).collect();
    if shared.is_empty() { "read".to_owned() } else { shared.join(" ") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_but_reading_is_asked_for_and_nothing_the_server_does_not_know() {
        let parted = dialects::of("mastodon 4.3");
        assert!(scope(parted, &Value::Null).split(' ').all(|part| part.starts_with("read:")));
        let metadata = json!({"scopes_supported": ["read", "write", "read:accounts", "read:statuses"]});
        assert_eq!(scope(parted, &metadata), "read:accounts read:statuses");
        assert_eq!(scope(parted, &json!({"scopes_supported": ["read", "write"]})), "read");
        assert_eq!(scope(&dialects::UNKNOWN, &Value::Null), "read");
    }

    #[test]
    fn software_is_told_by_its_version_where_nothing_else_tells_it() {
        assert_eq!(by_version("2.7.2 (compatible; Pleroma 2.5.0)"), "pleroma 2.5.0");
        assert_eq!(by_version("4.3.0"), "unknown");
    }
}
