//! A look that finds nothing costs next to nothing, at either home.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use godwit::{
    adapters::lola::LolaSource,
    model::{login::Login, pass::Found, transfer::Transfer},
    port::{
        error::AdapterError,
        remote::{Remote, RemoteError, Request, Response, SharedRemote},
        source::Source,
    },
    transfer::{Engine, engine::Sources, look, step},
};
use url::Url;

use super::{both::Tables, deltas::copied, openings::Stage, tables::texts};

/// Requests of one look at most: the actor, the inventory, and whose key signed it.
const MOST_REQUESTS: usize = 3;

/// A way out that counts what goes out.
struct Counting {
    remote: SharedRemote,
    sent: AtomicUsize,
}

#[async_trait]
impl Remote for Counting {
    async fn send(&self, request: Request) -> Result<Response, RemoteError> {
        self.sent.fetch_add(1, Ordering::SeqCst);
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
struct Counted(Arc<Counting>, Engine, Url);

#[async_trait]
impl Sources for Counted {
    async fn open(&self, _: &Transfer, login: Option<&Login>) -> Result<Arc<dyn Source>, AdapterError> {
        let token = login.unwrap().access_token.as_deref().unwrap();
        let source = LolaSource::open(self.0.clone(), self.1.signer.clone(), &self.2, token).await?;
        Ok(Arc::new(source))
    }
}

#[actix_web::test]
async fn a_look_that_finds_nothing_makes_few_requests_and_leaves_the_copy_untouched() {
    let stage = Stage::of_ours(&Tables::Sqlite).await;
    let copy = copied(&stage.old, &stage.new, &stage.ann, "eve").await;
    let engine = (*stage.new.app.engine).clone();
    let counting = Arc::new(Counting { remote: engine.remote.clone(), sent: AtomicUsize::new(0) });
    let actor = stage.old.host_account("ann").await.actor;
    let sources = Arc::new(Counted(counting.clone(), engine.clone(), actor));
    let engine = Engine { remote: counting.clone(), sources, ..engine };
    let written = async || {
        let sql = "select transfer_id, profile from waiting_profiles union all select key, state from items \
                   union all select kind, document from transfer_inventories cross join (select '' as kind) x \
                   union all select occasion, document from certificates order by 1, 2";
        texts(&stage.new, sql.to_owned()).await
    };
    let before = written().await;
    for _twice in 0..2 {
        counting.sent.store(0, Ordering::SeqCst);
        look::ask(&engine, &copy.transfer().await).await.unwrap();
        step::advance(&engine, &copy.transfer().await).await.unwrap();
        assert_eq!(copy.pass().await.found, Found::default());
        let sent = counting.sent.load(Ordering::SeqCst);
        assert!((1..=MOST_REQUESTS).contains(&sent), "{sent} requests");
        assert_eq!(written().await, before);
    }
}
