//! Which adapter opens which source.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;

use crate::{
    adapters::{
        ArchiveLimits, ClientParts, ClientServers,
        csv_lists::{self, CsvLists},
        lola::LolaSource,
        open_archive,
    },
    config::Config,
    model::{
        id::TransferId,
        login::Login,
        transfer::{Origin, Transfer},
    },
    port::{
        client_api::ClientApi,
        clock::SharedClock,
        error::{AdapterError, Cause},
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
    clients: ClientServers,
}

impl Known {
    pub(super) fn new(config: &Config, remote: SharedRemote, clock: SharedClock, signer: Signer) -> Self {
        let limits =
            ArchiveLimits { bytes: config.limits.archive_bytes, entries: config.limits.archive_entries };
        let clients = ClientServers::new(ClientParts::new(Arc::clone(&remote), clock, signer.clone()));
        Self { remote, signer, limits, clients }
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
                let token = login.and_then(|login| login.access_token.as_deref()).ok_or_else(gone)?;
                let remote = Arc::clone(&self.remote);
                Ok(Arc::new(LolaSource::open(remote, self.signer.clone(), actor, token).await?))
            }
            Origin::ClientApi { actor, software, .. } => {
                let token = login.and_then(|login| login.access_token.as_deref()).ok_or_else(gone)?;
                self.clients.open(&transfer.id, actor, software, token).await
            }
            Origin::Archive { path, beside } => {
                let (path, limits) = (PathBuf::from(path), self.limits);
                let beside: Vec<PathBuf> = beside.iter().map(PathBuf::from).collect();
                let opened = tokio::task::spawn_blocking(move || {
                    Ok::<_, AdapterError>((open_archive(&path, limits)?, csv_lists::read_all(&beside)?))
                });
                let opened =
                    opened.await.map_err(|error| AdapterError::fatal("opening the archive", error))?;
                let (archive, tables) = opened?;
                Ok(Arc::new(CsvLists::new(archive, tables, Arc::clone(&self.remote), self.signer.clone())))
            }
        }
    }
    fn client_api(&self) -> Option<&dyn ClientApi> {
        Some(&self.clients)
    }

    fn read_by(&self, transfer: &TransferId) -> Option<i64> {
        self.clients.ends_at(transfer)
    }
}

fn gone() -> AdapterError {
    AdapterError::fatal("opening the account at Old home", "its permission is no longer there")
        .because(Cause::Denied)
}
