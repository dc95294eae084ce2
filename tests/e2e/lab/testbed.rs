//! A LOLA source as others build it: answers in the shapes that the DTI testbed was seen to answer in.
//! Actors without handles, plain JSON only, addresses that are sent on to their form with a slash, lists
//! in one piece, posts that name their author where an activity has its actor and no audience at all.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::peer::{Asked, Peer, Reply};

/// The account a token of this server is good for.
const OWN: &str = "/api/actors/3";
/// Another account of this server.
const OTHER: &str = "/api/actors/5";
const CONTEXT: &str = "https://www.w3.org/ns/activitystreams";
const TOKEN: &str = "a-token-of-this-account";

/// The running server.
pub struct Testbed {
    peer: Peer,
    is_busy: Arc<AtomicBool>,
}

impl Testbed {
    /// Starts it at an address from [`super::address`].
    pub fn start(address: &str) -> Self {
        let origin = format!("http://{address}");
        let is_busy = Arc::new(AtomicBool::new(false));
        let busy = Arc::clone(&is_busy);
        let peer = Peer::start(address, move |asked| answer(&origin, asked, &busy));
        Self { peer, is_busy }
    }

    /// The account whose owner says yes here.
    pub fn actor(&self) -> String {
        format!("{}{OWN}", self.peer.origin)
    }

    /// An account of somebody else.
    pub fn other_actor(&self) -> String {
        format!("{}{OTHER}", self.peer.origin)
    }

    /// Lets the next list be refused once, with the wish to come again in a second.
    pub fn be_busy_once(&self) {
        self.is_busy.store(true, Ordering::SeqCst);
    }

    /// Everything it was asked.
    pub fn asked(&self) -> Vec<Asked> {
        self.peer.asked()
    }
}

fn answer(origin: &str, asked: &Asked, is_busy: &AtomicBool) -> Reply {
    let path = asked.path.as_str();
    match path {
        "/.well-known/oauth-authorization-server" => return plain(&metadata(origin)),
        "/oauth/authorize/" => return consent(origin, asked),
        "/oauth/token/" => return token(asked),
        _ => {}
    }
    let Some(rest) = path.strip_prefix("/api/actors/") else {
        return error(404, "actor_not_found");
    };
    if !path.ends_with('/') {
        return Reply::redirect(&format!("{path}/")).with_status(301);
    }
    let accepted = asked.headers.get("accept").map_or("*/*", String::as_str);
    if !accepted.contains("application/json") && !accepted.contains("*/*") {
        return plain(&json!({"detail": "Could not satisfy the request Accept header."})).with_status(406);
    }
    let has_token =
        asked.headers.get("authorization").is_some_and(|value| *value == format!("Bearer {TOKEN}"));
    let (number, list) = rest.split_once('/').unwrap_or_default();
    let actor = format!("/api/actors/{number}");
    if has_token && actor != OWN {
        return error(403, "actor_mismatch");
    }
    if list.is_empty() {
        return plain(&actor_document(origin, &actor, has_token));
    }
    if is_busy.swap(false, Ordering::SeqCst) {
        let words = b"Rate limit exceeded. Try again in 1 seconds.";
        return Reply::bytes("text/plain", words).with_status(429).with("Retry-After", "1");
    }
    match list {
        _ if !has_token => error(403, "insufficient_scope"),
        "migration/content/" => list_of(&format!("{origin}{OWN}/content"), "orderedItems", &notes(origin)),
        "migration/outbox/" => list_of(&format!("{origin}{OWN}/outbox"), "items", &activities(origin)),
        "migration/following/" => {
            let there = json!({"id": "https://pixelfed.example/users/fay", "type": "Person"});
            let here = actor_document(origin, OTHER, true);
            list_of(&format!("{origin}{OWN}/following"), "orderedItems", &[there, here])
        }
        "migration/blocked/" => {
            let rude = json!({"type": "Person", "id": "https://birds.example/users/rude"});
            list_of(&format!("{origin}{OWN}/blocked"), "orderedItems", &[rude])
        }
        "liked/" => list_of(&format!("{origin}{OWN}/liked"), "orderedItems", &liked(origin)),
        _ => error(404, "not_found"),
    }
}

/// It says `application/json` of everything, ActivityPub documents included.
fn plain(document: &Value) -> Reply {
    Reply::bytes("application/json", document.to_string().as_bytes())
}

fn error(status: u16, code: &str) -> Reply {
    plain(&json!({"error_code": code, "detail": code, "hint": "", "remediation": ""})).with_status(status)
}

fn metadata(origin: &str) -> Value {
    let authorize = format!("{origin}/oauth/authorize/");
    json!({
        "issuer": origin, "authorization_endpoint": authorize, "token_endpoint": format!("{origin}/oauth/token/"),
        "scopes_supported": ["activitypub_account_portability"], "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"], "activitypub_account_portability": authorize,
    })
}

/// Its owner is signed in and says yes; the answer names no issuer.
fn consent(origin: &str, asked: &Asked) -> Reply {
    let field = |name: &str| {
        form_urlencoded::parse(asked.query.as_bytes()).find(|(key, _)| key == name).unwrap().1.into_owned()
    };
    assert_eq!(field("scope"), "activitypub_account_portability");
    let actor = format!("{origin}{OWN}");
    let fields = [("code", "the-code"), ("state", &field("state")), ("activitypub_actor", &actor)];
    Reply::redirect(Url::parse_with_params(&field("redirect_uri"), fields).unwrap().as_str())
}

fn token(asked: &Asked) -> Reply {
    let fields: Vec<(String, String)> = form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect();
    let has = |name: &str, value: &str| fields.iter().any(|(key, said)| key == name && said == value);
    if !has("grant_type", "authorization_code") || !has("code", "the-code") {
        return plain(&json!({"error": "invalid_grant"})).with_status(400);
    }
    plain(&json!({
        "access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer",
        "scope": "activitypub_account_portability", "refresh_token": "another-token",
    }))
}

fn actor_document(origin: &str, actor: &str, has_token: bool) -> Value {
    let (id, authorize) = (format!("{origin}{actor}"), format!("{origin}/oauth/authorize/"));
    let mut document = json!({
        "@context": [CONTEXT, "https://purl.archive.org/socialweb/blocked"],
        "type": "Person", "id": id, "preferredUsername": "ann_source", "name": "ann_source",
        "inbox": format!("{id}/inbox"), "previously": [],
        "endpoints": {"oauthAuthorizationEndpoint": authorize, "oauthMigrationEndpoint": authorize},
    });
    if has_token {
        for name in ["outbox", "following", "followers", "liked", "blocked"] {
            document[name] = json!(format!("{id}/{name}"));
        }
        let list = |name: &str| format!("{id}/migration/{name}");
        document["migration"] = json!({
            "outbox": list("outbox"), "content": list("content"),
            "following": list("following"), "blocked": list("blocked"),
        });
    }
    document
}

/// Everything on one page, whatever its size.
fn list_of(id: &str, field: &str, items: &[Value]) -> Reply {
    let mut list =
        json!({"@context": CONTEXT, "type": "OrderedCollection", "id": id, "totalItems": items.len()});
    list[field] = json!(items);
    plain(&list)
}

fn notes(origin: &str) -> Vec<Value> {
    let note = |(number, visibility): (u32, &str)| {
        json!({
            "@context": CONTEXT, "type": "Note", "id": format!("{origin}/api/notes/{number}"),
            "actor": format!("{origin}{OWN}"), "content": format!("Note {number}"),
            "published": format!("2026-08-0{number}T10:00:00.123456+00:00"), "visibility": visibility,
        })
    };
    [(6, "followers-only"), (5, "private"), (4, "public")].map(note).to_vec()
}

/// Wrappers and repetitions only: nothing in it is a boost.
fn activities(origin: &str) -> Vec<Value> {
    let activity = |number: usize, kind: &str, object: Value| {
        json!({
            "@context": CONTEXT, "type": kind, "id": format!("{origin}/api/activities/{number}"),
            "actor": format!("{origin}{OWN}"), "published": "2026-08-01T10:00:00+00:00", "visibility": "public",
            "object": object,
        })
    };
    let mut all: Vec<Value> = notes(origin)
        .into_iter()
        .enumerate()
        .map(|(number, note)| activity(number, "Create", note))
        .collect();
    all.push(activity(7, "Create", actor_document(origin, OWN, true)));
    all.push(activity(8, "Like", json!({"id": "https://birds.example/notes/1", "type": "Note"})));
    all.push(activity(9, "Follow", json!({"id": "https://pixelfed.example/users/fay", "type": "Person"})));
    all
}

fn liked(origin: &str) -> Vec<Value> {
    let one = |id: String| {
        json!({
            "id": id, "type": "Note", "attributedTo": format!("{origin}{OTHER}"), "content": "liked",
            "published": "2026-08-01T10:00:00+00:00", "inReplyTo": null, "audience": {"public": true},
            "attachment": [], "canonicalUrl": id, "objectHash": null,
        })
    };
    vec![one(format!("{origin}/api/notes/9")), one("https://birds.example/notes/1".to_owned())]
}
