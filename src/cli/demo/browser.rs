//! A minimal browser: cookies per server, redirects followed by hand, forms sent as the page wrote them.
//!
//! It has a client of its own. A checker that reached the servers through the daemon's guarded client
//! would share that client's mistakes.

use std::{collections::BTreeMap, net::SocketAddr, sync::Mutex, time::Duration};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use serde_json::Value;
use url::Url;

use super::forms::{self, Form};

/// `Accept` of somebody who reads pages.
pub(crate) const PAGES: &str = "text/html,application/xhtml+xml;q=0.9";
/// `Accept` of a server.
pub(crate) const ACTIVITY: &str = "application/activity+json";
/// `Accept` of a program.
pub(crate) const JSON: &str = "application/json";
/// `Accept` of whoever loads a picture.
pub(crate) const ANYTHING: &str = "*/*";

/// More hops than any page here needs; a loop ends with this.
const HOPS: usize = 12;
/// Longest wait for one answer; long polls take up to 20 s.
const ANSWER_WITHIN: Duration = Duration::from_mins(1);

/// One answer, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// What was asked for.
    pub(crate) url: Url,
    /// Status code.
    pub(crate) status: u16,
    /// Headers by lower-case name; values of a repeated one are joined with a line feed.
    pub(crate) headers: BTreeMap<String, String>,
    /// The bytes.
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When the answer is not 200 with JSON.
    pub(crate) fn json(&self) -> Result<Value> {
        if self.status != 200 {
            bail!("{} answers {}: {}", self.url, self.status, forms::words(&self.text()));
        }
        serde_json::from_slice(&self.body).with_context(|| format!("the answer of {} is not JSON", self.url))
    }

    /// Where it points.
    pub(crate) fn location(&self) -> Option<Url> {
        self.url.join(self.headers.get("location")?).ok()
    }

    /// Whether it is a redirect.
    pub(crate) fn is_redirect(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308) && self.location().is_some()
    }

    /// The first form that has all these controls.
    ///
    /// # Errors
    /// When the page has none; the sentence repeats what the page says instead.
    pub(crate) fn form(&self, controls: &[&str]) -> Result<Form> {
        self.find_form(|form| controls.iter().all(|name| form.has(name)), &controls.join(", "))
    }

    /// The first form that is sent to an address whose path ends so.
    ///
    /// # Errors
    /// As [`Answer::form`].
    pub(crate) fn form_to(&self, path: &str) -> Result<Form> {
        self.find_form(|form| form.action.path().ends_with(path), path)
    }

    fn find_form(&self, is_it: impl Fn(&Form) -> bool, what: &str) -> Result<Form> {
        let text = self.text();
        let found = forms::forms(&text, &self.url).into_iter().find(is_it);
        found.with_context(|| {
            let said = forms::words(&text);
            format!("no form for {what} on {} ({}), which says: {said}", self.url, self.status)
        })
    }
}

/// A cookie and whether it is kept from requests that another site started.
#[derive(Debug, Clone)]
struct Cookie {
    value: String,
    is_strict: bool,
}

/// One person's (or nobody's) browser.
pub(crate) struct Browser {
    client: reqwest::Client,
    jars: Mutex<BTreeMap<String, BTreeMap<String, Cookie>>>,
}

/// One request of a browser.
struct Asking<'a> {
    url: &'a Url,
    accept: &'a str,
    form: Option<Vec<(String, String)>>,
    is_cross_site: bool,
}

impl Browser {
    /// A browser without cookies; `*.localhost` names of `homes` mean this machine.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up.
    #[expect(clippy::disallowed_methods, reason = "a person's browser is not the daemon's guarded client")]
    pub(crate) fn new<'a>(homes: impl IntoIterator<Item = &'a Url>) -> Result<Self> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(ANSWER_WITHIN)
            .user_agent("godwit demo");
        for home in homes {
            let host = home.host_str().context("a home without a name")?;
            builder = builder.resolve(host, SocketAddr::from(([127, 0, 0, 1], home.port().unwrap_or(80))));
        }
        Ok(Self { client: builder.build().context("setting up the browser")?, jars: Mutex::default() })
    }

    /// Asks once, follows nothing.
    ///
    /// # Errors
    /// When the server does not answer.
    pub(crate) async fn look(&self, url: &Url, accept: &str) -> Result<Answer> {
        self.ask(Asking { url, accept, form: None, is_cross_site: false }).await
    }

    /// Asks for a JSON document.
    ///
    /// # Errors
    /// When the server does not answer with one.
    pub(crate) async fn json(&self, url: &Url) -> Result<Value> {
        self.look(url, JSON).await?.json()
    }

    /// Opens a page and follows redirects.
    ///
    /// # Errors
    /// When a server on the way does not answer, or the way does not end.
    pub(crate) async fn visit(&self, url: &Url) -> Result<Answer> {
        self.walk(url.clone(), None).await
    }

    /// Sends a form and follows redirects.
    ///
    /// # Errors
    /// As [`Browser::visit`].
    pub(crate) async fn submit(&self, form: &Form) -> Result<Answer> {
        if form.is_post {
            return self.walk(form.action.clone(), Some(form.pairs())).await;
        }
        let mut url = form.action.clone();
        url.query_pairs_mut().clear().extend_pairs(form.pairs());
        self.walk(url, None).await
    }

    async fn walk(&self, start: Url, form: Option<Vec<(String, String)>>) -> Result<Answer> {
        let (mut url, mut form, mut is_cross_site) = (start, form, false);
        for _ in 0..HOPS {
            let was_form = form.is_some();
            let answer =
                self.ask(Asking { url: &url, accept: PAGES, form: form.take(), is_cross_site }).await?;
            if !answer.is_redirect() {
                if answer.status >= 400 {
                    bail!("{} answers {}: {}", answer.url, answer.status, forms::words(&answer.text()));
                }
                return Ok(answer);
            }
            if was_form && matches!(answer.status, 307 | 308) {
                bail!("{} wants the form sent on, which no page here may", answer.url);
            }
            let next = answer.location().context("a redirect without a place")?;
            // Each *.localhost name is a site of its own; one foreign hop makes the whole chain foreign.
            is_cross_site |= next.host_str() != url.host_str();
            url = next;
        }
        bail!("the pages send a person around in circles, last to {url}")
    }

    async fn ask(&self, asking: Asking<'_>) -> Result<Answer> {
        let url = asking.url;
        let mut request = match &asking.form {
            Some(pairs) => {
                let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                self.client
                    .post(url.clone())
                    .header("content-type", "application/x-www-form-urlencoded")
                    .header("origin", url.origin().ascii_serialization())
                    .body(body)
            }
            None => self.client.get(url.clone()),
        };
        request = request.header("accept", asking.accept);
        if let Some(cookies) = self.cookies(url, asking.is_cross_site) {
            request = request.header("cookie", cookies);
        }
        let response = request.send().await.with_context(|| format!("{url} does not answer"))?;
        let status = response.status().as_u16();
        let mut headers = BTreeMap::<String, String>::new();
        for (name, value) in response.headers() {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            if name == "set-cookie" {
                self.keep(url, &value);
                continue;
            }
            headers
                .entry(name.as_str().to_owned())
                .and_modify(|known| {
                    known.push('\n');
                    known.push_str(&value);
                })
                .or_insert(value);
        }
        let body = response.bytes().await.with_context(|| format!("the answer of {url} broke off"))?;
        Ok(Answer { url: url.clone(), status, headers, body })
    }

    fn cookies(&self, url: &Url, is_cross_site: bool) -> Option<String> {
        let jars = self.jars.lock().ok()?;
        let jar = jars.get(&authority(url))?;
        let sent: Vec<String> = jar
            .iter()
            .filter(|(_, cookie)| !(cookie.is_strict && is_cross_site))
            .map(|(name, cookie)| format!("{name}={}", cookie.value))
            .collect();
        if sent.is_empty() { None } else { Some(sent.join("; ")) }
    }

    /// Takes a cookie in, or throws one away whose time is over.
    fn keep(&self, url: &Url, line: &str) {
        let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let attributes = line.to_ascii_lowercase();
        let has = |text: &str| attributes.split(';').skip(1).any(|attribute| attribute.trim() == text);
        let Ok(mut jars) = self.jars.lock() else {
            return;
        };
        let jar = jars.entry(authority(url)).or_default();
        if has("max-age=0") || value.trim().is_empty() {
            jar.remove(name.trim());
        } else {
            let cookie = Cookie { value: value.trim().to_owned(), is_strict: has("samesite=strict") };
            jar.insert(name.trim().to_owned(), cookie);
        }
    }
}

/// Host and port: homes of the demo differ in both.
fn authority(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80))
}

#[cfg(test)]
#[path = "browser_tests.rs"]
mod tests;
