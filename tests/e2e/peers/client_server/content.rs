//! What the account holds, made by counting: posts, boosts, replies, files, people.

use serde_json::{Value, json};

use super::{
    Answer, Asked, ClientServer,
    manners::{ONLY_THERE, Shows, put},
    paging::{List, field, fields, page},
};

/// The server's own key of the account.
const ACCOUNT: u64 = 109_300_000_000_000_001;
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

/// Whether it answers something.
fn is_answer(n: u64) -> bool {
    matches!(n % 10, 3 | 6)
}

impl Shows {
    /// Whether a whole number of the list is shown.
    pub fn shows(self, n: u64) -> bool {
        match self {
            Self::All => true,
            Self::Pictures => !is_boost(n) && !is_answer(n) && n % 7 != 6 && n % 4 != 3,
            Self::Public => !is_boost(n) && n.is_multiple_of(4),
        }
    }
}

impl Contents {
    /// Boosts among them.
    pub fn boosts(self) -> u64 {
        self.shown(Shows::All, is_boost)
    }

    /// Posts among them.
    pub fn posts(self) -> u64 {
        self.shown(Shows::All, |n| !is_boost(n))
    }

    /// Files of the posts.
    pub fn files(self) -> u64 {
        self.shown(Shows::All, has_file)
    }

    /// How many of those that are shown are so.
    pub fn shown(self, shows: Shows, is: impl Fn(u64) -> bool) -> u64 {
        (0..self.statuses).filter(|n| shows.shows(*n) && is(*n)).count().try_into().unwrap()
    }

    /// Posts, boosts and files of a server that shows so much.
    pub fn of(self, shows: Shows) -> [u64; 3] {
        [self.shown(shows, |n| !is_boost(n)), self.shown(shows, is_boost), self.shown(shows, has_file)]
    }
}

/// Whether a post shows a file.
fn has_file(n: u64) -> bool {
    !is_boost(n) && n.is_multiple_of(4)
}

/// A picture that no other address has.
pub fn picture(path: &str) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), path.as_bytes()].concat()
}

/// Who a handle is, here or among the birds.
pub fn who(origin: &str, own: &str, query: &str) -> Answer {
    let resource = field(query, "resource").unwrap_or_default();
    let (name, host) = resource.trim_start_matches("acct:").split_once('@').unwrap_or_default();
    let actor = if BIRDS.ends_with(host) { bird_actor(name) } else { format!("{origin}{own}") };
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
        let ids = self.manner.ids;
        let own = format!("/api/v1/accounts/{}", ids.wrap(ACCOUNT));
        match asked.path {
            "/api/v1/accounts/verify_credentials" => Answer::json(&self.me()),
            "/api/v1/accounts/relationships" => {
                let asked = fields(asked.query, "id[]");
                let known = asked.iter().take(self.manner.relations);
                let known = known.filter_map(|id| Some(relationship(id, ids.unwrap(id)?)));
                Answer::json(&Value::Array(known.collect()))
            }
            path if path == format!("{own}/statuses") => {
                if field(asked.query, "pinned").as_deref() == Some("true") {
                    let pinned = [7, 2].into_iter().filter(|n| *n < self.contents.statuses);
                    return Answer::json(&Value::Array(pinned.map(|n| self.status(n)).collect()));
                }
                let at = |n| self.listed(n);
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
                let typed = path.strip_suffix("/source").and_then(|path| self.typed(path));
                found
                    .or(typed)
                    .map_or_else(|| Answer::error(404, "Record not found"), |found| Answer::json(&found))
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

    fn account(&self, id: u64, username: &str, origin: &str, actor: &str, acct: &str) -> Value {
        let mut account = json!({
            "id": self.manner.ids.wrap(id), "username": username, "acct": acct, "display_name": username,
            "url": format!("{origin}/@{username}"), "avatar": format!("{origin}/a.png"),
        });
        put(&mut account, self.manner.says_actors, &json!(actor));
        account
    }

    fn bird(&self, n: u64) -> Value {
        let name = format!("bird{n}");
        self.account(1000 + n, &name, BIRDS, &bird_actor(&name), &format!("{name}@birds.example"))
    }

    fn birds(&self, asked: &Asked<'_>, from: u64, number: u64) -> Answer {
        // Relations have ids of their own, by which they are paged.
        let at = |n| self.bird(from + n);
        page(self, asked, &List { first: 70_000 + from, number, at: &at }, 80)
    }

    fn pointers(&self, asked: &Asked<'_>, from: u64, number: u64) -> Answer {
        let at = |n| {
            let mut post = self.others(from + n);
            post["like_id"] = json!(80_000 + n);
            post
        };
        page(self, asked, &List { first: 80_000, number, at: &at }, 40)
    }

    fn others(&self, n: u64) -> Value {
        json!({"id": self.manner.ids.wrap(OTHERS + n), "uri": others_post(n), "url": others_post(n), "content": "<p>Tweet</p>",
            "created_at": "2023-01-01T00:00:00.000Z", "visibility": "public", "reblog": null,
            "account": self.bird(n % 7)})
    }

    fn found(&self, id: &str) -> Option<Value> {
        let id = self.manner.ids.unwrap(id)?;
        if id >= FIRST {
            return (id - FIRST < self.contents.statuses).then(|| self.status(id - FIRST));
        }
        // Every hundredth is gone.
        let n = id.checked_sub(OTHERS)?;
        (n % 100 != 99).then(|| self.others(n))
    }

    /// A whole number of the list as this server shows it; nothing where it does not.
    fn listed(&self, n: u64) -> Value {
        if !self.manner.shows.shows(n) {
            return Value::Null;
        }
        let mut status = self.status(n);
        put(&mut status, self.manner.says_typed, &json!(format!("Post number {n}")));
        if self.manner.software == "gotosocial" && n == ONLY_THERE {
            status["local_only"] = json!(true);
        }
        if self.manner.software == "friendica" {
            // It shows what is answered along with the answer, and an edit where there was none.
            status["in_reply_to_status"] =
                status["in_reply_to_id"].as_str().and_then(|id| self.found(id)).unwrap_or_default();
            if status["edited_at"].is_null() {
                status["edited_at"] = status["created_at"].clone();
            }
        }
        if self.manner.shows == Shows::Public && n.is_multiple_of(12) {
            let mut passed_on = status.clone();
            passed_on["reblog"] = status;
            passed_on["account"] = self.bird(1);
            passed_on["uri"] = json!(format!("{}/d/{n}/Announce", self.actor()));
            return passed_on;
        }
        status
    }

    /// What was typed as one post.
    fn typed(&self, path: &str) -> Option<Value> {
        let id = path.strip_prefix("/api/v1/statuses/")?;
        let n = self.manner.ids.unwrap(id)?.checked_sub(FIRST).filter(|n| *n < self.contents.statuses)?;
        Some(json!({"id": id, "text": format!("Post number {n}"), "spoiler_text": ""}))
    }

    fn status(&self, n: u64) -> Value {
        let (id, origin) = (FIRST + n, &self.origin);
        let ids = self.manner.ids;
        let address = format!("{origin}{}{}", self.manner.posts, ids.wrap(id));
        let time = chrono::DateTime::from_timestamp(1_650_000_000 + n.cast_signed() * 3600, 0).unwrap();
        let audience = ["public", "unlisted", "private", "direct"][usize::try_from(n % 4).unwrap()];
        let mut status = json!({
            "id": ids.wrap(id), "uri": address, "url": format!("{origin}/@ann/{id}"),
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
            status["in_reply_to_id"] = json!(ids.wrap(id - 1));
            status["in_reply_to_account_id"] = json!(ids.wrap(ACCOUNT));
        }
        if n % 10 == 6 {
            status["in_reply_to_id"] = json!(ids.wrap(OTHERS + n));
            status["in_reply_to_account_id"] = json!(ids.wrap(1003));
            status["mentions"] = json!([{"id": ids.wrap(1003), "username": "bird3", "acct": "bird3@birds.example", "url": format!("{BIRDS}/@bird3")}]);
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

fn relationship(id: &str, n: u64) -> Value {
    let n = n.saturating_sub(1000);
    json!({"id": id, "following": n < 500, "muting": n >= 600, "blocking": (500..600).contains(&n),
        "muting_notifications": n == 600, "showing_reblogs": n != 1, "notifying": n == 2,
        "languages": null, "note": if n == 0 || n == 601 { "met at the lake" } else { "" }})
}
