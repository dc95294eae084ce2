//! How far an account's leaving is at the home it leaves, and the table of its legal steps.

use serde::{Deserialize, Serialize};

use super::transfer::states;

states! {
    /// Where a departure stands.
    DepartureState {
        /// New home named itself; its list is being taken, and all of it is inert.
        Started = "started",
        /// The last word is spoken; it rests until it is due, and can be called off.
        Resting = "resting",
        /// The new objects are looked at; then it is said.
        Announcing = "announcing",
        /// It is said: what was proven leads on.
        Announced = "announced",
        /// The account has gone on from its new home; the objects there are looked at.
        Onward = "onward",
        /// The account lives at a further home now.
        Passed = "passed",
        /// The account came back.
        Returned = "returned",
        /// Called off, or taken back; nothing leads there.
        Withdrawn = "withdrawn",
    }
}

impl DepartureState {
    /// Whether a departure may go from here to `next`.
    pub fn may_become(self, next: Self) -> bool {
        use DepartureState as S;
        match self {
            S::Started => matches!(next, S::Resting | S::Announcing | S::Onward | S::Withdrawn),
            S::Resting => matches!(next, S::Started | S::Announcing | S::Returned | S::Withdrawn),
            S::Announcing => matches!(next, S::Started | S::Announced | S::Returned | S::Withdrawn),
            S::Announced => matches!(next, S::Passed | S::Returned | S::Withdrawn),
            S::Onward => matches!(next, S::Announced | S::Returned | S::Withdrawn),
            S::Passed => matches!(next, S::Onward | S::Returned),
            S::Returned | S::Withdrawn => matches!(next, S::Started | S::Onward),
        }
    }

    /// Whether the owner can still take the last word back as if it had never been said.
    pub fn can_be_called_off(self) -> bool {
        self == Self::Resting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_to_others_is_never_called_off() {
        for state in DepartureState::ALL {
            let is_back = state.may_become(DepartureState::Started);
            let was_said = matches!(state, DepartureState::Announced | DepartureState::Passed);
            assert!(!(is_back && was_said), "{}", state.as_str());
            assert!(DepartureState::ALL.iter().any(|next| state.may_become(*next)), "{}", state.as_str());
        }
    }

    #[test]
    fn what_rests_is_announced_only_by_way_of_another_look() {
        assert!(!DepartureState::Resting.may_become(DepartureState::Announced));
        assert!(DepartureState::Resting.may_become(DepartureState::Announcing));
    }
}
