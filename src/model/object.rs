//! An object as it travels: a post with everything that belongs to it.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{earlier::Earlier, media::Attachment, moment::Moment};

/// Who may see an object, from everybody to only those named.
///
/// The order is the lattice of invariant 4: a copy may move right, never left.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody, in public lists.
    Public,
    /// Everybody who has the address.
    Unlisted,
    /// The author's followers.
    Followers,
    /// Those mentioned; also whatever could not be understood.
    Direct,
}

impl Visibility {
    /// All of them, widest first.
    pub const ALL: [Self; 4] = [Self::Public, Self::Unlisted, Self::Followers, Self::Direct];

    /// The word used in storage and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Followers => "followers",
            Self::Direct => "direct",
        }
    }

    /// Reads the word; anything unknown is the most private.
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|v| v.as_str() == word).unwrap_or(Self::Direct)
    }

    /// Whether a stranger may fetch it.
    pub fn is_open(self) -> bool {
        self <= Self::Unlisted
    }
}

/// One entry of `previously`: where an object lived before. Spec: LOLA 0.3, Saving Content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breadcrumb {
    /// The actor it belonged to there; absent in the bare-string form.
    pub actor: Option<Url>,
    /// Its id there.
    pub id: Url,
}

/// Kinds of `tag`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TagKind {
    /// A person is named; inert in a copied object.
    Mention,
    /// A topic.
    Hashtag,
    /// A custom picture in the text.
    Emoji,
}

/// One `tag` of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Which kind.
    pub kind: TagKind,
    /// `@name@host`, `#topic` or `:shortcode:`.
    pub name: String,
    /// Actor id, topic page or picture address.
    pub href: Option<String>,
}

/// A poll; always closed in a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    /// The choices in order.
    pub options: Vec<PollOption>,
    /// Whether several could be chosen.
    pub is_multiple: bool,
    /// When it ends or ended.
    pub ends: Option<Moment>,
    /// When it was closed.
    pub closed: Option<Moment>,
    /// People who voted.
    pub voters: Option<u64>,
}

/// One choice of a poll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollOption {
    /// Text of the choice.
    pub name: String,
    /// Votes it got.
    pub votes: u64,
}

/// The text as its author typed it, before it became HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceText {
    /// The text.
    pub content: String,
    /// Its media type, `text/plain` or `text/markdown`.
    pub media_type: String,
}

/// What others did with an object at the source, as plain numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tallies {
    /// Replies.
    pub replies: u64,
    /// Likes.
    pub likes: u64,
    /// Boosts.
    pub shares: u64,
}

/// A post (Note, Question, Article …) with its addressing and attachments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Object {
    /// Id where it was read.
    pub id: Url,
    /// Page for people.
    pub url: Option<Url>,
    /// Further addresses it is known by at the source.
    pub other_urls: Vec<Url>,
    /// AS2 type.
    pub kind: String,
    /// Author.
    pub attributed_to: Url,
    /// Title of an Article or Page.
    pub name: Option<String>,
    /// HTML.
    pub content: String,
    /// What the author typed, if known.
    pub source: Option<SourceText>,
    /// Content warning.
    pub summary: Option<String>,
    /// Whether media are hidden behind a click.
    pub is_sensitive: bool,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// When it was written.
    pub published: Moment,
    /// When it was last edited.
    pub updated: Option<Moment>,
    /// Derived from the addressing.
    pub visibility: Visibility,
    /// Primary audience as the source wrote it.
    pub to: Vec<String>,
    /// Secondary audience.
    pub cc: Vec<String>,
    /// What it answers.
    pub in_reply_to: Option<Url>,
    /// What it quotes.
    pub quote: Option<Url>,
    /// Mentions, topics, emoji.
    pub tags: Vec<Tag>,
    /// Media in order.
    pub attachments: Vec<Attachment>,
    /// The poll of a Question.
    pub poll: Option<Poll>,
    /// Former places, newest first.
    pub previously: Vec<Breadcrumb>,
    /// Numbers of replies, likes and boosts at the source.
    pub tallies: Tallies,
    /// Where others answered it, as far as that is known and open to everybody: addresses, never their
    /// words. [`MOST_ANSWERS`] at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Url>,
    /// How it was before it was edited, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier>,
}

/// Addresses of answers that are carried with a post at most.
pub const MOST_ANSWERS: usize = 40;

impl Object {
    /// Every address this object is known by at the place it was read from.
    pub fn addresses(&self) -> impl Iterator<Item = &Url> {
        std::iter::once(&self.id).chain(&self.url).chain(&self.other_urls)
    }
}
