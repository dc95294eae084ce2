//! How a transfer ends, as its owner decides in the trial.

use serde::{Deserialize, Serialize};

/// What becomes of a copy that stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Followers are told, old addresses lead to the new ones.
    Announce,
    /// Old addresses lead to the new ones; nobody is told.
    Redirect,
    /// Both accounts live on, and the old one says that this is its copy. Spec: FEP-7628, `copiedTo`.
    Copy,
    /// The copy is visible and says where it comes from; the old home is not asked.
    Keep,
    /// The copy is visible; neither side says anything of the other.
    Quiet,
}

impl Ending {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Announce, Self::Redirect, Self::Copy, Self::Keep, Self::Quiet];

    /// The word used in storage, on the wire and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Announce => "announce",
            Self::Redirect => "redirect",
            Self::Copy => "copy",
            Self::Keep => "keep",
            Self::Quiet => "quiet",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.as_str() == word)
    }

    /// Whether the last word about it is spoken at the old home.
    pub fn is_spoken_at_old_home(self) -> bool {
        matches!(self, Self::Announce | Self::Redirect | Self::Copy)
    }

    /// Whether old addresses lead to the new ones then.
    pub fn redirects(self) -> bool {
        matches!(self, Self::Announce | Self::Redirect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for ending in Ending::ALL {
            assert_eq!(Ending::from_word(ending.as_str()), Some(ending));
        }
        assert_eq!(Ending::from_word(""), None);
    }
}
