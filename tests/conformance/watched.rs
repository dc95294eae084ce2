//! A way out of New home on which a test looks at every request before it goes.

use std::sync::Arc;

use async_trait::async_trait;
use futures::future::BoxFuture;
use godwit::{
    adapters::lola::LolaSource,
    model::{login::Login, transfer::Transfer},
    port::{
        error::AdapterError,
        remote::{Remote, RemoteError, Request, Response, SharedRemote},
        source::Source,
    },
    transfer::{Engine, engine::Sources},
};
use url::Url;

use super::laboratory::Home;

/// What a test does before a request goes.
type Look = Box<dyn Fn(&Request) -> BoxFuture<'static, ()> + Send + Sync>;

struct Watched {
    remote: SharedRemote,
    look: Look,
}

#[async_trait]
impl Remote for Watched {
    async fn send(&self, request: Request) -> Result<Response, RemoteError> {
        (self.look)(&request).await;
        self.remote.send(request).await
    }

    fn check(&self, url: &Url) -> Result<(), RemoteError> {
        self.remote.check(url)
    }

    fn origin_of(&self, host: &str) -> Option<Url> {
        self.remote.origin_of(host)
    }
}

/// Old home, reached by that way.
struct Reached(Arc<Watched>, Engine, Url);

#[async_trait]
impl Sources for Reached {
    async fn open(&self, _: &Transfer, login: Option<&Login>) -> Result<Arc<dyn Source>, AdapterError> {
        let token = login.unwrap().access_token.as_deref().unwrap();
        let source = LolaSource::open(self.0.clone(), self.1.signer.clone(), &self.2, token).await?;
        Ok(Arc::new(source))
    }
}

/// A home's engine that looks at ann's account at Old home by that way.
pub async fn engine(old: &Home, new: &Home, look: Look) -> Engine {
    let engine = (*new.app.engine).clone();
    let watched = Arc::new(Watched { remote: engine.remote.clone(), look });
    let actor = old.host_account("ann").await.actor;
    let sources = Arc::new(Reached(watched.clone(), engine.clone(), actor));
    Engine { remote: watched, sources, ..engine }
}
