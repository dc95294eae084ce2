//! What arrives in an inbox, as far as a move needs it: somebody follows an account, or no longer.

use serde_json::Value;
use sqlx::PgConnection;
use url::Url;

use super::{DOING, StandIn};
use crate::{
    adapters::mastodon_database::{database::silent, host::meet},
    model::actor::Actor,
    port::{
        error::AdapterError,
        host::{Host, HostAccount},
        remote::{Remote, Request},
    },
    wire::{self, lenient},
};

impl StandIn {
    /// Takes an activity whose sender is known. What is not about following is taken and forgotten.
    ///
    /// # Errors
    /// [`AdapterError`] when the database does not answer, or the follower's server does not.
    pub async fn receive(
        &self,
        remote: &dyn Remote,
        sender: &Actor,
        activity: &Value,
    ) -> Result<(), AdapterError> {
        let inner = activity.get("object").cloned().unwrap_or_default();
        match lenient::text(activity, "type").as_deref() {
            Some("Follow") => {
                let Some(account) = self.target(&inner).await? else { return Ok(()) };
                let (mut c, _) = self.database.connection().await?;
                follow(&mut c, self.clock.now_micros(), sender, &account, activity).await?;
                drop(c);
                self.accept(remote, sender, &account, activity).await
            }
            Some("Undo") if lenient::text(&inner, "type").as_deref() == Some("Follow") => {
                let target = inner.get("object").cloned().unwrap_or_default();
                let Some(account) = self.target(&target).await? else { return Ok(()) };
                let (mut c, _) = self.database.connection().await?;
                sqlx::query(
                    "delete from follows where target_account_id = $1::text::bigint \
                     and account_id = (select id from accounts where uri = $2)",
                )
                .bind(account.id.as_str())
                .bind(sender.id.as_str())
                .execute(&mut *c)
                .await
                .map_err(|error| silent(&error))
                .map(drop)
            }
            _ => Ok(()),
        }
    }

    async fn target(&self, value: &Value) -> Result<Option<HostAccount>, AdapterError> {
        match lenient::id(value) {
            Some(id) => self.found(id).await,
            None => Ok(None),
        }
    }

    async fn accept(
        &self,
        remote: &dyn Remote,
        sender: &Actor,
        account: &HostAccount,
        activity: &Value,
    ) -> Result<(), AdapterError> {
        let id = account.actor.join(&format!("#accepts/follows/{}", self.clock.id()));
        let id: Url = id.map_err(|error| AdapterError::fatal(DOING, error))?;
        let accept = wire::activity::about("Accept", &id, &account.actor, activity);
        let request = Request::post_activity(sender.inbox.clone(), &accept);
        let signer = self.host.signer(&account.id).await?;
        remote.send(request.signed(signer)).await.map_err(|error| error.into_adapter(DOING)).map(drop)
    }
}

async fn follow(
    c: &mut PgConnection,
    now: i64,
    sender: &Actor,
    account: &HostAccount,
    activity: &Value,
) -> Result<(), AdapterError> {
    let follower = meet(&mut *c, sender, now).await?;
    sqlx::query(
        "insert into follows (account_id, target_account_id, uri, created_at, updated_at) \
         values ($1, $2::text::bigint, $3, now() at time zone 'utc', now() at time zone 'utc') \
         on conflict (account_id, target_account_id) do nothing",
    )
    .bind(follower)
    .bind(account.id.as_str())
    .bind(lenient::text(activity, "id"))
    .execute(c)
    .await
    .map_err(|error| silent(&error))
    .map(drop)
}
