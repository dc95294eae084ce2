//! Finding actors: from a handle to an actor id to its document, over any [`Remote`].

use std::time::Duration;

use url::Url;

use super::{
    error::{AdapterError, Cause},
    remote::{Remote, Request, Response, Signer},
};
use crate::{
    model::{actor::Actor, handle::Handle},
    wire,
};

/// How long a server that says "too many requests" without a time is left alone.
const DEFAULT_PAUSE: Duration = Duration::from_secs(30);
/// Longest pause we obey; a longer one is shortened to this.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// Asks a handle's server which actor it stands for. Spec: RFC 7033.
///
/// # Errors
/// [`AdapterError`] whose sentence names the server and what it answered.
pub async fn resolve(remote: &dyn Remote, signer: &Signer, handle: &Handle) -> Result<Url, AdapterError> {
    let doing = format!("asking {} for {handle}", handle.host);
    let mut url = remote
        .origin_of(&handle.host)
        .and_then(|origin| origin.join("/.well-known/webfinger").ok())
        .ok_or_else(|| AdapterError::fatal(&doing, "this is not a server's name").because(Cause::Missing))?;
    url.query_pairs_mut().append_pair("resource", &format!("acct:{}@{}", handle.name, handle.host));
    let request =
        Request::get(url).accepting("application/jrd+json, application/json").signed(signer.clone());
    let response = remote.send(request).await.map_err(|error| error.into_adapter(&doing))?;
    if !response.is_success() {
        let why = match response.status {
            404 | 410 => format!("{} does not know this account; check the spelling", handle.host),
            status => format!("{} answered {status}", handle.host),
        };
        return Err(AdapterError::fatal(&doing, why).because(Cause::of_status(response.status)));
    }
    let document = response.json().await.map_err(|error| error.into_adapter(&doing))?;
    wire::lenient::field(&document, "links")
        .filter(|link| link.get("rel").and_then(|rel| rel.as_str()) == Some("self"))
        .find_map(|link| wire::lenient::url(link, "href"))
        .ok_or_else(|| {
            AdapterError::fatal(&doing, format!("{} names no actor for it", handle.host))
                .because(Cause::Missing)
        })
}

/// Whether a server asks to come again later, and when.
pub fn busy(response: &Response, doing: &str, who: &str) -> Option<AdapterError> {
    let why = match response.status {
        429 => format!("{who} asked us to come again later"),
        status @ 500..=599 => format!("{who} answered {status}"),
        _ => return None,
    };
    let after = response.retry_after().unwrap_or(DEFAULT_PAUSE).min(LONGEST_PAUSE);
    Some(AdapterError::Busy { doing: doing.to_owned(), why, after, cause: Cause::Strained })
}

/// Fetches an actor and checks that the document is the one asked for.
///
/// # Errors
/// [`AdapterError`] whose sentence names the server and what was wrong.
pub async fn actor(
    remote: &dyn Remote,
    signer: &Signer,
    id: &Url,
    token: Option<&str>,
) -> Result<(Actor, serde_json::Value), AdapterError> {
    let doing = format!("reading the account {id}");
    let mut request = Request::get(id.clone()).signed(signer.clone());
    if let Some(token) = token {
        request = request.bearing(token);
    }
    let mut response = remote.send(request.clone()).await.map_err(|error| error.into_adapter(&doing))?;
    // Some servers know no type but plain JSON. Only one that refuses the right type is believed about
    // the plain one: whoever hands out uploaded files does not choose between types.
    let is_plain = response.status == 406;
    if is_plain {
        let request = request.accepting("application/json");
        response = remote.send(request).await.map_err(|error| error.into_adapter(&doing))?;
    }
    if let Some(busy) = busy(&response, &doing, "its server") {
        return Err(busy);
    }
    if !response.is_success() {
        let why = format!("its server answered {}", response.status);
        return Err(AdapterError::fatal(&doing, why).because(Cause::of_status(response.status)));
    }
    let document = if is_plain { response.plain(id).await } else { response.activity(id).await };
    let document = document.map_err(|error| error.into_adapter(&doing))?;
    let actor = wire::actor::read(&document)
        .map_err(|why| AdapterError::fatal(&doing, why).because(Cause::Nonsense))?;
    if actor.id != *id {
        let why = format!("its server answered with another account, {}", actor.id);
        return Err(AdapterError::fatal(&doing, why).because(Cause::Nonsense));
    }
    Ok((actor, document))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::port::fakes::FakeRemote;

    const ANN: &str = "https://old.example/users/ann";

    async fn asked(remote: &FakeRemote) -> Result<Actor, AdapterError> {
        let signer =
            Signer { key_id: "https://new.example/actor#main-key".into(), private_key_pem: "".into() };
        Ok(actor(remote, &signer, &Url::parse(ANN).unwrap(), None).await?.0)
    }

    fn document() -> String {
        json!({"id": ANN, "type": "Person", "inbox": format!("{ANN}/inbox")}).to_string()
    }

    #[tokio::test]
    async fn a_file_that_somebody_uploaded_is_no_account() {
        let remote = FakeRemote::default();
        let profile = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
        for good in ["application/activity+json; charset=utf-8", profile] {
            remote.answer(ANN, 200, &[("content-type", good)], &document());
            assert!(asked(&remote).await.is_ok(), "{good}");
        }
        for other in ["application/json", "application/octet-stream", "text/plain", "application/ld+json", ""]
        {
            remote.answer(ANN, 200, &[("content-type", other)], &document());
            assert!(asked(&remote).await.is_err(), "{other}");
        }
    }

    #[tokio::test]
    async fn plain_json_is_an_account_only_where_the_right_type_was_refused() {
        let remote = FakeRemote::default();
        remote.answer_as(ANN, "application/activity+json", 406, &[], "");
        remote.answer_as(ANN, "application/json", 200, &[("content-type", "application/json")], &document());
        assert!(asked(&remote).await.is_ok());
        remote.answer_as(ANN, "application/json", 200, &[("content-type", "text/plain")], &document());
        assert!(asked(&remote).await.is_err());
    }

    #[tokio::test]
    async fn a_server_that_is_busy_is_asked_again_when_it_says_so() {
        let remote = FakeRemote::default();
        remote.answer(ANN, 429, &[("retry-after", "7")], "");
        let error = asked(&remote).await.unwrap_err();
        assert!(matches!(error, AdapterError::Busy { after, .. } if after.as_secs() == 7), "{error:?}");
    }

    #[tokio::test]
    async fn a_redirect_to_another_server_speaks_for_nobody() {
        let remote = FakeRemote::default();
        remote.serve(ANN, &serde_json::from_str(&document()).unwrap());
        assert!(asked(&remote).await.is_ok());
        remote.send_on(ANN, "https://evil.example/users/ann");
        assert!(asked(&remote).await.is_err());
        remote.send_on(ANN, "https://old.example/accounts/ann");
        assert!(asked(&remote).await.is_ok(), "a server may sort its own addresses");
    }
}
