//! From an account as the interface names it to the actor it is.
//!
//! Newer servers say it; others give a handle, whose server is asked as for any handle. What is found
//! is remembered as long as the account is open.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use futures::{StreamExt, stream};
use serde_json::Value;
use url::Url;

use crate::{
    model::handle::Handle,
    port::{
        lookup,
        remote::{SharedRemote, Signer},
    },
    wire::lenient,
    words::text,
};

/// Servers asked at the same time.
const AT_ONCE: usize = 8;
/// Handles that are remembered; more than anybody follows.
const MOST: usize = 20_000;

/// Knows who is who.
pub struct People {
    remote: SharedRemote,
    signer: Signer,
    host: String,
    known: Mutex<BTreeMap<String, Result<Url, String>>>,
}

impl People {
    /// Nobody is known yet; `host` is the server's own name as it stands in handles.
    pub fn new(remote: SharedRemote, signer: Signer, host: String) -> Self {
        Self { remote, signer, host, known: Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Result<Url, String>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The handle of an account, with its host.
    pub fn handle(&self, account: &Value) -> Option<String> {
        let acct = lenient::text(account, "acct")?;
        Some(if acct.contains('@') { acct } else { format!("{acct}@{}", self.host) })
    }

    /// The actors of some accounts, in their order; a sentence for whoever cannot be found.
    pub async fn actors(&self, accounts: &[Value]) -> Vec<Result<Url, String>> {
        let unknown: Vec<String> = accounts
            .iter()
            .filter(|account| said(account).is_none())
            .filter_map(|account| self.handle(account))
            .filter(|handle| !self.known().contains_key(handle))
            .collect();
        let looked_up = stream::iter(unknown)
            .map(|handle| async {
                let found = self.look_up(&handle).await;
                (handle, found)
            })
            .buffer_unordered(AT_ONCE);
        let looked_up: Vec<_> = looked_up.collect().await;
        {
            let mut known = self.known();
            if known.len() > MOST {
                known.clear();
            }
            known.extend(looked_up);
        }
        accounts.iter().map(|account| self.actor(account)).collect()
    }

    fn actor(&self, account: &Value) -> Result<Url, String> {
        if let Some(actor) = said(account) {
            return Ok(actor);
        }
        let handle = self.handle(account).ok_or_else(|| text!("reasons-does-not-say-who-it-is"))?;
        let found = self.known().get(&handle).cloned();
        found.unwrap_or_else(|| Err(text!("reasons-does-not-say-who-it-is")))
    }

    async fn look_up(&self, handle: &str) -> Result<Url, String> {
        let handle: Handle =
            handle.parse().map_err(|_| text!("reasons-no-address-of-an-account", handle = handle))?;
        lookup::resolve(&*self.remote, &self.signer, &handle).await.map_err(|error| error.to_string())
    }
}

/// The actor where the server says it.
pub fn said(account: &Value) -> Option<Url> {
    lenient::url(account, "uri")
        .or_else(|| lenient::url(account.get("pleroma")?, "ap_id"))
        .or_else(|| lenient::url(account, "ap_id"))
        .or_else(|| lenient::url(account, "actor_id"))
}

/// What stands for an account that cannot be found.
pub fn key(account: &Value) -> String {
    let said = ["acct", "url", "id"].iter().find_map(|field| lenient::text(account, field));
    said.unwrap_or_else(|| account.to_string().chars().take(100).collect())
}
