//! Tables `codes` and `tokens`: only hashes, never what a client holds.

use super::{Store, StoreResult, consents::ConsentRow, consents::revoke_in};

/// A code with what its redeemer must match.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct CodeRow {
    pub consent_id: String,
    pub client_id: String,
    pub scope: String,
    pub redirect_uri: String,
    pub challenge: String,
}

/// What became of the attempt to use a code.
#[derive(Debug, Clone)]
pub enum CodeUse {
    /// It is used up now; whatever is wrong with the rest of the request, it stays so.
    Taken(CodeRow),
    /// It was used before: somebody has a copy, so the whole consent was revoked.
    Replayed,
    /// There is no such code, or its time is over.
    Unknown,
}

/// A pair of fresh tokens, hashed.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct NewTokens {
    pub access_hash: String,
    pub access_until: i64,
    pub refresh_hash: String,
    pub refresh_until: i64,
}

/// What a refresh token is exchanged for; times in microseconds since 1970.
#[derive(Debug, Clone)]
pub struct Renewal {
    /// The new ones.
    pub tokens: NewTokens,
    /// How long the new refresh token is good if it is for handing addresses over.
    pub hand_over_until: i64,
    /// The present.
    pub now: i64,
    /// How long the old one lives on.
    pub grace_until: i64,
}

/// Uses a code up.
///
/// # Errors
/// [`super::StoreError`].
pub async fn use_code(store: &Store, code_hash: String, now: i64) -> StoreResult<CodeUse> {
    store
        .write(move |c| {
            Box::pin(async move {
                let found = row!(
                    c,
                    (String, String, String, String, String, i64, Option<i64>),
                    "select k.consent_id, s.client_id, s.scope, k.redirect_uri, k.challenge, k.expires_at, \
                     k.used_at from codes k join consents s on s.id = k.consent_id where k.code_hash = $1",
                    code_hash.as_str(),
                )?;
                let Some((consent_id, client_id, scope, redirect_uri, challenge, expires_at, used_at)) =
                    found
                else {
                    return Ok(CodeUse::Unknown);
                };
                if used_at.is_some() {
                    revoke_in(c, &consent_id, now).await?;
                    return Ok(CodeUse::Replayed);
                }
                if expires_at <= now {
                    return Ok(CodeUse::Unknown);
                }
                run!(c, "update codes set used_at = $2 where code_hash = $1", code_hash, now)?;
                Ok(CodeUse::Taken(CodeRow { consent_id, client_id, scope, redirect_uri, challenge }))
            })
        })
        .await
}

/// Keeps the first tokens of a consent; `false` when it was revoked meanwhile.
///
/// # Errors
/// [`super::StoreError`].
pub async fn insert(store: &Store, consent: String, tokens: NewTokens) -> StoreResult<bool> {
    store
        .write(move |c| {
            Box::pin(async move {
                let holds = row!(
                    c,
                    (String,),
                    "select id from consents where id = $1 and revoked_at is null",
                    consent.as_str(),
                )?;
                if holds.is_some() {
                    insert_in(c, &consent, tokens).await?;
                }
                Ok(holds.is_some())
            })
        })
        .await
}

async fn insert_in(c: &mut super::Connection, consent: &str, tokens: NewTokens) -> StoreResult<()> {
    for (hash, kind, until) in [
        (tokens.access_hash, "access", tokens.access_until),
        (tokens.refresh_hash, "refresh", tokens.refresh_until),
    ] {
        run!(
            c,
            "insert into tokens (token_hash, consent_id, kind, expires_at) values ($1, $2, $3, $4)",
            hash,
            consent,
            kind,
            until,
        )?;
    }
    Ok(())
}

/// Exchanges a refresh token for new tokens; the consent's scope, or `None` when it is not good
/// (any more) or another client's. The old token lives on for a while, so that an answer
/// lost on its way does not end a transfer of weeks.
///
/// # Errors
/// [`super::StoreError`].
pub async fn rotate(
    store: &Store,
    refresh_hash: String,
    client_id: String,
    renewal: Renewal,
) -> StoreResult<Option<String>> {
    let Renewal { tokens, hand_over_until, now, grace_until } = renewal;
    store
        .write(move |c| {
            Box::pin(async move {
                let found = row!(
                    c,
                    (String, String),
                    "select t.consent_id, s.scope from tokens t join consents s on s.id = t.consent_id \
                     where t.token_hash = $1 and t.kind = 'refresh' and t.expires_at > $2 \
                     and s.client_id = $3 and s.revoked_at is null",
                    refresh_hash.as_str(),
                    now,
                    client_id,
                )?;
                let Some((consent, scope)) = found else {
                    return Ok(None);
                };
                run!(
                    c,
                    "update tokens set expires_at = $2 where token_hash = $1 and expires_at > $2",
                    refresh_hash,
                    grace_until,
                )?;
                run!(
                    c,
                    "delete from tokens where consent_id = $1 and expires_at <= $2",
                    consent.as_str(),
                    now
                )?;
                let is_hand_over = scope == "godwit_hand_over";
                let refresh_until = if is_hand_over { hand_over_until } else { tokens.refresh_until };
                insert_in(c, &consent, NewTokens { refresh_until, ..tokens }).await?;
                Ok(Some(scope))
            })
        })
        .await
}

/// The consent an access token stands for, if both still hold.
///
/// # Errors
/// [`super::StoreError`].
pub async fn consent_of(store: &Store, access_hash: &str, now: i64) -> StoreResult<Option<ConsentRow>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        ConsentRow,
        "select s.* from consents s join tokens t on t.consent_id = s.id \
         where t.token_hash = $1 and t.kind = 'access' and t.expires_at > $2 and s.revoked_at is null",
        access_hash,
        now,
    )?)
}

/// The consent any token belongs to, expired or not.
///
/// # Errors
/// [`super::StoreError`].
pub async fn owner(store: &Store, token_hash: &str) -> StoreResult<Option<String>> {
    let mut c = store.reader().await?;
    let found = row!(&mut c, (String,), "select consent_id from tokens where token_hash = $1", token_hash)?;
    Ok(found.map(|(consent,)| consent))
}
