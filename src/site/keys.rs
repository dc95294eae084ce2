//! RSA-2048 signing keys of our actors. Made with aws-lc-rs: 25 ms instead of seconds.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{SiteError, SiteResult};

/// A fresh pair in PEM: PKCS#8 private, SPKI public.
pub struct PemPair {
    /// `BEGIN PRIVATE KEY`.
    pub private_pem: String,
    /// `BEGIN PUBLIC KEY`.
    pub public_pem: String,
}

/// Makes a key pair.
///
/// # Errors
/// [`SiteError::Internal`] when the crypto library refuses, which it does not.
pub fn generate() -> SiteResult<PemPair> {
    let broken = |_| SiteError::Internal("making a signing key".to_owned());
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(broken)?;
    let private = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(broken)?;
    let public = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).map_err(broken)?;
    Ok(PemPair {
        private_pem: pem("PRIVATE KEY", private.as_ref()),
        public_pem: pem("PUBLIC KEY", public.as_ref()),
    })
}

/// PEM armour, 64 characters a line.
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    out + &format!("-----END {label}-----\n")
}
