//! Real daemons inside one program: each with its own disk and socket, reached over HTTP. Consents
//! are given without a browser, by the same functions the pages call.

use std::{sync::Arc, time::Duration};

use actix_web::{dev::ServerHandle, web};
use godwit::{
    adapters::embedded::EmbeddedHost,
    app::App,
    config::Config,
    federation::client::GuardedRemote,
    http::server,
    model::{
        id::TransferId,
        login::Login,
        transfer::{Origin, Transfer},
    },
    oauth::scope::Scope,
    port::{
        clock::{SharedClock, SystemClock},
        host::HostAccount,
    },
    site::{
        Site,
        accounts::{Account, Role},
    },
    store::{Store, blobs::Blobs, transfers},
    transfer::{Engine, step},
};
use tempfile::TempDir;

#[path = "ground.rs"]
pub mod ground;

use ground::configurations;

/// One running daemon; it ends with the program or when this is dropped.
pub struct Home {
    /// Its parts.
    pub app: web::Data<App>,
    /// Its disk, for as long as it runs.
    _disk: TempDir,
    socket: ServerHandle,
}

impl Drop for Home {
    fn drop(&mut self) {
        // Nobody waits for what is under way: the program that asked is done.
        drop(self.socket.stop(false));
    }
}

/// Starts one daemon for each name inside this program, with pages of `page_items`.
pub async fn homes<const N: usize>(names: [&str; N], page_items: usize) -> [Home; N] {
    homes_by(names, page_items, Arc::new(SystemClock), String::new).await
}

/// The same, by a clock of the test's own, and with the tables of each at an address that `tables` gives.
pub async fn homes_by<const N: usize>(
    names: [&str; N],
    page_items: usize,
    clock: SharedClock,
    tables: impl Fn() -> String,
) -> [Home; N] {
    let mut started = Vec::new();
    for (mut config, disk) in configurations(names, page_items) {
        config.database.url = tables();
        // A start holds every part at once; on the heap it burdens no test's own future.
        started.push(Box::pin(start(config, disk, Arc::clone(&clock))).await);
    }
    started.try_into().ok().unwrap()
}

/// Starts the daemon of one configuration.
async fn start(config: Config, disk: TempDir, clock: SharedClock) -> Home {
    let dir = &config.server.data_dir;
    let store = Store::open_at(dir, &config.database.url).await.unwrap();
    let blobs = Blobs::open(dir).await.unwrap();
    let timeout = Duration::from_secs(config.federation.timeout_seconds);
    let remote = Arc::new(GuardedRemote::new(timeout, &config.federation.loopback_hosts).unwrap());
    let site = Site::new(store, blobs, clock, config.server.base_url.clone());
    let host = Arc::new(EmbeddedHost::new(site.clone()));
    let app = web::Data::new(App::assemble(config, site, host, remote).await.unwrap());
    let running = server::listen(app.clone()).unwrap();
    let socket = running.handle();
    actix_web::rt::spawn(running);
    Home { app, _disk: disk, socket }
}

impl Home {
    /// Makes an account.
    pub async fn account(&self, name: &str) -> Account {
        self.app.site.create_account(name, "long enough", Role::Member).await.unwrap()
    }

    /// The account as the steps know it.
    pub async fn host_account(&self, name: &str) -> HostAccount {
        self.app.host.account_named(name).await.unwrap().unwrap()
    }

    /// The owner says yes to everything `asker` may ask for; the login `asker` has then.
    pub async fn consent(&self, name: &str, asker: &Home, scope: Scope) -> Login {
        ground::consent(&self.app, name, &asker.app, scope).await
    }

    /// Begins a copy into an account of this home.
    pub async fn begin(&self, account: &Account, origin: Origin, login: Option<Login>) -> TransferId {
        ground::begin(&self.app, account, origin, login).await
    }

    /// The copy as it stands.
    pub async fn transfer(&self, id: &TransferId) -> Transfer {
        transfers::find(&self.app.store, id).await.unwrap().unwrap()
    }

    /// Does the next step of a copy, with these parts; what stands in the way fails the program.
    pub async fn advance(&self, engine: &Engine, id: &TransferId) -> Transfer {
        step::advance(engine, &self.transfer(id).await).await.unwrap();
        let transfer = self.transfer(id).await;
        assert_eq!(transfer.problem, None);
        transfer
    }
}
