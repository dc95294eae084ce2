//! Which other accounts are said to be the same person's, and where an account went.

use sqlx::PgConnection;
use url::Url;

use crate::{
    adapters::mastodon_database::{database::silent, place::Named},
    model::actor::authority,
    port::error::AdapterError,
};

/// Publishes that an account is also known by `other`; a second time changes nothing. Nobody is told:
/// whoever asks for the account sees it.
///
/// # Errors
/// [`AdapterError`] when the database cannot be asked.
pub async fn add_alias(
    c: &mut PgConnection,
    account: &Named,
    other: &Url,
    now: i64,
) -> Result<(), AdapterError> {
    sqlx::query(
        "update accounts set also_known_as = array_append(coalesce(also_known_as, '{}'), $2::varchar), \
         updated_at = timestamp 'epoch' + $3 * interval '1 microsecond' \
         where id = $1 and domain is null and not ($2 = any(coalesce(also_known_as, '{}')))",
    )
    .bind(account.id)
    .bind(other.as_str())
    .bind(now)
    .execute(&mut *c)
    .await
    .map_err(|error| silent(&error))?;
    let known: Option<(String, Option<String>)> =
        sqlx::query_as("select username::text, domain::text from accounts where uri = $1 limit 1")
            .bind(other.as_str())
            .fetch_optional(&mut *c)
            .await
            .map_err(|error| silent(&error))?;
    let name = if let Some((name, Some(domain))) = known {
        format!("{name}@{domain}")
    } else {
        let last = other.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
        format!("{}@{}", last.trim_start_matches('@'), authority(other))
    };
    // Older releases have no index that would keep a second one out.
    sqlx::query(
        "insert into account_aliases (account_id, acct, uri, created_at, updated_at) \
         select $1, $2, $3, timestamp 'epoch' + $4 * interval '1 microsecond', \
         timestamp 'epoch' + $4 * interval '1 microsecond' \
         where not exists (select from account_aliases where account_id = $1 and uri = $3)",
    )
    .bind(account.id)
    .bind(name)
    .bind(other.as_str())
    .bind(now)
    .execute(c)
    .await
    .map_err(|error| silent(&error))
    .map(drop)
}

/// No longer publishes that an account is also known by `other`.
///
/// # Errors
/// As [`add_alias`].
pub async fn remove_alias(
    c: &mut PgConnection,
    account: &Named,
    other: &Url,
    now: i64,
) -> Result<(), AdapterError> {
    sqlx::query(
        "update accounts set also_known_as = array_remove(also_known_as, $2::varchar), \
         updated_at = timestamp 'epoch' + $3 * interval '1 microsecond' \
         where id = $1 and domain is null and $2 = any(also_known_as)",
    )
    .bind(account.id)
    .bind(other.as_str())
    .bind(now)
    .execute(&mut *c)
    .await
    .map_err(|error| silent(&error))?;
    sqlx::query("delete from account_aliases where account_id = $1 and uri = $2")
        .bind(account.id)
        .bind(other.as_str())
        .execute(c)
        .await
        .map_err(|error| silent(&error))
        .map(drop)
}

/// Says where an account went, or no longer. The server must know the account it went to: its pages and
/// documents show it from its own table.
///
/// # Errors
/// [`AdapterError::Fatal`] when the server does not know where the account went.
pub async fn set_moved_to(
    c: &mut PgConnection,
    account: &Named,
    target: Option<&Url>,
    now: i64,
) -> Result<(), AdapterError> {
    let found: Option<i64> = match target {
        None => None,
        Some(target) => {
            let id = sqlx::query_scalar("select id from accounts where uri = $1 and domain is not null")
                .bind(target.as_str())
                .fetch_optional(&mut *c)
                .await
                .map_err(|error| silent(&error))?;
            let unknown = "this server does not know the new account yet; paste the new account's address \
                           into its search once, then try again";
            Some(id.ok_or_else(|| AdapterError::fatal("saying where the account moved", unknown))?)
        }
    };
    sqlx::query(
        "update accounts set moved_to_account_id = $2, \
         updated_at = timestamp 'epoch' + $3 * interval '1 microsecond' \
         where id = $1 and domain is null and moved_to_account_id is distinct from $2",
    )
    .bind(account.id)
    .bind(found)
    .bind(now)
    .execute(c)
    .await
    .map_err(|error| silent(&error))
    .map(drop)
}
