//! What a token may be used for: two scopes, and neither implies the other.

/// What an owner is asked to allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Read the account. Spec: LOLA 0.3, Authorization.
    Read,
    /// Give back the list of new addresses (our extension).
    HandOver,
}

impl Scope {
    /// Both, as documents list them.
    pub const ALL: [Self; 2] = [Self::Read, Self::HandOver];

    /// The word on the wire and in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "activitypub_account_portability",
            Self::HandOver => "godwit_hand_over",
        }
    }

    /// Reads a request's `scope`. Exactly one: each is a consent of its own.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scope_reads_back_and_two_at_once_are_refused() {
        for scope in Scope::ALL {
            assert_eq!(Scope::from_word(scope.as_str()), Some(scope));
        }
        assert_eq!(Scope::from_word("activitypub_account_portability godwit_hand_over"), None);
    }
}
