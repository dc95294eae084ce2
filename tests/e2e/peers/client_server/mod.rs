//! A server of our own making that answers the interface every client uses, in the shapes that servers in
//! use answer it: OAuth with registration, lists with `Link`, limits it enforces and announces or not.
//! A function of its state, the time and a request, so that stories and tests on borrowed time share it.

mod content;
pub mod manners;
pub mod mischief;
pub mod oauth;
mod paging;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use content::Contents;
pub use manners::{Manner, USUAL};
pub use mischief::Mischief;

/// What was asked.
pub struct Asked<'a> {
    /// GET or POST.
    pub method: &'a str,
    /// Path without query.
    pub path: &'a str,
    /// What follows the question mark.
    pub query: &'a str,
    /// The bearer token.
    pub token: Option<&'a str>,
    /// What may be answered.
    pub accept: &'a str,
    /// The body.
    pub body: &'a str,
}

/// What is answered.
pub struct Answer {
    pub status: u16,
    pub kind: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    fn json(value: &Value) -> Self {
        Self::bytes("application/json; charset=utf-8", value.to_string().into_bytes())
    }

    fn activity(value: &Value) -> Self {
        Self::bytes("application/activity+json", value.to_string().into_bytes())
    }

    fn bytes(kind: &'static str, body: Vec<u8>) -> Self {
        Self { status: 200, kind, headers: Vec::new(), body }
    }

    fn error(status: u16, why: &str) -> Self {
        Self { status, ..Self::json(&json!({"error": why})) }
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// So many requests in a window that begins at whole multiples of its length.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    pub requests: u64,
    pub seconds: u64,
    /// Whether only requests for pages count.
    pub is_paging: bool,
}

/// The server.
pub struct ClientServer {
    pub origin: String,
    pub manner: Manner,
    pub contents: Contents,
    pub limits: Vec<Limit>,
    /// Whether it says what its limits are; otherwise it only refuses.
    pub announces: bool,
    /// Where the account has moved, once its owner pressed the button.
    pub moved_to: Option<String>,
    /// What it does to harm whoever reads.
    pub mischief: Option<Mischief>,
    pub tokens: oauth::Tokens,
    counted: BTreeMap<(usize, u64), u64>,
    /// Refusals so far.
    pub refused: u64,
    /// Requests of the interface so far.
    pub answered: u64,
}

impl ClientServer {
    pub fn new(origin: &str, manner: Manner, contents: Contents) -> Self {
        Self {
            origin: origin.to_owned(),
            manner,
            contents,
            limits: Vec::new(),
            announces: false,
            moved_to: None,
            mischief: None,
            tokens: oauth::Tokens::default(),
            counted: BTreeMap::new(),
            refused: 0,
            answered: 0,
        }
    }

    /// The account's actor.
    pub fn actor(&self) -> String {
        format!("{}{}", self.origin, self.manner.actor)
    }

    /// Answers at `now`, in seconds since 1970.
    pub fn answer(&mut self, asked: &Asked<'_>, now: u64) -> Answer {
        if let Some(answer) = self.public(asked).or_else(|| oauth::answer(self, asked)) {
            return answer;
        }
        if !asked.path.starts_with("/api/") {
            return Answer::error(404, "Record not found");
        }
        if let Some(refusal) = self.counted(asked, now) {
            self.refused += 1;
            return refusal;
        }
        self.answered += 1;
        if !asked.token.is_some_and(|token| self.tokens.is_good(token)) {
            return Answer::error(401, "The access token is invalid");
        }
        if self.moved_to.is_some() && !asked.path.contains("/statuses") {
            return Answer::error(403, "Your login is currently disabled");
        }
        if let Some(answer) = self.mischief.and_then(|mischief| mischief.answer(self, asked)) {
            return answer;
        }
        if self.manner.lacks.iter().any(|lacking| asked.path.ends_with(lacking)) {
            return Answer::error(404, "Record not found");
        }
        let answer = self.interface(asked);
        if self.announces { self.announced(answer, asked, now) } else { answer }
    }

    fn windows(&self, asked: &Asked<'_>, now: u64) -> Vec<(usize, Limit, u64)> {
        let is_page = ["max_id=", "min_id=", "since_id="].iter().any(|name| asked.query.contains(name));
        let counts = |limit: &Limit| is_page || !limit.is_paging;
        let all = self.limits.iter().copied().enumerate().filter(|(_, limit)| counts(limit));
        all.map(|(at, limit)| (at, limit, now / limit.seconds)).collect()
    }

    fn counted(&mut self, asked: &Asked<'_>, now: u64) -> Option<Answer> {
        let mut refusal = None;
        for (at, limit, window) in self.windows(asked, now) {
            let counted = self.counted.entry((at, window)).or_insert(0);
            *counted += 1;
            if *counted > limit.requests {
                let answer = Answer::error(429, "Too many requests");
                let left = (window + 1) * limit.seconds - now;
                refusal =
                    Some(if self.announces { answer.with("Retry-After", left.to_string()) } else { answer });
            }
        }
        refusal
    }

    fn announced(&self, answer: Answer, asked: &Asked<'_>, now: u64) -> Answer {
        let left = |(at, limit, window): &(usize, Limit, u64)| {
            limit.requests.saturating_sub(self.counted.get(&(*at, *window)).copied().unwrap_or(0))
        };
        let Some(most) = self.windows(asked, now).into_iter().min_by_key(left) else { return answer };
        let (_, limit, window) = most;
        let reset =
            chrono::DateTime::from_timestamp((window + 1).saturating_mul(limit.seconds).cast_signed(), 0);
        answer
            .with("X-RateLimit-Limit", limit.requests.to_string())
            .with("X-RateLimit-Remaining", left(&most).to_string())
            .with("X-RateLimit-Reset", reset.unwrap().format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
    }

    /// What anybody may see.
    fn public(&self, asked: &Asked<'_>) -> Option<Answer> {
        let Self { origin, manner, .. } = self;
        Some(match asked.path {
            "/.well-known/webfinger" => content::who(origin, manner.actor, asked.query),
            "/.well-known/nodeinfo" => Answer::json(&json!({"links": [
                {"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": format!("{origin}/nodeinfo/2.0")}
            ]})),
            "/nodeinfo/2.0" => Answer::json(
                &json!({"version": "2.0", "software": {"name": manner.software, "version": manner.version}}),
            ),
            path if path.ends_with("/instance") && manner.lacks.contains(&path) => {
                Answer::error(404, "Record not found")
            }
            "/api/v1/instance" | "/api/v2/instance" => {
                Answer::json(&json!({"domain": "old.example", "version": manner.compatible}))
            }
            path if path == manner.actor && asked.accept.contains("activity+json") => {
                Answer::activity(&self.person())
            }
            path if path.starts_with("/system/") => Answer::bytes("image/png", content::picture(path)),
            _ => return None,
        })
    }

    fn person(&self) -> Value {
        let actor = self.actor();
        let mut person = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": actor, "type": "Person",
            "preferredUsername": "ann", "name": "Ann", "inbox": format!("{actor}/inbox"),
            "outbox": format!("{actor}/outbox"), "followers": format!("{actor}/followers"),
            "url": format!("{}/@ann", self.origin), "endpoints": {"sharedInbox": format!("{}/inbox", self.origin)},
        });
        if let Some(target) = &self.moved_to {
            person["movedTo"] = json!(target);
        }
        person
    }
}
