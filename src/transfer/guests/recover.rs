//! For when the server beside us lets an owner in no more, because the account moved: a code they were given
//! before, or the new account itself. Both open what was left behind, and nothing else.

use serde_json::Value;

use super::{
    FRESH_MICROS, GuestError, Reception, WAY_MICROS, hashed,
    session::{Means, open},
};
use crate::{
    model::id::AccountId,
    port::{lookup, remote::Signer},
    store::{
        departures,
        guests::{self, WayRow},
    },
};

/// Letters of a code: none that is taken for another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKMNPQRSTVWXYZ0123456789";
/// Letters in a code; five bits each.
const LENGTH: usize = 24;
/// Letters in a group.
const GROUP: usize = 4;

/// Makes an account's code, to be shown once. An older one is good for nothing any more.
///
/// # Errors
/// [`GuestError::Store`].
pub async fn make_code(reception: &Reception, account: &AccountId) -> Result<String, GuestError> {
    let mut bytes = [0_u8; LENGTH];
    reception.clock.random(&mut bytes);
    let letters = bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 32)).map(|b| char::from(*b)));
    let code: String = letters.collect();
    let now = reception.clock.now_micros();
    guests::keep_code(&reception.store, account.as_str().to_owned(), hashed(&code), now).await?;
    let groups: Vec<&str> =
        (0..LENGTH / GROUP).filter_map(|n| code.get(n * GROUP..(n + 1) * GROUP)).collect();
    Ok(groups.join("-"))
}

/// When the account's code was made, if it has one.
///
/// # Errors
/// [`GuestError::Store`].
pub async fn has_code(reception: &Reception, account: &AccountId) -> Result<Option<i64>, GuestError> {
    Ok(guests::recovery_of(&reception.store, account.as_str()).await?.map(|row| row.created_at))
}

/// Lets the owner in who has the code; the token for their cookie, or nothing. The caller counts the tries.
///
/// # Errors
/// [`GuestError`].
pub async fn by_code(
    reception: &Reception,
    account: &AccountId,
    typed: &str,
) -> Result<Option<String>, GuestError> {
    let typed: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    let row = guests::recovery_of(&reception.store, account.as_str()).await?;
    let hash = hashed(&typed.to_ascii_uppercase());
    let fits = row.is_some_and(|row| {
        aws_lc_rs::constant_time::verify_slices_are_equal(row.code_hash.as_bytes(), hash.as_bytes()).is_ok()
    });
    if !fits {
        return Ok(None);
    }
    let now = reception.clock.now_micros();
    guests::use_code(&reception.store, account.as_str().to_owned(), now).await?;
    open(reception, account, Means::Code, now + FRESH_MICROS).await.map(Some)
}

/// A word the owner shows at the new account, and what their browser must bring back.
///
/// # Errors
/// [`GuestError::Store`].
pub async fn word(reception: &Reception, account: &AccountId) -> Result<(String, String), GuestError> {
    let (word, browser) = (format!("godwit-{}", reception.clock.secret()), reception.clock.secret());
    let now = reception.clock.now_micros();
    let way = WayRow {
        state_hash: hashed(&word),
        browser_hash: hashed(&browser),
        verifier: String::new(),
        next: "/departures".to_owned(),
        account_id: Some(account.as_str().to_owned()),
        sign_ins: None,
        created_at: now,
    };
    guests::begin(&reception.store, way, now - WAY_MICROS).await?;
    Ok((word, browser))
}

/// Lets the owner in whose new account shows the word: the account that this one announced it moved to.
///
/// # Errors
/// [`GuestError`]; the other server does not answer.
pub async fn by_new_account(
    reception: &Reception,
    signer: &Signer,
    account: &AccountId,
    word: &str,
    browser: &str,
) -> Result<Option<String>, GuestError> {
    let announced = departures::of_account(&reception.store, account.as_str()).await?;
    let announced = announced.into_iter().find(|row| row.state == "announced");
    let Some(target) = announced.and_then(|row| row.target.parse::<url::Url>().ok()) else { return Ok(None) };
    let (actor, document) = lookup::actor(&*reception.remote, signer, &target, None).await?;
    if actor.id != target || !shows(&document, word) {
        return Ok(None);
    }
    let now = reception.clock.now_micros();
    let way = guests::take(&reception.store, hashed(word), hashed(browser), now - WAY_MICROS).await?;
    if way.is_none_or(|way| way.account_id.as_deref() != Some(account.as_str())) {
        return Ok(None);
    }
    open(reception, account, Means::NewAccount, now + FRESH_MICROS).await.map(Some)
}

/// Whether a profile says the word, where only its owner writes. Pure.
fn shows(document: &Value, word: &str) -> bool {
    let written = ["name", "summary", "attachment"];
    word.len() > LENGTH
        && written
            .iter()
            .any(|field| document.get(*field).is_some_and(|said| said.to_string().contains(word)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_word_counts_where_the_owner_writes_and_nowhere_else() {
        let word = "godwit-0123456789abcdef0123456789";
        assert!(shows(&json!({"summary": format!("<p>{word}</p>")}), word));
        assert!(shows(&json!({"attachment": [{"name": "x", "value": word}]}), word));
        assert!(!shows(&json!({"alsoKnownAs": [word]}), word));
        assert!(!shows(&json!({"summary": "x"}), "x"), "a short word stands everywhere");
    }
}
