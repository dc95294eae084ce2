//! The composition root: the only place that names concrete things and puts them together.

use std::{sync::Arc, time::Duration};

use crate::{
    config::Config,
    port::{
        clock::{SharedClock, SystemClock},
        remote::SharedRemote,
    },
    site::Site,
    store::{Store, blobs::Blobs},
};

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
}

impl App {
    /// Opens everything a configuration names.
    ///
    /// # Errors
    /// What cannot be opened, with its cause.
    pub async fn open(config: Config) -> anyhow::Result<Self> {
        use anyhow::Context;
        let dir = &config.server.data_dir;
        std::fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
        let clock: SharedClock = Arc::new(SystemClock);
        let store = Store::open(dir).await.context("opening the database")?;
        let blobs = Blobs::open(dir).await.context("opening the media directory")?;
        let remote: SharedRemote = Arc::new(crate::federation::client::GuardedRemote::new(
            Duration::from_secs(config.federation.timeout_seconds),
            &config.federation.loopback_hosts,
        )?);
        let base = config.server.base_url.clone();
        let site = Site::new(store.clone(), blobs.clone(), Arc::clone(&clock), base);
        Ok(Self { config, store, blobs, clock, remote, site })
    }
}
