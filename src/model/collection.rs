//! Collections of items and the way they are walked.

use serde::{Deserialize, Serialize};

use super::item::{Item, ItemKind};

/// What a source can be asked for, in the order a transfer reads it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum CollectionKind {
    /// Blocked actors; first, so that protection is in place before anything is visible.
    Blocked,
    /// Media files with length and hash (our extension).
    Media,
    /// Current state of the person's objects.
    Content,
    /// Activities without an object of the person's own: boosts.
    Outbox,
    /// Likes.
    Liked,
    /// Bookmarks (our extension).
    Bookmarks,
    /// Followed actors.
    Following,
}

impl CollectionKind {
    /// All of them in reading order.
    pub const ALL: [Self; 7] = [
        Self::Blocked,
        Self::Media,
        Self::Content,
        Self::Outbox,
        Self::Liked,
        Self::Bookmarks,
        Self::Following,
    ];

    /// The word used in addresses and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Media => "media",
            Self::Content => "content",
            Self::Outbox => "outbox",
            Self::Liked => "liked",
            Self::Bookmarks => "bookmarks",
            Self::Following => "following",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The kinds of items it yields.
    pub fn yields(self) -> &'static [ItemKind] {
        match self {
            Self::Blocked => &[ItemKind::Blocked],
            Self::Media => &[ItemKind::Media, ItemKind::ProfileImages],
            Self::Content => &[ItemKind::Posts],
            Self::Outbox => &[ItemKind::Boosts],
            Self::Liked => &[ItemKind::Likes],
            Self::Bookmarks => &[ItemKind::Bookmarks],
            Self::Following => &[ItemKind::Following],
        }
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
}
