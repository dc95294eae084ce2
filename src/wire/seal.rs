//! A statement with a signature over its canonical text, checked with nothing but a public key.

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

pub use crate::model::seal::{Seal, Sealed};
use crate::model::{canonical, digest::Digest};

/// The one algorithm we sign with. Spec: RFC 8017 8.2 with SHA-256.
pub const ALGORITHM: &str = "rsa-v1_5-sha256";

/// Seals a statement with a PKCS#8 key in PEM.
///
/// # Errors
/// A sentence that names the key and does not show it.
pub fn seal(statement: Value, key_id: &str, private_key_pem: &str) -> Result<Sealed, String> {
    let unusable = || format!("the key {key_id} cannot be used");
    let der = pem_bytes(private_key_pem).ok_or_else(unusable)?;
    let key = KeyPair::from_pkcs8(&der).map_err(|_| unusable())?;
    let mut value = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), canonical::text(&statement).as_bytes(), &mut value)
        .map_err(|_| unusable())?;
    let signature =
        Seal { key_id: key_id.to_owned(), algorithm: ALGORITHM.to_owned(), value: STANDARD.encode(value) };
    Ok(Sealed { statement, signature })
}

impl Sealed {
    /// Checks the signature with a public key in PEM (`BEGIN PUBLIC KEY`).
    ///
    /// # Errors
    /// A sentence that says what does not fit.
    pub fn check(&self, public_key_pem: &str) -> Result<(), String> {
        if self.signature.algorithm != ALGORITHM {
            return Err(format!("it is signed with {}, which is not understood", self.signature.algorithm));
        }
        let key = pem_bytes(public_key_pem).ok_or("the public key is none")?;
        let value = STANDARD.decode(&self.signature.value).map_err(|_| "the signature is not base64")?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
            .verify(canonical::text(&self.statement).as_bytes(), &value)
            .map_err(|_| "the signature does not fit the statement and the key".to_owned())
    }
}

/// The public half of a PKCS#8 key, in PEM.
///
/// # Errors
/// A sentence that does not show the key.
pub fn public_pem(private_key_pem: &str) -> Result<String, String> {
    let unusable = || "the key cannot be used".to_owned();
    let der = pem_bytes(private_key_pem).ok_or_else(unusable)?;
    let key = KeyPair::from_pkcs8(&der).map_err(|_| unusable())?;
    let public = AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key()).map_err(|_| unusable())?;
    Ok(format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        STANDARD.encode(public.as_ref())
    ))
}

/// The SHA-256 of a public key: short enough to be compared by people.
pub fn fingerprint(public_key_pem: &str) -> Option<Digest> {
    pem_bytes(public_key_pem).map(|der| Digest::of(&der))
}

/// The bytes inside PEM armour of whatever label.
pub fn pem_bytes(pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (_label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    let text: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::site::keys;

    #[test]
    fn what_was_signed_holds_and_nothing_else_does() {
        let (pair, other) = (keys::generate().unwrap(), keys::generate().unwrap());
        let sealed =
            seal(json!({"posts": 7}), "https://old.example/actor#main-key", &pair.private_pem).unwrap();
        let text = serde_json::to_string(&sealed).unwrap();
        let mut read: Sealed = serde_json::from_str(&text).unwrap();
        assert_eq!(read.check(&pair.public_pem), Ok(()));
        assert_eq!(read.check(&public_pem(&pair.private_pem).unwrap()), Ok(()));
        assert!(read.check(&other.public_pem).is_err());
        assert!(read.check("no key").is_err());
        read.statement = json!({"posts": 8});
        assert!(read.check(&pair.public_pem).is_err());
        let weak =
            Sealed { signature: Seal { algorithm: "none".into(), ..sealed.signature.clone() }, ..sealed };
        assert!(weak.check(&pair.public_pem).is_err());
    }

    #[test]
    fn a_key_that_cannot_be_used_is_named_and_not_shown() {
        let why = seal(json!({}), "https://old.example/actor#main-key", "hush").unwrap_err();
        assert!(why.contains("main-key") && !why.contains("hush"));
    }
}
