//! Whom the door let in a moment ago: a copy asks for its files by the thousand, and each would ask the
//! database who its bearer is, whose the account, and what the rules say.
//!
//! What was found out holds until anything is committed, and for a second at most: a change made by
//! another program (a command, the server beside us) is obeyed from then on. The account itself is opened for
//! every question: whoever reads a server beside us holds one of its few connections while it is open.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::{app::App, port::host::HostAccount, transfer::tokens::Grant};

/// How long something is known at most, in microseconds.
const KNOWN: i64 = 1_000_000;
/// Bearers remembered at most.
const MOST: usize = 1_000;

/// What stands behind the door for one bearer.
#[derive(Clone)]
pub(super) struct Known {
    /// What the token is good for.
    pub(super) grant: Grant,
    /// Whose it is.
    pub(super) account: HostAccount,
}

/// When something was found out: after how many commits, and at what time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    commits: u64,
    at: i64,
}

impl Found {
    /// Now; to be taken before the database is asked.
    pub(super) fn now(app: &App) -> Self {
        Self { commits: app.store.commit_count(), at: app.clock.now_micros() }
    }

    fn holds(self, now: Self) -> bool {
        self.commits == now.commits && (self.at..self.at.saturating_add(KNOWN)).contains(&now.at)
    }
}

/// Who was let in, by the hash of their token and the name they asked for.
#[derive(Default)]
pub(super) struct Doors {
    known: Mutex<HashMap<(String, String), (Found, Known)>>,
}

impl Doors {
    /// What is known of a bearer, if it still holds.
    pub(super) fn find(&self, who: &(String, String), now: Found) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(who).filter(|(found, _)| found.holds(now)).map(|(_, known)| known.clone())
    }

    /// Remembers a bearer who was let in.
    pub(super) fn remember(&self, who: (String, String), found: Found, one: Known) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(who, (found, one));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_or_a_second_ends_what_is_known() {
        let found = Found { commits: 7, at: 5 };
        assert!(found.holds(found) && found.holds(Found { at: 4 + KNOWN, ..found }));
        for later in
            [Found { commits: 8, ..found }, Found { at: 5 + KNOWN, ..found }, Found { at: 4, ..found }]
        {
            assert!(!found.holds(later), "{later:?}");
        }
    }
}
