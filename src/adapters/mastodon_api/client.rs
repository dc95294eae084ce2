//! Requests to the client interface with the owner's token: paced, patient, to its own origin only.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use serde_json::Value;
use url::Url;

use super::pace::{Announced, Governor, Lane};
use crate::{
    model::{collection::CollectionKind, moment::Moment},
    port::{
        clock::SharedClock,
        error::{AdapterError, Cause},
        lookup,
        remote::{Request, Response, SharedRemote},
    },
};

/// Longest pause that is waited for here, in microseconds; during a longer one the transfer rests.
const PATIENCE: i64 = 60_000_000;
/// Refusals of one request in a row that are waited for.
const REFUSALS: u32 = 30;

/// Lets time pass; tests let it pass at once.
pub type Rest = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// Rests as long as it says.
pub fn real_rest() -> Rest {
    Arc::new(|pause| Box::pin(tokio::time::sleep(pause)))
}

/// Why a request brought nothing.
#[derive(Debug)]
pub enum Failed {
    /// The server has no such thing, or does not offer it.
    Missing,
    /// Anything else.
    Adapter(AdapterError),
}

impl From<AdapterError> for Failed {
    fn from(error: AdapterError) -> Self {
        Self::Adapter(error)
    }
}

/// Where a list goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// Further back.
    pub next: Option<Url>,
    /// Newer.
    pub prev: Option<Url>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The document.
    pub value: Value,
    /// Its neighbours, where it is a page.
    pub links: Links,
}

/// The interface of one server, opened with one token.
pub struct Client {
    remote: SharedRemote,
    clock: SharedClock,
    origin: Url,
    token: String,
    governor: Arc<Governor>,
    rest: Rest,
}

impl Client {
    /// Asks `origin` with `token`, as fast as `governor` lets it.
    pub fn new(
        remote: SharedRemote,
        clock: SharedClock,
        origin: Url,
        token: String,
        governor: Arc<Governor>,
        rest: Rest,
    ) -> Self {
        Self { remote, clock, origin, token, governor, rest }
    }

    /// An address of the interface.
    ///
    /// # Errors
    /// [`AdapterError`] when it would lead elsewhere.
    pub fn at(&self, path: &str) -> Result<Url, AdapterError> {
        let url = self.origin.join(path).ok().filter(|url| url.origin() == self.origin.origin());
        url.ok_or_else(|| {
            AdapterError::fatal("reading the account", "an address leads to another server")
                .because(Cause::Astray)
        })
    }

    /// Asks for a document, as often as the server wants to be asked.
    ///
    /// # Errors
    /// [`Failed::Missing`] for what is not offered.
    pub async fn get(&self, url: &Url, lane: Lane, of: CollectionKind) -> Result<Answer, Failed> {
        let doing = format!("reading the {}", of.as_str());
        if url.origin() != self.origin.origin() {
            let why = format!("Old home's list leads to another server, {}", url.host_str().unwrap_or(""));
            return Err(AdapterError::fatal(doing, why).because(Cause::Astray).into());
        }
        for _ in 0..REFUSALS {
            self.wait(lane, &doing).await?;
            let asked = self.clock.now_micros();
            let request =
                Request::get(url.clone()).accepting("application/json").bearing(&self.token).minding_limits();
            let sent = self.remote.send(request).await;
            let response = sent.map_err(|error| error.into_adapter(&doing))?;
            let now = self.clock.now_micros();
            let said = announced(&response);
            if response.status == 429 {
                let named = response.retry_after().and_then(|wait| i64::try_from(wait.as_micros()).ok());
                let pause = self.governor.refused(lane, named, said, now);
                if pause > PATIENCE {
                    return Err(busy(&doing, pause).into());
                }
                continue;
            }
            if let Some(busy) = lookup::busy(&response, &doing, "Old home").filter(|_| response.status != 501)
            {
                return Err(busy.into());
            }
            self.governor.answered(lane, of, said, asked, now);
            return read(response, &doing, url).await;
        }
        Err(busy(&doing, PATIENCE).into())
    }

    /// Waits for the turn; a long wait is the transfer's, not ours.
    async fn wait(&self, lane: Lane, doing: &str) -> Result<(), AdapterError> {
        loop {
            let wait = self.governor.admit(lane, self.clock.now_micros());
            if wait <= 0 {
                return Ok(());
            }
            if wait > PATIENCE {
                return Err(busy(doing, wait));
            }
            (self.rest)(Duration::from_micros(u64::try_from(wait).unwrap_or(0))).await;
        }
    }
}

fn busy(doing: &str, pause: i64) -> AdapterError {
    AdapterError::Busy {
        doing: doing.to_owned(),
        why: "Old home asked us to come again later".to_owned(),
        after: Duration::from_micros(u64::try_from(pause).unwrap_or(0)),
        cause: Cause::Strained,
    }
}

async fn read(response: Response, doing: &str, asked: &Url) -> Result<Answer, Failed> {
    match response.status {
        200..=299 => {}
        404 | 405 | 410 | 501 => return Err(Failed::Missing),
        401 => {
            let why = "Old home no longer accepts the permission. Sign in there again, and the copy goes on, \
                       or throw it away";
            return Err(AdapterError::fatal(doing, why).because(Cause::Denied).into());
        }
        403 => {
            let why = "Old home does not let you read it. An account that has moved, or is locked there, cannot \
                       be read this way any more; its export file may still be had";
            return Err(AdapterError::fatal(doing, why).because(Cause::Forbidden).into());
        }
        status => {
            let why = format!("Old home answered {status}");
            return Err(AdapterError::fatal(doing, why).because(Cause::of_status(status)).into());
        }
    }
    if response.url.origin() != asked.origin() {
        return Err(AdapterError::fatal(doing, "Old home sends us on to another server")
            .because(Cause::Astray)
            .into());
    }
    let links = response.headers.get("link").map(|text| links(text, asked)).unwrap_or_default();
    let value = response.json().await.map_err(|error| error.into_adapter(doing))?;
    Ok(Answer { value, links })
}

/// The neighbours a page names. Spec: RFC 8288.
fn links(text: &str, base: &Url) -> Links {
    let mut found = Links::default();
    for part in text.split('<').skip(1) {
        let Some((address, rest)) = part.split_once('>') else { continue };
        let url = base.join(address.trim()).ok();
        let is = |rel: &str| {
            rest.split([';', ',']).any(|parameter| {
                let value = parameter.trim().strip_prefix("rel=").unwrap_or_default();
                value.trim_matches('"').split_whitespace().any(|word| word == rel)
            })
        };
        if is("next") {
            found.next = url;
        } else if is("prev") || is("previous") {
            found.prev = url;
        }
    }
    found
}

/// The limits an answer names: the end of the window as a time, as seconds since 1970 or as seconds left.
fn announced(response: &Response) -> Announced {
    let text = |name: &str| response.headers.get(name).map(|text| text.trim());
    let number = |name: &str| text(name).and_then(|text| text.parse::<i64>().ok());
    let ends_at = text("x-ratelimit-reset").and_then(|reset| match reset.parse::<i64>() {
        Ok(seconds) if seconds > 1_000_000_000 => seconds.checked_mul(1_000_000),
        Ok(_) => None,
        Err(_) => Moment::parse(reset).ok().map(|moment| moment.micros()),
    });
    Announced { limit: number("x-ratelimit-limit"), remaining: number("x-ratelimit-remaining"), ends_at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_neighbours_of_a_page_are_found_in_any_order() {
        let base = Url::parse("https://old.example/api/v1/bookmarks?limit=40").unwrap();
        let found = links(
            "<https://old.example/api/v1/bookmarks?limit=40&min_id=9>; rel=\"prev\", \
             </api/v1/bookmarks?max_id=3,4>; rel=\"next\"",
            &base,
        );
        assert_eq!(found.next.unwrap().as_str(), "https://old.example/api/v1/bookmarks?max_id=3,4");
        assert!(found.prev.unwrap().as_str().ends_with("min_id=9"));
        assert_eq!(links("", &base), Links::default());
        assert_eq!(links("no brackets; rel=next", &base), Links::default());
    }
}
