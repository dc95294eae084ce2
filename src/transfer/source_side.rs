//! What the steps at the source share: its parts and its errors.

use std::sync::Arc;

use url::Url;

use crate::{
    model::{
        actor::authority,
        policy::{Decision, Departures, Policy},
        problem::ProblemKind,
    },
    port::{
        clock::SharedClock,
        error::AdapterError,
        host::{Host, HostAccount},
        remote::{SharedRemote, Signer},
    },
    store::{Store, StoreError, audit, policies},
    words::text,
};

/// The parts the source's steps work with. Cheap to clone.
#[derive(Clone)]
pub struct SourceSide {
    /// Our tables.
    pub store: Store,
    /// The server we stand beside.
    pub host: Arc<dyn Host>,
    /// The way out.
    pub remote: SharedRemote,
    /// Time and randomness.
    pub clock: SharedClock,
    /// Signs what is asked in the server's own name.
    pub signer: Signer,
    /// The configured rules about who may go; they hold where no admin made others.
    pub departures: Departures,
    /// Our own address.
    pub base: Url,
    /// The host in the handles of our accounts.
    pub handle_domain: String,
    /// How long an announcement rests when its owner wants time to think, in microseconds.
    pub rest_micros: i64,
}

/// Why a step at the source did not happen.
#[derive(Debug, thiserror::Error)]
pub enum SourceSideError {
    /// It is not allowed or makes no sense; the sentence is for whoever asked.
    #[error("{why}")]
    Refused {
        /// Stable name for programs.
        kind: ProblemKind,
        /// Item, cause, side at fault, next step.
        why: String,
    },
    /// Our database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The host beside us, or the other server.
    #[error(transparent)]
    Adapter(#[from] AdapterError),
}

/// Result of a step at the source.
pub type SourceSideResult<T> = Result<T, SourceSideError>;

impl SourceSideError {
    /// A refusal with its name and sentence.
    pub fn refused(kind: ProblemKind, why: impl Into<String>) -> Self {
        Self::Refused { kind, why: why.into() }
    }
}

impl SourceSide {
    /// The rules in force for those who go.
    ///
    /// # Errors
    /// [`SourceSideError::Store`].
    pub async fn rules(&self) -> SourceSideResult<Departures> {
        let default = Policy { departures: self.departures.clone(), ..Policy::default() };
        Ok(policies::current(&self.store, &default).await?.policy.departures)
    }

    /// Whether the rules in force let an account of ours (its handle, where it is known) go to `other`. Whoever
    /// takes a new name on this server does not leave it.
    ///
    /// # Errors
    /// [`SourceSideError::Store`].
    pub async fn decide(&self, other: &str, leaver: Option<&str>) -> SourceSideResult<Decision> {
        let here = authority(&self.base);
        if other == here {
            return Ok(Decision::Allowed);
        }
        Ok(self.rules().await?.decide(&here, other, leaver))
    }

    /// The handle of an account of ours.
    pub fn handle(&self, account: &HostAccount) -> String {
        format!("@{}@{}", account.username, self.handle_domain)
    }

    /// Adds a line to the audit.
    ///
    /// # Errors
    /// [`SourceSideError::Store`].
    pub async fn note(&self, account: &str, what: &str, detail: &str) -> SourceSideResult<()> {
        let line = audit::AuditRow {
            id: self.clock.id(),
            at: self.clock.now_micros(),
            account_id: Some(account.to_owned()),
            what: what.to_owned(),
            detail: detail.to_owned(),
        };
        Ok(audit::insert(&self.store, line).await?)
    }

    /// An account of the host that must be there.
    ///
    /// # Errors
    /// [`SourceSideError::Refused`] when it is gone.
    pub async fn account(&self, id: &str) -> SourceSideResult<HostAccount> {
        let found = self.host.account(&id.into()).await?;
        found.ok_or_else(|| {
            SourceSideError::refused(
                ProblemKind::NoSuchAccount,
                text!("refusals-this-account-is-not-here-any-more"),
            )
        })
    }
}

/// Reads a web address that carries no name, password or fragment.
pub(super) fn plain_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    is_plain.then_some(url)
}
