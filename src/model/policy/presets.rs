//! Four policies to begin with.

use serde::{Deserialize, Serialize};

use super::{Approval, Arrivals, Departures, Limits, Policy, Rule, RuleWord, Terms};

/// A policy with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// Anyone comes and goes.
    Open,
    /// Anyone may ask to come, and is looked at; anyone goes.
    Careful,
    /// Nobody comes or goes.
    Closed,
    /// This server ends: nobody comes, everybody goes, also those under a sanction.
    Closing,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Careful, Self::Closed, Self::Closing];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Careful => "careful",
            Self::Closed => "closed",
            Self::Closing => "closing",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// The rules; lists that an admin made (blocked servers, exceptions, invitations) stay as they are in `now`.
    pub fn policy(self, now: &Policy) -> Policy {
        let (nobody, anyone) = (Rule::Word(RuleWord::Nobody), Rule::Word(RuleWord::Anyone));
        let (comes, goes) = match self {
            Self::Open | Self::Careful => (anyone.clone(), anyone),
            Self::Closed => (nobody.clone(), nobody),
            Self::Closing => (nobody, anyone),
        };
        let approval = Approval { always: self == Self::Careful, ..Approval::default() };
        let limits = match self {
            Self::Careful => Limits {
                posts: Some(200_000),
                media_bytes: Some(20 << 30),
                accounts_per_day: Some(20),
                free_disk_bytes: Some(2 << 30),
                ..Limits::default()
            },
            Self::Open => Limits { free_disk_bytes: Some(1 << 30), ..Limits::default() },
            Self::Closed | Self::Closing => Limits::default(),
        };
        let cool_down_days = match self {
            Self::Open | Self::Closing => 0,
            Self::Careful | Self::Closed => 30,
        };
        let mut leaving = now.departures.terms.clone();
        leaving.cool_down_days = if self == Self::Careful { 7 } else { 0 };
        leaving.sanctioned_may_leave = matches!(self, Self::Closing);
        let coming = now.arrivals.terms.clone();
        Policy {
            arrivals: Arrivals { who: comes, terms: Terms { cool_down_days, approval, limits, ..coming } },
            departures: Departures { who: goes, terms: leaving },
        }
    }
}
