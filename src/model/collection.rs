//! Collections of items and the way they are walked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::item::{Item, ItemKind};

/// Declares the collections with their words and what they yield, so that a new one is one line here.
macro_rules! collections {
    ($($(#[$doc:meta])* $name:ident = $word:tt yields [$($item:ident),+]),+ $(,)?) => {
        /// What a source can be asked for, in the order a transfer reads it.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum CollectionKind { $($(#[$doc])* $name),+ }

        impl CollectionKind {
            /// All of them in reading order.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$name),+];

            /// The word used in addresses and JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The kinds of items it yields; never none.
            pub fn yields(self) -> &'static [ItemKind] {
                match self { $(Self::$name => &[$(ItemKind::$item),+]),+ }
            }
        }
    };
}

collections! {
    /// Blocked actors; what protects comes first, so that it is in place before anything is visible.
    Blocked = "blocked" yields [Blocked],
    /// Muted actors (our extension, as all below that are not named by LOLA).
    Muted = "muted" yields [Muted],
    /// Blocked servers.
    BlockedDomains = "blocked_domains" yields [BlockedDomains],
    /// Filters.
    Filters = "filters" yields [Filters],
    /// Choices about the account: who may follow, who may find it.
    Settings = "settings" yields [Settings],
    /// Media files with length and hash.
    Media = "media" yields [Media, ProfileImages],
    /// Current state of the person's objects.
    Content = "content" yields [Posts],
    /// Activities without an object of the person's own: boosts.
    Outbox = "outbox" yields [Boosts],
    /// Likes.
    Liked = "liked" yields [Likes],
    /// Bookmarks.
    Bookmarks = "bookmarks" yields [Bookmarks],
    /// Followed actors.
    Following = "following" yields [Following],
    /// Lists of people.
    Lists = "lists" yields [Lists],
    /// Pinned posts.
    Pins = "pins" yields [Pins],
    /// Topics on the person's page.
    FeaturedTags = "featured_tags" yields [FeaturedTags],
    /// Topics the person follows.
    FollowedTags = "followed_tags" yields [FollowedTags],
    /// Notes about others.
    Notes = "notes" yields [Notes],
}

impl CollectionKind {
    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The kind it is mostly about.
    pub fn main_item(self) -> ItemKind {
        self.yields().first().copied().unwrap_or(ItemKind::Posts)
    }

    /// The collection that yields a kind.
    pub fn that_yields(kind: ItemKind) -> Option<Self> {
        Self::ALL.into_iter().find(|collection| collection.yields().contains(&kind))
    }

    /// Its name in an actor document: ours have a prefix. Spec: LOLA 0.3, Discovery.
    pub fn directory_name(self) -> String {
        match self {
            Self::Blocked | Self::Content | Self::Outbox | Self::Following => self.as_str().to_owned(),
            ours => format!("godwit:{}", ours.as_str()),
        }
    }

    /// Whether what it holds protects its owner, and so comes first and is ticked unless unticked.
    pub fn protects(self) -> bool {
        matches!(self, Self::Blocked | Self::Muted | Self::BlockedDomains | Self::Filters)
    }
}

/// Where to go on reading; opaque to everyone but the source that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// An item that could not be read: its key if known, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// Which kind it would have been.
    pub kind: ItemKind,
    /// The source's key, or its position where even that is missing.
    pub key: String,
    /// A sentence for the report.
    pub why: String,
}

/// One page of a collection, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The items that could be read.
    pub items: Vec<Item>,
    /// The ones that could not.
    pub unreadable: Vec<Unreadable>,
    /// Where the next page starts; `None` after the last.
    pub next: Option<Cursor>,
    /// What the ones that could not be read said, by their keys.
    pub texts: BTreeMap<String, String>,
}

/// Longest text of an element that cannot be read, in characters.
const LONGEST_TEXT: usize = 1 << 16;

impl Page {
    /// Adds an element that could not be read, with what it said.
    pub fn lose(&mut self, lost: Unreadable, said: &str) {
        self.texts.insert(lost.key.clone(), said.chars().take(LONGEST_TEXT).collect());
        self.unreadable.push(lost);
    }
}
