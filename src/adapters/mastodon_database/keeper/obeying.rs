//! The keeper's side: who asks is seen by the kernel, what is asked is in the list, and one thing is done at a
//! time for each who asks.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::Semaphore,
};
use url::Url;

use super::{
    order::{Answer, LONGEST_LINE, Order},
    signable,
};
use crate::{
    adapters::{
        Sign,
        mastodon_database::{
            Caches, Database, Place,
            caches::{CacheError, Index},
            destination::find_account,
            host::{self, Secrets},
        },
    },
    port::{clock::SharedClock, error::AdapterError},
};

/// How long somebody may take to ask.
const PATIENCE: Duration = Duration::from_secs(10);
/// Who may ask at the same time.
const AT_ONCE: usize = 16;

/// What the keeper has.
pub struct Keeping {
    /// The server's database, as a role that may read keys.
    pub database: Database,
    /// Where the server is.
    pub place: Place,
    /// Its Redis.
    pub caches: Option<Caches>,
    /// What opens the keys since 4.7.
    pub secrets: Option<Secrets>,
    /// Time.
    pub clock: SharedClock,
    /// How deliveries are signed.
    pub sign: Sign,
}

/// Serves whoever runs as one of these users, until it is dropped.
///
/// # Errors
/// When the socket breaks.
pub async fn keep(keeping: Arc<Keeping>, listener: UnixListener, users: Vec<u32>) -> std::io::Result<()> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let (stream, _) = listener.accept().await?;
        let who = stream.peer_cred().map(|cred| cred.uid());
        if !who.as_ref().is_ok_and(|uid| users.contains(uid)) {
            tracing::warn!(?who, "somebody else asked the keeper");
            continue;
        }
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return Ok(()) };
        let keeping = Arc::clone(&keeping);
        #[expect(clippy::disallowed_methods, reason = "the keeper is a process of its own, without jobs")]
        tokio::spawn(async move {
            let served = tokio::time::timeout(PATIENCE * 3, serve(&keeping, stream)).await;
            if !matches!(served, Ok(Ok(()))) {
                tracing::debug!("whoever asked the keeper went away");
            }
            drop(place);
        });
    }
}

async fn serve(keeping: &Keeping, stream: UnixStream) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read).take(LONGEST_LINE);
    let mut line = String::new();
    let late = |_| std::io::Error::from(std::io::ErrorKind::TimedOut);
    tokio::time::timeout(PATIENCE, read.read_line(&mut line)).await.map_err(late)??;
    let answer = match serde_json::from_str::<Order>(&line) {
        Ok(order) => keeping.obey(order).await,
        Err(_) => refused("this is nothing that may be asked", false),
    };
    let mut line = serde_json::to_string(&answer).unwrap_or_default();
    line.push('\n');
    write.write_all(line.as_bytes()).await?;
    write.shutdown().await
}

fn refused(why: impl std::fmt::Display, is_for_now: bool) -> Answer {
    Answer::Refused { why: why.to_string(), is_for_now }
}

impl Keeping {
    /// Does one thing.
    pub async fn obey(&self, order: Order) -> Answer {
        match order {
            Order::Ready {} => self.ready().await,
            Order::Forget { account, statuses } => {
                self.told(|caches| async move { caches.forget(account, &statuses).await }).await
            }
            Order::LookAgain { index, ids } => self.look_again(index, ids).await,
            Order::Sign { account, inbox, activity } => match self.sign(account, &inbox, &activity).await {
                Ok(headers) => Answer::Signed { headers },
                Err(AdapterError::Busy { why, .. }) => refused(why, true),
                Err(error) => refused(error, false),
            },
        }
    }

    async fn look_again(&self, index: Index, ids: Vec<i64>) -> Answer {
        self.told(|caches| async move { caches.look_again(index, &ids).await }).await
    }

    async fn ready(&self) -> Answer {
        if let Err(error) = self.database.look().await {
            return refused(error, true);
        }
        if self.caches.is_none() {
            return Answer::Done {};
        }
        self.told(|caches| async move { caches.answers().await }).await
    }

    async fn told<F>(&self, say: impl FnOnce(Caches) -> F) -> Answer
    where
        F: Future<Output = Result<(), CacheError>>,
    {
        let Some(caches) = self.caches.clone() else {
            return refused("the keeper was told of no Redis", false);
        };
        match say(caches).await {
            Ok(()) => Answer::Done {},
            Err(error) => refused(error, true),
        }
    }

    async fn sign(
        &self,
        account: i64,
        inbox: &Url,
        activity: &str,
    ) -> Result<Vec<(String, String)>, AdapterError> {
        let doing = "signing for the account";
        let is_web = matches!(inbox.scheme(), "https" | "http") && inbox.has_host();
        if !is_web || !inbox.username().is_empty() || inbox.password().is_some() {
            return Err(AdapterError::fatal(doing, "the inbox is no web address"));
        }
        let (mut c, schema) = self.database.connection().await?;
        let named = find_account(&mut c, schema, &account.to_string().into()).await?;
        let actor = self.place.actor(&named);
        signable::check(activity, &actor).map_err(|why| AdapterError::fatal(doing, why))?;
        let signer = host::signer(&mut c, schema, &self.place, &named, self.secrets.as_ref()).await?;
        (self.sign)(&signer, inbox, activity.as_bytes(), self.clock.now_micros())
            .map_err(|why| AdapterError::fatal(doing, why))
    }
}
