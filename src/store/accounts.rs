//! Table `accounts` (and the server's own key): rows as they are stored.

use super::{Connection, Store, StoreResult};

/// One account, secrets included: only `site::accounts` reads this.
#[derive(sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct AccountRow {
    pub id: String,
    pub username: String,
    pub role: String,
    pub password_hash: String,
    pub name: String,
    pub summary: String,
    pub fields: String,
    pub avatar: Option<String>,
    pub header: Option<String>,
    pub private_key_pem: String,
    pub public_key_pem: String,
    pub also_known_as: String,
    pub moved_to: Option<String>,
    pub created_at: i64,
    pub copied_to: String,
    /// Until when the name is only held for a copy that comes; none: it is the account's own.
    pub held_until: Option<i64>,
}

/// What a new account brings.
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct NewAccount {
    pub id: String,
    pub username: String,
    pub role: String,
    pub password_hash: String,
    pub private_key_pem: String,
    pub public_key_pem: String,
    pub created_at: i64,
}

/// Reads a JSON column of an account.
///
/// # Errors
/// [`super::StoreError::Corrupt`] naming the column.
pub fn json<T: serde::de::DeserializeOwned>(column: &'static str, text: &str) -> StoreResult<T> {
    super::from_json(column, text)
}

/// Adds an account; `false` when its name is taken.
pub(super) async fn insert_in(c: &mut Connection, new: NewAccount) -> StoreResult<bool> {
    let added = run!(
        c,
        "insert into accounts (id, username, role, password_hash, name, summary, fields, \
         private_key_pem, public_key_pem, also_known_as, created_at) \
         values ($1, $2, $3, $4, '', '', '[]', $5, $6, '[]', $7) on conflict (username) do nothing",
        new.id,
        new.username,
        new.role,
        new.password_hash,
        new.private_key_pem,
        new.public_key_pem,
        new.created_at,
    )?;
    Ok(added == 1)
}

/// Finds an account by key.
///
/// # Errors
/// [`super::StoreError`].
pub async fn by_id(store: &Store, id: &str) -> StoreResult<Option<AccountRow>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        AccountRow,
        "select a.*, h.until as held_until from accounts a left join held_names h on h.account_id = a.id \
         where a.id = $1",
        id
    )?)
}

/// Finds an account by login name (stored in lower case).
///
/// # Errors
/// [`super::StoreError`].
pub async fn by_username(store: &Store, username: &str) -> StoreResult<Option<AccountRow>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        AccountRow,
        "select a.*, h.until as held_until from accounts a left join held_names h on h.account_id = a.id \
         where a.username = $1",
        username
    )?)
}

/// The server's own key pair in PEM.
///
/// # Errors
/// [`super::StoreError`].
pub async fn host_key(store: &Store) -> StoreResult<Option<(String, String)>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        (String, String),
        "select private_key_pem, public_key_pem from host_keys where name = 'host'"
    )?)
}

/// Keeps the server's key pair; the first one stays.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep_host_key(store: &Store, private_pem: String, public_pem: String) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into host_keys (name, private_key_pem, public_key_pem) values ('host', $1, $2) \
                     on conflict (name) do nothing",
                    private_pem,
                    public_pem,
                )?;
                Ok(())
            })
        })
        .await
}

/// Says what an account may do, and notes it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn set_role(
    store: &Store,
    id: &str,
    role: &'static str,
    line: super::audit::AuditRow,
) -> StoreResult<()> {
    let id = id.to_owned();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "update accounts set role = $2 where id = $1", id, role)?;
                super::audit::insert_in(c, &line).await
            })
        })
        .await
}
