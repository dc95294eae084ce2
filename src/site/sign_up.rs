//! Accounts that people make themselves.

use super::{
    Site, SiteError, SiteResult,
    accounts::{Account, Role},
};

/// Names offered when one is taken.
const OFFERED: usize = 3;

impl Site {
    /// Makes an account, a limited number of times from one address, where there are fewer than `most`. With
    /// `held_until` nobody sees it, and its name is held until then for the copy that comes.
    ///
    /// # Errors
    /// [`SiteError::Refused`] when the name is taken or malformed, the password is short, or there is no
    /// place; [`SiteError::TooMany`].
    pub async fn sign_up(
        &self,
        (username, password): (&str, &str),
        from: &str,
        most: Option<u64>,
        held_until: Option<i64>,
    ) -> SiteResult<Account> {
        self.count_sign_up(from)?;
        self.make_account(username, password, Role::Member, (most, held_until)).await
    }

    /// Opens a session for somebody whose password was just looked at; gives its token.
    ///
    /// # Errors
    /// [`SiteError::Internal`] when the account is gone again.
    pub async fn first_sign_in(&self, username: &str, password: &str) -> SiteResult<String> {
        let token = self.sign_in(username, password).await?;
        token.ok_or_else(|| SiteError::Internal("the account is gone again".to_owned()))
    }

    /// Names like this one that nobody has.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn free_names(&self, like: &str) -> SiteResult<Vec<String>> {
        let stem: String = near(like).chars().take(24).collect();
        if stem.is_empty() {
            return Ok(Vec::new());
        }
        let mut free = Vec::new();
        for ending in ["_", "2", "_here", "3", "_too", "4", "5"] {
            let name = format!("{stem}{ending}");
            if free.len() < OFFERED && self.name_is_free(&name).await.is_ok() {
                free.push(name);
            }
        }
        Ok(free)
    }
}

/// The name from elsewhere as it would be written here: other servers allow dots and dashes.
pub fn near(name: &str) -> String {
    let lower = name.trim().trim_start_matches('@').to_lowercase();
    let kept = lower.chars().filter_map(|c| match c {
        '.' | '-' | ' ' => Some('_'),
        c if c.is_ascii_alphanumeric() || c == '_' => Some(c),
        _ => None,
    });
    kept.take(30).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_elsewhere_is_written_as_names_are_here() {
        assert_eq!(near("@Ann.Other-One"), "ann_other_one");
        assert_eq!(near("änn"), "nn");
        assert_eq!(near(&"x".repeat(99)).len(), 30);
    }
}
