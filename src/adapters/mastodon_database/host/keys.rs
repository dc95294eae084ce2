//! The key that signs for an account of the server beside us.

use base64::{Engine, engine::general_purpose::STANDARD};
use sqlx::PgConnection;

use super::Secrets;
use crate::{
    adapters::mastodon_database::{
        Place,
        database::silent,
        place::Named,
        schema::{Schema, Version},
    },
    port::{error::AdapterError, remote::Signer},
};

/// What was being done.
const DOING: &str = "signing for the account";
/// Beginning and end of the older form of a key.
const OLDER: (&str, &str) = ("-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----");
/// The algorithm of an RSA key, as every PKCS#8 document names it. Spec: RFC 8017, A.1; RFC 5208.
const RSA: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// Hands an account's key out: the one in use is the oldest that is neither revoked nor over.
///
/// # Errors
/// [`AdapterError::Fatal`] that says what is missing; never the key or a secret.
pub async fn signer(
    c: &mut PgConnection,
    schema: Schema,
    place: &Place,
    account: &Named,
    secrets: Option<&Secrets>,
) -> Result<Signer, AdapterError> {
    let actor = place.actor(account);
    if schema.is_at_least(Version::V4_7) {
        let found: Option<(String, Option<String>)> = sqlx::query_as(
            "select coalesce(local_fragment, '#main-key')::text, private_key::text from keypairs \
             where account_id = $1 and type = 0 and not revoked \
             and (expires_at is null or expires_at > now() at time zone 'utc') order by id limit 1",
        )
        .bind(account.id)
        .fetch_optional(&mut *c)
        .await
        .map_err(|error| silent(&error))?;
        if let Some((fragment, sealed)) = found {
            let secrets = secrets.ok_or_else(|| {
                let why = "this server keeps its keys encrypted; set home.encryption_primary_key and \
                           home.encryption_salt to the two ACTIVE_RECORD_ENCRYPTION values of its environment";
                AdapterError::fatal(DOING, why)
            })?;
            let opened = sealed.as_deref().and_then(|sealed| secrets.open(sealed));
            let pem = opened.ok_or_else(|| {
                AdapterError::fatal(DOING, "the account's key does not open with the secrets that were given")
            })?;
            return made(format!("{actor}{fragment}"), &pem);
        }
    }
    let plain: Option<Option<String>> =
        sqlx::query_scalar("select private_key from accounts where id = $1 and domain is null")
            .bind(account.id)
            .fetch_optional(c)
            .await
            .map_err(|error| silent(&error))?;
    let pem = plain.flatten().filter(|pem| !pem.trim().is_empty());
    let pem = pem.ok_or_else(|| AdapterError::fatal(DOING, "the account has no key at this server"))?;
    made(format!("{actor}#main-key"), &pem)
}

fn made(key_id: String, pem: &str) -> Result<Signer, AdapterError> {
    let pem =
        newer(pem).ok_or_else(|| AdapterError::fatal(DOING, "the account's key is in no form we know"))?;
    Ok(Signer { key_id, private_key_pem: pem.into() })
}

/// A key as PKCS#8; the server keeps the older form, which is the inside of the newer one.
fn newer(pem: &str) -> Option<String> {
    if pem.contains("-----BEGIN PRIVATE KEY-----") {
        return Some(pem.to_owned());
    }
    let (_, rest) = pem.split_once(OLDER.0)?;
    let (inside, _) = rest.split_once(OLDER.1)?;
    let inside: String = inside.split_whitespace().collect();
    let key = STANDARD.decode(inside).ok()?;
    let body = [&[0x02, 0x01, 0x00][..], &RSA, &tagged(0x04, &key)?].concat();
    let document = STANDARD.encode(tagged(0x30, &body)?);
    let mut out = "-----BEGIN PRIVATE KEY-----\n".to_owned();
    for (place, c) in document.chars().enumerate() {
        if place > 0 && place % 64 == 0 {
            out.push('\n');
        }
        out.push(c);
    }
    out.push_str("\n-----END PRIVATE KEY-----\n");
    Some(out)
}

/// A value behind its kind and length. Spec: X.690, 8.1.
fn tagged(kind: u8, value: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(value.len()).ok()?.to_be_bytes();
    let mut out = vec![kind, 0x82];
    out.extend(length);
    out.extend(value);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_the_older_form_signs() {
        let made = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let whole = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&made).unwrap();
        // The inside begins behind the algorithm, a kind and a length.
        let at = whole.as_ref().windows(RSA.len()).position(|some| some == RSA).unwrap() + RSA.len() + 4;
        let older = format!("{}\n{}\n{}\n", OLDER.0, STANDARD.encode(&whole.as_ref()[at..]), OLDER.1);
        let pem = newer(&older).unwrap();
        let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(der).unwrap();
        let pair = aws_lc_rs::signature::RsaKeyPair::from_pkcs8(&der).unwrap();
        assert_eq!(pair.public_modulus_len(), 256);
        assert_eq!(newer(&pem).as_deref(), Some(pem.as_str()), "one in the newer form stays");
        assert_eq!(newer("nothing"), None);
    }
}
