//! Whether the keys of accounts can be used, and whether the addresses of the server are those we were told.

use sqlx::PgConnection;
use url::Url;

use crate::{
    adapters::mastodon_database::{
        host::Secrets,
        schema::{Schema, Version},
    },
    model::finding::Finding,
};

/// What it looks at.
const KEYS: &str = "keys";

/// Looks whether a key of some account opens. No key leaves this function.
pub(super) async fn look(
    c: &mut PgConnection,
    schema: Schema,
    secrets: Option<&Secrets>,
    is_kept: bool,
) -> Result<Finding, sqlx::Error> {
    let table = if schema.is_at_least(Version::V4_7) { "keypairs" } else { "accounts" };
    let may: bool = sqlx::query_scalar("select has_column_privilege($1, 'private_key', 'select')")
        .bind(table)
        .fetch_one(&mut *c)
        .await?;
    if is_kept {
        return Ok(if may {
            let remedy = format!("revoke select (private_key) on {table} from the daemon's role");
            Finding::warns(KEYS, "the keeper keeps them, but the daemon may read them, too", remedy)
        } else {
            Finding::good(KEYS, "the keeper keeps them, and the daemon cannot read them")
        });
    }
    if !may {
        let cause = format!("the role may not read {table}.private_key, so that no Move can be signed");
        let remedy =
            "let a keeper do it (docs/MASTODON.md), or grant it; where accounts never leave, this is right";
        return Ok(Finding::warns(KEYS, cause, remedy));
    }
    if !schema.is_at_least(Version::V4_7) {
        return Ok(Finding::good(KEYS, "the keys of accounts can be read"));
    }
    let sealed: Option<String> = sqlx::query_scalar(
        "select private_key::text from keypairs where uri is null and private_key is not null and type = 0 \
         order by id desc limit 1",
    )
    .fetch_optional(c)
    .await?;
    let Some(sealed) = sealed else { return Ok(Finding::good(KEYS, "no account has one yet")) };
    let names = "the two ACTIVE_RECORD_ENCRYPTION values of its environment";
    let Some(secrets) = secrets else {
        let remedy = format!("set home.encryption_primary_key and home.encryption_salt to {names}");
        return Ok(Finding::warns(KEYS, "this server keeps its keys encrypted", remedy));
    };
    Ok(if secrets.opens(&sealed) {
        Finding::good(KEYS, "the keys of accounts open")
    } else {
        let remedy = format!("home.encryption_primary_key and home.encryption_salt must be {names}");
        Finding::warns(KEYS, "the keys of accounts do not open with the secrets that were given", remedy)
    })
}

/// Whether the newest post of the server's own says the address that we were told.
pub(super) async fn address(c: &mut PgConnection, base: &Url) -> Result<Finding, sqlx::Error> {
    let about = "server address";
    let newest: Option<String> = sqlx::query_scalar(
        "select uri::text from statuses where local and uri is not null and deleted_at is null \
         order by id desc limit 1",
    )
    .fetch_optional(c)
    .await?;
    let Some(stated) = newest.and_then(|uri| Url::parse(&uri).ok()) else {
        return Ok(Finding::good(about, "nobody has written anything yet"));
    };
    Ok(if stated.origin() == base.origin() {
        Finding::good(about, "its posts have the address that server.base_url says")
    } else {
        let cause = format!(
            "its posts are at {}, server.base_url says {base}",
            stated.origin().ascii_serialization()
        );
        Finding::blocks(about, cause, "set server.base_url to the server's own address (WEB_DOMAIN)")
    })
}
