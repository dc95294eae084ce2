//! What the steps work with.

use std::sync::Arc;

use async_trait::async_trait;
use url::Url;

use super::{TransferResult, pace::Pace, share};
use crate::{
    model::{id::TransferId, login::Login, policy::Policy, transfer::Transfer},
    port::{
        client_api::ClientApi,
        clock::SharedClock,
        destination::Destination,
        error::AdapterError,
        host::Host,
        mail::Postman,
        neighbours::Neighbours,
        remote::{SharedRemote, Signer},
        scanner::Scanner,
        source::Source,
    },
    store::{Store, blobs::Blobs, uploads::Uploads},
};

/// Opens the source a transfer reads from; the composition root knows the adapters.
#[async_trait]
pub trait Sources: Send + Sync {
    /// Opens it for reading. `login` is there for live sources, its token fresh.
    ///
    /// # Errors
    /// [`AdapterError`] with its disposition.
    async fn open(&self, transfer: &Transfer, login: Option<&Login>)
    -> Result<Arc<dyn Source>, AdapterError>;

    /// How accounts are read where nothing of ours runs; nothing where that is not known.
    fn client_api(&self) -> Option<&dyn ClientApi> {
        None
    }

    /// When the source of a transfer will have been read, in microseconds since 1970, where that can be told.
    fn read_by(&self, _transfer: &TransferId) -> Option<i64> {
        None
    }
}

/// Everything a step may touch.
#[derive(Clone)]
pub struct Engine {
    /// Our tables.
    pub store: Store,
    /// Our media.
    pub blobs: Blobs,
    /// Archives that people brought.
    pub uploads: Uploads,
    /// Time and randomness.
    pub clock: SharedClock,
    /// The way out.
    pub remote: SharedRemote,
    /// The server we stand beside.
    pub host: Arc<dyn Host>,
    /// Where copies are written.
    pub destination: Arc<dyn Destination>,
    /// How sources are opened.
    pub sources: Arc<dyn Sources>,
    /// What other servers do when somebody moves.
    pub neighbours: Arc<dyn Neighbours>,
    /// Looks at files before anybody can see them.
    pub scanner: Arc<dyn Scanner>,
    /// Carries letters.
    pub postman: Arc<dyn Postman>,
    /// Signs requests of the server itself.
    pub signer: Signer,
    /// Our address.
    pub base: Url,
    /// Our host name as it stands in handles.
    pub domain: String,
    /// Whether the server takes copies at all, whatever its admins' rules say.
    pub takes_copies: bool,
    /// The configured rules about who may come; they hold where no admin made others.
    pub policy: Policy,
    /// How long a trial lasts, in microseconds; 0: until its owner ends it.
    pub trial_micros: i64,
    /// Items on one page.
    pub page_items: usize,
    /// Things one transfer may bring at most; a source that lists more is given up.
    pub most_items: u64,
    /// How much is asked of others at the same time.
    pub pace: Arc<Pace>,
    /// Largest media file, in bytes.
    pub media_file_bytes: u64,
}

impl Engine {
    /// To be asked between batches: lets others work, who may have less to do.
    ///
    /// # Errors
    /// [`crate::store::StoreError::Closed`] when no further one should be begun.
    pub(super) async fn goes_on(&self) -> TransferResult<()> {
        self.store.goes_on()?;
        share::give_way(&*self.clock).await;
        Ok(self.store.goes_on()?)
    }
}
