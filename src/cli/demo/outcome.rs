//! What a walk found: the one JSON object of `--json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::adapters::stand_in::Difference;

/// The whole result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Counts by kind.
    pub(crate) items: Items,
    /// Posts and boosts at New home by who may see them.
    pub(crate) visibility: Audiences,
    /// The list of old and new addresses.
    pub(crate) map: MapCounts,
    /// Old addresses asked by strangers.
    pub(crate) redirects: Redirects,
    /// What became of the follower.
    pub(crate) follower: Follower,
    /// What the follower was notified of besides the one notice of the new place: nothing should be.
    pub(crate) notifications_at_follower: u64,
    /// Why something did not arrive.
    pub(crate) reasons: Vec<Reason>,
    /// What differs because a home stands beside another server, which has ways of its own.
    pub(crate) differences: Vec<Differing>,
    /// How long everything took, in milliseconds.
    pub(crate) elapsed_ms: u64,
}

/// Counts of the five kinds a walk compares.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Items {
    /// What the person wrote.
    pub(crate) posts: Counts,
    /// What the person passed on.
    pub(crate) boosts: Counts,
    /// What the person liked.
    pub(crate) likes: Counts,
    /// Files attached to posts.
    pub(crate) media: Counts,
    /// What the person put aside.
    pub(crate) bookmarks: Counts,
}

impl Items {
    /// The kinds with their words.
    pub(crate) fn each(&self) -> [(&'static str, Counts); 5] {
        [
            ("posts", self.posts),
            ("boosts", self.boosts),
            ("likes", self.likes),
            ("media", self.media),
            ("bookmarks", self.bookmarks),
        ]
    }
}

/// Counts of one kind: the first two are the checker's own, the others are what the servers admit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// In the archive.
    pub(crate) source: u64,
    /// At New home.
    pub(crate) destination: u64,
    /// Left out with a reason.
    pub(crate) skipped: u64,
    /// Tried in vain with a reason.
    pub(crate) failed: u64,
}

impl Counts {
    /// Whether everything is accounted for.
    pub(crate) fn agrees(&self) -> bool {
        self.source == self.destination + self.skipped + self.failed
    }
}

/// Posts and boosts by who may see them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Audiences {
    /// Everybody.
    pub(crate) public: u64,
    /// Everybody who has the address.
    pub(crate) unlisted: u64,
    /// Followers.
    pub(crate) followers: u64,
    /// Those named.
    pub(crate) direct: u64,
}

/// Lines of the list of addresses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MapCounts {
    /// All.
    pub(crate) entries: u64,
    /// Given to Old home.
    pub(crate) handed_over: u64,
}

/// Answers to strangers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Redirects {
    /// Requests for addresses that strangers could always open.
    pub(crate) checked: u64,
    /// Answered with the exact new place.
    pub(crate) ok: u64,
    /// Requests for addresses that are nobody else's business.
    pub(crate) hidden_checked: u64,
    /// Answered with more than nothing.
    pub(crate) hidden_leaked: u64,
}

/// The follower's side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Follower {
    /// Followed the old account before the announcement.
    pub(crate) followed_old_before: bool,
    /// Follows the new account after it.
    pub(crate) follows_new_after: bool,
    /// Still follows the old account.
    pub(crate) follows_old_after: bool,
}

/// How many items share one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reason {
    /// Their kind.
    pub(crate) kind: String,
    /// How many.
    pub(crate) count: u64,
    /// The sentence.
    pub(crate) why: String,
}

/// How often something differs in one of the ways that are accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Differing {
    /// What.
    pub(crate) what: String,
    /// How often.
    pub(crate) count: u64,
    /// The sentence.
    pub(crate) why: String,
}

impl From<(Difference, u64)> for Differing {
    fn from((difference, count): (Difference, u64)) -> Self {
        Self { what: difference.name().to_owned(), count, why: difference.why().to_owned() }
    }
}

/// What a server reports about a copy, as far as the walk reads it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Report {
    /// Counts by kind.
    pub(crate) items: BTreeMap<String, Reported>,
    /// Why something did not arrive.
    pub(crate) reasons: Vec<Reason>,
}

/// Reported counts of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Reported {
    /// Read.
    pub(crate) source: u64,
    /// Counted afterwards.
    pub(crate) destination: u64,
    /// Left out.
    pub(crate) skipped: u64,
    /// Tried in vain.
    pub(crate) failed: u64,
}

impl Report {
    /// What it says about one kind.
    pub(crate) fn kind(&self, word: &str) -> Reported {
        self.items.get(word).copied().unwrap_or_default()
    }
}
