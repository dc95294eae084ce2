//! How servers in use answer: each as its own code says, in what matters to somebody who reads an account.

use serde_json::{Value, json};

/// How a server writes the keys of its things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    Numbers,
    /// 26 letters and digits that sort by time.
    Ulids,
    /// 18 letters and digits that sort by time.
    Flakes,
    Uuids,
    /// Digits of a hash; they say nothing.
    Hashes,
}

impl Ids {
    pub fn wrap(self, n: u64) -> String {
        match self {
            Self::Numbers => n.to_string(),
            Self::Ulids => format!("01{n:024}"),
            Self::Flakes => format!("A{n:018}"),
            Self::Uuids => {
                let digits = format!("{n:032}");
                let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| digits.get(part).unwrap());
                parts.join("-")
            }
            Self::Hashes => format!("{n:032x}"),
        }
    }

    pub fn unwrap(self, text: &str) -> Option<u64> {
        match self {
            Self::Numbers => text.parse().ok(),
            Self::Ulids => text.get(2..)?.parse().ok().filter(|_| text.len() == 26),
            Self::Flakes => text.strip_prefix('A')?.parse().ok(),
            Self::Uuids => text.replace('-', "").parse().ok().filter(|_| text.len() == 36),
            Self::Hashes => u64::from_str_radix(text, 16).ok().filter(|_| text.len() == 32),
        }
    }
}

/// How a list goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turning {
    /// A link forwards and one back, as far as there is something.
    Links,
    /// A link forwards, on full pages only.
    Next,
    /// Links on every page that holds something, however little.
    Always,
    /// As the usual ones, but behind an id comes the newest page, not the next one.
    NewestFirst,
    /// No links.
    Silent,
    /// Pages have numbers; links are named the wrong way round.
    Numbers,
    /// The link forwards leads behind the first element, which every element tells a key of its own for.
    BehindTheFirst,
    /// All that there is, whatever is asked for, and no links.
    Whole,
}

/// How it is told what it is, and how it answers.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// What it calls itself.
    pub software: &'static str,
    pub version: &'static str,
    /// The version that clients are told.
    pub compatible: &'static str,
    pub ids: Ids,
    /// The path of the account's actor.
    pub actor: &'static str,
    /// What addresses of posts begin with.
    pub posts: &'static str,
    /// Where accounts say which actor they are, as a JSON pointer; nowhere where it is empty.
    pub says_actors: &'static str,
    /// Where posts say what was typed, as a JSON pointer.
    pub says_typed: &'static str,
    /// Whether many posts can be asked for at once.
    pub gives_many: bool,
    /// Whether it publishes where to ask (RFC 8414).
    pub publishes: bool,
    /// Paths of lists that it does not have.
    pub lacks: &'static [&'static str],
    /// How a list goes on, by the end of its path.
    pub turning: fn(&str) -> Turning,
    /// Accounts it says relations to at once.
    pub relations: usize,
    /// Whether a whole number of the list is shown, and in what form.
    pub shows: Shows,
}

/// What of the list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    All,
    /// Neither answers nor boosts, and some are missing from full pages.
    Pictures,
    /// Public posts only; some inside somebody else's boost of them.
    Public,
}

fn links(_: &str) -> Turning {
    Turning::Links
}

/// Like the software most people use.
pub const USUAL: Manner = Manner {
    software: "mastodon",
    version: "4.3.1",
    compatible: "4.3.1",
    ids: Ids::Numbers,
    actor: "/users/ann",
    posts: "/users/ann/statuses/",
    says_actors: "/uri",
    says_typed: "",
    gives_many: true,
    publishes: true,
    lacks: &[],
    turning: links,
    relations: 100,
    shows: Shows::All,
};

/// An open post that a server with such posts shows to its own people only.
pub const ONLY_THERE: u64 = 8;

pub const GOTOSOCIAL: Manner = Manner {
    software: "gotosocial",
    version: "0.20.0",
    compatible: "0.20.0",
    ids: Ids::Ulids,
    says_actors: "",
    says_typed: "/text",
    gives_many: false,
    lacks: &["/api/v1/domain_blocks"],
    turning: |path| match path {
        path if path.ends_with("/bookmarks") || path.ends_with("/favourites") => Turning::NewestFirst,
        _ => Turning::Always,
    },
    ..USUAL
};

pub const PLEROMA: Manner = Manner {
    software: "pleroma",
    version: "2.5.0",
    compatible: "2.7.2 (compatible; Pleroma 2.5.0)",
    ids: Ids::Flakes,
    posts: "/objects/",
    says_actors: "/pleroma/ap_id",
    gives_many: false,
    publishes: false,
    lacks: &["/api/v2/filters", "/api/v1/featured_tags", "/api/v1/followed_tags", "/api/v2/instance"],
    ..USUAL
};

pub const AKKOMA: Manner = Manner {
    software: "akkoma",
    version: "3.13.2",
    compatible: "2.7.2 (compatible; Akkoma 3.13.2)",
    says_typed: "/akkoma/source/content",
    ..PLEROMA
};

pub const PIXELFED: Manner = Manner {
    software: "pixelfed",
    version: "0.12.5",
    compatible: "3.5.3 (compatible; Pixelfed 0.12.5)",
    posts: "/p/ann/",
    says_actors: "",
    gives_many: false,
    publishes: false,
    lacks: &["/api/v2/filters", "/api/v1/featured_tags"],
    turning: |path| match path {
        path if path.ends_with("/statuses") => Turning::Silent,
        path if path.ends_with("/following") => Turning::Numbers,
        path if path.ends_with("/favourites") => Turning::BehindTheFirst,
        _ => Turning::Links,
    },
    relations: 20,
    shows: Shows::Pictures,
    ..USUAL
};

pub const FRIENDICA: Manner = Manner {
    software: "friendica",
    version: "2024.12",
    compatible: "2.8.0 (compatible; Friendica 2024.12)",
    actor: "/profile/ann",
    posts: "/objects/",
    says_actors: "",
    gives_many: false,
    publishes: false,
    lacks: &["/api/v1/domain_blocks", "/api/v1/featured_tags", "/api/v1/filters"],
    turning: |_| Turning::Always,
    ..USUAL
};

pub const MITRA: Manner = Manner {
    software: "mitra",
    version: "5.9.0",
    compatible: "4.0.0 (compatible; Mitra 5.9.0)",
    ids: Ids::Uuids,
    posts: "/post/",
    says_actors: "/actor_id",
    gives_many: false,
    publishes: true,
    lacks: &["/api/v1/blocks", "/api/v1/domain_blocks", "/api/v1/featured_tags", "/api/v1/followed_tags"],
    turning: |_| Turning::Next,
    ..USUAL
};

pub const SNAC: Manner = Manner {
    software: "snac",
    version: "2.74",
    compatible: "4.0.0 (not true; really snac/2.74)",
    ids: Ids::Hashes,
    actor: "/ann",
    posts: "/ann/p/",
    says_typed: "/text",
    gives_many: false,
    publishes: false,
    lacks: &[
        "/api/v1/blocks",
        "/api/v1/mutes",
        "/api/v1/domain_blocks",
        "/api/v1/featured_tags",
        "/api/v1/followed_tags",
        "/api/v2/instance",
        "/following",
    ],
    turning: |_| Turning::Whole,
    relations: 1,
    shows: Shows::Public,
    ..USUAL
};

/// Puts a value where a pointer says, making what leads there; nowhere where it is empty.
pub fn put(value: &mut Value, pointer: &str, what: &Value) {
    let mut at = value;
    for name in pointer.split('/').skip(1) {
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[name];
    }
    if !pointer.is_empty() {
        *at = what.clone();
    }
}
