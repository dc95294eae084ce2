//! A pass: one look at the source during a trial, and what it changed in the copy.

use serde::{Deserialize, Serialize};

use super::transfer::states;

states! {
    /// How far a pass has come.
    PassState {
        /// Its owner wants it; it has not begun.
        Waiting = "waiting",
        /// What the source states is compared with what is held here.
        Comparing = "comparing",
        /// What differs is brought, written over and taken away.
        Applying = "applying",
        /// The last comparison found nothing new.
        Done = "done",
        /// It could not be finished; `problem` says why, and a later one finds what it left.
        Failed = "failed",
        /// The trial was over before it.
        Ended = "ended",
    }
}

impl PassState {
    /// Whether a pass may go from here to `next`.
    pub fn may_become(self, next: Self) -> bool {
        use PassState as S;
        match self {
            S::Waiting => matches!(next, S::Comparing | S::Ended),
            S::Comparing => matches!(next, S::Applying | S::Done | S::Failed | S::Ended),
            S::Applying => matches!(next, S::Comparing | S::Failed | S::Ended),
            S::Done | S::Failed | S::Ended => false,
        }
    }

    /// Whether it still has something to do.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Comparing | Self::Applying)
    }
}

states! {
    /// Why somebody looks.
    PassReason {
        /// A day has gone by.
        Daily = "daily",
        /// The owner pressed the button.
        Asked = "asked",
        /// The owner said keep or announce: one last look before.
        Last = "last",
    }
}

/// One look at the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Pass {
    /// Counts a transfer's passes from 1.
    pub number: u64,
    /// Why it is made.
    pub why: PassReason,
    /// How far it has come.
    pub state: PassState,
    /// Comparisons made so far.
    pub rounds: u32,
    /// Number of the last inventory that was asked for.
    pub inventory: u32,
    /// What was found of all rounds together.
    pub found: Found,
    /// Why it failed or what still changes, in a sentence.
    pub problem: Option<String>,
    /// When it began, in microseconds since 1970.
    pub started_at: i64,
    /// When it ended.
    pub ended_at: Option<i64>,
}

/// What a pass found at the source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Found {
    /// New there.
    pub added: u64,
    /// Changed there.
    pub changed: u64,
    /// Gone there.
    pub gone: u64,
    /// Of these, left as their owner made them here.
    pub own: u64,
}

impl Found {
    /// Whether there was nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            added: self.added + other.added,
            changed: self.changed + other.changed,
            gone: self.gone + other.gone,
            own: self.own + other.own,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_and_every_open_state_has_a_way_on_and_out() {
        for state in PassState::ALL {
            assert_eq!(PassState::from_word(state.as_str()), Some(*state));
            let can = |next: PassState| state.may_become(next);
            assert_eq!(PassState::ALL.iter().any(|next| can(*next)), state.is_open(), "{}", state.as_str());
            assert_eq!(can(PassState::Ended), state.is_open(), "a trial may be over at any time");
        }
        for why in PassReason::ALL {
            assert_eq!(PassReason::from_word(why.as_str()), Some(*why));
        }
    }
}
