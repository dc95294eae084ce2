//! Keys for the tests of this folder.

use std::sync::LazyLock;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey},
};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::port::remote::Signer;
use crate::wire::seal::pem_bytes;

struct Pems {
    private: String,
    spki: String,
    pkcs1: String,
}

static FIRST: LazyLock<Pems> = LazyLock::new(make);
static SECOND: LazyLock<Pems> = LazyLock::new(make);

fn make() -> Pems {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let private = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
    let spki = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).unwrap();
    Pems {
        private: pem("PRIVATE KEY", private.as_ref()),
        spki: pem("PUBLIC KEY", spki.as_ref()),
        pkcs1: pem("RSA PUBLIC KEY", pair.public_key().as_ref()),
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

/// A signer of an actor and its public key.
pub(crate) fn pair(actor: &str) -> (Signer, String) {
    let signer =
        Signer { key_id: format!("{actor}#main-key"), private_key_pem: FIRST.private.as_str().into() };
    (signer, FIRST.spki.clone())
}

/// The public key of [`pair`] in its older form.
pub(crate) fn pkcs1() -> String {
    FIRST.pkcs1.clone()
}

/// Somebody else's public key.
pub(crate) fn another() -> String {
    SECOND.spki.clone()
}

/// Checks a signature without our own code.
pub(crate) fn is_good(public: &str, text: &str, signature: &[u8]) -> bool {
    let der = pem_bytes(public).unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der).verify(text.as_bytes(), signature).is_ok()
}
