//! Addresses of everything the built-in server publishes. The configured base decides, nothing else.

use url::Url;

use crate::model::{actor::authority, item::ItemKind};

/// Builds and reads our addresses.
#[derive(Debug, Clone)]
pub struct Urls {
    base: Url,
}

/// What an address of ours means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// An actor document.
    Actor(String),
    /// A profile page or something below it (sub-pages, feeds).
    Profile(String),
    /// An object or file: owner's name where the address tells it, kind and id.
    Thing {
        /// Whose, where the address says so.
        username: Option<String>,
        /// What kind.
        kind: ItemKind,
        /// Which one.
        id: String,
    },
}

impl Urls {
    /// From the configured base, an origin.
    pub fn new(base: Url) -> Self {
        Self { base }
    }

    /// Our origin.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Host (and port) as it stands in our handles.
    pub fn domain(&self) -> String {
        authority(&self.base)
    }

    /// An address from its path segments, each encoded.
    pub fn at(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend(segments);
        }
        url
    }

    /// Actor id.
    pub fn actor(&self, username: &str) -> Url {
        self.at(&["users", username])
    }

    /// The actor of the server itself; below our own path, so that another server's may stand beside it.
    pub fn host_actor(&self) -> Url {
        self.at(&["godwit", "actor"])
    }

    /// Profile page.
    pub fn profile(&self, username: &str) -> Url {
        self.at(&[&format!("@{username}")])
    }

    /// A collection or inbox of an actor: `outbox`, `followers`, `inbox` …
    pub fn of_actor(&self, username: &str, name: &str) -> Url {
        self.at(&["users", username, name])
    }

    /// Object id of a post.
    pub fn post(&self, username: &str, id: &str) -> Url {
        self.at(&["users", username, "posts", id])
    }

    /// Page of a post.
    pub fn post_page(&self, username: &str, id: &str) -> Url {
        self.at(&[&format!("@{username}"), id])
    }

    /// Id of a boost.
    pub fn boost(&self, username: &str, id: &str) -> Url {
        self.at(&["users", username, "boosts", id])
    }

    /// Address of a file.
    pub fn media(&self, id: &str, file_name: &str) -> Url {
        self.at(&["media", id, file_name])
    }

    /// Page of a topic.
    pub fn tag(&self, tag: &str) -> Url {
        self.at(&["tags", tag])
    }

    /// The shared inbox.
    pub fn shared_inbox(&self) -> Url {
        self.at(&["inbox"])
    }

    /// An activity id nobody else has: `<actor>#<kind>/<id>`.
    pub fn activity(&self, username: &str, kind: &str, id: &str) -> Url {
        let mut url = self.actor(username);
        url.set_fragment(Some(&format!("{kind}/{id}")));
        url
    }

    /// What an address means; `None` when it is not ours.
    pub fn meaning(&self, url: &Url) -> Option<Meaning> {
        if url.origin() != self.base.origin() {
            return None;
        }
        let segments: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
        let thing = |username: Option<&str>, kind: ItemKind, id: &str| Meaning::Thing {
            username: username.map(str::to_owned),
            kind,
            id: id.to_owned(),
        };
        match segments.as_slice() {
            ["users", name] => Some(Meaning::Actor((*name).to_owned())),
            ["users", name, "posts", id, ..] => Some(thing(Some(name), ItemKind::Posts, id)),
            ["users", name, "boosts", id, ..] => Some(thing(Some(name), ItemKind::Boosts, id)),
            ["media", id, ..] => Some(thing(None, ItemKind::Media, id)),
            [at_name, rest @ ..] => {
                let name = at_name.strip_prefix('@')?;
                let name = name.strip_suffix(".rss").or_else(|| name.strip_suffix(".atom")).unwrap_or(name);
                match rest {
                    [id] if is_id(id) => Some(thing(Some(name), ItemKind::Posts, id)),
                    _ => Some(Meaning::Profile(name.to_owned())),
                }
            }
            [] => None,
        }
    }
}

/// Whether a path segment is one of our ids (a UUID).
fn is_id(segment: &str) -> bool {
    segment.len() == 36 && segment.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_we_build_means_what_it_was_built_for() {
        let urls = Urls::new(Url::parse("http://old.localhost:4001").unwrap());
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(urls.meaning(&urls.actor("ann")), Some(Meaning::Actor("ann".into())));
        assert_eq!(urls.meaning(&urls.profile("ann")), Some(Meaning::Profile("ann".into())));
        for url in [urls.post("ann", id), urls.post_page("ann", id)] {
            let meaning =
                Meaning::Thing { username: Some("ann".into()), kind: ItemKind::Posts, id: id.into() };
            assert_eq!(urls.meaning(&url), Some(meaning));
        }
        assert!(matches!(urls.meaning(&urls.media(id, "a.png")), Some(Meaning::Thing { .. })));
        assert_eq!(urls.meaning(&Url::parse("http://other.example/users/ann").unwrap()), None);
    }
}
