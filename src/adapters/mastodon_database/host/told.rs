//! Whether followers were told of a move before, by the server's own means: a second Move must never be sent.
//! Ours is noted where the server notes its own, so that its pages do not send another within its 30 days.

use sqlx::PgConnection;
use url::Url;

use crate::{
    adapters::mastodon_database::{database::silent, place::Named},
    port::error::AdapterError,
};

/// Whether a move of the account to `target` stands in the server's own book.
///
/// # Errors
/// [`AdapterError`] when the database cannot be asked.
pub async fn is_told(c: &mut PgConnection, account: &Named, target: &Url) -> Result<bool, AdapterError> {
    sqlx::query_scalar(
        "select exists (select from account_migrations m join accounts a on a.id = m.target_account_id \
         where m.account_id = $1 and a.uri = $2)",
    )
    .bind(account.id)
    .bind(target.as_str())
    .fetch_one(c)
    .await
    .map_err(|error| silent(&error))
}

/// Notes that followers were told of it; a second time changes nothing.
///
/// # Errors
/// [`AdapterError`] when the database cannot be asked.
pub async fn note_told(
    c: &mut PgConnection,
    account: &Named,
    target: &Url,
    now: i64,
) -> Result<(), AdapterError> {
    sqlx::query(
        "insert into account_migrations (account_id, acct, followers_count, target_account_id, created_at, \
         updated_at) \
         select $1, a.username || '@' || a.domain, coalesce(s.followers_count, 0), a.id, \
         timestamp 'epoch' + $3 * interval '1 microsecond', timestamp 'epoch' + $3 * interval '1 microsecond' \
         from accounts a left join account_stats s on s.account_id = $1 \
         where a.uri = $2 and a.domain is not null and not exists (\
           select from account_migrations m where m.account_id = $1 and m.target_account_id = a.id) limit 1",
    )
    .bind(account.id)
    .bind(target.as_str())
    .bind(now)
    .execute(c)
    .await
    .map_err(|error| silent(&error))
    .map(drop)
}
