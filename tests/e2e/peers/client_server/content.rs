//! What the account holds, made by counting: posts, boosts, replies, files, people.

use serde_json::{Value, json};

use super::{
    Answer, Asked, ClientServer,
    paging::{List, field, fields, page},
};

/// The server's own key of the account.
pub const ACCOUNT: &str = "109300000000000001";
/// Keys of posts begin behind this.
const FIRST: u64 = 110_000_000_000_000_000;
/// Keys of what others wrote.
const OTHERS: u64 = 108_000_000_000_000_000;
/// Where others live.
const BIRDS: &str = "https://birds.example";

/// How much there is.
#[derive(Debug, Clone, Copy)]
pub struct Contents {
    /// Posts and boosts.
    pub statuses: u64,
    pub following: u64,
    pub bookmarks: u64,
    pub favourites: u64,
}

/// What a whole number of the list is.
fn is_boost(n: u64) -> bool {
    n % 5 == 4
}

impl Contents {
    /// Boosts among them.
    pub fn boosts(self) -> u64 {
        (0..self.statuses).filter(|n| is_boost(*n)).count().try_into().unwrap()
    }

    /// Posts among them.
    pub fn posts(self) -> u64 {
        self.statuses - self.boosts()
    }

    /// Files of the posts.
    pub fn files(self) -> u64 {
        (0..self.statuses).filter(|n| !is_boost(*n) && n.is_multiple_of(4)).count().try_into().unwrap()
    }
}

/// A picture that no other address has.
pub fn picture(path: &str) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), path.as_bytes()].concat()
}

/// Who a handle is, here or among the birds.
pub fn who(origin: &str, query: &str) -> Answer {
    let resource = field(query, "resource").unwrap_or_default();
    let (name, host) = resource.trim_start_matches("acct:").split_once('@').unwrap_or_default();
    let actor = if BIRDS.ends_with(host) { bird_actor(name) } else { format!("{origin}/users/{name}") };
    if !BIRDS.ends_with(host) && name != "ann" {
        return Answer::error(404, "Record not found");
    }
    Answer::json(&json!({"subject": resource, "links": [
        {"rel": "self", "type": "application/activity+json", "href": actor}
    ]}))
}

fn bird_actor(name: &str) -> String {
    format!("{BIRDS}/users/{name}")
}

fn others_post(n: u64) -> String {
    format!("{BIRDS}/notes/{n}")
}

impl ClientServer {
    /// What the owner may see.
    pub(super) fn interface(&self, asked: &Asked<'_>) -> Answer {
        let own = format!("/api/v1/accounts/{ACCOUNT}");
        match asked.path {
            "/api/v1/accounts/verify_credentials" => Answer::json(&self.me()),
            "/api/v1/accounts/relationships" => {
                let ids = fields(asked.query, "id[]");
                Answer::json(&Value::Array(ids.iter().map(|id| relationship(id)).collect()))
            }
            path if path == format!("{own}/statuses") => {
                if field(asked.query, "pinned").as_deref() == Some("true") {
                    let pinned = [7, 2].into_iter().filter(|n| *n < self.contents.statuses);
                    return Answer::json(&Value::Array(pinned.map(|n| self.status(n)).collect()));
                }
                let at = |n| self.status(n);
                page(self, asked, &List { first: FIRST, number: self.contents.statuses, at: &at }, 40)
            }
            path if path == format!("{own}/following") => self.birds(asked, 0, self.contents.following),
            "/api/v1/blocks" => self.birds(asked, 500, 2),
            "/api/v1/mutes" => self.birds(asked, 600, 2),
            "/api/v1/domain_blocks" => {
                let at = |n| json!(if n == 0 { "spam.example" } else { "ads.example" });
                page(self, asked, &List { first: 1, number: 2, at: &at }, 200)
            }
            "/api/v2/filters" => Answer::json(&json!([
                {"id": "1", "title": "Food", "context": ["home", "public"], "expires_at": null,
                 "filter_action": "warn", "keywords": [{"id": "1", "keyword": "cake", "whole_word": true}], "statuses": []}
            ])),
            "/api/v1/filters" => Answer::json(&json!([
                {"id": "1", "phrase": "cake", "context": ["home"], "expires_at": null, "irreversible": true, "whole_word": true}
            ])),
            "/api/v1/lists" => Answer::json(&json!([
                {"id": "1", "title": "Friends", "replies_policy": "followed", "exclusive": true},
                {"id": "2", "title": "Birds", "replies_policy": "list", "exclusive": false}
            ])),
            "/api/v1/lists/1/accounts" => self.birds(asked, 0, 2),
            "/api/v1/lists/2/accounts" => self.birds(asked, 0, 3),
            "/api/v1/featured_tags" => Answer::json(&json!([{"id": "1", "name": "Birds"}])),
            "/api/v1/followed_tags" => {
                page(self, asked, &List { first: 1, number: 1, at: &|_| json!({"name": "gardens"}) }, 200)
            }
            "/api/v1/bookmarks" => self.pointers(asked, 1000, self.contents.bookmarks),
            "/api/v1/favourites" => self.pointers(asked, 5000, self.contents.favourites),
            "/api/v1/statuses" if self.manner.gives_many => {
                let ids = fields(asked.query, "id[]");
                Answer::json(&Value::Array(ids.iter().filter_map(|id| self.found(id)).collect()))
            }
            path => {
                let found = path.strip_prefix("/api/v1/statuses/").and_then(|id| self.found(id));
                found.map_or_else(|| Answer::error(404, "Record not found"), |status| Answer::json(&status))
            }
        }
    }

    fn me(&self) -> Value {
        let mut me = self.account(ACCOUNT, "ann", &self.origin, &self.actor(), "ann");
        me["display_name"] = json!("Ann of old");
        me["note"] = json!("<p>Watches birds.</p>");
        me["fields"] = json!([{"name": "Garden", "value": "<p>small</p>", "verified_at": null}]);
        me["statuses_count"] = json!(self.contents.statuses);
        me["following_count"] = json!(self.contents.following);
        me["followers_count"] = json!(12);
        me["locked"] = json!(false);
        me["discoverable"] = json!(true);
        me["avatar"] = json!(format!("{}/system/avatar.png", self.origin));
        me["header"] = json!(format!("{}/headers/original/missing.png", self.origin));
        me["source"] =
            json!({"privacy": "private", "sensitive": false, "language": "en", "note": "Watches birds."});
        me
    }

    fn account(&self, id: &str, username: &str, origin: &str, actor: &str, acct: &str) -> Value {
        let mut account = json!({
            "id": id, "username": username, "acct": acct, "display_name": username,
            "url": format!("{origin}/@{username}"), "avatar": format!("{origin}/a.png"),
        });
        if self.manner.says_actors {
            account["uri"] = json!(actor);
        }
        account
    }

    fn bird(&self, n: u64) -> Value {
        let name = format!("bird{n}");
        self.account(
            &(1000 + n).to_string(),
            &name,
            BIRDS,
            &bird_actor(&name),
            &format!("{name}@birds.example"),
        )
    }

    fn birds(&self, asked: &Asked<'_>, from: u64, number: u64) -> Answer {
        // Relations have ids of their own, by which they are paged.
        let at = |n| self.bird(from + n);
        page(self, asked, &List { first: 70_000 + from, number, at: &at }, 80)
    }

    fn pointers(&self, asked: &Asked<'_>, from: u64, number: u64) -> Answer {
        let at = |n| self.others(from + n);
        page(self, asked, &List { first: 80_000, number, at: &at }, 40)
    }

    fn others(&self, n: u64) -> Value {
        json!({"id": (OTHERS + n).to_string(), "uri": others_post(n), "url": others_post(n), "content": "<p>Tweet</p>",
            "created_at": "2023-01-01T00:00:00.000Z", "visibility": "public", "reblog": null,
            "account": self.bird(n % 7)})
    }

    fn found(&self, id: &str) -> Option<Value> {
        let id: u64 = id.parse().ok()?;
        if id >= FIRST {
            return (id - FIRST < self.contents.statuses).then(|| self.status(id - FIRST));
        }
        // Every hundredth is gone.
        let n = id.checked_sub(OTHERS)?;
        (n % 100 != 99).then(|| self.others(n))
    }

    fn status(&self, n: u64) -> Value {
        let (id, origin) = (FIRST + n, &self.origin);
        let address = format!("{}/statuses/{id}", self.actor());
        let time = chrono::DateTime::from_timestamp(1_650_000_000 + n.cast_signed() * 3600, 0).unwrap();
        let audience = ["public", "unlisted", "private", "direct"][usize::try_from(n % 4).unwrap()];
        let mut status = json!({
            "id": id.to_string(), "uri": address, "url": format!("{origin}/@ann/{id}"),
            "created_at": time.format("%Y-%m-%dT%H:%M:%S.000Z").to_string(), "edited_at": null,
            "visibility": audience,
            "content": format!("<p>Post number {n}</p>"), "spoiler_text": "", "sensitive": false, "language": "en",
            "in_reply_to_id": null, "in_reply_to_account_id": null, "reblog": null, "pinned": n == 7 || n == 2,
            "account": self.account(ACCOUNT, "ann", origin, &self.actor(), "ann"), "media_attachments": [],
            "mentions": [], "tags": [], "emojis": [], "poll": null,
            "replies_count": n % 3, "favourites_count": n % 4, "reblogs_count": 0,
        });
        if is_boost(n) {
            status["reblog"] = self.others(n);
            status["uri"] = json!(format!("{address}/activity"));
            status["content"] = json!("");
            status["visibility"] = json!("public");
            return status;
        }
        if n.is_multiple_of(4) {
            status["media_attachments"] = json!([{
                "id": n.to_string(), "type": "image", "url": format!("{origin}/system/original/{n}.png"),
                "preview_url": format!("{origin}/system/small/{n}.png"), "description": format!("picture {n}"),
                "blurhash": "UBL_:rOpGG-;~qRjWBay", "meta": {"original": {"width": 4, "height": 3}, "focus": {"x": 0.5, "y": -0.5}},
            }]);
        }
        if n % 10 == 3 {
            // A thread of her own.
            status["in_reply_to_id"] = json!((id - 1).to_string());
            status["in_reply_to_account_id"] = json!(ACCOUNT);
        }
        if n % 10 == 6 {
            status["in_reply_to_id"] = json!((OTHERS + n).to_string());
            status["in_reply_to_account_id"] = json!("1003");
            status["mentions"] = json!([{"id": "1003", "username": "bird3", "acct": "bird3@birds.example", "url": format!("{BIRDS}/@bird3")}]);
        }
        if n == 5 {
            status["poll"] = json!({"id": "1", "expires_at": "2022-05-01T00:00:00.000Z", "expired": true,
                "multiple": false, "votes_count": 3, "voters_count": 3,
                "options": [{"title": "Robin", "votes_count": 2}, {"title": "Wren", "votes_count": 1}]});
        }
        if n == 1 {
            status["tags"] = json!([{"name": "birds", "url": format!("{origin}/tags/birds")}]);
            status["edited_at"] = json!("2022-06-01T00:00:00.000Z");
        }
        status
    }
}

fn relationship(id: &str) -> Value {
    let n = id.parse::<u64>().unwrap_or(0).saturating_sub(1000);
    json!({"id": id, "following": n < 500, "muting": n >= 600, "blocking": (500..600).contains(&n),
        "muting_notifications": n == 600, "showing_reblogs": n != 1, "notifying": n == 2,
        "languages": null, "note": if n == 0 || n == 601 { "met at the lake" } else { "" }})
}
