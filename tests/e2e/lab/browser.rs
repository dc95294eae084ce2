//! A browser that sends what it is told: cookies per server, redirects followed only when asked to.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use url::Url;

use crate::forms::{Form, forms, words};

/// `Accept` of a person.
pub const PAGES: &str = "text/html";
/// `Accept` of another server.
pub const ACTIVITY: &str = "application/activity+json";
/// `Accept` of a program.
pub const JSON: &str = "application/json";
/// `Accept` of whoever loads a picture.
pub const ANYTHING: &str = "*/*";

/// Longest wait for an answer; long polls take up to 20 s.
const ANSWER_WITHIN: Duration = Duration::from_secs(40);
/// How long a home may take on a busy machine before the story counts as broken.
const PATIENCE: Duration = Duration::from_mins(1);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// What was asked for.
    pub url: Url,
    /// Status code.
    pub status: u16,
    /// Header fields.
    pub headers: HeaderMap,
    /// The bytes.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// What a page says to its reader.
    pub fn words(&self) -> String {
        words(&self.text())
    }

    /// The whole address behind the first link that leads to `path`.
    pub fn link_to(&self, path: &str) -> Url {
        let text = self.text().replace("&amp;", "&");
        let links = text.split("href=\"").skip(1).filter_map(|rest| Url::parse(rest.split('"').next()?).ok());
        let mut links = links.filter(|url| url.path() == path);
        links.next().unwrap_or_else(|| panic!("no link to {path}: {}", self.words()))
    }

    /// The body as JSON, whatever the status.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{} answers {}: {}", self.url, self.status, self.text()))
    }

    /// The body as JSON of an answer that is a success.
    pub fn good(&self) -> Value {
        assert!((200..300).contains(&self.status), "{} answers {}: {}", self.url, self.status, self.text());
        self.json()
    }

    /// Where it redirects to.
    pub fn location(&self) -> Option<Url> {
        self.url.join(self.headers.get("location")?.to_str().unwrap()).ok()
    }

    /// The form of a page that has this control.
    pub fn form(&self, control: &str) -> Form {
        let text = self.text();
        let form = forms(&text, &self.url).into_iter().find(|form| form.has(control));
        form.unwrap_or_else(|| panic!("no {control} on {} ({}): {}", self.url, self.status, self.words()))
    }
}

/// One person's browser, or nobody's.
pub struct Browser {
    client: reqwest::Client,
    /// By authority and name: behind a proxy, two servers give cookies.
    cookies: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
}

impl Browser {
    /// A browser without cookies.
    pub fn new() -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // Homes are killed between two requests.
            .pool_max_idle_per_host(0)
            .timeout(ANSWER_WITHIN)
            .build()
            .unwrap();
        Self { client, cookies: Mutex::default() }
    }

    /// Asks once, follows nothing.
    pub async fn get(&self, url: &str, accept: &str) -> Answer {
        self.send(Method::GET, url, &[("accept", accept)], String::new()).await
    }

    /// Asks for a document that must be there.
    pub async fn json(&self, url: &str) -> Value {
        self.get(url, JSON).await.good()
    }

    /// Opens a page and follows redirects.
    pub async fn visit(&self, url: &str) -> Answer {
        self.follow(self.get(url, PAGES).await).await
    }

    /// Goes where an answer leads.
    pub async fn follow(&self, mut answer: Answer) -> Answer {
        for _ in 0..10 {
            match answer.location() {
                Some(next) if (300..400).contains(&answer.status) => {
                    answer = self.get(next.as_str(), PAGES).await;
                }
                _ => return answer,
            }
        }
        panic!("{} leads around in circles", answer.url)
    }

    /// Sends a form of a page, follows nothing.
    pub async fn submit(&self, form: &Form) -> Answer {
        let pairs = form.pairs();
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(form.action.as_str(), &pairs).await
    }

    /// Sends fields as a form, follows nothing.
    pub async fn post(&self, url: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.send(Method::POST, url, &[kind, ("accept", PAGES)], body).await
    }

    /// Sends JSON as a signed-in person's program does.
    pub async fn post_json(&self, url: &str, body: &Value) -> Answer {
        let me = Url::parse(url).unwrap().join("/api/v1/me").unwrap();
        let csrf = self.json(me.as_str()).await["csrf"].as_str().unwrap().to_owned();
        let headers = [("content-type", JSON), ("accept", JSON), ("x-csrf-token", &csrf)];
        self.send(Method::POST, url, &headers, body.to_string()).await
    }

    /// Signs in at a home.
    pub async fn sign_in(&self, origin: &str, name: &str) {
        let password = super::home::password(name);
        let answer =
            self.post(&format!("{origin}/sign-in"), &[("username", name), ("password", &password)]).await;
        assert_eq!(answer.status, 303, "{}", answer.words());
    }

    /// Looks again after each change at a home where this person is signed in, until something is so.
    pub async fn after_changes(&self, origin: &str, is_so: impl AsyncFn() -> bool) {
        let mut counter = json!(0);
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < deadline {
            // The counter is read first: a change between the two is noticed by the next wait.
            let changes = self.json(&format!("{origin}/api/v1/changes?since={counter}")).await;
            counter = changes["counter"].clone();
            if is_so().await {
                return;
            }
        }
        panic!("{origin} did not come to what was waited for within {PATIENCE:?}")
    }

    /// Waits until a document at a home where this person is signed in is as it should be.
    pub async fn wait(&self, url: &str, is_so: impl Fn(&Value) -> bool) {
        let origin = Url::parse(url).unwrap().origin().ascii_serialization();
        self.after_changes(&origin, async || is_so(&self.json(url).await)).await;
    }

    /// What it would send to a home to say who it is.
    pub fn cookie(&self, authority: &str) -> Option<String> {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs: Vec<_> =
            cookies.get(authority)?.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Some(pairs.join("; ")).filter(|line| !line.is_empty())
    }

    /// Sends any request.
    pub async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let url = Url::parse(url).unwrap();
        let authority = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        let mut request = self.client.request(method, url.clone()).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = self.cookie(&authority) {
            request = request.header("cookie", cookie);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for line in headers.get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
            let own = cookies.entry(authority.clone()).or_default();
            if value.is_empty() {
                own.remove(name);
            } else {
                own.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = response.bytes().await.unwrap().to_vec();
        Answer { url, status, headers, body }
    }
}
