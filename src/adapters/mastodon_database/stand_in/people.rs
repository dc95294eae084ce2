//! People of the server that is stood in for: made as its own sign-up makes them, and counted when they sign in.

use sqlx::PgConnection;

use super::{DOING, StandIn};
use crate::{adapters::mastodon_database::database::silent, model::id::AccountId, port::error::AdapterError};

/// Somebody who gets an account.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Login name.
    pub name: String,
    /// Whether they answer for the server.
    pub is_admin: bool,
    /// The account's key, private and public half, in PEM.
    pub key: (String, String),
}

/// Permission to do everything.
const ADMINISTRATOR: i64 = 1;

impl StandIn {
    /// Makes an account somebody may sign in with.
    ///
    /// # Errors
    /// [`AdapterError`] when the name is taken.
    pub async fn add(&self, person: NewPerson) -> Result<AccountId, AdapterError> {
        let (mut c, _) = self.database.connection().await?;
        let role = if person.is_admin { Some(owner_role(&mut c).await?) } else { None };
        let (private, public) = person.key;
        let id: i64 = sqlx::query_scalar(
            "insert into accounts (username, display_name, private_key, public_key, id_scheme, discoverable, \
             created_at, updated_at) values ($1, '', $2, $3, 0, true, now(), now()) returning id",
        )
        .bind(&person.name)
        .bind(private)
        .bind(public)
        .fetch_one(&mut *c)
        .await
        .map_err(|error| silent(&error))?;
        sqlx::query(
            "insert into users (account_id, email, role_id, confirmed_at, approved, created_at, updated_at) \
             values ($1, $2, $3, now(), true, now(), now())",
        )
        .bind(id)
        .bind(format!("{}@mail.invalid", person.name))
        .bind(role)
        .execute(&mut *c)
        .await
        .map_err(|error| silent(&error))?;
        Ok(id.to_string().into())
    }

    /// Counts that somebody signed in with their secret.
    ///
    /// # Errors
    /// [`AdapterError`] when the database does not answer.
    pub async fn count_sign_in(&self, account: &AccountId) -> Result<(), AdapterError> {
        let (mut c, _) = self.database.connection().await?;
        sqlx::query(
            "update users set last_sign_in_at = coalesce(current_sign_in_at, now() at time zone 'utc'), \
             current_sign_in_at = now() at time zone 'utc', sign_in_count = sign_in_count + 1 \
             where account_id = $1::text::bigint",
        )
        .bind(account.as_str())
        .execute(&mut *c)
        .await
        .map_err(|error| silent(&error))
        .map(drop)
    }

    /// Writes a post as its author would; `audience` is the table's number of it.
    ///
    /// # Errors
    /// [`AdapterError`] when the database does not answer.
    pub async fn write(&self, account: &AccountId, text: &str, audience: i32) -> Result<(), AdapterError> {
        let (mut c, _) = self.database.connection().await?;
        let named = self.named(account).await?;
        let id: i64 = sqlx::query_scalar(
            "insert into statuses (account_id, text, visibility, local, created_at, updated_at) \
             values ($1, $2, $3, true, now() at time zone 'utc', now() at time zone 'utc') returning id",
        )
        .bind(named.id)
        .bind(text)
        .bind(audience)
        .fetch_one(&mut *c)
        .await
        .map_err(|error| silent(&error))?;
        sqlx::query("update statuses set uri = $2 where id = $1")
            .bind(id)
            .bind(self.place.posts(&named).id(id).as_str())
            .execute(&mut *c)
            .await
            .map_err(|error| silent(&error))
            .map(drop)
    }

    pub(super) async fn named(
        &self,
        account: &AccountId,
    ) -> Result<crate::adapters::mastodon_database::place::Named, AdapterError> {
        self.host.named(account, DOING).await
    }
}

/// The role of whoever owns the server.
async fn owner_role(c: &mut PgConnection) -> Result<i64, AdapterError> {
    let found: Option<i64> = sqlx::query_scalar("select id from user_roles where permissions = $1 limit 1")
        .bind(ADMINISTRATOR)
        .fetch_optional(&mut *c)
        .await
        .map_err(|error| silent(&error))?;
    if let Some(found) = found {
        return Ok(found);
    }
    sqlx::query_scalar(
        "insert into user_roles (name, permissions, position, created_at, updated_at) \
         values ('Owner', $1, 1000, now(), now()) returning id",
    )
    .bind(ADMINISTRATOR)
    .fetch_one(c)
    .await
    .map_err(|error| silent(&error))
}
