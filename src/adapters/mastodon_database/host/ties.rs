//! Following and blocking: through the server's own interface, because their servers must be told and only it
//! can. Rows of follows and blocks are never written.
//!
//! Spec: the server's `POST /api/v1/accounts/:id/follow` and `/block`, `GET /api/v2/search`, `X-RateLimit-Reset`.

use std::time::Duration;

use serde_json::Value;
use sqlx::PgConnection;
use url::Url;

use super::permits::OwnersPermits;
use crate::{
    adapters::mastodon_database::{
        Database, Place,
        database::silent,
        destination::waits_on_lists,
        place::{Meaning, Whose},
    },
    model::{id::AccountId, moment::Moment, tie::Tie},
    port::{
        error::{AdapterError, Cause},
        host::Tied,
        remote::{Remote, Request, Response},
    },
    wire::lenient,
    words::text,
};

/// What was being done.
const DOING: &str = "asking the server beside us to follow or block somebody";
/// How long a server that had enough and does not say for how long is left alone.
const AFTER_ENOUGH: Duration = Duration::from_mins(5);
/// The longest it may ask for; its own limit for follows is a day.
const LONGEST: Duration = Duration::from_hours(25);
/// How soon a server in trouble is asked again.
const AFTER_TROUBLE: Duration = Duration::from_mins(1);

/// The server and an owner's permission there.
pub(in crate::adapters::mastodon_database) struct Asking<'a> {
    pub(in crate::adapters::mastodon_database) database: &'a Database,
    pub(in crate::adapters::mastodon_database) place: &'a Place,
    pub(in crate::adapters::mastodon_database) permits: &'a OwnersPermits,
    pub(in crate::adapters::mastodon_database) remote: &'a dyn Remote,
}

impl Asking<'_> {
    /// Follows or blocks somebody. Who is followed or blocked already is not asked about again.
    ///
    /// # Errors
    /// As [`crate::port::host::Host::tie`].
    pub(in crate::adapters::mastodon_database) async fn tie(
        &self,
        account: &AccountId,
        actor: &Url,
        tie: &Tie,
    ) -> Result<Tied, AdapterError> {
        let gone = || AdapterError::item(text!("reasons-the-account-here-is-gone"));
        let owner: i64 = account.as_str().parse().map_err(|_| gone())?;
        let token = self
            .permits
            .token(account)
            .await?
            .ok_or_else(|| AdapterError::item(text!("reasons-its-owner-has-not-allowed-it")))?;
        let (mut c, _) = self.database.connection().await?;
        let known = self.find(&mut c, actor).await?;
        let target = if let Some(target) = known {
            target
        } else {
            let mut url = self.permits.at("/api/v2/search")?;
            url.query_pairs_mut()
                .append_pair("q", actor.as_str())
                .append_pair("resolve", "true")
                .append_pair("type", "accounts")
                .append_pair("limit", "1");
            let request = Request::get(url).accepting("application/json").bearing(&token);
            if let Some(rests) = self.send(account, request).await? {
                return Ok(rests);
            }
            // What it found stands in its tables, under the very address; nothing else counts.
            self.find(&mut c, actor)
                .await?
                .ok_or_else(|| AdapterError::item(text!("reasons-cannot-find-them-any-more")))?
        };
        if target == owner {
            return Err(AdapterError::item(text!("reasons-this-is-the-account-itself")));
        }
        if !is_tied(&mut c, owner, target, tie).await.map_err(|error| silent(&error))? {
            let request = self.wish(target, tie)?.bearing(&token);
            if let Some(rests) = self.send(account, request).await? {
                return Ok(rests);
            }
        }
        if matches!(tie, Tie::Follow(_)) {
            let lists = waits_on_lists(self.permits.store(), account, actor).await?;
            put_on_lists(&mut c, owner, target, &lists).await.map_err(|error| silent(&error))?;
        }
        Ok(Tied::Done)
    }

    fn wish(&self, target: i64, tie: &Tie) -> Result<Request, AdapterError> {
        let at = |last: &str| self.permits.at(&format!("/api/v1/accounts/{target}/{last}"));
        let Tie::Follow(options) = tie else { return Ok(Request::post_form(at("block")?, &[])) };
        let word = |is: bool| if is { "true" } else { "false" };
        let mut fields = vec![("reblogs", word(options.shows_boosts)), ("notify", word(options.notifies))];
        fields.extend(options.languages.iter().map(|language| ("languages[]", language.as_str())));
        Ok(Request::post_form(at("follow")?, &fields))
    }

    /// Asks; gives the pause where the server wants one.
    async fn send(&self, account: &AccountId, request: Request) -> Result<Option<Tied>, AdapterError> {
        let response = self.remote.send(request).await.map_err(|error| error.into_adapter(DOING))?;
        match response.status {
            200..=299 => Ok(None),
            429 => {
                let after = self.pause(&response);
                let why = text!("reasons-only-so-much-at-a-time");
                Ok(Some(Tied::Rests { why, after }))
            }
            status @ 500..=599 => Err(AdapterError::Busy {
                doing: DOING.to_owned(),
                why: format!("it answered {status}"),
                after: response.retry_after().unwrap_or(AFTER_TROUBLE).min(LONGEST),
                cause: Cause::Beside,
            }),
            401 => {
                self.permits.is_void(account).await?;
                Err(AdapterError::item(text!("reasons-the-permission-does-not-hold")))
            }
            status => {
                let said = response.json().await.ok().and_then(|body: Value| lenient::text(&body, "error"));
                let said: String = said.unwrap_or_default().chars().take(200).collect();
                Err(AdapterError::item(text!(
                    "reasons-this-server-answered",
                    status = status.to_string(),
                    said = said
                )))
            }
        }
    }

    /// How long it wants to be left alone: until the time it names.
    fn pause(&self, response: &Response) -> Duration {
        let reset =
            response.headers.get("x-ratelimit-reset").and_then(|text| Moment::parse(text.trim()).ok());
        let until = reset.map(|reset| reset.micros().saturating_sub(self.permits.now()));
        let until = until.and_then(|micros| u64::try_from(micros).ok()).map(Duration::from_micros);
        let pause = until.or_else(|| response.retry_after()).unwrap_or(AFTER_ENOUGH);
        pause.clamp(Duration::from_secs(1), LONGEST)
    }

    /// The key of somebody the server knows.
    async fn find(&self, c: &mut PgConnection, actor: &Url) -> Result<Option<i64>, AdapterError> {
        let own = match self.place.meaning(actor) {
            Some(Meaning::Account(whose)) => Some(whose),
            _ => None,
        };
        let found =
            match own {
                Some(Whose::Id(id)) => {
                    sqlx::query_scalar("select id from accounts where id = $1 and domain is null")
                        .bind(id)
                        .fetch_optional(c)
                        .await
                }
                Some(Whose::Name(name)) => sqlx::query_scalar(
                    "select id from accounts where lower(username) = $1 and coalesce(lower(domain), '') = ''",
                )
                .bind(name)
                .fetch_optional(c)
                .await,
                None => {
                    sqlx::query_scalar("select id from accounts where uri = $1 and domain is not null")
                        .bind(actor.as_str())
                        .fetch_optional(c)
                        .await
                }
            };
        found.map_err(|error| silent(&error))
    }
}

async fn is_tied(c: &mut PgConnection, owner: i64, target: i64, tie: &Tie) -> Result<bool, sqlx::Error> {
    let sql = match tie {
        Tie::Follow(_) => {
            "select exists (select from follows where account_id = $1 and target_account_id = $2) \
             or exists (select from follow_requests where account_id = $1 and target_account_id = $2)"
        }
        Tie::Block => "select exists (select from blocks where account_id = $1 and target_account_id = $2)",
    };
    sqlx::query_scalar(sql).bind(owner).bind(target).fetch_one(c).await
}

/// Whoever is followed now stands on the lists they came for: the server keeps nobody else on one. Nobody is
/// told of it.
async fn put_on_lists(
    c: &mut PgConnection,
    owner: i64,
    target: i64,
    lists: &[i64],
) -> Result<(), sqlx::Error> {
    if lists.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into list_accounts (list_id, account_id, follow_id, follow_request_id) \
         select l.id, $2, f.id, r.id from lists l \
         left join follows f on f.account_id = $1 and f.target_account_id = $2 \
         left join follow_requests r on r.account_id = $1 and r.target_account_id = $2 and f.id is null \
         where l.id = any($3) and l.account_id = $1 and (f.id is not null or r.id is not null) \
         on conflict (account_id, list_id) do nothing",
    )
    .bind(owner)
    .bind(target)
    .bind(lists)
    .execute(c)
    .await
    .map(drop)
}
