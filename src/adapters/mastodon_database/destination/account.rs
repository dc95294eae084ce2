//! The account a copy is for.

use sqlx::PgConnection;

use crate::{
    adapters::mastodon_database::{
        database::silent,
        place::Named,
        schema::{Schema, Version},
    },
    model::id::AccountId,
    port::error::AdapterError,
};

/// What was being done when an account does not take a copy.
const DOING: &str = "writing into the account";

/// Finds it. Copies go into accounts of this server's own that are in use.
///
/// # Errors
/// [`AdapterError`]; fatal when there is no such account, or it is closed.
pub(in crate::adapters::mastodon_database) async fn find(
    c: &mut PgConnection,
    schema: Schema,
    id: &AccountId,
) -> Result<Named, AdapterError> {
    let gone = || AdapterError::fatal(DOING, "there is no such account at this server any more");
    let id: i64 = id.as_str().parse().map_err(|_| gone())?;
    let sql = if schema.is_at_least(Version::V4_5) {
        "select username::text, coalesce(id_scheme, 0) = 1, suspended_at is not null from accounts \
         where id = $1 and domain is null"
    } else {
        "select username::text, false, suspended_at is not null from accounts where id = $1 and domain is null"
    };
    let found: Option<(String, bool, bool)> =
        sqlx::query_as(sql).bind(id).fetch_optional(c).await.map_err(|error| silent(&error))?;
    match found {
        None => Err(gone()),
        Some((_, _, true)) => Err(AdapterError::fatal(DOING, "the account is suspended at this server")),
        Some((username, is_numeric, false)) => Ok(Named { id, username, is_numeric }),
    }
}

/// Refuses an account whose old posts the server deletes by itself: it looks at ids, and those of a copy
/// are as old as the posts.
///
/// # Errors
/// [`AdapterError::Fatal`] that says what to switch off.
pub(super) async fn keeps_old_posts(c: &mut PgConnection, account: &Named) -> Result<(), AdapterError> {
    let deletes: bool = sqlx::query_scalar(
        "select exists (select from account_statuses_cleanup_policies where account_id = $1 and enabled)",
    )
    .bind(account.id)
    .fetch_one(c)
    .await
    .map_err(|error| silent(&error))?;
    if deletes {
        let why = "the account deletes its old posts by itself, and would delete the copies within minutes; \
                   switch “Automated post deletion” off in its preferences, then continue";
        return Err(AdapterError::fatal(DOING, why));
    }
    Ok(())
}
