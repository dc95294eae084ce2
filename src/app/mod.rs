//! The composition root: the only place that names concrete things and puts them together.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use tokio::sync::watch;

use crate::{
    adapters::{
        embedded::{EmbeddedDestination, EmbeddedHost, EmbeddedSource},
        neighbours::PublicFacts,
    },
    config::Config,
    federation::client::GuardedRemote,
    jobs::runner,
    port::{
        clock::{SharedClock, SystemClock},
        host::{Host, HostAccount},
        remote::SharedRemote,
        source::Source,
    },
    site::{Site, SiteError, SiteResult},
    store::{Store, blobs::Blobs},
    transfer::{Engine, SourceSide},
};

#[cfg(test)]
mod journeys;
mod sources;
pub mod verify;

/// A daemon's parts, shared by its pages, its queue and its commands.
pub struct App {
    /// What it was told.
    pub config: Config,
    /// Its tables.
    pub store: Store,
    /// Its media.
    pub blobs: Blobs,
    /// Time and randomness.
    pub clock: SharedClock,
    /// The way out.
    pub remote: SharedRemote,
    /// The built-in server.
    pub site: Site,
    /// The server we stand beside; the built-in one.
    pub host: Arc<dyn Host>,
    /// What the steps of a transfer work with.
    pub engine: Arc<Engine>,
}

impl App {
    /// Opens everything a configuration names.
    ///
    /// # Errors
    /// What cannot be opened, with its cause.
    pub async fn open(config: Config) -> anyhow::Result<Self> {
        let dir = &config.server.data_dir;
        private_dir(dir).with_context(|| format!("creating {}", dir.display()))?;
        let clock: SharedClock = Arc::new(SystemClock);
        let store = Store::open_at(dir, &config.database.url).await.context("opening the database")?;
        let blobs = Blobs::open(dir).await.context("opening the media directory")?;
        let timeout = Duration::from_secs(config.federation.timeout_seconds);
        let remote: SharedRemote = Arc::new(GuardedRemote::new(timeout, &config.federation.loopback_hosts)?);
        let base = config.server.base_url.clone();
        let site = Site::new(store, blobs, Arc::clone(&clock), base);
        let host: Arc<dyn Host> = Arc::new(EmbeddedHost::new(site.clone()));
        Ok(Self::assemble(config, site, host, remote).await?)
    }

    /// Puts the parts together around a site, a host and a way out.
    ///
    /// # Errors
    /// [`SiteError`] when the server's own key cannot be had.
    pub async fn assemble(
        config: Config,
        site: Site,
        host: Arc<dyn Host>,
        remote: SharedRemote,
    ) -> SiteResult<Self> {
        let (store, blobs, clock) = (site.store.clone(), site.blobs.clone(), Arc::clone(&site.clock));
        let signer = site.host_signer().await?;
        let engine = Arc::new(Engine {
            store: store.clone(),
            blobs: blobs.clone(),
            clock: Arc::clone(&clock),
            remote: Arc::clone(&remote),
            host: Arc::clone(&host),
            destination: Arc::new(EmbeddedDestination::new(site.clone())),
            sources: Arc::new(sources::Known::new(&config, Arc::clone(&remote), signer.clone())),
            neighbours: Arc::new(PublicFacts::new(Arc::clone(&remote), config.domain())),
            signer,
            domain: config.domain(),
            base: config.server.base_url.clone(),
            policy: config.policy.rules(),
            page_items: config.limits.page_items,
            most_items: config.limits.transfer_items,
            pace: Arc::default(),
            media_file_bytes: config.limits.media_file_bytes,
        });
        Ok(Self { config, store, blobs, clock, remote, site, host, engine })
    }

    /// An account of ours, opened for reading by its owner; private things only where they were ticked.
    ///
    /// # Errors
    /// [`SiteError`] when the account is gone.
    pub async fn source_of(
        &self,
        account: &HostAccount,
        includes_private: bool,
    ) -> SiteResult<Arc<dyn Source>> {
        let account = self.site.account(&account.id).await?;
        let account = account.ok_or_else(|| SiteError::Internal("the account is gone".to_owned()))?;
        Ok(Arc::new(EmbeddedSource::new(self.site.clone(), account, includes_private)))
    }

    /// Runs the queue until `stop` says so.
    pub async fn run_queue(&self, stop: watch::Receiver<bool>) {
        let parts = runner::Parts { engine: Arc::clone(&self.engine), side: self.source_side() };
        runner::run(parts, stop).await;
    }

    /// The parts the source's steps work with.
    pub fn source_side(&self) -> SourceSide {
        SourceSide {
            store: self.store.clone(),
            host: Arc::clone(&self.host),
            remote: Arc::clone(&self.remote),
            clock: Arc::clone(&self.clock),
            signer: self.engine.signer.clone(),
            departures: self.config.policy.rules().departures,
            base: self.config.server.base_url.clone(),
        }
    }
}

/// Makes a directory that no other user of the machine can look into; one that is there stays as it is.
fn private_dir(dir: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(dir)
}
