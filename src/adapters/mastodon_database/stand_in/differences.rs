//! What may differ in a copy that lies at such a server, or comes from one: each with its reason. Whoever compares
//! accepts nothing else.

use super::super::destination::{AVATAR, HEADER, unknown_boost, unknown_post};

/// One thing that the server does in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// A name in a text got its server.
    NamesInFull,
    /// An answer to a post of others stands alone.
    LoneAnswers,
    /// The blurred preview is another one.
    BlurredAnew,
    /// Avatar and header have other bytes.
    CutPictures,
    /// A document does not tell where the thing was before.
    NoFormerAddresses,
    /// A boost, like or bookmark of somebody's post did not come along.
    UnknownPosts,
    /// A file opens for whoever has its address.
    OpenFiles,
}

impl Difference {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::NamesInFull,
        Self::LoneAnswers,
        Self::BlurredAnew,
        Self::CutPictures,
        Self::NoFormerAddresses,
        Self::UnknownPosts,
        Self::OpenFiles,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::NamesInFull => "names in full",
            Self::LoneAnswers => "answers that stand alone",
            Self::BlurredAnew => "previews blurred anew",
            Self::CutPictures => "avatar and header cut",
            Self::NoFormerAddresses => "former addresses not told",
            Self::UnknownPosts => "posts of others not known",
            Self::OpenFiles => "files open by address",
        }
    }

    /// Why it is so.
    pub fn why(self) -> &'static str {
        match self {
            Self::NamesInFull => {
                "the server shortens and links a name only where it knows the person; of whom it does not know, name and server stand there"
            }
            Self::LoneAnswers => {
                "the server can point only at posts it has; an answer to one that it does not know stays an answer, without saying to what"
            }
            Self::BlurredAnew => "the server makes the blurred preview from the picture itself",
            Self::CutPictures => "the server cuts these pictures to 400×400 and 1500×500 points",
            Self::NoFormerAddresses => {
                "the server has no place for the addresses a post had before; the list of addresses says them"
            }
            Self::UnknownPosts => {
                "the server can boost, like and bookmark only posts it has; the others are left out, with this reason"
            }
            Self::OpenFiles => {
                "the server hands files out to whoever has the address, which nobody guesses, and of private posts too; they stay where they are after a move"
            }
        }
    }

    /// What the server's side says of things it leaves out because of this.
    pub fn reasons(self) -> Vec<String> {
        match self {
            Self::UnknownPosts => vec![unknown_post(), unknown_boost()],
            _ => Vec::new(),
        }
    }
}

/// Width and height that the server gives the pictures of accounts: avatar and header.
pub const CUT_TO: [(u32, u32); 2] = [AVATAR, HEADER];
