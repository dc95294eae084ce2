//! Passwords: argon2id, off the event loop, at most two at a time.

use std::{sync::Arc, time::Duration};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use super::{SiteError, SiteResult};
use crate::words::text;

/// Hashes computed at the same time; more wait. Each takes 19 MiB and a core for some 20 ms.
const AT_ONCE: usize = 2;

/// Those who wait for a place; a crowd of guesses must not pile up.
const WAITING: usize = 64;
/// Longest wait for a place.
const PATIENCE: Duration = Duration::from_secs(20);
/// Shortest password taken.
pub const SHORTEST: usize = 8;

/// The hashing desk.
#[derive(Clone)]
pub(super) struct Passwords {
    desk: Arc<Semaphore>,
    room: Arc<Semaphore>,
}

impl Passwords {
    pub(super) fn new() -> Self {
        Self { desk: Arc::new(Semaphore::new(AT_ONCE)), room: Arc::new(Semaphore::new(AT_ONCE + WAITING)) }
    }

    /// Hashes a password.
    pub(super) async fn hash(&self, password: &str) -> SiteResult<String> {
        if password.chars().count() < SHORTEST {
            return Err(SiteError::Refused(text!(
                "refusals-the-password-needs",
                least = SHORTEST.to_string()
            )));
        }
        let password = password.to_owned();
        self.at_the_desk(move || {
            Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| SiteError::Internal(format!("hashing a password: {error}")))
    }

    /// Whether a password belongs to a hash. `None` (no such account) costs the same time.
    pub(super) async fn fits(&self, password: &str, hash: Option<String>) -> SiteResult<bool> {
        let password = password.to_owned();
        self.at_the_desk(move || {
            let Some(hash) = hash else {
                let _same_time_as_a_real_check = Argon2::default().hash_password(password.as_bytes());
                return false;
            };
            PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
    }

    async fn at_the_desk<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> SiteResult<T> {
        let crowded = || SiteError::Busy(text!("refusals-others-are-signing-in"));
        let _in_line = self.room.try_acquire().map_err(|_| crowded())?;
        let place = tokio::time::timeout(PATIENCE, self.desk.acquire()).await.map_err(|_| crowded())?;
        let _place = place.map_err(|_| SiteError::Internal("shutting down".into()))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| SiteError::Internal(format!("hashing a password: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_crowd_is_told_to_come_back_and_who_waits_gets_an_answer() {
        let passwords = Passwords::new();
        let all = (0..AT_ONCE + WAITING + 10).map(|_| passwords.fits("a long password", None));
        let answers = futures::future::join_all(all).await;
        let busy = answers.iter().filter(|answer| matches!(answer, Err(SiteError::Busy(_)))).count();
        assert_eq!(busy, 10);
        assert!(answers.iter().filter_map(|answer| answer.as_ref().ok()).all(|fits| !fits));
        assert!(passwords.fits("a long password", None).await.is_ok(), "nobody keeps a place");
    }
}
