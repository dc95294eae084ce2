//! The request a client sends with the person: read whole, trusted in nothing.

use url::Url;

use super::{pkce, scope::Scope};

/// Longest `state` that is carried back, in bytes.
const STATE_BYTES: usize = 1024;

/// A request that keeps the rules. Whether its client is who it says is checked afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// Address of the client's document.
    pub client_id: Url,
    /// Where it wants to be called back, as sent; not believed yet.
    pub redirect_uri: String,
    /// What it wants.
    pub scope: Scope,
    /// What it wants to hear again.
    pub state: String,
    /// Its S256 challenge.
    pub challenge: String,
}

impl AuthorizationRequest {
    /// The request as fields again, for the form that repeats it.
    pub fn fields(&self) -> [(&'static str, &str); 7] {
        [
            ("response_type", "code"),
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", &self.redirect_uri),
            ("scope", self.scope.as_str()),
            ("state", &self.state),
            ("code_challenge", &self.challenge),
            ("code_challenge_method", "S256"),
        ]
    }
}

/// Reads a request. `may_reach` says whether an address is one this server goes to at all; it
/// alone decides whether plain http is possible (laboratories on loopback).
///
/// # Errors
/// A sentence for the page; a request that breaks the rules is never answered by a redirect.
pub fn read(
    fields: &[(String, String)],
    may_reach: &dyn Fn(&Url) -> bool,
) -> Result<AuthorizationRequest, String> {
    let one = |name: &str| -> Result<&str, String> {
        let mut found = fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str());
        match (found.next(), found.next()) {
            (Some(value), None) if !value.is_empty() => Ok(value),
            (Some(_), Some(_)) => Err(broken(&format!("{name} is there twice"))),
            _ => Err(broken(&format!("{name} is missing"))),
        }
    };
    if one("response_type")? != "code" {
        return Err(broken("only response_type=code is known here"));
    }
    let client_id = client_id(one("client_id")?, may_reach)?;
    let state = one("state")?;
    if state.len() > STATE_BYTES {
        return Err(broken("its state is too long"));
    }
    if one("code_challenge_method")? != "S256" {
        return Err(broken("only code_challenge_method=S256 is known here"));
    }
    let challenge = one("code_challenge")?;
    if !pkce::is_challenge(challenge) {
        return Err(broken("its code_challenge is not one"));
    }
    let scope = Scope::from_word(one("scope")?).ok_or_else(|| broken("its scope is not one we know"))?;
    Ok(AuthorizationRequest {
        client_id,
        redirect_uri: one("redirect_uri")?.to_owned(),
        scope,
        state: state.to_owned(),
        challenge: challenge.to_owned(),
    })
}

/// A client id is the address of a document: https, with a path, nothing else.
fn client_id(text: &str, may_reach: &dyn Fn(&Url) -> bool) -> Result<Url, String> {
    let wrong = || broken("its client_id is not the https address of a document");
    let url = Url::parse(text).map_err(|_| wrong())?;
    let is_document = url.path().len() > 1
        && url.fragment().is_none()
        && url.query().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str() == text;
    if matches!(url.scheme(), "https" | "http") && is_document && may_reach(&url) {
        Ok(url)
    } else {
        Err(wrong())
    }
}

fn broken(why: &str) -> String {
    format!("The other server sent you here with a request that does not fit: {why}. Start again over there.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Vec<(String, String)> {
        [
            ("response_type", "code"),
            ("client_id", "https://new.example/godwit/client.json"),
            ("redirect_uri", "https://new.example/godwit/callback"),
            ("scope", "activitypub_account_portability"),
            ("state", "s"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    fn with(name: &str, value: &str) -> Result<AuthorizationRequest, String> {
        let mut fields = fields();
        fields.iter_mut().filter(|(field, _)| field == name).for_each(|(_, old)| value.clone_into(old));
        read(&fields, &|url| url.scheme() == "https")
    }

    #[test]
    fn a_request_that_keeps_the_rules_is_read_and_repeats_itself() {
        let request = read(&fields(), &|_| true).unwrap();
        let again: Vec<_> =
            request.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(read(&again, &|_| true).unwrap(), request);
    }

    #[test]
    fn every_single_broken_field_is_refused() {
        for (name, value) in [
            ("response_type", "token"),
            ("client_id", "http://new.example/godwit/client.json"),
            ("client_id", "https://new.example/"),
            ("client_id", "https://a@new.example/client.json"),
            ("scope", "read"),
            ("state", ""),
            ("code_challenge", "abc"),
            ("code_challenge_method", "plain"),
        ] {
            assert!(with(name, value).is_err(), "{name}={value}");
        }
    }

    #[test]
    fn a_field_that_is_there_twice_is_refused() {
        let mut fields = fields();
        fields.push(("redirect_uri".into(), "https://evil.example/".into()));
        assert!(read(&fields, &|_| true).unwrap_err().contains("twice"));
    }
}
