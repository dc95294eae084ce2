//! A server of the story's making that asks a real Old home for accounts, as a new home would.

use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::{
    browser::{Answer, Browser, JSON, PAGES},
    home::{Home, password},
    peer::{Asked, Peer, Reply},
};
use crate::forms::Form;

/// Reading.
pub const READ: &str = "activitypub_account_portability";
/// Giving back the list of new addresses.
pub const HAND_OVER: &str = "godwit_hand_over";

/// A verifier and its challenge: the example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The client and a browser that is nobody's.
pub struct Client {
    /// Scheme, address and port.
    pub origin: String,
    old: String,
    http: Browser,
    peer: Peer,
}

impl Client {
    /// Starts a client at an address from [`super::address`]; what it has besides its description is
    /// answered by `more`.
    pub fn start(
        address: &str,
        old: &Home,
        more: impl Fn(&str, &Asked) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        let origin = format!("http://{address}");
        let own = origin.clone();
        let peer = Peer::start(address, move |asked| match asked.path.as_str() {
            "/client.json" => Reply::json(&json!({
                "client_id": format!("{own}/client.json"), "client_name": "Elsewhere",
                "redirect_uris": [format!("{own}/callback")], "token_endpoint_auth_method": "none",
            })),
            _ => more(&own, asked).unwrap_or_else(|| Reply::status(404)),
        });
        Self { origin, old: old.origin.clone(), http: Browser::new(), peer }
    }

    /// Where a person is asked for this scope.
    pub fn question(&self, scope: &str) -> String {
        let (id, callback) = (format!("{}/client.json", self.origin), format!("{}/callback", self.origin));
        let fields = [
            ("response_type", "code"),
            ("client_id", &id),
            ("redirect_uri", &callback),
            ("scope", scope),
            ("state", "s"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        Url::parse_with_params(&format!("{}/godwit/oauth/authorize", self.old), fields).unwrap().into()
    }

    /// The code of a person who is signed in at Old home and says yes, to private posts as well.
    pub async fn code(&self, person: &Browser, name: &str, scope: &str) -> String {
        let mut form = person.get(&self.question(scope), PAGES).await.form("decision");
        if scope == READ {
            form = form.tick("private").unwrap();
        }
        self.send(person, name, form).await
    }

    /// A token for everything that is public.
    pub async fn public_token(&self, person: &Browser, name: &str) -> String {
        let form = person.get(&self.question(READ), PAGES).await.form("decision");
        let answer = self.redeem(&self.send(person, name, form).await).await;
        answer.good()["access_token"].as_str().unwrap().to_owned()
    }

    async fn send(&self, person: &Browser, name: &str, mut form: Form) -> String {
        if form.has("unlock") {
            form = form.tick("unlock").unwrap().fill("password", &password(name)).unwrap();
        }
        let answer = person.submit(&form.press("decision", "allow").unwrap()).await;
        let back = answer.location().unwrap_or_else(|| panic!("no way back: {}", answer.words()));
        back.query_pairs().find(|(field, _)| field == "code").unwrap().1.into_owned()
    }

    /// Redeems a code with the right verifier.
    pub async fn redeem(&self, code: &str) -> Answer {
        self.redeem_with(code, VERIFIER).await
    }

    /// Redeems a code with any verifier.
    pub async fn redeem_with(&self, code: &str, verifier: &str) -> Answer {
        let (id, callback) = (format!("{}/client.json", self.origin), format!("{}/callback", self.origin));
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &callback),
            ("client_id", &id),
            ("code_verifier", verifier),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [("accept", JSON), ("content-type", "application/x-www-form-urlencoded")];
        self.http.send(Method::POST, &format!("{}/godwit/oauth/token", self.old), &headers, body).await
    }

    /// The token of a person who is signed in at Old home and says yes.
    pub async fn token(&self, person: &Browser, name: &str, scope: &str) -> String {
        let answer = self.redeem(&self.code(person, name, scope).await).await;
        answer.good()["access_token"].as_str().unwrap().to_owned()
    }

    /// Reads at Old home with a token.
    pub async fn read(&self, path: &str, token: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("accept", JSON), ("authorization", bearer.as_str())];
        self.http.send(Method::GET, &format!("{}{path}", self.old), &headers, String::new()).await
    }

    /// Sends JSON to Old home with a token.
    pub async fn give(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.write(path, token, JSON, body.to_string()).await
    }

    /// Says which account of this client is the new one.
    pub async fn start_move(&self, name: &str, token: &str, actor: &str) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("actor", actor).finish();
        let path = format!("/godwit/lola/{name}/start");
        self.write(&path, token, "application/x-www-form-urlencoded", body).await
    }

    /// Everything this client was asked.
    pub fn asked(&self) -> Vec<Asked> {
        self.peer.asked()
    }

    async fn write(&self, path: &str, token: &str, kind: &str, body: String) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("accept", JSON), ("content-type", kind), ("authorization", bearer.as_str())];
        self.http.send(Method::POST, &format!("{}{path}", self.old), &headers, body).await
    }
}
