//! Whatever travels: one element of any collection.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    id::ItemKey,
    media::{MediaFile, MediaRole},
    moment::Moment,
    object::{Breadcrumb, Object, Visibility},
};

/// The kinds that are counted and reported.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// Objects the person wrote.
    Posts,
    /// Objects of others the person passed on.
    Boosts,
    /// Objects the person liked.
    Likes,
    /// Objects the person put aside.
    Bookmarks,
    /// Files attached to posts.
    Media,
    /// Avatar and header.
    ProfileImages,
    /// Actors the person follows.
    Following,
    /// Actors the person blocks.
    Blocked,
}

impl ItemKind {
    /// All kinds in the order reports list them.
    pub const ALL: [Self; 8] = [
        Self::Posts,
        Self::Boosts,
        Self::Likes,
        Self::Bookmarks,
        Self::Media,
        Self::ProfileImages,
        Self::Following,
        Self::Blocked,
    ];

    /// The word used in storage and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Posts => "posts",
            Self::Boosts => "boosts",
            Self::Likes => "likes",
            Self::Bookmarks => "bookmarks",
            Self::Media => "media",
            Self::ProfileImages => "profile_images",
            Self::Following => "following",
            Self::Blocked => "blocked",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// An Announce by the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boost {
    /// Id of the activity at the source.
    pub id: Url,
    /// What was passed on.
    pub object: Url,
    /// When.
    pub published: Moment,
    /// To whom.
    pub visibility: Visibility,
    /// Former places, newest first.
    pub previously: Vec<Breadcrumb>,
}

/// A pointer to somebody's object: a like or a bookmark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// What is pointed at.
    pub object: Url,
    /// When, if the source says so.
    pub published: Option<Moment>,
}

/// One thing that travels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "item", rename_all = "snake_case")]
pub enum Item {
    /// A post.
    Post(Box<Object>),
    /// A boost.
    Boost(Boost),
    /// A like.
    Like(Reference),
    /// A bookmark.
    Bookmark(Reference),
    /// A followed actor.
    Follow {
        /// Its id.
        actor: Url,
    },
    /// A blocked actor.
    Block {
        /// Its id.
        actor: Url,
    },
    /// A file.
    Media(MediaFile),
}

impl Item {
    /// Which kind it counts as.
    pub fn kind(&self) -> ItemKind {
        match self {
            Self::Post(_) => ItemKind::Posts,
            Self::Boost(_) => ItemKind::Boosts,
            Self::Like(_) => ItemKind::Likes,
            Self::Bookmark(_) => ItemKind::Bookmarks,
            Self::Follow { .. } => ItemKind::Following,
            Self::Block { .. } => ItemKind::Blocked,
            Self::Media(file) if file.role == MediaRole::Attachment => ItemKind::Media,
            Self::Media(_) => ItemKind::ProfileImages,
        }
    }

    /// The key that makes it one and the same however often it is read.
    pub fn key(&self) -> ItemKey {
        match self {
            Self::Post(object) => ItemKey::from(object.id.as_str()),
            Self::Boost(boost) => ItemKey::from(boost.id.as_str()),
            Self::Like(reference) | Self::Bookmark(reference) => ItemKey::from(reference.object.as_str()),
            Self::Follow { actor } | Self::Block { actor } => ItemKey::from(actor.as_str()),
            Self::Media(file) => ItemKey::from(file.url.as_str()),
        }
    }

    /// When it was made, where that is known.
    pub fn published(&self) -> Option<&Moment> {
        match self {
            Self::Post(object) => Some(&object.published),
            Self::Boost(boost) => Some(&boost.published),
            Self::Like(reference) | Self::Bookmark(reference) => reference.published.as_ref(),
            Self::Follow { .. } | Self::Block { .. } | Self::Media(_) => None,
        }
    }

    /// Who may see it at the source; things that were never shown are the owner's own.
    pub fn visibility(&self) -> Visibility {
        match self {
            Self::Post(object) => object.visibility,
            Self::Boost(boost) => boost.visibility,
            _ => Visibility::Direct,
        }
    }
}
