//! What can be said of a move before it begins: how large it is, and what the followers' servers will do.

use serde::{Deserialize, Serialize};

/// An account in a few numbers, as its server tells them to the holder of a permission to read.
/// Followers are counted by server; who they are stays at Old home.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Outline {
    /// Length of all files together, in bytes.
    pub media_bytes: Option<u64>,
    /// Followers in all.
    pub followers: Option<u64>,
    /// Posts and boosts together, as Old home's profile page counts them.
    #[serde(default)]
    pub posts_about: Option<u64>,
    /// How long reading the account takes, in seconds, where the source knows its own pace.
    #[serde(default)]
    pub seconds: Option<u64>,
    /// Followers by server, most first; smaller servers may be missing.
    #[serde(default)]
    pub servers: Vec<ServerShare>,
}

/// How many followers live on one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ServerShare {
    /// The server's name as it stands in handles.
    pub host: String,
    /// How many of the followers are there.
    pub followers: u64,
}

/// What will happen to the followers on a server, as far as public facts tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Prospect {
    /// Its software follows a Move by itself.
    FollowsByItself,
    /// Its people see the move, or nothing at all, and must follow anew themselves.
    MustClick,
    /// It refuses our server: its people cannot follow there at all.
    BlocksUs,
    /// It does not answer.
    Dead,
}

impl Prospect {
    /// All of them, best first.
    pub const ALL: [Self; 4] = [Self::FollowsByItself, Self::MustClick, Self::BlocksUs, Self::Dead];

    /// The word used in storage and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FollowsByItself => "follows_by_itself",
            Self::MustClick => "must_click",
            Self::BlocksUs => "blocks_us",
            Self::Dead => "dead",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|prospect| prospect.as_str() == word)
    }
}

/// What a look at a server brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// Name and version it gives itself, where it does.
    pub software: Option<String>,
    /// What will happen to followers there.
    pub prospect: Prospect,
    /// Why this is to be expected; a sentence.
    pub why: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prospect_reads_back() {
        for prospect in Prospect::ALL {
            assert_eq!(Prospect::from_word(prospect.as_str()), Some(prospect));
            assert_eq!(serde_json::json!(prospect), prospect.as_str());
        }
    }
}
