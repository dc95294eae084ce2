//! A stand-in for the web side of the server beside us, as far as an owner's permission and what is done with it go.
//! It does in the tables what the server itself does there. That the server does so is read from its code; this
//! proves nothing about it.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use godwit::port::remote::{Remote, RemoteError, Request, Response};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use url::Url;

/// The web side.
pub struct WebSide {
    /// Its database.
    pub database: String,
    /// Whose account gives permission.
    pub owner: i64,
    /// What is allowed at once, however much is asked for.
    pub scope: &'static str,
    /// How often somebody may be followed or blocked before it has enough.
    pub patience: AtomicI64,
    /// Everything that was asked.
    pub heard: Mutex<Vec<String>>,
    /// Tokens that hold.
    pub tokens: Mutex<Vec<String>>,
}

/// What is allowed where all that is asked for is.
pub const ALL: &str = "read:accounts read:search write:follows write:blocks";

impl WebSide {
    /// Before a database, for one owner.
    pub fn of(database: &str, owner: i64) -> Self {
        Self {
            database: database.to_owned(),
            owner,
            scope: ALL,
            patience: AtomicI64::new(400),
            heard: Mutex::default(),
            tokens: Mutex::default(),
        }
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.heard.lock().unwrap().iter().filter(|line| line.contains(path)).count()
    }

    async fn run(&self, sql: String) {
        let mut c = PgConnection::connect(&self.database).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut c).await.unwrap();
    }

    async fn search(&self, wanted: &str) -> Value {
        if !wanted.starts_with("https://far.example/users/") {
            return json!({"accounts": []});
        }
        let name = wanted.rsplit('/').next().unwrap();
        self.run(format!(
            "insert into accounts (username, domain, uri, created_at, updated_at) \
             values ('{name}', 'far.example', '{wanted}', now(), now())"
        ))
        .await;
        json!({"accounts": [{"acct": format!("{name}@far.example")}]})
    }

    async fn tie(&self, target: &str, deed: &str, fields: &BTreeMap<String, Vec<String>>) -> (u16, Value) {
        if self.patience.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return (429, json!({"error": "Too many requests"}));
        }
        let owner = self.owner;
        let first = |name: &str| fields.get(name).map_or("true", |all| all[0].as_str());
        let languages =
            fields.get("languages[]").map_or("null".to_owned(), |all| format!("'{{{}}}'", all.join(",")));
        self.run(match deed {
            "follow" => format!(
                "insert into follow_requests (account_id, target_account_id, show_reblogs, notify, languages, uri, \
                 created_at, updated_at) values ({owner}, {target}, {}, {}, {languages}, \
                 'https://new.example/payloads/' || {target}, now(), now())",
                first("reblogs"),
                first("notify")
            ),
            _ => format!(
                "insert into blocks (account_id, target_account_id, created_at, updated_at) \
                 values ({owner}, {target}, now(), now())"
            ),
        })
        .await;
        (200, json!({"id": target}))
    }

    async fn answer(&self, request: &Request) -> (u16, Value) {
        let body = request.body.as_deref().unwrap_or_default();
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body).chain(request.url.query_pairs()) {
            fields.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        let field = |name: &str| fields.get(name).map_or("", |all| all[0].as_str());
        let bearer = request.bearer.as_ref().map(|bearer| bearer.0.clone());
        let holds = bearer.is_some_and(|token| self.tokens.lock().unwrap().contains(&token));
        let refused = (401, json!({"error": "The access token is invalid"}));
        match (request.body.is_some(), request.url.path()) {
            (true, "/api/v1/apps") => (200, json!({"client_id": "we", "client_secret": "known to both"})),
            (true, "/oauth/token")
                if field("code") == "good" && field("client_secret") == "known to both" =>
            {
                let mut tokens = self.tokens.lock().unwrap();
                let token = format!("token {}", tokens.len());
                tokens.push(token.clone());
                (200, json!({"access_token": token, "scope": self.scope}))
            }
            (true, "/oauth/token") => (400, json!({"error": "invalid_grant"})),
            (true, "/oauth/revoke") => {
                self.tokens.lock().unwrap().retain(|token| token != field("token"));
                (200, json!({}))
            }
            _ if !holds => refused,
            (false, "/api/v1/accounts/verify_credentials") => (200, json!({"id": self.owner.to_string()})),
            (false, "/api/v2/search") => (200, self.search(field("q")).await),
            (true, path) => {
                let parts: Vec<&str> = path.split('/').collect();
                match parts[..] {
                    ["", "api", "v1", "accounts", target, deed @ ("follow" | "block")] => {
                        self.tie(target, deed, &fields).await
                    }
                    _ => (404, json!({"error": "Record not found"})),
                }
            }
            _ => (404, json!({"error": "Record not found"})),
        }
    }
}

#[async_trait]
impl Remote for WebSide {
    async fn send(&self, request: Request) -> Result<Response, RemoteError> {
        assert_eq!(request.url.host_str(), Some("new.example"), "nobody else is asked");
        let line = format!("{} {}", if request.body.is_some() { "POST" } else { "GET" }, request.url);
        self.heard.lock().unwrap().push(line);
        let (status, body) = self.answer(&request).await;
        let mut headers = BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]);
        if status == 429 {
            headers.insert("x-ratelimit-reset".to_owned(), "2999-01-01T00:00:00.000000Z".to_owned());
        }
        let bytes = bytes::Bytes::from(body.to_string());
        Ok(Response { status, url: request.url, headers, body: stream::iter([Ok(bytes)]).boxed() })
    }

    fn check(&self, _: &Url) -> Result<(), RemoteError> {
        Ok(())
    }

    fn origin_of(&self, host: &str) -> Option<Url> {
        Url::parse(&format!("https://{host}")).ok()
    }
}
