//! Table `accounts` (and the server's own key): rows as they are stored. Private keys are sealed.

use super::{Connection, Store, StoreError, StoreResult};

/// How every unsealed key begins, as rows of before have them.
const PLAIN: &str = "-----BEGIN";

/// What binds a sealed key to its account.
fn place(id: &str) -> String {
    format!("accounts {id} private_key_pem")
}

/// What binds the server's own.
const HOST_PLACE: &str = "host_keys host private_key_pem";

/// A private key as it is used.
fn open(store: &Store, place: &str, stored: String) -> StoreResult<String> {
    if stored.is_empty() || stored.starts_with(PLAIN) {
        return Ok(stored);
    }
    store.sealing.unseal(place, &stored).ok_or_else(|| StoreError::Corrupt {
        what: "signing key",
        why: "it was sealed with another sealing.key than the one in the data directory".to_owned(),
    })
}

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

/// The same account with its key as it is stored.
pub(super) fn sealed(store: &Store, mut new: NewAccount) -> StoreResult<NewAccount> {
    new.private_key_pem = store.sealing.seal(&place(&new.id), &new.private_key_pem)?;
    Ok(new)
}

/// Adds an account whose key is [`sealed`]; `false` when its name is taken.
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

/// Login names of admins.
///
/// # Errors
/// [`StoreError`].
pub async fn admins(store: &Store) -> StoreResult<Vec<String>> {
    let mut c = store.reader().await?;
    let sql = "select username from accounts where role = 'admin' order by username limit 1000";
    let found = rows!(&mut c, (String,), sql)?;
    Ok(found.into_iter().map(|(name,)| name).collect())
}

/// The private key of an account in PEM.
///
/// # Errors
/// [`StoreError`]; [`StoreError::Corrupt`] when another key has sealed it.
pub async fn private_key(store: &Store, id: &str) -> StoreResult<Option<String>> {
    let mut c = store.reader().await?;
    let found: Option<(String,)> =
        row!(&mut c, (String,), "select private_key_pem from accounts where id = $1", id)?;
    found.map(|(stored,)| open(store, &place(id), stored)).transpose()
}

/// Seals keys that rows of before have in the open.
///
/// # Errors
/// [`StoreError`].
pub async fn seal_keys(store: &Store) -> StoreResult<()> {
    loop {
        let mut c = store.reader().await?;
        let plain = rows!(
            &mut c,
            (String, String),
            "select id, private_key_pem from accounts where private_key_pem like '-----BEGIN%' limit 100"
        )?;
        let host: Option<(String,)> = row!(
            &mut c,
            (String,),
            "select private_key_pem from host_keys where name = 'host' and private_key_pem like '-----BEGIN%'"
        )?;
        drop(c);
        if plain.is_empty() && host.is_none() {
            return Ok(());
        }
        let mut sealed = Vec::with_capacity(plain.len());
        for (id, pem) in plain {
            let text = store.sealing.seal(&place(&id), &pem)?;
            sealed.push((id, pem, text));
        }
        let host = host.map(|(pem,)| store.sealing.seal(HOST_PLACE, &pem)).transpose()?;
        store
            .write(move |c| {
                Box::pin(async move {
                    for (id, pem, text) in sealed {
                        let sql =
                            "update accounts set private_key_pem = $3 where id = $1 and private_key_pem = $2";
                        run!(c, sql, id, pem, text)?;
                    }
                    if let Some(text) = host {
                        let sql = "update host_keys set private_key_pem = $1 \
                                   where name = 'host' and private_key_pem like '-----BEGIN%'";
                        run!(c, sql, text)?;
                    }
                    Ok(())
                })
            })
            .await?;
    }
}

/// The server's own key pair in PEM.
///
/// # Errors
/// [`super::StoreError`].
pub async fn host_key(store: &Store) -> StoreResult<Option<(String, String)>> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (String, String),
        "select private_key_pem, public_key_pem from host_keys where name = 'host'"
    )?;
    found.map(|(private, public)| Ok((open(store, HOST_PLACE, private)?, public))).transpose()
}

/// Keeps the server's key pair; the first one stays.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep_host_key(store: &Store, private_pem: String, public_pem: String) -> StoreResult<()> {
    let private_pem = store.sealing.seal(HOST_PLACE, &private_pem)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &str = "-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----\n";

    fn account(id: &str) -> NewAccount {
        NewAccount {
            id: id.to_owned(),
            username: id.to_owned(),
            role: "member".to_owned(),
            password_hash: String::new(),
            private_key_pem: PEM.to_owned(),
            public_key_pem: String::new(),
            created_at: 0,
        }
    }

    async fn stored(store: &Store) -> Vec<String> {
        let mut c = store.reader().await.unwrap();
        let sql = "select private_key_pem from accounts union all select private_key_pem from host_keys";
        let found = rows!(&mut c, (String,), sql).unwrap();
        found.into_iter().map(|(text,)| text).collect()
    }

    #[tokio::test]
    async fn no_private_key_lies_in_the_open_and_each_opens_for_its_account_only() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let made = |name| crate::store::held_names::make(&store, account(name), None, None);
        made("ann").await.unwrap();
        made("old").await.unwrap();
        keep_host_key(&store, PEM.to_owned(), "public".to_owned()).await.unwrap();
        store
            .write(|c| {
                Box::pin(async move {
                    run!(c, "update accounts set private_key_pem = $1 where id = 'old'", PEM)?;
                    Ok(())
                })
            })
            .await
            .unwrap();
        assert_eq!(
            private_key(&store, "old").await.unwrap().as_deref(),
            Some(PEM),
            "as rows of before have it"
        );
        for _ in 0..2 {
            seal_keys(&store).await.unwrap();
            assert!(
                stored(&store).await.iter().all(|text| !text.contains("BEGIN") && !text.contains("hush"))
            );
            for id in ["ann", "old"] {
                assert_eq!(private_key(&store, id).await.unwrap().as_deref(), Some(PEM), "{id}");
            }
        }
        assert_eq!(host_key(&store).await.unwrap(), Some((PEM.to_owned(), "public".to_owned())));
        store
            .write(|c| {
                Box::pin(async move {
                    let sql = "update accounts set private_key_pem = \
                               (select private_key_pem from accounts where id = 'ann') where id = 'old'";
                    run!(c, sql)?;
                    Ok(())
                })
            })
            .await
            .unwrap();
        assert!(private_key(&store, "old").await.is_err(), "another's key does not open in its place");
    }
}
