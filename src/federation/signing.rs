//! Signatures on what we send. Spec: draft-cavage-http-signatures-12 as the fediverse uses it.
//!
//! `rsa-sha256` over `(request-target) host date`, with `digest content-type` for a POST.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::{digest, rand::SystemRandom, rsa::KeyPair, signature::RSA_PKCS1_SHA256};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use url::Url;

use crate::{
    model::actor::authority,
    port::remote::{RemoteError, Signer},
    wire::seal::pem_bytes,
};

/// Parsed keys kept at most; past it all are parsed anew. Parsing costs as much as signing.
const KEYS_KEPT: usize = 256;

/// What is signed.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Where it goes.
    pub url: &'a Url,
    /// Bytes and type of a POST; `None` for a GET.
    pub body: Option<(&'a [u8], &'a str)>,
    /// Microseconds since 1970.
    pub now_micros: i64,
}

/// Signs, and keeps parsed keys.
#[derive(Default)]
pub struct Signatures {
    keys: Mutex<HashMap<Vec<u8>, Arc<KeyPair>>>,
}

impl Signatures {
    /// The headers that make a message a signed one: `date`, `digest` (for a body) and `signature`.
    ///
    /// # Errors
    /// [`RemoteError::Signing`] when the key cannot be used.
    pub fn sign(
        &self,
        signer: &Signer,
        message: Message<'_>,
    ) -> Result<Vec<(&'static str, String)>, RemoteError> {
        let date = http_date(message.now_micros);
        let method = if message.body.is_some() { "post" } else { "get" };
        let mut covered = vec![
            ("(request-target)", format!("{method} {}", request_target(message.url))),
            ("host", authority(message.url)),
            ("date", date.clone()),
        ];
        let mut headers = vec![("date", date)];
        if let Some((bytes, content_type)) = message.body {
            let digest = digest_of(bytes);
            covered.push(("digest", digest.clone()));
            covered.push(("content-type", content_type.to_owned()));
            headers.push(("digest", digest));
        }
        let names: Vec<&str> = covered.iter().map(|(name, _)| *name).collect();
        let signature = self.signature(signer, &signing_string(&covered))?;
        headers.push((
            "signature",
            format!(
                "keyId=\"{}\",algorithm=\"rsa-sha256\",headers=\"{}\",signature=\"{signature}\"",
                signer.key_id,
                names.join(" "),
            ),
        ));
        Ok(headers)
    }

    fn signature(&self, signer: &Signer, text: &str) -> Result<String, RemoteError> {
        let key = self.key(signer)?;
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(|_| RemoteError::Signing(format!("the key {} does not sign", signer.key_id)))?;
        Ok(STANDARD.encode(signature))
    }

    fn key(&self, signer: &Signer) -> Result<Arc<KeyPair>, RemoteError> {
        let name = format!("{}\n{}", signer.key_id, signer.private_key_pem);
        let name = digest::digest(&digest::SHA256, name.as_bytes()).as_ref().to_vec();
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = keys.get(&name) {
            return Ok(Arc::clone(key));
        }
        let broken = || RemoteError::Signing(format!("the key {} cannot be read", signer.key_id));
        let der = pem_bytes(&signer.private_key_pem).ok_or_else(broken)?;
        let key = Arc::new(KeyPair::from_pkcs8(&der).map_err(|_| broken())?);
        if keys.len() >= KEYS_KEPT {
            keys.clear();
        }
        keys.insert(name, Arc::clone(&key));
        Ok(key)
    }
}

/// The text a signature covers: one `name: value` a line.
pub(super) fn signing_string(covered: &[(&str, String)]) -> String {
    covered.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
}

/// Path and query as they stand in the request line.
fn request_target(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

/// The `Digest` of a body.
pub(super) fn digest_of(bytes: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(digest::digest(&digest::SHA256, bytes)))
}

/// A time as HTTP writes it.
pub(super) fn http_date(micros: i64) -> String {
    let time = DateTime::<Utc>::from_timestamp_micros(micros).unwrap_or(DateTime::UNIX_EPOCH);
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Reads a time as HTTP writes it, in microseconds since 1970.
pub(super) fn read_http_date(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc2822(text.trim()).ok().map(|time| time.timestamp_micros())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{federation::test_keys, port::clock::Clock};

    #[test]
    fn a_time_is_written_as_http_wants_it_and_read_back() {
        let text = http_date(1_445_412_480_000_000);
        assert_eq!(text, "Wed, 21 Oct 2015 07:28:00 GMT");
        assert_eq!(read_http_date(&text), Some(1_445_412_480_000_000));
    }

    #[test]
    fn an_independent_reader_builds_the_same_text_and_finds_the_signature_good() {
        let (signer, public) = test_keys::pair("https://old.example/users/ann");
        let url = Url::parse("https://new.example/inbox?a=b").unwrap();
        let now_micros = crate::port::clock::SystemClock.now_micros();
        let body: (&[u8], &str) = (b"{}", "application/activity+json");
        let signed =
            Signatures::default().sign(&signer, Message { url: &url, body: Some(body), now_micros }).unwrap();
        let mut headers: BTreeMap<String, String> =
            signed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        headers.insert("host".into(), "new.example".into());
        headers.insert("content-type".into(), body.1.into());
        let unverified = http_signature_normalization::Config::new()
            .mastodon_compat()
            .require_digest()
            .begin_verify("POST", "/inbox?a=b", headers)
            .unwrap();
        assert_eq!(unverified.key_id(), signer.key_id);
        let is_good = unverified.verify(|signature, text| {
            test_keys::is_good(&public, text, &STANDARD.decode(signature).unwrap())
        });
        assert!(is_good);
    }

    #[test]
    fn a_key_that_is_none_is_named_and_not_shown() {
        let signer = Signer { key_id: "https://a.example/u#main-key".into(), private_key_pem: "hush".into() };
        let url = Url::parse("https://new.example/").unwrap();
        let error = Signatures::default()
            .sign(&signer, Message { url: &url, body: None, now_micros: 0 })
            .unwrap_err();
        assert!(error.to_string().contains("main-key") && !error.to_string().contains("hush"));
    }
}
