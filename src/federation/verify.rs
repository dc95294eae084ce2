//! Signatures on what we hear. Spec: draft-cavage-http-signatures-12, with what it leaves to the reader
//! made strict: what must be covered, for whom, and when.

use std::collections::BTreeMap;

use aws_lc_rs::{
    digest,
    signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256},
};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::signing::{read_http_date, signing_string};
use crate::wire::seal::pem_bytes;

/// How far a sender's clock may be ahead, in microseconds: one hour.
pub const AHEAD_MICROS: i64 = 3600 * 1_000_000;
/// How old a signature may be, in microseconds: one hour and five minutes. Older ones are refused,
/// which bounds how long a captured request can be replayed.
pub const BACK_MICROS: i64 = 3900 * 1_000_000;

/// Why a signature is not believed. The sentence goes to the sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is none.
    #[error("the request is not signed")]
    Missing,
    /// It cannot be read.
    #[error("the signature header cannot be read: {0}")]
    Malformed(String),
    /// Something that matters is outside of it.
    #[error("the signature does not cover {0}")]
    NotCovered(&'static str),
    /// It covers a header that was not sent.
    #[error("the signature covers {0}, which was not sent")]
    NotSent(String),
    /// It was made for another server.
    #[error("the request was signed for another host")]
    OtherHost,
    /// It is too old or from the future.
    #[error("the signature's time is not now; check the clock of your server")]
    Stale,
    /// The body is not the one signed.
    #[error("the digest is missing or not that of the body")]
    Digest,
    /// An algorithm we do not take.
    #[error("the algorithm {0} is not taken; use rsa-sha256")]
    Algorithm(String),
    /// The key is no RSA key of 2048 bits or more in PEM.
    #[error("the sender's public key cannot be read")]
    Key,
    /// The key does not fit.
    #[error("the signature does not fit the sender's key")]
    Wrong,
    /// The key is not that actor's.
    #[error("the key {0} is not published by the actor it should belong to")]
    KeyOfAnother(String),
}

/// A signature whose frame is in order; only the key is missing.
#[derive(Debug, Clone)]
pub struct Claim {
    key_id: String,
    text: String,
    signature: Vec<u8>,
}

impl Claim {
    /// The key that is claimed to have signed.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Whether the key signed this.
    ///
    /// # Errors
    /// [`Refusal::Key`] or [`Refusal::Wrong`].
    pub fn verify(&self, pem: &str) -> Result<(), Refusal> {
        // Takes the DER of both PEM labels: SubjectPublicKeyInfo and PKCS#1.
        let der = pem_bytes(pem).ok_or(Refusal::Key)?;
        let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der).map_err(|_| Refusal::Key)?;
        key.verify_sig(self.text.as_bytes(), &self.signature).map_err(|_| Refusal::Wrong)
    }
}

/// Reads a request's signature and checks everything that needs no key.
///
/// # Shape
/// `headers`: names in lower case, several values joined by a comma. `our_domain`: host (and port) of our
/// own address; a proxy must hand the `Host` header through.
///
/// # Errors
/// [`Refusal`], whose sentence may be sent back.
pub fn claim(
    method: &str,
    path_and_query: &str,
    headers: &BTreeMap<String, String>,
    body: &[u8],
    our_domain: &str,
    now_micros: i64,
) -> Result<Claim, Refusal> {
    let parameters = parameters(header(headers)?)?;
    let parameter = |name: &str| parameters.get(name).map(String::as_str);
    let algorithm = parameter("algorithm").unwrap_or("hs2019").to_ascii_lowercase();
    if !matches!(algorithm.as_str(), "rsa-sha256" | "hs2019") {
        return Err(Refusal::Algorithm(algorithm));
    }
    let key_id = parameter("keyid").ok_or_else(|| Refusal::Malformed("no keyId".into()))?;
    let signature = parameter("signature").ok_or_else(|| Refusal::Malformed("no signature".into()))?;
    let signature =
        STANDARD.decode(signature).map_err(|_| Refusal::Malformed("signature is not base64".into()))?;
    let names = parameter("headers").unwrap_or("date").to_ascii_lowercase();
    let names: Vec<&str> = names.split_ascii_whitespace().collect();
    let has = |name: &str| names.contains(&name);

    let is_post = method.eq_ignore_ascii_case("post");
    let must = [("(request-target)", true), ("host", true), ("digest", is_post)];
    if let Some((name, _)) = must.into_iter().find(|(name, is_needed)| *is_needed && !has(name)) {
        return Err(Refusal::NotCovered(name));
    }
    if !has("date") && !has("(created)") {
        return Err(Refusal::NotCovered("date"));
    }
    if algorithm == "rsa-sha256" && (has("(created)") || has("(expires)")) {
        return Err(Refusal::Malformed("(created) and (expires) do not go with rsa-sha256".into()));
    }

    let mut covered = Vec::with_capacity(names.len());
    for name in &names {
        let value = match *name {
            "(request-target)" => Some(format!("{} {path_and_query}", method.to_ascii_lowercase())),
            "(created)" => parameter("created").map(str::to_owned),
            "(expires)" => parameter("expires").map(str::to_owned),
            name => headers.get(name).map(|value| value.trim().to_owned()),
        };
        covered.push((*name, value.ok_or_else(|| Refusal::NotSent((*name).to_owned()))?));
    }
    for (name, value) in &covered {
        match *name {
            "host" if !is_host(value, our_domain) => return Err(Refusal::OtherHost),
            "date" => is_now(read_http_date(value), now_micros)?,
            "(created)" => is_now(seconds(value), now_micros)?,
            "(expires)" => not_over(seconds(value), now_micros)?,
            "digest" if !is_digest(value, body) => return Err(Refusal::Digest),
            _ => {}
        }
    }
    Ok(Claim { key_id: key_id.to_owned(), text: signing_string(&covered), signature })
}

/// The header that holds the signature. `Signature` wins; `Authorization` may hold a token instead.
fn header(headers: &BTreeMap<String, String>) -> Result<&str, Refusal> {
    if headers.contains_key("signature-input") {
        return Err(Refusal::Malformed("this form (RFC 9421) is not read here; sign as draft-cavage".into()));
    }
    let in_authorization = || {
        let (scheme, rest) = headers.get("authorization")?.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("signature").then_some(rest)
    };
    headers.get("signature").map(String::as_str).or_else(in_authorization).ok_or(Refusal::Missing)
}

/// Reads `name="value", name=number`; names in lower case, each once.
fn parameters(text: &str) -> Result<BTreeMap<String, String>, Refusal> {
    let malformed = |why: &str| Refusal::Malformed(why.to_owned());
    let mut out = BTreeMap::new();
    let mut rest = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == ',');
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or_else(|| malformed("a parameter has no value"))?;
        let after = after.trim_start();
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or_else(|| malformed("a quote is not closed"))?,
            None => after.split_once(',').unwrap_or((after, "")),
        };
        if out.insert(name.trim().to_ascii_lowercase(), value.trim().to_owned()).is_some() {
            return Err(malformed("a parameter stands twice"));
        }
        rest = after.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
    }
    Ok(out)
}

/// Whether a `Host` header names us; the usual ports may be spelt out.
fn is_host(value: &str, our_domain: &str) -> bool {
    let spelt = [":443", ":80"].iter().find_map(|port| value.strip_suffix(port)).unwrap_or(value);
    value.eq_ignore_ascii_case(our_domain) || spelt.eq_ignore_ascii_case(our_domain)
}

fn seconds(value: &str) -> Option<i64> {
    value.trim().parse::<i64>().ok()?.checked_mul(1_000_000)
}

fn is_now(time: Option<i64>, now_micros: i64) -> Result<(), Refusal> {
    let age = now_micros.saturating_sub(time.ok_or(Refusal::Stale)?);
    if (-AHEAD_MICROS..=BACK_MICROS).contains(&age) { Ok(()) } else { Err(Refusal::Stale) }
}

fn not_over(time: Option<i64>, now_micros: i64) -> Result<(), Refusal> {
    if time.ok_or(Refusal::Stale)?.saturating_add(AHEAD_MICROS) >= now_micros {
        Ok(())
    } else {
        Err(Refusal::Stale)
    }
}

/// Whether a `Digest` header names the SHA-256 of the body, among whatever other algorithms.
fn is_digest(value: &str, body: &[u8]) -> bool {
    let ours = digest::digest(&digest::SHA256, body);
    let mut found = value
        .split(',')
        .filter_map(|one| one.trim().split_once('='))
        .filter(|(name, _)| name.eq_ignore_ascii_case("sha-256"))
        .map(|(_, sum)| STANDARD.decode(sum.trim()).is_ok_and(|sum| sum == ours.as_ref()))
        .peekable();
    found.peek().is_some() && found.all(|is_right| is_right)
}

#[cfg(test)]
mod tests;
