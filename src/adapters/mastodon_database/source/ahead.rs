//! Posts read ahead: while one page is put into words the database looks for the next one. Only for whoever
//! has asked for two pages in a row; over the wire every page is asked of a source of its own.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::posts::Found;

/// Where a page begins and how many posts it has.
pub(super) type At = (String, usize);

#[derive(Default)]
struct State {
    /// What would be asked for by somebody who goes on.
    expected: Option<At>,
    found: Option<(At, Found)>,
}

/// The page after the last one.
#[derive(Default)]
pub(super) struct Ahead(Mutex<State>);

impl Ahead {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was found for a page, and whether it is the one after the last.
    pub(super) fn take(&self, at: &At) -> (Option<Found>, bool) {
        let mut state = self.state();
        let found = state.found.take().filter(|(known, _)| known == at);
        (found.map(|(_, found)| found), state.expected.as_ref() == Some(at))
    }

    /// The page that follows, and what was found for it, if it was looked for.
    pub(super) fn expect(&self, at: Option<At>, found: Option<Found>) {
        let mut state = self.state();
        state.found = at.clone().zip(found);
        state.expected = at;
    }
}
