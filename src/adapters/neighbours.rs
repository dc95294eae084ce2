//! What the fediverse's servers do with a Move, read from what they publish about themselves.
//!
//! Spec: `NodeInfo` 2.1 for name and version. Families differ as data: one line each.

use async_trait::async_trait;
use serde_json::Value;

use crate::{
    model::{
        digest::Digest,
        outlook::{Outlook, Prospect},
    },
    port::{
        neighbours::Neighbours,
        remote::{Request, SharedRemote},
    },
    wire::lenient,
    words::text,
};

/// Software that follows a Move by itself, and the first version that did. What other software
/// does with a Move is nothing, or a note to its people.
const FOLLOW: [(&str, u32); 17] = [
    ("akkoma", 0),
    ("calckey", 0),
    ("firefish", 0),
    ("foundkey", 0),
    ("glitchsoc", 0),
    ("godwit", 0),
    ("gotosocial", 0),
    ("hollo", 0),
    ("hometown", 0),
    ("iceshrimp", 0),
    ("mastodon", 3),
    ("misskey", 13),
    ("mitra", 0),
    ("pixelfed", 0),
    ("pleroma", 0),
    ("sharkey", 0),
    ("wordpress", 0),
];

/// Software that publishes whom its server refuses, at this address of its own interface.
const PUBLISHES_REFUSALS: [&str; 3] = ["mastodon", "glitchsoc", "hometown"];
/// That address.
const REFUSALS: &str = "/api/v1/instance/domain_blocks";

/// Looks at servers over the guarded way out.
pub struct PublicFacts {
    remote: SharedRemote,
    ours: String,
}

impl PublicFacts {
    /// `ours` is our server's name as it stands in handles.
    pub fn new(remote: SharedRemote, ours: String) -> Self {
        Self { remote, ours }
    }

    async fn read(&self, host: &str, path: &str) -> Result<Value, String> {
        let url = self.remote.origin_of(host).and_then(|origin| origin.join(path).ok());
        let url = url.ok_or_else(|| text!("reasons-its-name-is-no-servers-name"))?;
        let request = Request::get(url).accepting("application/json");
        let response = self.remote.send(request).await.map_err(|error| error.to_string())?;
        if !response.is_success() {
            return Err(text!("reasons-it-answered", status = response.status.to_string()));
        }
        response.json().await.map_err(|error| error.to_string())
    }

    /// The description a server gives of itself; `Err` when it does not answer at all.
    async fn description(&self, host: &str) -> Result<Option<Value>, String> {
        let links = self.read(host, "/.well-known/nodeinfo").await?;
        let newest = lenient::field(&links, "links")
            .filter(|link| lenient::text(link, "rel").is_some_and(|rel| rel.contains("/ns/schema/2.")))
            .filter_map(|link| lenient::url(link, "href"))
            .filter(|url| self.remote.origin_of(host).is_some_and(|origin| origin.origin() == url.origin()))
            .max_by(|one, other| one.path().cmp(other.path()));
        let Some(url) = newest else { return Ok(None) };
        Ok(self.read(host, url.path()).await.ok())
    }

    /// Whether a server says publicly that it refuses ours.
    async fn refuses_us(&self, host: &str, name: &str, description: &Value) -> bool {
        let listed = description.pointer("/metadata/federation/mrf_simple/reject").and_then(Value::as_array);
        if listed.into_iter().flatten().filter_map(Value::as_str).any(|refused| covers(refused, &self.ours)) {
            return true;
        }
        if !PUBLISHES_REFUSALS.contains(&name) {
            return false;
        }
        let Ok(refusals) = self.read(host, REFUSALS).await else { return false };
        let hash = Digest::of(self.ours.as_bytes()).hex();
        refusals.as_array().into_iter().flatten().any(|refusal| {
            let said = |field: &str| refusal.get(field).and_then(Value::as_str);
            let is_meant = said("domain").is_some_and(|domain| covers(domain, &self.ours))
                || said("digest") == Some(hash.as_str());
            is_meant && said("severity") == Some("suspend")
        })
    }
}

#[async_trait]
impl Neighbours for PublicFacts {
    async fn look(&self, host: &str) -> Outlook {
        let description = match self.description(host).await {
            Ok(description) => description,
            Err(why) => {
                return Outlook {
                    software: None,
                    prospect: Prospect::Dead,
                    why: text!("reasons-does-not-answer-now", why = why),
                };
            }
        };
        let Some(description) = description else {
            let why = text!("reasons-does-not-say-what-it-runs");
            return Outlook { software: None, prospect: Prospect::MustClick, why };
        };
        let text = |of: &str| -> String {
            let software = description.get("software").and_then(|software| software.get(of));
            let said = software.and_then(Value::as_str).unwrap_or_default();
            said.chars().filter(|c| !c.is_control()).take(40).collect()
        };
        let (name, version) = (text("name").to_lowercase(), text("version"));
        let software = (!name.is_empty()).then(|| format!("{name} {version}").trim().to_owned());
        let (prospect, why) = if self.refuses_us(host, &name, &description).await {
            (Prospect::BlocksUs, text!("reasons-says-publicly-that-it-refuses"))
        } else if follows(&name, &version) {
            (Prospect::FollowsByItself, text!("reasons-its-software-follows"))
        } else {
            (Prospect::MustClick, text!("reasons-not-known-to-follow"))
        };
        Outlook { software, prospect, why }
    }
}

/// Whether software of that name and version follows a Move.
fn follows(name: &str, version: &str) -> bool {
    let major = version.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty());
    // Versions that are no number (a commit, a word) are new ones.
    let major = major.and_then(|part| part.parse().ok()).unwrap_or(u32::MAX);
    FOLLOW.iter().any(|(known, since)| *known == name && major >= *since)
}

/// Whether a refused name means us: the very name, or one above it.
fn covers(refused: &str, ours: &str) -> bool {
    let refused = refused.trim_start_matches("*.");
    ours == refused || ours.strip_suffix(refused).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::port::fakes::FakeRemote;

    const HOST: &str = "c.example";

    fn described(software: &Value, metadata: &Value) -> FakeRemote {
        let remote = FakeRemote::default();
        let at = |path: &str| format!("https://{HOST}{path}");
        let rel = "http://nodeinfo.diaspora.software/ns/schema/2.0";
        remote.serve(&at("/.well-known/nodeinfo"), &json!({"links": [{"rel": rel, "href": at("/ni/2.0")}]}));
        remote.serve(&at("/ni/2.0"), &json!({"software": software, "metadata": metadata}));
        remote
    }

    async fn look(remote: FakeRemote) -> Prospect {
        PublicFacts::new(Arc::new(remote), "new.example".to_owned()).look(HOST).await.prospect
    }

    #[tokio::test]
    async fn software_tells_what_its_followers_will_do() {
        for (name, version, expected) in [
            ("mastodon", "4.7.0", Prospect::FollowsByItself),
            ("mastodon", "2.9.3", Prospect::MustClick),
            ("Sharkey", "2026.1.0", Prospect::FollowsByItself),
            ("gotosocial", "git-abcdef", Prospect::FollowsByItself),
            ("lemmy", "1.0.0", Prospect::MustClick),
            ("", "", Prospect::MustClick),
        ] {
            let remote = described(&json!({"name": name, "version": version}), &json!({}));
            assert_eq!(look(remote).await, expected, "{name} {version}");
        }
    }

    #[tokio::test]
    async fn a_server_that_refuses_us_in_public_is_named() {
        let simple = json!({"federation": {"mrf_simple": {"reject": ["*.example"]}}});
        let remote = described(&json!({"name": "akkoma", "version": "3"}), &simple);
        assert_eq!(look(remote).await, Prospect::BlocksUs);
        let list = |severity: &str| {
            let remote = described(&json!({"name": "mastodon", "version": "4.3"}), &json!({}));
            // The name may be shown with stars; its hash is the name.
            let refusal = json!({"domain": "n**.example", "digest": Digest::of(b"new.example").hex(), "severity": severity});
            remote.serve(&format!("https://{HOST}{REFUSALS}"), &json!([refusal]));
            remote
        };
        assert_eq!(look(list("suspend")).await, Prospect::BlocksUs);
        assert_eq!(look(list("silence")).await, Prospect::FollowsByItself);
    }

    #[tokio::test]
    async fn a_silent_server_and_one_that_says_nothing_are_two_things() {
        assert_eq!(look(FakeRemote::default()).await, Prospect::Dead);
        let mute = FakeRemote::default();
        mute.serve(&format!("https://{HOST}/.well-known/nodeinfo"), &json!({"links": "none"}));
        assert_eq!(look(mute).await, Prospect::MustClick);
        let strayed = FakeRemote::default();
        let elsewhere =
            json!({"links": [{"rel": "http://x/ns/schema/2.1", "href": "https://evil.example/ni"}]});
        strayed.serve(&format!("https://{HOST}/.well-known/nodeinfo"), &elsewhere);
        assert_eq!(look(strayed).await, Prospect::MustClick);
    }
}
