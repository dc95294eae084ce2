//! How often a password may be tried: per account and address, so that guessing takes years.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{Site, SiteError, SiteResult};
use crate::{model::id::AccountId, words::text};

/// Tries in a row without the right password; more wait until the time is over.
const TRIES: u32 = 10;
/// Looks at other servers for strangers in the same time; many may share an address.
const LOOKS: u32 = 60;
/// How long tries are remembered, counted from the first of a row.
const REMEMBERED_MICROS: i64 = 15 * 60 * 1_000_000;
/// Rows remembered at most; when there are more, those that are over are forgotten.
const ROWS: usize = 50_000;

/// Tries of late, in memory only: a restart forgives.
#[derive(Default)]
pub(super) struct Attempts {
    rows: Mutex<HashMap<String, (u32, i64)>>,
}

impl Attempts {
    /// Counts a try before it is made, so that many at once count too.
    fn begin(&self, who: &str, now: i64) -> SiteResult<()> {
        self.begin_of(TRIES, who, now)
    }

    /// As [`Attempts::begin`], with another number of tries.
    fn begin_of(&self, most: u32, who: &str, now: i64) -> SiteResult<()> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.len() >= ROWS {
            rows.retain(|_, (_, since)| now - *since < REMEMBERED_MICROS);
        }
        let (tries, since) = rows.entry(who.to_owned()).or_insert((0, now));
        if now - *since >= REMEMBERED_MICROS {
            (*tries, *since) = (0, now);
        }
        if *tries >= most {
            let left = (*since + REMEMBERED_MICROS - now).div_euclid(60_000_000) + 1;
            return Err(SiteError::TooMany(text!("refusals-tried-too-often", left = left.to_string())));
        }
        *tries += 1;
        Ok(())
    }

    /// The right password ends a row.
    fn forgive(&self, who: &str) {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).remove(who);
    }
}

impl Site {
    /// Signs in as [`Site::sign_in`] does, a limited number of times from one address.
    ///
    /// # Errors
    /// [`SiteError::TooMany`] besides those of [`Site::sign_in`].
    pub async fn try_sign_in(
        &self,
        username: &str,
        password: &str,
        from: &str,
    ) -> SiteResult<Option<String>> {
        let who = format!("{} from {from}", username.trim().to_ascii_lowercase());
        self.attempts.begin(&who, self.clock.now_micros())?;
        let token = self.sign_in(username, password).await?;
        if token.is_some() {
            self.attempts.forgive(&who);
        }
        Ok(token)
    }

    /// Counts an account that somebody makes: a limited number from one address.
    pub(super) fn count_sign_up(&self, from: &str) -> SiteResult<()> {
        self.attempts.begin(&format!("a new account from {from}"), self.clock.now_micros())
    }

    /// Counts a look at another server for somebody who is not signed in: a limited number from one address.
    ///
    /// # Errors
    /// [`SiteError::TooMany`].
    pub fn count_look(&self, from: &str) -> SiteResult<()> {
        self.attempts.begin_of(LOOKS, &format!("a look elsewhere from {from}"), self.clock.now_micros())
    }

    /// Counts a try to get in by another way than a password, before it is made.
    ///
    /// # Errors
    /// [`SiteError::TooMany`] after too many.
    pub fn count_try(&self, who: &str) -> SiteResult<()> {
        self.attempts.begin(who, self.clock.now_micros())
    }

    /// Forgets the tries of whoever got in.
    pub fn forgive_tries(&self, who: &str) {
        self.attempts.forgive(who);
    }

    /// Asks a signed-in person for their password once more, a limited number of times. Counted apart from
    /// signing in: strangers who guess must not keep an owner from their own last word.
    ///
    /// # Errors
    /// [`SiteError::TooMany`] besides those of [`Site::check_password`].
    pub async fn confirm_password(&self, account: &AccountId, password: &str) -> SiteResult<bool> {
        let who = format!("{account} signed in");
        self.attempts.begin(&who, self.clock.now_micros())?;
        let fits = self.check_password(account, password).await?;
        if fits {
            self.attempts.forgive(&who);
        }
        Ok(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_wrong_tries_ends_after_its_time() {
        let attempts = Attempts::default();
        for _ in 0..TRIES {
            attempts.begin("ann", 0).unwrap();
        }
        assert!(matches!(attempts.begin("ann", REMEMBERED_MICROS - 1), Err(SiteError::TooMany(_))));
        assert!(attempts.begin("bob", 0).is_ok());
        assert!(attempts.begin("ann", REMEMBERED_MICROS).is_ok());
    }

    #[test]
    fn the_right_password_ends_a_row() {
        let attempts = Attempts::default();
        for _ in 0..3 * TRIES {
            attempts.begin("ann", 0).unwrap();
            attempts.forgive("ann");
        }
    }
}
