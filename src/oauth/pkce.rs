//! Proof that whoever redeems a code is whoever asked for it. Spec: RFC 7636, S256 only.

use aws_lc_rs::{
    constant_time,
    digest::{SHA256, digest},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The verifier made from a secret; the same secret gives the same verifier.
pub fn verifier(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, format!("pkce verifier {secret}").as_bytes()))
}

/// The challenge that is sent with the request.
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// Whether a text can be a challenge: 256 bits, URL-safe.
pub fn is_challenge(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// Whether a verifier belongs to a challenge; takes the same time whatever the answer.
pub fn fits(challenge_kept: &str, verifier: &str) -> bool {
    let shaped = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
    (43..=128).contains(&verifier.len())
        && verifier.chars().all(shaped)
        && constant_time::verify_slices_are_equal(challenge_kept.as_bytes(), challenge(verifier).as_bytes())
            .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc_holds() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(is_challenge(&challenge(verifier)));
    }

    #[test]
    fn only_the_verifier_of_a_challenge_fits_it() {
        let ours = verifier("a secret");
        assert!(fits(&challenge(&ours), &ours));
        assert!(!fits(&challenge(&ours), &verifier("another")));
        assert!(!fits(&challenge("short"), "short"), "a guessable verifier is refused");
    }
}
