//! The guarded way out: each hop is checked, signed anew and limited in time.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::StreamExt;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION, RANGE};
use url::Url;

use super::{
    guard::{Guard, Names, Standing, shown},
    signing::{Message, Signatures, read_http_date},
};
use crate::port::{
    clock::{SharedClock, SystemClock},
    remote::{Bearer, Remote, RemoteError, Request, Response},
};

/// Redirects followed at most; a further one is an error.
const HOPS: usize = 3;
/// How long a connection is kept for the next request. Many servers hang up on idle ones after five seconds, and what is
/// sent at that moment is lost; what must not be sent twice, like a code for tokens, cannot be sent again.
const IDLE: Duration = Duration::from_secs(2);
/// Time to connect at most.
const CONNECT: Duration = Duration::from_secs(10);
/// Set by people who want `activitypub_federation` to reach private addresses: it disables half the guard.
const DANGER: &str = "DANGER_FEDERATION_ALLOW_LOCAL_IP";
/// How we introduce ourselves.
const USER_AGENT: &str = concat!("godwit/", env!("CARGO_PKG_VERSION"));

/// Implements [`Remote`] over the network.
pub struct GuardedRemote {
    client: reqwest::Client,
    guard: Arc<Guard>,
    signatures: Signatures,
    clock: SharedClock,
    timeout: Duration,
}

impl GuardedRemote {
    /// A remote that waits `timeout` at most and reaches loopback only under the listed `host:port`s.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up, a listed host is not one, or the environment asks for the
    /// guard to be switched off.
    #[expect(clippy::disallowed_methods, reason = "this is the one guarded way out")]
    pub fn new(timeout: Duration, loopback_hosts: &[String]) -> Result<Self, RemoteError> {
        if is_disarmed(std::env::var_os(DANGER).as_deref()) {
            return Err(RemoteError::Forbidden {
                url: "other servers".to_owned(),
                why: format!(
                    "{DANGER} is set and would open this server's own network; unset it and start again"
                ),
            });
        }
        let guard = Arc::new(Guard::new(loopback_hosts)?);
        let client = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT.min(timeout))
            .read_timeout(timeout)
            .pool_idle_timeout(IDLE)
            .dns_resolver(Arc::new(Names::new(Arc::clone(&guard))))
            .build()
            .map_err(|error| broken("other servers", error))?;
        Ok(Self { client, guard, signatures: Signatures::default(), clock: Arc::new(SystemClock), timeout })
    }

    /// The same remote with another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: SharedClock) -> Self {
        self.clock = clock;
        self
    }

    /// One hop, signed for this very address.
    async fn hop(
        &self,
        request: &Request,
        url: &Url,
        bearer: Option<&Bearer>,
    ) -> Result<reqwest::Response, RemoteError> {
        let mut out = match &request.body {
            Some(body) => {
                self.client.post(url.clone()).header(CONTENT_TYPE, request.content_type).body(body.clone())
            }
            None => self.client.get(url.clone()),
        };
        out = out.header(ACCEPT, request.accept);
        if request.from > 0 {
            out = out.header(RANGE, format!("bytes={}-", request.from));
        }
        if let Some(Bearer(token)) = bearer {
            out = out.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(signer) = &request.signer {
            let body = request.body.as_ref().map(|body| (body.as_ref(), request.content_type));
            let message = Message { url, body, now_micros: self.clock.now_micros() };
            for (name, value) in self.signatures.sign(signer, message)? {
                out = out.header(name, value);
            }
        }
        for (name, value) in &request.signature {
            out = out.header(name, value);
        }
        if request.accept.contains("json") {
            // A document is had whole within the time; only files may stream for longer.
            out = out.timeout(self.timeout);
        }
        let host = url.host_str().unwrap_or_default();
        match tokio::time::timeout(self.timeout, out.send()).await {
            Ok(sent) => sent.map_err(|error| broken(host, error)),
            Err(_) => Err(unreachable(host, format!("nothing came within {} s", self.timeout.as_secs()))),
        }
    }

    /// An answer in the waist's words.
    fn response(&self, answer: reqwest::Response, url: Url) -> Response {
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in answer.headers() {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            let entry = headers.entry(name.as_str().to_ascii_lowercase());
            entry.and_modify(|earlier| *earlier = format!("{earlier}, {value}")).or_insert(value);
        }
        if let Some(wait) = headers.get_mut("retry-after")
            && let Some(until) = read_http_date(wait)
        {
            let micros = until.saturating_sub(self.clock.now_micros()).max(0);
            *wait = micros.saturating_add(999_999).div_euclid(1_000_000).to_string();
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        let status = answer.status().as_u16();
        let body =
            answer.bytes_stream().map(move |chunk| chunk.map_err(|error| broken(&host, error))).boxed();
        Response { status, url, headers, body }
    }
}

#[async_trait]
impl Remote for GuardedRemote {
    async fn send(&self, request: Request) -> Result<Response, RemoteError> {
        let mut url = request.url.clone();
        let mut standing = self.guard.check(&url)?;
        let mut bearer = request.bearer.clone();
        for _ in 0..=HOPS {
            let answer = self.hop(&request, &url, bearer.as_ref()).await?;
            let Some(next) = redirected(&answer, &url)? else {
                return Ok(self.response(answer, url));
            };
            if request.body.is_some() {
                break;
            }
            standing = self.guard.check_redirect(standing, &next)?;
            if next.origin() != url.origin() {
                bearer = None;
            }
            url = next;
        }
        Err(RemoteError::Redirects { url: shown(&request.url) })
    }

    fn check(&self, url: &Url) -> Result<(), RemoteError> {
        self.guard.check(url).map(|_| ())
    }

    fn origin_of(&self, host: &str) -> Option<Url> {
        ["https", "http"]
            .iter()
            .filter_map(|scheme| Url::parse(&format!("{scheme}://{host}")).ok())
            .filter(|url| url.path() == "/" && url.query().is_none() && url.fragment().is_none())
            // A laboratory's hosts speak http; for any other name https is the only one that passes.
            .find(|url| {
                let is_http = url.scheme() == "http";
                self.guard.check(url).is_ok_and(|standing| (standing == Standing::Loopback) == is_http)
            })
    }
}

/// Where an answer redirects to, relative places allowed; `None` when it is no redirect.
fn redirected(answer: &reqwest::Response, from: &Url) -> Result<Option<Url>, RemoteError> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = answer.headers().get(LOCATION) else {
        return Ok(None);
    };
    location
        .to_str()
        .ok()
        .and_then(|location| from.join(location).ok())
        .map(Some)
        .ok_or_else(|| RemoteError::Redirects { url: shown(from) })
}

/// Whether somebody asks for the guard to be switched off.
fn is_disarmed(variable: Option<&std::ffi::OsStr>) -> bool {
    variable.is_some()
}

fn unreachable(host: &str, why: String) -> RemoteError {
    RemoteError::Unreachable { host: host.to_owned(), why }
}

/// A failed connection, told to its innermost cause and without the address (it may hold secrets).
fn broken(host: &str, error: reqwest::Error) -> RemoteError {
    let error = error.without_url();
    let mut why = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        why = format!("{why}: {inner}");
        cause = inner.source();
    }
    unreachable(host, why)
}

#[cfg(test)]
mod tests;
