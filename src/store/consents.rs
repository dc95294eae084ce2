//! Table `consents`: the recorded yes of an account's owner.

use super::{Connection, Store, StoreResult};

/// A consent as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct ConsentRow {
    pub id: String,
    pub account_id: String,
    pub client_id: String,
    pub client_name: String,
    pub scope: String,
    pub kinds: String,
    pub has_private: bool,
    pub created_at: i64,
    pub revoked_at: Option<i64>,
}

/// The one-use code a consent is redeemed by.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct NewCode {
    pub code_hash: String,
    pub redirect_uri: String,
    pub challenge: String,
    pub expires_at: i64,
}

/// Records a consent with its code.
///
/// # Errors
/// [`super::StoreError`].
pub async fn insert(store: &Store, consent: ConsentRow, code: NewCode) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into consents (id, account_id, client_id, client_name, scope, kinds, has_private, \
                     created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                    consent.id.as_str(),
                    consent.account_id,
                    consent.client_id,
                    consent.client_name,
                    consent.scope,
                    consent.kinds,
                    consent.has_private,
                    consent.created_at,
                )?;
                run!(
                    c,
                    "insert into codes (code_hash, consent_id, redirect_uri, challenge, expires_at) \
                     values ($1, $2, $3, $4, $5)",
                    code.code_hash,
                    consent.id,
                    code.redirect_uri,
                    code.challenge,
                    code.expires_at,
                )?;
                Ok(())
            })
        })
        .await
}

/// Finds a consent, revoked or not.
///
/// # Errors
/// [`super::StoreError`].
pub async fn find(store: &Store, id: &str) -> StoreResult<Option<ConsentRow>> {
    let mut c = store.reader().await?;
    Ok(row!(&mut c, ConsentRow, "select * from consents where id = $1", id)?)
}

/// The consents of an account that still hold, newest first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn of_account(store: &Store, account: &str) -> StoreResult<Vec<ConsentRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        ConsentRow,
        "select * from consents where account_id = $1 and revoked_at is null order by id desc",
        account,
    )?)
}

/// Takes a consent back: its tokens are gone at once, a map handed over under it that was not yet
/// announced is forgotten. Revoking twice revokes once.
///
/// # Errors
/// [`super::StoreError`].
pub async fn revoke(store: &Store, id: String, now: i64) -> StoreResult<()> {
    store.write(move |c| Box::pin(async move { revoke_in(c, &id, now).await })).await
}

/// As [`revoke`], inside a write that does more.
pub(super) async fn revoke_in(c: &mut Connection, id: &str, now: i64) -> StoreResult<()> {
    run!(c, "update consents set revoked_at = $2 where id = $1 and revoked_at is null", id, now)?;
    run!(c, "delete from tokens where consent_id = $1", id)?;
    super::inventories::forget_in(c, id).await?;
    run!(
        c,
        "delete from forwards where departure_id in (select d.id from departures d \
         join consents s on s.id = d.consent_id \
         where s.id = $1 and s.scope = 'godwit_hand_over' and d.state in ('started', 'resting'))",
        id,
    )?;
    run!(
        c,
        "update departures set state = 'withdrawn', is_map_complete = $2, due_at = null where consent_id = $1 \
         and state in ('started', 'resting') \
         and exists (select 1 from consents where id = $1 and scope = 'godwit_hand_over')",
        id,
        false,
    )?;
    Ok(())
}
