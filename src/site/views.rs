//! Signed, short-lived addresses of private files: `?view=<expiry>.<seal>`.
//!
//! Files are served without looking at cookies, so an address alone must carry the right to see it.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use url::Url;

use super::{Site, SiteResult};

/// How long a view lasts at least, in seconds.
const LASTS_SECONDS: i64 = 3600;
/// Expiries are rounded up to this many seconds, so that a page shown twice has the same addresses.
const STEP_SECONDS: i64 = 600;

/// The key that seals views; made from the server's own key, so it outlives a restart.
#[derive(Clone)]
pub struct ViewKey(hmac::Key);

impl ViewKey {
    /// Derives the key from a secret of the server.
    fn derive(secret: &str) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let derived = hmac::sign(&root, b"godwit: views of private media, 1");
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// A token for one file.
    pub fn token(&self, media_id: &str, now_micros: i64) -> String {
        let soonest = now_micros.div_euclid(1_000_000) + LASTS_SECONDS;
        let expires = (soonest.div_euclid(STEP_SECONDS) + 1) * STEP_SECONDS;
        let seal = hmac::sign(&self.0, sealed(media_id, expires).as_bytes());
        format!("{expires}.{}", URL_SAFE_NO_PAD.encode(seal.as_ref()))
    }

    /// Whether a token is good for this file now.
    pub fn fits(&self, media_id: &str, token: &str, now_micros: i64) -> bool {
        let Some((expires, seal)) = token.split_once('.') else {
            return false;
        };
        let (Ok(expires), Ok(seal)) = (expires.parse::<i64>(), URL_SAFE_NO_PAD.decode(seal)) else {
            return false;
        };
        let is_ours = hmac::verify(&self.0, sealed(media_id, expires).as_bytes(), &seal).is_ok();
        is_ours && now_micros.div_euclid(1_000_000) < expires
    }

    /// An address with a token added.
    pub fn seal(&self, mut url: Url, media_id: &str, now_micros: i64) -> Url {
        url.query_pairs_mut().append_pair("view", &self.token(media_id, now_micros));
        url
    }
}

/// What is sealed: the expiry stands first, so no id can pretend to contain another.
fn sealed(media_id: &str, expires: i64) -> String {
    format!("{expires}:{media_id}")
}

impl Site {
    /// The key that seals views of private files.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn view_key(&self) -> SiteResult<ViewKey> {
        let (private_pem, _) = self.host_key().await?;
        Ok(ViewKey::derive(&private_pem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_fits_its_own_file_until_it_expires() {
        let key = ViewKey::derive("secret");
        let now = 1_700_000_000_000_000;
        let token = key.token("file-1", now);
        assert!(key.fits("file-1", &token, now));
        assert!(key.fits("file-1", &token, now + (LASTS_SECONDS - 1) * 1_000_000));
        assert!(!key.fits("file-2", &token, now), "it fits another file");
        let late = now + (LASTS_SECONDS + STEP_SECONDS + 1) * 1_000_000;
        assert!(!key.fits("file-1", &token, late), "it never expires");
    }

    #[test]
    fn a_view_that_was_tampered_with_is_refused() {
        let key = ViewKey::derive("secret");
        let token = key.token("file-1", 0);
        let (expires, seal) = token.split_once('.').unwrap();
        let later = expires.parse::<i64>().unwrap() + 9999;
        for forged in [format!("{later}.{seal}"), format!("{expires}."), seal.to_owned(), String::new()] {
            assert!(!key.fits("file-1", &forged, 0), "{forged}");
        }
        assert!(!ViewKey::derive("another").fits("file-1", &token, 0));
    }
}
