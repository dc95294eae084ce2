//! Sends what waits in the table of deliveries, and writes down how each attempt ended.

use std::{collections::BTreeMap, time::Duration};

use futures::StreamExt;
use url::Url;

use crate::{
    model::{actor::authority, id::AccountId},
    port::{
        clock::Clock,
        host::Host,
        remote::{Remote, RemoteError, Request, Response},
    },
    store::{
        Store, StoreError, StoreResult,
        deliveries::{self, Due, Outcome},
    },
};

/// Servers spoken to at the same time.
const AT_ONCE: usize = 8;
/// Rows taken at a time.
const BATCH: i64 = 256;
/// Rows of one inbox taken at a time, so that none crowds out others.
const PER_INBOX: i64 = 16;
/// Attempts before a delivery is given up; together about two days.
const ATTEMPTS: i64 = 16;
/// How long other letters for an inbox wait after it did not answer.
const HOLD: Duration = Duration::from_mins(1);
/// A server's wish to be left alone is heeded up to this; a longer one would be a way to never get a letter.
const LONGEST_WISH: Duration = Duration::from_hours(24);

/// What deliveries need.
struct Post<'a> {
    store: &'a Store,
    clock: &'a dyn Clock,
    remote: &'a dyn Remote,
    /// Whose keys sign.
    host: &'a dyn Host,
}

/// Sends everything that is due; yields when the next row will be, in microseconds since 1970.
///
/// # Errors
/// [`StoreError`]; rows whose outcome was not written are sent again, which receivers notice.
pub async fn run_due(
    store: &Store,
    clock: &dyn Clock,
    remote: &dyn Remote,
    host: &dyn Host,
) -> Result<Option<i64>, StoreError> {
    let post = Post { store, clock, remote, host };
    loop {
        let due = deliveries::due(store, clock.now_micros(), PER_INBOX, BATCH).await?;
        if due.is_empty() {
            return deliveries::next_due(store).await;
        }
        let mut by_server: BTreeMap<String, Vec<Due>> = BTreeMap::new();
        for row in due {
            let server = Url::parse(&row.inbox).map(|url| authority(&url)).unwrap_or_default();
            by_server.entry(server).or_default().push(row);
        }
        let mut servers = futures::stream::iter(by_server.into_values().map(|rows| post.serve(rows)))
            .buffer_unordered(AT_ONCE);
        // Whatever stops one, the answers to what the others have sent are written down.
        let mut all = Ok(());
        while let Some(served) = servers.next().await {
            all = all.and(served);
        }
        all?;
    }
}

impl Post<'_> {
    /// One server's letters, one after the other; an inbox that does not answer is left alone for a while.
    async fn serve(&self, rows: Vec<Due>) -> StoreResult<()> {
        let mut silent: Vec<String> = Vec::new();
        for row in rows {
            // An answer that has come is written down before the daemon stops; no further letter goes out.
            self.store.goes_on()?;
            if silent.contains(&row.inbox) {
                continue;
            }
            let (id, inbox) = (row.id.clone(), row.inbox.clone());
            let outcome = self.attempt(row).await;
            let is_silent = matches!(outcome, Outcome::Again { .. });
            deliveries::record(self.store, id.clone(), outcome).await?;
            if is_silent {
                deliveries::hold(self.store, inbox.clone(), id, self.after(HOLD)).await?;
                silent.push(inbox);
            }
        }
        Ok(())
    }

    /// One attempt.
    async fn attempt(&self, row: Due) -> Outcome {
        let attempts = row.attempts.saturating_add(1);
        let Ok(inbox) = Url::parse(&row.inbox) else {
            return Outcome::Dead { status: None, why: "the inbox is no address".to_owned() };
        };
        let account = AccountId::from(row.account_id);
        let signature = self.host.sign_delivery(&account, &inbox, &row.activity).await;
        let request = Request {
            body: Some(row.activity.into()),
            content_type: "application/activity+json",
            ..Request::get(inbox)
        };
        let signed = match signature {
            Ok(Some(signature)) => Ok(request.bringing(signature)),
            Ok(None) => self.host.signer(&account).await.map(|signer| request.signed(signer)),
            Err(error) => Err(error),
        };
        let request = match signed {
            Ok(request) => request,
            Err(error) => return self.again(attempts, None, None, error.to_string()),
        };
        match self.remote.send(request).await {
            Ok(response) => self.judge(&response, attempts),
            Err(error @ RemoteError::Forbidden { .. }) => {
                Outcome::Dead { status: None, why: error.to_string() }
            }
            Err(error) => self.again(attempts, None, None, error.to_string()),
        }
    }

    /// What an answer means.
    fn judge(&self, response: &Response, attempts: i64) -> Outcome {
        let status = response.status;
        let why = format!("it answered {status}");
        match status {
            200..=299 => Outcome::Delivered { status },
            401 | 408 | 429 => self.again(attempts, response.retry_after(), Some(status), why),
            400..=499 => Outcome::Dead { status: Some(status), why },
            _ => self.again(attempts, response.retry_after(), Some(status), why),
        }
    }

    /// Another attempt after n⁴ + 15 seconds or when the server wishes, whichever is later.
    fn again(&self, attempts: i64, wish: Option<Duration>, status: Option<u16>, why: String) -> Outcome {
        if attempts >= ATTEMPTS {
            return Outcome::Dead { status, why: format!("given up after {attempts} attempts: {why}") };
        }
        let pause = attempts.saturating_pow(4).saturating_add(15);
        let pause = Duration::from_secs(u64::try_from(pause).unwrap_or(u64::MAX));
        let pause = pause.max(wish.unwrap_or_default().min(LONGEST_WISH));
        Outcome::Again { at: self.after(pause), status, why }
    }

    fn after(&self, pause: Duration) -> i64 {
        let micros = i64::try_from(pause.as_micros()).unwrap_or(i64::MAX);
        self.clock.now_micros().saturating_add(micros)
    }
}

#[cfg(test)]
mod tests;
