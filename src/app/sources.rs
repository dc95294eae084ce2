//! Which adapter opens which source.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;

use crate::{
    adapters::{ArchiveLimits, lola::LolaSource, open_archive},
    config::Config,
    model::{
        login::Login,
        transfer::{Origin, Transfer},
    },
    port::{
        error::AdapterError,
        remote::{SharedRemote, Signer},
        source::Source,
    },
    transfer::engine::Sources,
};

/// The sources this build knows.
pub(super) struct Known {
    remote: SharedRemote,
    signer: Signer,
    limits: ArchiveLimits,
}

impl Known {
    pub(super) fn new(config: &Config, remote: SharedRemote, signer: Signer) -> Self {
        let limits =
            ArchiveLimits { bytes: config.limits.archive_bytes, entries: config.limits.archive_entries };
        Self { remote, signer, limits }
    }
}

#[async_trait]
impl Sources for Known {
    async fn open(
        &self,
        transfer: &Transfer,
        login: Option<&Login>,
    ) -> Result<Arc<dyn Source>, AdapterError> {
        match &transfer.origin {
            Origin::Live { actor } => {
                let token = login.and_then(|login| login.access_token.as_deref()).ok_or_else(|| {
                    AdapterError::fatal(
                        "opening the account at Old home",
                        "its permission is no longer there",
                    )
                })?;
                let remote = Arc::clone(&self.remote);
                Ok(Arc::new(LolaSource::open(remote, self.signer.clone(), actor, token).await?))
            }
            Origin::Archive { path } => {
                let (path, limits) = (PathBuf::from(path), self.limits);
                let opened = tokio::task::spawn_blocking(move || open_archive(&path, limits)).await;
                opened.map_err(|error| AdapterError::fatal("opening the archive", error))?
            }
        }
    }
}
