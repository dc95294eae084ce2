//! What is believed and what is not.

use url::Url;

use super::*;
use crate::federation::{
    signing::{Message, Signatures, digest_of, http_date},
    test_keys,
};

const NOW: i64 = 1_780_000_000_000_000;
const BODY: &[u8] = br#"{"type":"Follow"}"#;
const OURS: &str = "new.example";

/// A POST to /inbox as our own client signs it, at a time.
fn signed_at(micros: i64) -> BTreeMap<String, String> {
    let (signer, _) = test_keys::pair("https://old.example/users/ann");
    let url = Url::parse("https://new.example/inbox").unwrap();
    let body = Some((BODY, "application/activity+json"));
    let signed =
        Signatures::default().sign(&signer, Message { url: &url, body, now_micros: micros }).unwrap();
    let mut headers: BTreeMap<String, String> =
        signed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    headers.insert("host".into(), OURS.into());
    headers.insert("content-type".into(), "application/activity+json".into());
    headers
}

fn check(headers: &BTreeMap<String, String>) -> Result<Claim, Refusal> {
    claim("POST", "/inbox", headers, BODY, OURS, NOW)
}

/// A claim with hand-written parameters over hand-written headers.
fn framed(signature: &str, more: &[(&str, &str)]) -> Result<Claim, Refusal> {
    let mut headers = signed_at(NOW);
    headers.insert("signature".into(), signature.into());
    for (name, value) in more {
        headers.insert((*name).into(), (*value).into());
    }
    check(&headers)
}

fn full(headers: &str) -> String {
    format!("keyId=\"https://old.example/users/ann#main-key\",headers=\"{headers}\",signature=\"AAAA\"")
}

#[test]
fn what_our_client_signs_is_believed_with_either_form_of_the_key() {
    let claim = check(&signed_at(NOW)).unwrap();
    assert_eq!(claim.key_id(), "https://old.example/users/ann#main-key");
    let (_, spki) = test_keys::pair("x");
    claim.verify(&spki).unwrap();
    claim.verify(&spki.replace('\n', "\r\n")).unwrap();
    claim.verify(&test_keys::pkcs1()).unwrap();
}

#[test]
fn another_key_or_none_is_not_believed() {
    let claim = check(&signed_at(NOW)).unwrap();
    assert_eq!(claim.verify(&test_keys::another()), Err(Refusal::Wrong));
    assert_eq!(claim.verify("no key"), Err(Refusal::Key));
    assert_eq!(claim.verify("-----BEGIN X-----\nAAAA\n-----END X-----"), Err(Refusal::Key));
}

#[test]
fn a_request_replayed_to_another_path_or_method_does_not_fit_the_key() {
    let (_, key) = test_keys::pair("x");
    let headers = signed_at(NOW);
    let other_path = claim("POST", "/users/bob/inbox", &headers, BODY, OURS, NOW).unwrap();
    assert_eq!(other_path.verify(&key), Err(Refusal::Wrong));
    let other_query = claim("POST", "/inbox?a", &headers, BODY, OURS, NOW).unwrap();
    assert_eq!(other_query.verify(&key), Err(Refusal::Wrong));
    let other_method = claim("PUT", "/inbox", &headers, BODY, OURS, NOW).unwrap();
    assert_eq!(other_method.verify(&key), Err(Refusal::Wrong));
}

#[test]
fn a_request_for_another_host_is_refused() {
    let mut headers = signed_at(NOW);
    headers.insert("host".into(), "evil.example".into());
    assert_eq!(check(&headers).unwrap_err(), Refusal::OtherHost);
    assert_eq!(
        claim("POST", "/inbox", &signed_at(NOW), BODY, "third.example", NOW).unwrap_err(),
        Refusal::OtherHost
    );
    headers.insert("host".into(), "NEW.example:443".into());
    check(&headers).unwrap();
}

#[test]
fn what_matters_must_be_covered() {
    for (headers, missing) in [
        ("host date digest", "(request-target)"),
        ("(request-target) date digest", "host"),
        ("(request-target) host digest", "date"),
        ("(request-target) host date", "digest"),
    ] {
        assert_eq!(framed(&full(headers), &[]).unwrap_err(), Refusal::NotCovered(missing));
    }
    let sent_not = framed(&full("(request-target) host date digest x-more"), &[]).unwrap_err();
    assert_eq!(sent_not, Refusal::NotSent("x-more".into()));
}

#[test]
fn a_missing_or_broken_header_is_refused_with_the_reason() {
    let mut headers = signed_at(NOW);
    headers.remove("signature");
    assert_eq!(check(&headers).unwrap_err(), Refusal::Missing);
    headers.insert("authorization".into(), "Bearer tok".into());
    assert_eq!(check(&headers).unwrap_err(), Refusal::Missing);
    for text in ["", "keyId", "keyId=\"x", "keyId=\"a\",keyId=\"b\"", "keyId=\"a\",signature=\"%%\""] {
        assert!(matches!(framed(text, &[]), Err(Refusal::Malformed(_))), "{text}");
    }
    let newer = framed("sig1=:AAAA:", &[("signature-input", "sig1=()")]);
    assert!(matches!(newer, Err(Refusal::Malformed(why)) if why.contains("9421")));
}

#[test]
fn the_time_must_be_about_now() {
    for (offset, is_fine) in [
        (0, true),
        (AHEAD_MICROS, true),
        (AHEAD_MICROS + 1_000_000, false),
        (-BACK_MICROS, true),
        (-BACK_MICROS - 1_000_000, false),
    ] {
        assert_eq!(check(&signed_at(NOW + offset)).is_ok(), is_fine, "{offset}");
    }
    assert_eq!(
        framed(&full("(request-target) host date digest"), &[("date", "soon")]).unwrap_err(),
        Refusal::Stale
    );
}

#[test]
fn created_and_expires_stand_in_for_a_date() {
    let frame = |created: i64, expires: i64| {
        format!(
            "{},created={created},expires={expires},algorithm=hs2019",
            full("(request-target) host (created) (expires) digest")
        )
    };
    let now = NOW / 1_000_000;
    framed(&frame(now, now + 30), &[]).unwrap();
    assert_eq!(framed(&frame(now + 4000, now), &[]).unwrap_err(), Refusal::Stale);
    assert_eq!(framed(&frame(now - 4000, now), &[]).unwrap_err(), Refusal::Stale);
    assert_eq!(framed(&frame(now, now - 4000), &[]).unwrap_err(), Refusal::Stale);
    let old_algorithm = frame(now, now).replace("hs2019", "rsa-sha256");
    assert!(matches!(framed(&old_algorithm, &[]), Err(Refusal::Malformed(_))));
}

#[test]
fn the_digest_must_be_that_of_the_body() {
    let frame = full("(request-target) host date digest");
    let right = digest_of(BODY);
    let lower = right.replace("SHA-256", "sha-256");
    let several = format!("SHA-512=AAAA, {right}");
    for digest in [&right, &lower, &several] {
        framed(&frame, &[("digest", digest)]).unwrap();
    }
    let wrong = digest_of(b"other");
    let both = format!("{right},{wrong}");
    for digest in [wrong.as_str(), "SHA-512=AAAA", "", both.as_str()] {
        assert_eq!(framed(&frame, &[("digest", digest)]).unwrap_err(), Refusal::Digest, "{digest}");
    }
}

#[test]
fn only_rsa_with_sha_256_is_taken() {
    let frame = full("(request-target) host date digest");
    for algorithm in ["rsa-sha1", "hmac-sha256", "ed25519"] {
        let refused = framed(&format!("{frame},algorithm=\"{algorithm}\""), &[]).unwrap_err();
        assert_eq!(refused, Refusal::Algorithm(algorithm.into()));
    }
    framed(&format!("{frame},algorithm=\"hs2019\""), &[]).unwrap();
    framed(&frame, &[]).unwrap();
}

#[test]
fn a_space_after_the_comma_and_a_token_beside_the_signature_are_fine() {
    let (_, key) = test_keys::pair("x");
    let mut headers = signed_at(NOW);
    let spaced = headers["signature"].replace("\",", "\", ");
    headers.insert("signature".into(), spaced);
    headers.insert("authorization".into(), "Bearer tok".into());
    check(&headers).unwrap().verify(&key).unwrap();
    let signature = headers.remove("signature").unwrap();
    headers.insert("authorization".into(), format!("Signature {signature}"));
    check(&headers).unwrap().verify(&key).unwrap();
}

#[test]
fn a_get_needs_no_digest() {
    let headers = BTreeMap::from([
        ("host".to_owned(), OURS.to_owned()),
        ("date".to_owned(), http_date(NOW)),
        ("signature".to_owned(), full("(request-target) host date")),
    ]);
    claim("GET", "/users/ann", &headers, b"", OURS, NOW).unwrap();
}
