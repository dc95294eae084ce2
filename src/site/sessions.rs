//! Who is signed in: random tokens in a cookie, only their hash in the database.

use super::{Site, SiteResult, accounts::Account};
use crate::{model::id::AccountId, store::sessions as rows};

/// How long a sign-in lasts: 30 days, in microseconds.
const LASTS_MICROS: i64 = 30 * 24 * 3600 * 1_000_000;
/// How long a typed password counts as fresh: five minutes, in microseconds.
const FRESH_MICROS: i64 = 5 * 60 * 1_000_000;

/// A signed-in person.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who it is.
    pub account: Account,
    /// What every form of theirs must repeat.
    pub csrf: String,
    /// Whether the password was typed within the last five minutes.
    pub is_fresh: bool,
    /// Whether the account is one of the server beside us.
    pub is_guest: bool,
    /// Whether it only opens what was left behind: that server lets the owner in no more.
    pub is_recovered: bool,
}

impl Site {
    /// Signs a person in; the token for their cookie, or `None` when name or password is wrong.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn sign_in(&self, username: &str, password: &str) -> SiteResult<Option<String>> {
        let account = self.account_named(username.trim()).await?;
        let id = account.map_or_else(|| AccountId::from(""), |account| account.id);
        if !self.check_password(&id, password).await? {
            return Ok(None);
        }
        let token = self.clock.secret();
        let now = self.clock.now_micros();
        rows::open(&self.store, hashed(&token), id, self.clock.secret(), now, now + FRESH_MICROS).await?;
        Ok(Some(token))
    }

    /// The person a cookie's token belongs to.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn session(&self, token: &str) -> SiteResult<Option<Session>> {
        let now = self.clock.now_micros();
        let Some(row) = rows::find(&self.store, &hashed(token), now - LASTS_MICROS).await? else {
            return Ok(None);
        };
        let account = self.account(&AccountId::from(row.account_id)).await?;
        Ok(account.map(|account| Session {
            account,
            csrf: row.csrf,
            is_fresh: row.fresh_until > now,
            is_guest: false,
            is_recovered: false,
        }))
    }

    /// Notes that the password was just typed.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn refresh_session(&self, token: &str) -> SiteResult<()> {
        Ok(rows::refresh(&self.store, hashed(token), self.clock.now_micros() + FRESH_MICROS).await?)
    }

    /// Ends a sign-in.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn sign_out(&self, token: &str) -> SiteResult<()> {
        Ok(rows::close(&self.store, hashed(token)).await?)
    }
}

/// What of a token is kept.
pub(crate) fn hashed(token: &str) -> String {
    crate::store::blobs::hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes()).as_ref())
}
