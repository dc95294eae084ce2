//! Accounts that people make themselves.

use super::{Site, SiteError, SiteResult, accounts::Role};

/// Names offered when one is taken.
const OFFERED: usize = 3;

impl Site {
    /// Makes an account and signs in, a limited number of times from one address; gives the session's token.
    ///
    /// # Errors
    /// [`SiteError::Refused`] when the name is taken or malformed, or the password is short;
    /// [`SiteError::TooMany`].
    pub async fn sign_up(&self, username: &str, password: &str, from: &str) -> SiteResult<String> {
        self.count_sign_up(from)?;
        self.create_account(username, password, Role::Member).await?;
        let token = self.sign_in(username, password).await?;
        token.ok_or_else(|| SiteError::Internal("the account is gone again".to_owned()))
    }

    /// Names like this one that nobody has.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn free_names(&self, like: &str) -> SiteResult<Vec<String>> {
        let shaped = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
        let stem: String = like.trim().to_ascii_lowercase().chars().filter(shaped).take(24).collect();
        if stem.is_empty() {
            return Ok(Vec::new());
        }
        let mut free = Vec::new();
        for ending in ["_", "2", "_here", "3", "_too", "4", "5"] {
            let name = format!("{stem}{ending}");
            if free.len() < OFFERED && self.account_named(&name).await?.is_none() {
                free.push(name);
            }
        }
        Ok(free)
    }
}
