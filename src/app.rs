//! The composition root: the only place that names concrete things and puts them together.

use std::{sync::Arc, time::Duration};

use crate::{
    config::Config,
    port::{
        clock::{SharedClock, SystemClock},
        host::{Host, HostAccount},
        remote::SharedRemote,
        source::Source,
    },
    site::{Site, SiteResult},
    store::{Store, blobs::Blobs},
    transfer::source_side::SourceSide,
};

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
    /// The server we stand beside.
    pub host: Arc<dyn Host>,
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
        Ok(Self { config, store, blobs, clock, remote, site, host: Arc::new(no_host::NoHost) })
    }

    /// An account of ours, opened for reading by its owner.
    pub fn source_of(&self, account: &HostAccount, _includes_private: bool) -> Arc<dyn Source> {
        Arc::new(no_host::NoSource(account.actor.clone()))
    }

    /// The parts the source's steps work with.
    ///
    /// # Errors
    /// When the server's own key cannot be had.
    pub async fn source_side(&self) -> SiteResult<SourceSide> {
        Ok(SourceSide {
            store: self.store.clone(),
            host: Arc::clone(&self.host),
            remote: Arc::clone(&self.remote),
            clock: Arc::clone(&self.clock),
            signer: self.site.host_signer().await?,
            departures: self.config.policy.departures.clone(),
            base: self.config.server.base_url.clone(),
        })
    }
}

/// Stands where the host goes until one is put in.
mod no_host {
    use async_trait::async_trait;
    use url::Url;

    use crate::{
        model::{actor::Profile, collection::{CollectionKind, Cursor, Page}, id::AccountId, media::MediaFile},
        port::{
            error::AdapterError,
            host::{Host, HostAccount, Located},
            remote::Signer,
            source::{MediaStream, Source},
        },
    };

    fn none<T>() -> Result<T, AdapterError> {
        Err(AdapterError::fatal("asking the host", "there is none"))
    }

    pub(super) struct NoHost;

    #[async_trait]
    impl Host for NoHost {
        async fn account(&self, _: &AccountId) -> Result<Option<HostAccount>, AdapterError> {
            none()
        }
        async fn account_named(&self, _: &str) -> Result<Option<HostAccount>, AdapterError> {
            none()
        }
        async fn locate(&self, _: &Url) -> Result<Option<Located>, AdapterError> {
            none()
        }
        async fn move_inboxes(&self, _: &AccountId) -> Result<Vec<Url>, AdapterError> {
            none()
        }
        async fn set_moved_to(&self, _: &AccountId, _: Option<&Url>) -> Result<(), AdapterError> {
            none()
        }
        async fn add_alias(&self, _: &AccountId, _: &Url) -> Result<(), AdapterError> {
            none()
        }
        async fn signer(&self, _: &AccountId) -> Result<Signer, AdapterError> {
            none()
        }
        async fn actor_document(&self, _: &AccountId) -> Result<serde_json::Value, AdapterError> {
            none()
        }
    }

    pub(super) struct NoSource(pub(super) Url);

    #[async_trait]
    impl Source for NoSource {
        fn actor(&self) -> &Url {
            &self.0
        }
        fn collections(&self) -> Vec<CollectionKind> {
            Vec::new()
        }
        async fn profile(&self) -> Result<Profile, AdapterError> {
            none()
        }
        async fn count(&self, _: CollectionKind) -> Result<Option<u64>, AdapterError> {
            none()
        }
        async fn page(&self, _: CollectionKind, _: Option<&Cursor>, _: usize) -> Result<Page, AdapterError> {
            none()
        }
        async fn media(&self, _: &MediaFile) -> Result<MediaStream, AdapterError> {
            none()
        }
    }
}
