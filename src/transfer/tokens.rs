//! Codes become tokens, tokens become grants. A grant reaches one account and nothing else.

use crate::{
    model::{
        collection::CollectionKind,
        id::{AccountId, ConsentId},
    },
    oauth::{pkce, scope::Scope},
    port::clock::Clock,
    store::{
        Store, StoreError, StoreResult,
        blobs::hex,
        consents,
        tokens::{self as rows, CodeUse, NewTokens},
    },
};

/// One second.
const SECOND: i64 = 1_000_000;
/// How access tokens begin, so that a proxy in front of two servers tells ours from the other's.
pub const ACCESS_MARK: &str = "godwit_";
/// Lifetime of an access token, in seconds.
pub const ACCESS_SECONDS: i64 = 3600;
/// Lifetime of a refresh token, in seconds: a trial lasts weeks, so it moves on with every use.
pub const REFRESH_SECONDS: i64 = 30 * 24 * 3600;
/// Lifetime of a refresh token for handing addresses over, in seconds: years later, a home that was moved
/// to says with it that the account has moved on. The owner can take it back at any time.
pub const HAND_OVER_REFRESH_SECONDS: i64 = 5 * 365 * 24 * 3600;
/// How long a used refresh token still works, in seconds: an answer may be lost on its way.
pub const GRACE_SECONDS: i64 = 300;

/// What the holder of a token may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The consent behind it.
    pub consent: ConsentId,
    /// The one account it is for.
    pub account: AccountId,
    /// Address of the client's document.
    pub client_id: String,
    /// What it is good for.
    pub scope: Scope,
    /// Collections the owner ticked.
    pub kinds: Vec<CollectionKind>,
    /// Whether the owner ticked private posts.
    pub includes_private: bool,
}

/// Fresh tokens on their way to the client; never stored, never logged.
pub struct Tokens {
    /// For requests.
    pub access: String,
    /// For the next pair.
    pub refresh: String,
    /// What they are good for.
    pub scope: String,
}

/// An error as a token endpoint answers it. Spec: RFC 6749 5.2.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The code or refresh token does not hold.
    #[error("{0}")]
    InvalidGrant(&'static str),
    /// Something is missing or unknown in the request.
    #[error("{0}")]
    InvalidRequest(&'static str),
    /// Our database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a client sends to redeem a code.
pub struct CodeRequest<'a> {
    /// The code.
    pub code: &'a str,
    /// Must be the one the code was sent to.
    pub redirect_uri: &'a str,
    /// Must be the one that asked.
    pub client_id: &'a str,
    /// Must fit the challenge.
    pub verifier: &'a str,
}

/// What of a secret is kept.
pub fn hashed(secret: &str) -> String {
    hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes()).as_ref())
}

fn fresh(clock: &dyn Clock) -> (Tokens, NewTokens) {
    let tokens = Tokens {
        access: format!("{ACCESS_MARK}{}", clock.secret()),
        refresh: clock.secret(),
        scope: String::new(),
    };
    let now = clock.now_micros();
    let kept = NewTokens {
        access_hash: hashed(&tokens.access),
        access_until: now + ACCESS_SECONDS * SECOND,
        refresh_hash: hashed(&tokens.refresh),
        refresh_until: now + REFRESH_SECONDS * SECOND,
    };
    (tokens, kept)
}

/// Redeems a code. Whatever else is wrong, the code is used up; a second use revokes everything
/// the first one gave.
///
/// # Errors
/// [`TokenError`].
pub async fn exchange(
    store: &Store,
    clock: &dyn Clock,
    request: &CodeRequest<'_>,
) -> Result<Tokens, TokenError> {
    let code = match rows::use_code(store, hashed(request.code), clock.now_micros()).await? {
        CodeUse::Taken(code) => code,
        CodeUse::Replayed => {
            return Err(TokenError::InvalidGrant(
                "this code was used before; the consent was revoked, ask again",
            ));
        }
        CodeUse::Unknown => {
            return Err(TokenError::InvalidGrant("this code is unknown or too old; ask again"));
        }
    };
    if code.client_id != request.client_id || code.redirect_uri != request.redirect_uri {
        return Err(TokenError::InvalidGrant("this code was made for another client or address"));
    }
    if !pkce::fits(&code.challenge, request.verifier) {
        return Err(TokenError::InvalidGrant("the code_verifier does not fit the challenge"));
    }
    let (tokens, kept) = fresh(clock);
    let kept = if code.scope == Scope::HandOver.as_str() {
        NewTokens { refresh_until: clock.now_micros() + HAND_OVER_REFRESH_SECONDS * SECOND, ..kept }
    } else {
        kept
    };
    if !rows::insert(store, code.consent_id, kept).await? {
        return Err(TokenError::InvalidGrant("the owner revoked this consent"));
    }
    Ok(Tokens { scope: code.scope, ..tokens })
}

/// Exchanges a refresh token for a new pair.
///
/// # Errors
/// [`TokenError`].
pub async fn refresh(
    store: &Store,
    clock: &dyn Clock,
    token: &str,
    client_id: &str,
) -> Result<Tokens, TokenError> {
    let (tokens, kept) = fresh(clock);
    let now = clock.now_micros();
    let grace = now + GRACE_SECONDS * SECOND;
    let renewal = rows::Renewal {
        tokens: kept,
        hand_over_until: now + HAND_OVER_REFRESH_SECONDS * SECOND,
        now,
        grace_until: grace,
    };
    let scope = rows::rotate(store, hashed(token), client_id.to_owned(), renewal).await?;
    let scope =
        scope.ok_or(TokenError::InvalidGrant("this refresh token does not hold (any more); ask again"))?;
    Ok(Tokens { scope, ..tokens })
}

/// Who a bearer is; `None` when the token is unknown, expired or revoked.
///
/// # Errors
/// [`StoreError`].
pub async fn authenticate(store: &Store, clock: &dyn Clock, bearer: &str) -> StoreResult<Option<Grant>> {
    let Some(row) = rows::consent_of(store, &hashed(bearer), clock.now_micros()).await? else {
        return Ok(None);
    };
    let scope = Scope::from_word(&row.scope)
        .ok_or_else(|| StoreError::Corrupt { what: "scope", why: row.scope.clone() })?;
    Ok(Some(Grant {
        consent: row.id.into(),
        account: row.account_id.into(),
        client_id: row.client_id,
        scope,
        kinds: crate::store::from_json("kinds", &row.kinds)?,
        includes_private: row.has_private,
    }))
}

/// A client gives a token back: the whole consent ends. An unknown token is fine. Spec: RFC 7009.
///
/// # Errors
/// [`StoreError`].
pub async fn give_back(store: &Store, clock: &dyn Clock, token: &str) -> StoreResult<()> {
    if let Some(consent) = rows::owner(store, &hashed(token)).await? {
        consents::revoke(store, consent, clock.now_micros()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::fakes::{self, Bench};

    fn request<'a>(code: &'a str, verifier: &'a str) -> CodeRequest<'a> {
        CodeRequest { code, redirect_uri: fakes::CALLBACK, client_id: fakes::CLIENT, verifier }
    }

    #[tokio::test]
    async fn a_code_gives_tokens_that_reach_one_account() {
        let bench = Bench::new().await;
        let (code, verifier) = bench.code(Scope::Read).await;
        let tokens = exchange(&bench.store, &*bench.clock, &request(&code, &verifier)).await.unwrap();
        let grant = authenticate(&bench.store, &*bench.clock, &tokens.access).await.unwrap().unwrap();
        assert_eq!((grant.account.as_str(), grant.scope), ("ann-id", Scope::Read));
        assert!(authenticate(&bench.store, &*bench.clock, &tokens.refresh).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_replayed_code_revokes_the_consent() {
        let bench = Bench::new().await;
        let (code, verifier) = bench.code(Scope::Read).await;
        let tokens = exchange(&bench.store, &*bench.clock, &request(&code, &verifier)).await.unwrap();
        assert!(exchange(&bench.store, &*bench.clock, &request(&code, &verifier)).await.is_err());
        assert!(authenticate(&bench.store, &*bench.clock, &tokens.access).await.unwrap().is_none());
        assert!(refresh(&bench.store, &*bench.clock, &tokens.refresh, fakes::CLIENT).await.is_err());
    }

    #[tokio::test]
    async fn a_wrong_verifier_client_or_address_gets_nothing() {
        let bench = Bench::new().await;
        let (code, _) = bench.code(Scope::Read).await;
        assert!(
            exchange(&bench.store, &*bench.clock, &request(&code, &pkce::verifier("other"))).await.is_err()
        );
        let (code, verifier) = bench.code(Scope::Read).await;
        let elsewhere =
            CodeRequest { redirect_uri: "https://new.example/other", ..request(&code, &verifier) };
        assert!(exchange(&bench.store, &*bench.clock, &elsewhere).await.is_err());
        let (code, verifier) = bench.code(Scope::Read).await;
        let stranger =
            CodeRequest { client_id: "https://evil.example/client.json", ..request(&code, &verifier) };
        assert!(exchange(&bench.store, &*bench.clock, &stranger).await.is_err());
    }

    #[tokio::test]
    async fn codes_and_tokens_expire() {
        let bench = Bench::new().await;
        let (late, late_verifier) = bench.code(Scope::Read).await;
        let (code, verifier) = bench.code(Scope::Read).await;
        let tokens = exchange(&bench.store, &*bench.clock, &request(&code, &verifier)).await.unwrap();
        bench.clock.advance(61);
        assert!(exchange(&bench.store, &*bench.clock, &request(&late, &late_verifier)).await.is_err());
        bench.clock.advance(ACCESS_SECONDS);
        assert!(authenticate(&bench.store, &*bench.clock, &tokens.access).await.unwrap().is_none());
        let tokens = refresh(&bench.store, &*bench.clock, &tokens.refresh, fakes::CLIENT).await.unwrap();
        assert!(authenticate(&bench.store, &*bench.clock, &tokens.access).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_refresh_token_survives_a_lost_answer_but_not_longer() {
        let bench = Bench::new().await;
        let (code, verifier) = bench.code(Scope::Read).await;
        let first = exchange(&bench.store, &*bench.clock, &request(&code, &verifier)).await.unwrap();
        for _ in 0..2 {
            assert!(refresh(&bench.store, &*bench.clock, &first.refresh, fakes::CLIENT).await.is_ok());
        }
        assert!(
            refresh(&bench.store, &*bench.clock, &first.refresh, "https://evil.example/c").await.is_err()
        );
        bench.clock.advance(GRACE_SECONDS + 1);
        assert!(refresh(&bench.store, &*bench.clock, &first.refresh, fakes::CLIENT).await.is_err());
    }

    #[tokio::test]
    async fn the_permission_to_hand_over_is_there_when_the_account_moves_on_years_later() {
        let bench = Bench::new().await;
        for (scope, lasts) in [(Scope::Read, false), (Scope::HandOver, true)] {
            let (code, verifier) = bench.code(scope).await;
            let mut tokens = exchange(&bench.store, &*bench.clock, &request(&code, &verifier)).await.unwrap();
            for _ in 0..2 {
                bench.clock.advance(400 * 24 * 3600);
                match refresh(&bench.store, &*bench.clock, &tokens.refresh, fakes::CLIENT).await {
                    Ok(renewed) => tokens = renewed,
                    Err(_) => assert!(!lasts),
                }
            }
            let holds = refresh(&bench.store, &*bench.clock, &tokens.refresh, fakes::CLIENT).await;
            assert_eq!(holds.is_ok(), lasts, "{scope:?}");
        }
    }

    #[tokio::test]
    async fn a_token_given_back_ends_the_consent() {
        let bench = Bench::new().await;
        let (code, verifier) = bench.code(Scope::Read).await;
        let tokens = exchange(&bench.store, &*bench.clock, &request(&code, &verifier)).await.unwrap();
        give_back(&bench.store, &*bench.clock, &tokens.refresh).await.unwrap();
        assert!(authenticate(&bench.store, &*bench.clock, &tokens.access).await.unwrap().is_none());
        give_back(&bench.store, &*bench.clock, "never seen").await.unwrap();
    }
}
