//! What ties an account to somebody, and that somebody's server has to be told of.

use serde::{Deserialize, Serialize};

use super::follow::FollowOptions;

/// A tie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// They are followed.
    Follow(FollowOptions),
    /// They are blocked.
    Block,
}

impl Tie {
    /// The word used in storage.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Follow(_) => "follow",
            Self::Block => "block",
        }
    }

    /// From what is stored; nothing for a word that is not known.
    pub fn from_stored(word: &str, options: &str) -> Option<Self> {
        match word {
            "follow" => Some(Self::Follow(serde_json::from_str(options).unwrap_or_default())),
            "block" => Some(Self::Block),
            _ => None,
        }
    }

    /// What was chosen about it, as it is stored.
    pub fn options(&self) -> String {
        match self {
            Self::Follow(options) if !options.is_usual() => {
                serde_json::to_string(options).unwrap_or_default()
            }
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_reads_back_as_it_was_stored() {
        let chosen = FollowOptions { shows_boosts: false, ..FollowOptions::default() };
        for tie in [Tie::Block, Tie::Follow(FollowOptions::default()), Tie::Follow(chosen)] {
            assert_eq!(Tie::from_stored(tie.as_str(), &tie.options()), Some(tie));
        }
        assert_eq!(Tie::from_stored("mute", ""), None);
    }
}
