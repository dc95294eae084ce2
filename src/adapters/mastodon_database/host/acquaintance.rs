//! Other servers' accounts that this server has to know: it shows where an account went from its own tables.

use sqlx::PgConnection;

use crate::{
    adapters::mastodon_database::database::silent,
    model::actor::{Actor, authority},
    port::error::AdapterError,
};

/// What was being done.
const DOING: &str = "making the new account known to the server beside us";

/// Makes an account of another server known, as its own look at it does; one that is known stays as it is.
/// The server asks about it again when it needs it: it was never looked up.
///
/// # Errors
/// [`AdapterError::Fatal`] when another account stands under its name.
pub async fn meet(c: &mut PgConnection, actor: &Actor, now: i64) -> Result<i64, AdapterError> {
    if let Some(id) = known(&mut *c, actor).await? {
        return Ok(id);
    }
    let url = |url: Option<&url::Url>| url.map_or(String::new(), ToString::to_string);
    sqlx::query(
        "insert into accounts (username, domain, uri, url, inbox_url, outbox_url, shared_inbox_url, \
         followers_url, protocol, actor_type, display_name, public_key, created_at, updated_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $11, \
         timestamp 'epoch' + $12 * interval '1 microsecond', timestamp 'epoch' + $12 * interval '1 microsecond') \
         on conflict do nothing",
    )
    .bind(&actor.username)
    .bind(authority(&actor.id))
    .bind(actor.id.as_str())
    .bind(url(actor.url.as_ref()))
    .bind(actor.inbox.as_str())
    .bind(url(actor.collections.get("outbox")))
    .bind(url(actor.shared_inbox.as_ref()))
    .bind(url(actor.followers.as_ref()))
    .bind(&actor.kind)
    .bind(actor.name.as_deref().unwrap_or_default())
    .bind(actor.public_key.as_ref().map_or("", |key| key.pem.as_str()))
    .bind(now)
    .execute(&mut *c)
    .await
    .map_err(|error| silent(&error))?;
    let why = "another account stands under its name here; paste its address into this server's search once, \
               then try again";
    known(c, actor).await?.ok_or_else(|| AdapterError::fatal(DOING, why))
}

async fn known(c: &mut PgConnection, actor: &Actor) -> Result<Option<i64>, AdapterError> {
    sqlx::query_scalar("select id from accounts where uri = $1 and domain is not null limit 1")
        .bind(actor.id.as_str())
        .fetch_optional(c)
        .await
        .map_err(|error| silent(&error))
}
