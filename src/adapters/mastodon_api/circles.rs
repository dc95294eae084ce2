//! Lists that lead back to a page that was read already would be read for ever.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// Which page of a list follows which, as far as it was seen.
#[derive(Debug, Default)]
pub struct Circles(Mutex<BTreeMap<(String, String), String>>);

impl Circles {
    /// Remembers that `next` follows the page that begins at `place`; whether that leads back to it.
    ///
    /// A page that is read once more is followed by the same one as before, which is no circle.
    pub fn closes(&self, path: &str, place: Option<&str>, next: &str) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = |place: &str| (path.to_owned(), place.to_owned());
        let place = place.unwrap_or_default();
        known.insert(key(place), next.to_owned());
        let mut at = next;
        // Every step leads to another page, unless there is a circle somewhere.
        for _ in 0..=known.len() {
            match known.get(&key(at)) {
                Some(_) if at == place => return true,
                Some(next) => at = next,
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_leads_back_is_noticed_when_it_does_and_one_read_twice_is_not_taken_for_it() {
        let circles = Circles::default();
        for _ in 0..2 {
            assert!(!circles.closes("/list", None, "9"));
            assert!(!circles.closes("/list", Some("9"), "5"));
            assert!(!circles.closes("/other", Some("5"), "9"));
        }
        assert!(circles.closes("/list", Some("5"), "9"));
    }
}
