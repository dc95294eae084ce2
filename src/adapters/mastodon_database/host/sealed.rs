//! Private keys as the server keeps them since 4.7: encrypted by its framework, with two secrets from the
//! server's environment.
//!
//! Spec: Active Record Encryption, derived keys: AES-256-GCM without additional data; the key is
//! PBKDF2 of the primary key with the salt, 65 536 rounds.

use std::{io::Read, num::NonZeroU32};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    pbkdf2,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

/// Rounds of the derivation.
const ROUNDS: NonZeroU32 = NonZeroU32::new(1 << 16).unwrap();
/// Longest text that is unpacked, in bytes; a key is far shorter.
const LONGEST: u64 = 64 << 10;

/// The two secrets of the server's environment.
#[derive(Clone)]
pub struct Secrets {
    /// `ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY`.
    pub primary_key: String,
    /// `ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT`.
    pub salt: String,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

#[derive(Deserialize)]
struct Envelope {
    p: String,
    h: Headers,
}

#[derive(Deserialize)]
struct Headers {
    iv: String,
    at: String,
    #[serde(default)]
    c: bool,
}

impl Secrets {
    /// Whether they open a column.
    pub fn opens(&self, stored: &str) -> bool {
        self.open(stored).is_some()
    }

    /// Opens a column; nothing when other secrets sealed it, or it is no such column.
    pub(super) fn open(&self, stored: &str) -> Option<String> {
        let envelope: Envelope = serde_json::from_str(stored).ok()?;
        let read = |text: &str| STANDARD.decode(text).ok();
        let nonce: [u8; 12] = read(&envelope.h.iv)?.try_into().ok()?;
        let sealed = [read(&envelope.p)?, read(&envelope.h.at)?].concat();
        // Those written under older settings were derived with the older hash.
        let bytes = [pbkdf2::PBKDF2_HMAC_SHA256, pbkdf2::PBKDF2_HMAC_SHA1].into_iter().find_map(|hash| {
            let mut key = [0; 32];
            pbkdf2::derive(hash, ROUNDS, self.salt.as_bytes(), self.primary_key.as_bytes(), &mut key);
            let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).ok()?);
            let mut sealed = sealed.clone();
            let nonce = Nonce::assume_unique_for_key(nonce);
            Some(key.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?.to_vec())
        })?;
        if !envelope.h.c {
            return String::from_utf8(bytes).ok();
        }
        let mut text = String::new();
        flate2::read::ZlibDecoder::new(&*bytes).take(LONGEST).read_to_string(&mut text).ok()?;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets { primary_key: "a primary key".into(), salt: "a salt".into() }
    }

    #[test]
    fn what_another_program_sealed_in_this_form_opens() {
        for (stored, said) in VECTORS {
            assert_eq!(secrets().open(stored).as_deref(), Some(*said));
        }
    }

    #[test]
    fn other_secrets_and_other_texts_open_nothing() {
        let other = Secrets { salt: "another".into(), ..secrets() };
        assert_eq!(other.open(VECTORS[0].0), None);
        for text in
            ["", "{}", "-----BEGIN RSA PRIVATE KEY-----", r#"{"p":"AA==","h":{"iv":"AA==","at":"AA=="}}"#]
        {
            assert_eq!(secrets().open(text), None);
        }
        assert_eq!(format!("{:?}", secrets()), "Secrets");
    }

    /// Sealed with Node's own cryptography, as documented: short, long and packed, with the older hash.
    const VECTORS: &[(&str, &str)] = &[
        (r#"{"p":"iCTLIPU=","h":{"iv":"AAECAwQFBgcICQoL","at":"p5cf/2S7lQrXEbnZ/UVd3w=="}}"#, "short"),
        (
            r#"{"p":"g9CPna4f7cl2gpCAnzwQ/g==","h":{"iv":"AAECAwQFBgcICQoL","at":"IvQ1TGE2C3coGSeudHVnJA==","c":true}}"#,
            "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word",
        ),
        (r#"{"p":"0Vq6atQ=","h":{"iv":"AAECAwQFBgcICQoL","at":"3GRzq5Vb4KFdtPFfIBByAQ=="}}"#, "older"),
    ];
}
