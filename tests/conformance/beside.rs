//! A daemon beside a server that is not ours, which serves what it reads in that server's tables.

use std::{sync::Arc, time::Duration};

use actix_web::{dev::ServerHandle, web};
use godwit::{
    adapters::{Own, Surroundings, lola::LolaSource, mastodon_database::schema::Version, stand_beside},
    app::App,
    federation::client::GuardedRemote,
    http::server,
    oauth::scope::Scope,
    port::{clock::SystemClock, remote::SharedRemote, source::Source},
    site::Site,
    store::{Store, blobs::Blobs},
};
use tempfile::TempDir;

use super::{home::Home, laboratory::ground, openings::PAGE_ITEMS};

/// Two daemons: one beside Ann's server, and one that asks it.
pub struct Beside {
    app: web::Data<App>,
    asking: App,
    home: Home,
    socket: ServerHandle,
    _disks: [TempDir; 2],
}

impl Drop for Beside {
    fn drop(&mut self) {
        drop(self.socket.stop(false));
    }
}

impl Beside {
    /// Starts them; `None` where no PostgreSQL is installed.
    pub async fn set() -> Option<Self> {
        let [(mut config, disk), (other, other_disk)] = ground::configurations(["old", "new"], PAGE_ITEMS);
        let home = Home::at(Version::V4_5, config.server.base_url.clone()).await?;
        "mastodon_database".clone_into(&mut config.home.kind);
        assert_eq!(home.stage.database.look().await.unwrap().version, Version::V4_5);
        config.home.server_database.clone_from(&home.stage.url);
        let surroundings = Surroundings {
            kind: config.home.kind.clone(),
            database: home.stage.url.clone(),
            base: config.server.base_url.clone(),
            handle_domain: home.place.domain.clone(),
            files: home.place.files.clone(),
            media_url: home.place.media_url.clone(),
            redis: String::new(),
            takes_copies: false,
            encryption: <(String, String)>::default(),
            client: <(String, String)>::default(),
        };
        let hosts = &config.federation.loopback_hosts;
        let remote: SharedRemote = Arc::new(GuardedRemote::new(Duration::from_secs(30), hosts).unwrap());
        let app = {
            let dir = &config.server.data_dir;
            let (store, blobs) = (Store::open(dir).await.unwrap(), Blobs::open(dir).await.unwrap());
            let own = Own { store: store.clone(), blobs: blobs.clone(), clock: Arc::new(SystemClock) };
            let beside = stand_beside(&surroundings, own).unwrap();
            let site = Site::new(store, blobs, Arc::new(SystemClock), config.server.base_url.clone());
            web::Data::new(App::assemble_beside(config, site, beside, remote).await.unwrap())
        };
        let running = server::listen(app.clone()).unwrap();
        let socket = running.handle();
        actix_web::rt::spawn(running);
        let asking = App::open(other).await.unwrap();
        Some(Self { app, asking, home, socket, _disks: [disk, other_disk] })
    }

    /// Ann's account, read beside her server.
    pub async fn source(&self, includes_private: bool) -> Arc<dyn Source> {
        let account = self.app.host.account_named("ann").await.unwrap().unwrap();
        self.app.source_of(&account, includes_private).await.unwrap()
    }

    /// The same, read over HTTP by the other daemon.
    pub async fn over_http(&self) -> Arc<dyn Source> {
        let login = ground::consent(&self.app, "ann", &self.asking, Scope::Read).await;
        let (remote, signer) = (self.asking.remote.clone(), self.asking.engine.signer.clone());
        let token = login.access_token.unwrap();
        Arc::new(LolaSource::open(remote, signer, &login.actor, &token).await.unwrap())
    }

    /// Lets Ann's server give her actor a number, as it does to accounts made since 4.5.
    pub async fn number_the_accounts(&self) {
        self.home
            .stage
            .run("update accounts set id_scheme = 1; update statuses set uri = null where account_id = 101")
            .await;
    }
}
