//! The composition root: the only place that names concrete things and puts them together.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use tokio::sync::watch;

use crate::{
    adapters::{
        self, Beside, Files, Own, Surroundings,
        embedded::{EmbeddedDestination, EmbeddedExports, EmbeddedHost},
        mail::Post,
        neighbours::PublicFacts,
        scanner::Looker,
    },
    config::{self, Config},
    federation::client::GuardedRemote,
    jobs::runner,
    port::{
        clock::{SharedClock, SystemClock},
        entrance::Entrance,
        error::AdapterError,
        host::{Host, HostAccount},
        remote::SharedRemote,
        source::{Exports, Source},
    },
    site::{Site, SiteError, SiteResult},
    store::{
        Store, accounts,
        blobs::Blobs,
        bucket::{Bucket, BucketPlace},
    },
    transfer::{Engine, SourceSide, guests::Reception, heed::Heeding, pace::Pace},
};
use watchers::Watchers;

pub mod check;
pub mod erase;
pub mod gauges;
#[cfg(test)]
mod journeys;
pub mod keeper;
pub mod limits;
mod sources;
pub mod verify;
pub mod watchers;

use gauges::Gauges;
use limits::Limits;

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
    /// Its accounts, opened for reading by their owners.
    pub exports: Arc<dyn Exports>,
    /// Where people sign in; `None` where that is our own page.
    pub entrance: Option<Arc<dyn Entrance>>,
    /// What the steps of a transfer work with.
    pub engine: Arc<Engine>,
    /// How often the dear things may be asked for.
    pub limits: Limits,
    /// Who watches work on an open page.
    pub watchers: Watchers,
    /// How fast it goes.
    pub gauges: Gauges,
}

impl App {
    /// Opens everything a configuration names.
    ///
    /// # Errors
    /// What cannot be opened, with its cause.
    pub async fn open(config: Config) -> anyhow::Result<Self> {
        // Whoever opens it awaits it once; what it goes through need not stand in their own way.
        Box::pin(Self::opened(config)).await
    }

    async fn opened(config: Config) -> anyhow::Result<Self> {
        let dir = &config.server.data_dir;
        private_dir(dir).with_context(|| format!("creating {}", dir.display()))?;
        let clock: SharedClock = Arc::new(SystemClock);
        let store = Store::open_at(dir, &config.database.url).await.context("opening the database")?;
        accounts::seal_keys(&store).await.context("sealing keys that lie in the open")?;
        let blobs = match bucket(&config.media, "", "").context("media")? {
            Some(bucket) => Blobs::in_bucket(dir, bucket, store.clone()).await,
            None => Blobs::open(dir).await,
        };
        let blobs = blobs.context("opening the media directory")?;
        let timeout = Duration::from_secs(config.federation.timeout_seconds);
        let out = Arc::new(GuardedRemote::new(timeout, &config.federation.loopback_hosts)?);
        let remote: SharedRemote = Arc::new(Heeding::new(out, store.clone(), Arc::clone(&clock)));
        let base = config.server.base_url.clone();
        let site = Site::new(store, blobs, Arc::clone(&clock), base);
        if config.home.is_built_in() {
            let host: Arc<dyn Host> = Arc::new(EmbeddedHost::new(site.clone()));
            return Ok(Self::assemble(config, site, host, remote).await?);
        }
        let own =
            Own { store: site.store.clone(), blobs: site.blobs.clone(), clock: Arc::clone(&site.clock) };
        let beside = adapters::stand_beside(&surroundings(&config)?, own)?;
        Ok(Self::assemble_beside(config, site, beside, remote).await?)
    }

    /// Puts the parts together around the built-in server, a host and a way out.
    ///
    /// # Errors
    /// [`crate::site::SiteError`] when the server's own key cannot be had.
    pub async fn assemble(
        config: Config,
        site: Site,
        host: Arc<dyn Host>,
        remote: SharedRemote,
    ) -> SiteResult<Self> {
        let exports = Arc::new(EmbeddedExports::new(site.clone()));
        let destination = Arc::new(EmbeddedDestination::new(site.clone()));
        let beside = Beside { host, exports, destination: Some(destination), entrance: None };
        Self::assemble_beside(config, site, beside, remote).await
    }

    /// Puts the parts together beside a server. Where it takes no copies, nobody may arrive.
    ///
    /// # Errors
    /// [`crate::site::SiteError`] when our own key cannot be had.
    pub async fn assemble_beside(
        config: Config,
        site: Site,
        beside: Beside,
        remote: SharedRemote,
    ) -> SiteResult<Self> {
        let Beside { host, exports, destination, entrance } = beside;
        let takes_copies = destination.is_some();
        let destination = destination.unwrap_or_else(|| Arc::new(EmbeddedDestination::new(site.clone())));
        let (store, blobs, clock) = (site.store.clone(), site.blobs.clone(), Arc::clone(&site.clock));
        let signer = site.host_signer().await?;
        let scanner = Looker::open(&config.scanner.command, &config.scanner.url)
            .map_err(|error| SiteError::Internal(error.to_string()))?;
        let mail = &config.mail;
        let directory = config.server.data_dir.join("mail");
        let postman = Post::open(&mail.smtp_url, &mail.from, &directory)
            .map_err(|error| SiteError::Internal(error.to_string()))?;
        let uploads = blobs
            .uploads()
            .map_err(|error| SiteError::Internal(format!("opening the directory of archives: {error}")))?;
        let engine = Arc::new(Engine {
            store: store.clone(),
            blobs: blobs.clone(),
            uploads,
            clock: Arc::clone(&clock),
            remote: Arc::clone(&remote),
            host: Arc::clone(&host),
            destination,
            sources: Arc::new(sources::Known::new(
                &config,
                Arc::clone(&remote),
                Arc::clone(&clock),
                signer.clone(),
            )),
            scanner: Arc::new(scanner),
            postman: Arc::new(postman),
            neighbours: Arc::new(PublicFacts::new(Arc::clone(&remote), config.domain())),
            signer,
            domain: config.domain(),
            base: config.server.base_url.clone(),
            policy: config.policy.rules(),
            takes_copies,
            trial_micros: i64::from(config.limits.trial_days) * 24 * 3600 * 1_000_000,
            page_items: config.limits.page_items,
            most_items: config.limits.transfer_items,
            pace: Arc::new(Pace::of(store.clone(), Arc::clone(&clock))),
            media_file_bytes: config.limits.media_file_bytes,
        });
        let limits = Limits::new(&config.limits.rates, &config.server.trusted_proxies);
        let watchers = Watchers::default();
        Ok(Self {
            config,
            store,
            blobs,
            clock,
            remote,
            site,
            host,
            exports,
            entrance,
            engine,
            limits,
            watchers,
            gauges: Gauges::default(),
        })
    }

    /// An account of ours, opened for reading by its owner; private things only where they were ticked.
    ///
    /// # Errors
    /// [`AdapterError`] when the account is gone, or its server does not answer.
    pub async fn source_of(
        &self,
        account: &HostAccount,
        includes_private: bool,
    ) -> Result<Arc<dyn Source>, AdapterError> {
        self.exports.open(&account.id, includes_private).await
    }

    /// Runs the queue until `stop` says so.
    pub async fn run_queue(&self, stop: watch::Receiver<bool>) {
        let parts = runner::Parts { engine: Arc::clone(&self.engine), side: self.source_side() };
        runner::run(parts, stop).await;
    }

    /// Where people sign in with accounts of the server beside us; `None` where they are our own.
    pub fn reception(&self) -> Option<Reception> {
        Some(Reception {
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            remote: Arc::clone(&self.remote),
            entrance: Arc::clone(self.entrance.as_ref()?),
            base: self.config.server.base_url.clone(),
        })
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
            handle_domain: self.config.handle_domain(),
            rest_micros: self.config.limits.rest_micros(),
        }
    }
}

/// How long others may keep a file of the server beside us: its name is drawn for it, and never another's.
const FOR_EVER: &str = "public, max-age=315576000, immutable";

/// The bucket that a section of the configuration names, if it names one.
///
/// # Errors
/// When it makes no sense; no key is repeated.
fn bucket(told: &config::Bucket, access: &str, cache: &str) -> std::io::Result<Option<Bucket>> {
    if !told.is_used() {
        return Ok(None);
    }
    let place = BucketPlace {
        endpoint: &told.endpoint,
        region: &told.region,
        name: &told.bucket,
        prefix: &told.prefix,
        access_key_id: &told.access_key_id,
        secret_access_key: &told.secret_access_key,
        access,
        cache,
    };
    Bucket::open(&place).map(Some)
}

/// What the configuration says of the server beside us.
///
/// # Errors
/// When an address in it cannot be read.
pub fn surroundings(config: &Config) -> anyhow::Result<Surroundings> {
    let (home, base) = (&config.home, config.server.base_url.clone());
    Ok(Surroundings {
        kind: home.kind.clone(),
        database: home.server_database.clone(),
        handle_domain: config.handle_domain(),
        files: match bucket(&home.media, &home.media_access, FOR_EVER).context("home.media")? {
            Some(bucket) => Files::Bucket(bucket),
            None => Files::Directory(home.media_dir.clone()),
        },
        media_url: config.media_url()?,
        redis: home.redis.clone(),
        takes_copies: home.takes_copies,
        encryption: (home.encryption_primary_key.clone(), home.encryption_salt.clone()),
        client: (home.client_id.clone(), home.client_secret.clone()),
        base,
    })
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
