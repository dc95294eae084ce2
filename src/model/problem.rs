//! The kinds of problem a program meets in our answers: one table for code, pages and documents.

/// Declares the kinds, so that word, status, meaning and who acts cannot drift apart.
macro_rules! kinds {
    ($($name:ident = $status:literal $word:literal, $meaning:literal, $acts:literal;)+) => {
        /// A kind of problem; its word is the last part of the address that explains it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemKind {
            $(#[doc = $meaning] $name,)+
        }

        impl ProblemKind {
            /// All of them, by status.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word in addresses and documents.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The HTTP status it is answered with.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status),+ }
            }

            /// What it means, whatever the single case was.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning),+ }
            }

            /// Who can do something about it, and what.
            pub fn who_acts(self) -> &'static str {
                match self { $(Self::$name => $acts),+ }
            }
        }
    };
}

kinds! {
    BadRequest = 400 "bad-request", "What was sent makes no sense here.",
        "The client: the detail names the field or the rule.";
    NotSignedIn = 401 "not-signed-in", "The address belongs to a signed-in person.",
        "The person: sign in, then ask again with the session cookie.";
    InvalidToken = 401 "invalid-token", "The bearer token is missing, unknown, expired or was taken back.",
        "The client: refresh it, or ask the owner again.";
    BadSignature = 401 "bad-signature", "The request is not signed, or the signature does not hold.",
        "The sending server: sign with the key its actor document shows.";
    StaleForm = 403 "stale-form", "The form, or the X-CSRF-Token, was made for another session.",
        "The person: reload the page. A program: read the token from /api/v1/me again.";
    ForeignForm = 403 "foreign-form", "The form was sent from a page of another site.",
        "The person: open the page here and send it from there.";
    NotYours = 403 "not-yours", "It belongs to another account, and only that account may do this.",
        "The owner of the account.";
    ActorMismatch = 403 "actor-mismatch", "The token is for another account than the one in the address.",
        "The client: use the addresses of the actor the token was given for.";
    InsufficientScope = 403 "insufficient-scope", "The consent behind the token does not include this.",
        "The client: ask the owner for a consent that does.";
    Policy = 403 "policy", "The rules of this server do not let this account leave for that server now.",
        "The admins of this server.";
    NotFound = 404 "not-found", "There is nothing at this address, or nothing the asker may see.",
        "Nobody; both cases get the same words.";
    NoSuchAccount = 404 "no-such-account", "The account is not here any more.",
        "Nobody.";
    Conflict = 409 "conflict", "The thing is in a state that does not allow this.",
        "The asker: read the state and decide anew.";
    NotStarted = 409 "not-started", "Nobody has said yet which account is the new one.",
        "The new home: send it to the start endpoint first.";
    Gone = 410 "gone", "It was here and its owner deleted it.",
        "Nobody.";
    TooLarge = 413 "too-large", "The request is longer than what is taken here.",
        "The client: send less.";
    TooMany = 413 "too-many", "The batch has more entries than what is taken at once.",
        "The client: send several batches.";
    Refused = 422 "refused", "It was understood and cannot be done; the detail says why.",
        "Whoever the detail names.";
    BadClient = 422 "bad-client", "The client does not prove to be the server it says it is.",
        "The admins of the client's server.";
    BadTarget = 422 "bad-target", "The new account cannot be the one an account of this server moves to.",
        "The new home.";
    OtherSide = 422 "other-side", "Another server, or the given file, did not give what was needed.",
        "The side the detail names.";
    TooManyPages = 429 "too-many-pages", "The account has as many pages open as it may that are sent what is new.",
        "The person: close one, or wait until the page loads itself again.";
    TooManyAttempts = 429 "too-many-attempts", "Too many wrong passwords came for this account.",
        "The person: wait a quarter of an hour.";
    TooOften = 429 "too-often", "The same was asked for too often in a short time.",
        "Whoever asked: wait as long as Retry-After says.";
    Internal = 500 "internal", "This server failed; its log says more.",
        "The admins of this server.";
    Busy = 503 "busy", "More of this came at once than this server does at the same time.",
        "Nobody: ask again when Retry-After is over.";
    Later = 503 "later", "Another server that is needed does not answer at the moment.",
        "Nobody: ask again later.";
}

impl ProblemKind {
    /// Where the kinds are explained; the word follows.
    pub const BASE: &'static str = "/godwit/problems/";

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    /// Where this kind is explained, on whatever server answered with it. Spec: RFC 9457 3.1.1.
    pub fn address(self) -> String {
        format!("{}{}", Self::BASE, self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_spelt_with_hyphens_and_reads_back() {
        for kind in ProblemKind::ALL {
            assert!(kind.as_str().chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", kind.as_str());
            assert_eq!(ProblemKind::from_word(kind.as_str()), Some(*kind));
        }
    }

    #[test]
    fn every_kind_has_an_error_status_and_a_sentence() {
        for kind in ProblemKind::ALL {
            assert!((400..600).contains(&kind.status()), "{}", kind.as_str());
            assert!(kind.meaning().ends_with('.') && kind.who_acts().ends_with('.'), "{}", kind.as_str());
        }
    }
}
