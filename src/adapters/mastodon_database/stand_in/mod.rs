//! A stand-in for the server's own programs, over tables made from our write-down: what its web side says of
//! accounts and posts, who may sign in, and what arrives in an inbox. For laboratories and demonstrations.
//!
//! It is not the server: what it answers is what the server is known to answer, and none of it is proof.

use std::{path::PathBuf, sync::Arc};

use serde_json::Value;
use sqlx::AssertSqlSafe;
use url::Url;

use super::{
    Database, Files, MastodonAccounts, MastodonExports, Place,
    database::silent,
    place::{Meaning, Whose},
    schema::Version,
};
use crate::{
    adapters::{Surroundings, no_such_kind},
    port::{
        clock::{SharedClock, SystemClock},
        error::AdapterError,
        host::{Host, HostAccount},
    },
};

mod differences;
mod documents;
mod inbox;
mod people;

pub use differences::{CUT_TO, Difference};
pub use people::NewPerson;

/// The kind of server it stands in for, as configurations name it.
pub const KIND: &str = "mastodon_database";
/// The release whose tables it has: the last one with keys in plain.
const RELEASE: Version = Version::V4_6;
/// What was being done.
const DOING: &str = "standing in for the server";

/// The stand-in.
#[derive(Clone)]
pub struct StandIn {
    database: Database,
    place: Place,
    host: MastodonAccounts,
    exports: Arc<MastodonExports>,
    clock: SharedClock,
}

/// Whether the word of a person means this kind of server.
pub fn is_meant(word: &str) -> bool {
    KIND == word || KIND.strip_suffix("_database") == Some(word)
}

impl StandIn {
    /// Over the database of a server that is known so far; its tables are made.
    ///
    /// # Errors
    /// [`AdapterError`] when it is none of this kind, or the tables cannot be made.
    pub async fn make(surroundings: &Surroundings) -> Result<Self, AdapterError> {
        if surroundings.kind != KIND {
            return Err(no_such_kind(&surroundings.kind));
        }
        let database = Database::at(&surroundings.database)?;
        let place = Place {
            web: surroundings.base.clone(),
            domain: surroundings.handle_domain.clone(),
            media_url: surroundings.media_url.clone(),
            files: surroundings.files.clone(),
        };
        let mut c = database.unlooked().await?;
        sqlx::raw_sql(AssertSqlSafe(RELEASE.tables())).execute(&mut *c).await.map_err(|e| silent(&e))?;
        drop(c);
        let clock: SharedClock = Arc::new(SystemClock);
        let host = MastodonAccounts::new(database.clone(), place.clone());
        let host = host.changing(Arc::clone(&clock), None, None);
        let exports = MastodonExports::new(database.clone(), place.clone(), surroundings.base.clone());
        Ok(Self { database, place, host, exports: Arc::new(exports), clock })
    }

    /// An account by the name or number that stands in an address.
    ///
    /// # Errors
    /// [`AdapterError`] when the database does not answer.
    pub async fn account(&self, word: &str) -> Result<Option<HostAccount>, AdapterError> {
        match self.host.account_named(word).await? {
            None if word.bytes().all(|b| b.is_ascii_digit()) => self.host.account(&word.into()).await,
            found => Ok(found),
        }
    }

    /// An account's public document.
    ///
    /// # Errors
    /// [`AdapterError`] when the database does not answer.
    pub async fn actor(&self, account: &HostAccount) -> Result<Value, AdapterError> {
        self.host.actor_document(&account.id).await
    }

    /// Who a resource of `WebFinger` is: an account by its handle, or by any of its addresses.
    ///
    /// # Errors
    /// [`AdapterError`] when the database does not answer.
    pub async fn found(&self, resource: &str) -> Result<Option<HostAccount>, AdapterError> {
        let handle = resource.strip_prefix("acct:").unwrap_or(resource).trim_start_matches('@');
        if let Some((name, domain)) = handle.split_once('@') {
            let is_ours = domain.eq_ignore_ascii_case(&self.place.domain)
                || domain.eq_ignore_ascii_case(&crate::model::actor::authority(&self.place.web));
            return if is_ours { self.host.account_named(name).await } else { Ok(None) };
        }
        let meaning = Url::parse(resource).ok().and_then(|url| self.place.meaning(&url));
        match meaning {
            Some(Meaning::Account(Whose::Name(name))) => self.host.account_named(&name).await,
            Some(Meaning::Account(Whose::Id(id))) => self.host.account(&id.to_string().as_str().into()).await,
            _ => Ok(None),
        }
    }

    /// What it says it is: name and version.
    pub fn software() -> (&'static str, String) {
        ("mastodon", format!("{}.0", RELEASE.as_str()))
    }

    /// Name and domain of an account, as they stand in its handle.
    pub fn handle(&self, account: &HostAccount) -> String {
        format!("{}@{}", account.username, self.place.domain)
    }

    /// Where the file with this path in its address lies; nothing for other paths, and such as lead elsewhere.
    pub fn file(&self, path: &str) -> Option<PathBuf> {
        let below =
            path.strip_prefix(self.place.media_url.path().trim_end_matches('/'))?.strip_prefix('/')?;
        let leads_out = below.split('/').any(|part| part.is_empty() || part == "..");
        match &self.place.files {
            Files::Directory(root) if !leads_out => Some(root.join(below)),
            _ => None,
        }
    }
}
