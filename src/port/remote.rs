//! The one way out of the house: a guarded request to another server.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use serde_json::Value;
use url::Url;

use super::error::{AdapterError, Cause};

/// Longest JSON document that is read. The field's servers cut at 1 MiB; pages of ours stay below it.
pub const JSON_LIMIT_BYTES: usize = 4 << 20;

/// A key that signs requests in the name of an actor.
#[derive(Clone)]
pub struct Signer {
    /// `<actor id>#main-key`.
    pub key_id: String,
    /// PKCS#8 private key in PEM.
    pub private_key_pem: Arc<str>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// What is sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// `None` for GET, the body for POST.
    pub body: Option<Bytes>,
    /// Content type of the body.
    pub content_type: &'static str,
    /// Where to.
    pub url: Url,
    /// `Accept` header.
    pub accept: &'static str,
    /// Bytes at the beginning that are not asked for; an answer may bring them all the same.
    pub from: u64,
    /// Bearer token; kept on redirects within the same origin only. Never logged.
    pub bearer: Option<Bearer>,
    /// Who signs.
    pub signer: Option<Signer>,
    /// Whether who asks keeps to the other side's limits by itself, account by account.
    pub minds_limits: bool,
    /// Headers of a signature that was made elsewhere, for this very address and body.
    pub signature: Vec<(String, String)>,
}

/// A bearer token that does not show itself.
#[derive(Clone)]
pub struct Bearer(pub String);

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bearer(…)")
    }
}

/// The `Accept` of an ActivityPub document.
pub const ACCEPT_ACTIVITY: &str =
    r#"application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams""#;

impl Request {
    /// A GET for an ActivityPub document.
    pub fn get(url: Url) -> Self {
        Self {
            body: None,
            content_type: "",
            url,
            accept: ACCEPT_ACTIVITY,
            from: 0,
            bearer: None,
            signer: None,
            minds_limits: false,
            signature: Vec::new(),
        }
    }

    /// A POST of an activity.
    pub fn post_activity(url: Url, activity: &Value) -> Self {
        Self {
            body: Some(Bytes::from(activity.to_string())),
            content_type: "application/activity+json",
            ..Self::get(url)
        }
    }

    /// A POST of plain JSON.
    pub fn post_json(url: Url, body: &Value) -> Self {
        Self {
            body: Some(Bytes::from(body.to_string())),
            content_type: "application/json",
            accept: "application/json",
            ..Self::get(url)
        }
    }

    /// A POST of a form.
    pub fn post_form(url: Url, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Self {
            body: Some(Bytes::from(body)),
            content_type: "application/x-www-form-urlencoded",
            accept: "application/json",
            ..Self::get(url)
        }
    }

    /// With another `Accept`.
    #[must_use]
    pub fn accepting(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    /// Only what follows the first `from` bytes.
    #[must_use]
    pub fn behind(mut self, from: u64) -> Self {
        self.from = from;
        self
    }

    /// With a bearer token.
    #[must_use]
    pub fn bearing(mut self, token: &str) -> Self {
        self.bearer = Some(Bearer(token.to_owned()));
        self
    }

    /// By somebody who keeps to the other side's limits.
    #[must_use]
    pub fn minding_limits(mut self) -> Self {
        self.minds_limits = true;
        self
    }

    /// Signed elsewhere.
    #[must_use]
    pub fn bringing(mut self, signature: Vec<(String, String)>) -> Self {
        self.signature = signature;
        self
    }

    /// Signed by an actor.
    #[must_use]
    pub fn signed(mut self, signer: Signer) -> Self {
        self.signer = Some(signer);
        self
    }
}

/// What came back; the body is read as it streams.
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Where the answer finally came from, after redirects.
    pub url: Url,
    /// Header names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: BoxStream<'static, Result<Bytes, RemoteError>>,
}

impl Response {
    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What `Retry-After` asks for, in seconds form (dates are read by the client before).
    pub fn retry_after(&self) -> Option<Duration> {
        self.headers.get("retry-after")?.trim().parse().ok().map(Duration::from_secs)
    }

    /// Bytes of the beginning that this answer leaves out, and the length of the whole, where it says so.
    pub fn part(&self) -> (u64, Option<u64>) {
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let part = self.headers.get("content-range").filter(|_| self.status == 206).and_then(|range| {
            let (place, length) = range.trim().strip_prefix("bytes ")?.split_once('/')?;
            Some((number(place.split_once('-')?.0)?, number(length)))
        });
        part.unwrap_or_else(|| (0, self.headers.get("content-length").and_then(|text| number(text))))
    }

    /// Reads the whole body.
    ///
    /// # Errors
    /// [`RemoteError::TooLarge`] past `limit_bytes`, or whatever broke the stream.
    pub async fn bytes(mut self, limit_bytes: usize) -> Result<Bytes, RemoteError> {
        let mut collected = Vec::new();
        while let Some(chunk) = self.body.next().await {
            let chunk = chunk?;
            if collected.len() + chunk.len() > limit_bytes {
                return Err(RemoteError::TooLarge { limit_bytes });
            }
            collected.extend_from_slice(&chunk);
        }
        Ok(Bytes::from(collected))
    }

    /// Reads the whole body as JSON, up to [`JSON_LIMIT_BYTES`].
    ///
    /// # Errors
    /// As [`Response::bytes`], or [`RemoteError::NotJson`].
    pub async fn json(self) -> Result<Value, RemoteError> {
        let bytes = self.bytes(JSON_LIMIT_BYTES).await?;
        serde_json::from_slice(&bytes).map_err(|error| RemoteError::NotJson(error.to_string()))
    }

    /// Reads an ActivityPub document of the server that was asked.
    ///
    /// A file that somebody uploaded there, or a redirect that leads away from there, could otherwise
    /// speak for that server.
    ///
    /// # Errors
    /// [`RemoteError::NotADocument`] besides those of [`Response::json`].
    pub async fn activity(self, asked: &Url) -> Result<Value, RemoteError> {
        self.document(asked, false).await
    }

    /// Reads the same from a server that refused to give it under its own type.
    ///
    /// # Errors
    /// As [`Response::activity`].
    pub async fn plain(self, asked: &Url) -> Result<Value, RemoteError> {
        self.document(asked, true).await
    }

    async fn document(self, asked: &Url, may_be_plain: bool) -> Result<Value, RemoteError> {
        let refuse = |why: String| Err(RemoteError::NotADocument { url: asked.to_string(), why });
        if self.url.origin() != asked.origin() {
            return refuse(format!("it sends on to {}", self.url.host_str().unwrap_or("nowhere")));
        }
        let stated = self.headers.get("content-type").map_or("", String::as_str).to_ascii_lowercase();
        let (kind, parameters) = stated.split_once(';').unwrap_or((&stated, ""));
        let is_activity = match kind.trim() {
            "application/activity+json" => true,
            "application/ld+json" => parameters.contains("https://www.w3.org/ns/activitystreams"),
            "application/json" => may_be_plain,
            _ => false,
        };
        if !is_activity {
            return refuse(format!(
                "its type is {}",
                if kind.is_empty() { "not stated" } else { kind.trim() }
            ));
        }
        self.json().await
    }
}

/// Why a request failed before there was an answer worth reading.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RemoteError {
    /// The address is not one we go to: private, not https, IP literal, odd port.
    #[error("will not connect to {url}: {why}")]
    Forbidden {
        /// Where to.
        url: String,
        /// Which rule.
        why: String,
    },
    /// More hops than allowed, or a redirect of a POST.
    #[error("too many or forbidden redirects from {url}")]
    Redirects {
        /// Where it started.
        url: String,
    },
    /// No connection, or it broke.
    #[error("no answer from {host}: {why}")]
    Unreachable {
        /// Which host.
        host: String,
        /// What happened.
        why: String,
    },
    /// The body is longer than we read.
    #[error("the answer is longer than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// The answer is no ActivityPub document of the server that was asked.
    #[error("{url} is no account or post: {why}")]
    NotADocument {
        /// What was asked for.
        url: String,
        /// What there is instead.
        why: String,
    },
    /// The body is not JSON.
    #[error("the answer is not JSON: {0}")]
    NotJson(String),
    /// A key of ours could not be used.
    #[error("cannot sign the request: {0}")]
    Signing(String),
}

impl RemoteError {
    /// The same failure as the engine sees it.
    pub fn into_adapter(self, doing: impl Into<String>) -> AdapterError {
        match self {
            Self::Unreachable { .. } => AdapterError::Busy {
                doing: doing.into(),
                why: self.to_string(),
                after: AFTER_SILENCE,
                cause: Cause::Silent,
            },
            other => {
                let cause = match other {
                    Self::Forbidden { .. } | Self::Redirects { .. } => Cause::Astray,
                    Self::Signing(_) => Cause::Unknown,
                    _ => Cause::Nonsense,
                };
                AdapterError::fatal(doing, other).because(cause)
            }
        }
    }
}

/// How soon a server that was not reached is asked again. Most cut lines are whole a moment later; who
/// asks again and again waits longer each time.
pub const AFTER_SILENCE: Duration = Duration::from_secs(1);

/// Sends requests to other servers under the guard's rules: https, public addresses only, at most
/// three redirects each checked anew, a limit of time and size.
#[async_trait]
pub trait Remote: Send + Sync {
    /// Sends one request and returns whatever status came back.
    ///
    /// # Errors
    /// Only when there is no answer; a 4xx or 5xx is an answer.
    async fn send(&self, request: Request) -> Result<Response, RemoteError>;

    /// Whether `url` may be reached at all, without reaching it.
    ///
    /// # Errors
    /// [`RemoteError::Forbidden`] with the rule it breaks.
    fn check(&self, url: &Url) -> Result<(), RemoteError>;

    /// The origin of a host name from a handle: https, or http for a laboratory's loopback hosts.
    fn origin_of(&self, host: &str) -> Option<Url>;
}

/// The daemon's remote, shared by all parts.
pub type SharedRemote = Arc<dyn Remote>;
