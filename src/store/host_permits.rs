//! Table `host_permits`: what owners allow in their name at the server beside us, sealed.

use super::{Store, StoreResult};

/// What binds a sealed permit to its row.
fn place(account: &str) -> String {
    format!("host_permits {account}")
}

/// A question or a permission of an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPermit {
    /// Whose, by their key there.
    pub account: String,
    /// Hash of what they come back with.
    pub state_hash: String,
    /// What the adapter keeps, JSON.
    pub permit: String,
    /// Whether they said yes.
    pub is_given: bool,
}

/// Keeps one; an earlier one of the account is forgotten.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep(store: &Store, kept: HostPermit, now: i64) -> StoreResult<()> {
    let sealed = store.sealing.seal(&place(&kept.account), &kept.permit)?;
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into host_permits (account_id, state_hash, permit, is_given, created_at) \
                     values ($1, $2, $3, $4, $5) on conflict (account_id) do update set \
                     state_hash = excluded.state_hash, permit = excluded.permit, is_given = excluded.is_given, \
                     created_at = excluded.created_at",
                    kept.account,
                    kept.state_hash,
                    sealed,
                    kept.is_given,
                    now,
                )?;
                Ok(())
            })
        })
        .await
}

/// An account's; none either when the key that sealed it is lost.
///
/// # Errors
/// [`super::StoreError`].
pub async fn find(store: &Store, account: &str) -> StoreResult<Option<HostPermit>> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (String, String, bool),
        "select state_hash, permit, is_given from host_permits where account_id = $1",
        account,
    )?;
    Ok(found.and_then(|(state_hash, sealed, is_given)| {
        let permit = store.sealing.unseal(&place(account), &sealed)?;
        Some(HostPermit { account: account.to_owned(), state_hash, permit, is_given })
    }))
}

/// Forgets an account's.
///
/// # Errors
/// [`super::StoreError`].
pub async fn forget(store: &Store, account: String) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "delete from host_permits where account_id = $1", account)?;
                Ok(())
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_permit_is_sealed_replaced_and_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let permit = |text: &str, is_given| HostPermit {
            account: "7".into(),
            state_hash: "h".into(),
            permit: text.into(),
            is_given,
        };
        keep(&store, permit("a question", false), 1).await.unwrap();
        keep(&store, permit("a secret token", true), 2).await.unwrap();
        assert_eq!(find(&store, "7").await.unwrap(), Some(permit("a secret token", true)));
        let mut c = store.reader().await.unwrap();
        let (stored,) = row!(&mut c, (String,), "select permit from host_permits").unwrap().unwrap();
        assert!(!stored.contains("secret"));
        drop(c);
        forget(&store, "7".into()).await.unwrap();
        assert_eq!(find(&store, "7").await.unwrap(), None);
    }
}
