//! Whatever travels: one element of any collection.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    belonging::Belonging,
    follow::FollowOptions,
    id::ItemKey,
    media::{MediaFile, MediaRole},
    moment::Moment,
    object::{Breadcrumb, Object, Visibility},
};

/// Declares the kinds with their words, so that a new one is one line here.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:tt),+ $(,)?) => {
        /// The kinds that are counted and reported.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum ItemKind { $($(#[$doc])* $name),+ }

        impl ItemKind {
            /// All kinds in the order reports list them.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$name),+];

            /// The word used in storage and JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }
    };
}

kinds! {
    /// Objects the person wrote.
    Posts = "posts",
    /// Objects of others the person passed on.
    Boosts = "boosts",
    /// Objects the person liked.
    Likes = "likes",
    /// Objects the person put aside.
    Bookmarks = "bookmarks",
    /// Files attached to posts.
    Media = "media",
    /// Avatar and header.
    ProfileImages = "profile_images",
    /// Actors the person follows.
    Following = "following",
    /// Actors the person blocks.
    Blocked = "blocked",
    /// Actors the person does not want to see.
    Muted = "muted",
    /// Servers the person wants nothing of.
    BlockedDomains = "blocked_domains",
    /// Words the person does not want to see.
    Filters = "filters",
    /// Lists of people.
    Lists = "lists",
    /// Posts that stand first on the person's page.
    Pins = "pins",
    /// Topics shown on the person's page.
    FeaturedTags = "featured_tags",
    /// Topics the person follows.
    FollowedTags = "followed_tags",
    /// What the person wrote down about others, for themselves.
    Notes = "notes",
    /// Choices about the account.
    Settings = "settings",
}

impl ItemKind {
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
        /// What is seen of it.
        #[serde(default, skip_serializing_if = "FollowOptions::is_usual")]
        options: FollowOptions,
    },
    /// A blocked actor.
    Block {
        /// Its id.
        actor: Url,
    },
    /// A file.
    Media(MediaFile),
    /// Something the owner set up for themselves.
    Belonging(Belonging),
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
            Self::Belonging(belonging) => belonging.kind(),
        }
    }

    /// The key that makes it one and the same however often it is read.
    pub fn key(&self) -> ItemKey {
        match self {
            Self::Post(object) => ItemKey::from(object.id.as_str()),
            Self::Boost(boost) => ItemKey::from(boost.id.as_str()),
            Self::Like(reference) | Self::Bookmark(reference) => ItemKey::from(reference.object.as_str()),
            Self::Follow { actor, .. } | Self::Block { actor } => ItemKey::from(actor.as_str()),
            Self::Media(file) => ItemKey::from(file.url.as_str()),
            Self::Belonging(belonging) => ItemKey::from(belonging.key()),
        }
    }

    /// When it was made, where that is known.
    pub fn published(&self) -> Option<&Moment> {
        match self {
            Self::Post(object) => Some(&object.published),
            Self::Boost(boost) => Some(&boost.published),
            Self::Like(reference) | Self::Bookmark(reference) => reference.published.as_ref(),
            Self::Follow { .. } | Self::Block { .. } | Self::Media(_) | Self::Belonging(_) => None,
        }
    }

    /// Where it was before its source had it, newest first.
    pub fn previously(&self) -> &[Breadcrumb] {
        match self {
            Self::Post(object) => &object.previously,
            Self::Boost(boost) => &boost.previously,
            _ => &[],
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
