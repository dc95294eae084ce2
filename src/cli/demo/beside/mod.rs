//! A home that stands beside another server: a stand-in for that server over a database of its own, the daemon
//! beside it, and what a proxy does in front of both.

mod alone;
mod cluster;
mod front;
mod pages;
mod server;
mod visitors;

use std::{net::SocketAddr, path::Path, sync::Arc};

use actix_web::dev::ServerHandle;
use anyhow::{Context, Result};

use crate::{
    adapters::stand_in::{NewPerson, StandIn},
    app::{self, App},
    config::Config,
    site::keys,
};

use front::Front;
use visitors::Visitors;
pub(crate) use {
    alone::{Alone, run as run_alone},
    cluster::Cluster,
};

/// The other server and what is in front of it, as long as this lives.
pub(crate) struct Beside {
    stand_in: StandIn,
    visitors: Arc<Visitors>,
    socket: ServerHandle,
    /// Where it listens.
    at: SocketAddr,
    front: Option<Front>,
}

impl Drop for Beside {
    fn drop(&mut self) {
        // Nobody waits for what is under way: the show is over.
        drop(self.socket.stop(false));
    }
}

impl Beside {
    /// Makes the tables of the server that `config` stands beside, listens for it, and listens in front of
    /// both at `public`.
    ///
    /// # Errors
    /// When the database or a port cannot be had.
    pub(crate) async fn start(config: &Config, dir: &Path, public: SocketAddr) -> Result<Self> {
        let mut beside = Self::behind(config, dir, ([127, 0, 0, 1], 0).into()).await?;
        beside.front = Some(Front::start(public, config.server.listen, beside.at)?);
        Ok(beside)
    }

    /// The same with nothing in front: makes the tables, and listens for the other server alone at `at`.
    ///
    /// # Errors
    /// When the database or the port cannot be had.
    pub(crate) async fn behind(config: &Config, dir: &Path, at: SocketAddr) -> Result<Self> {
        let stand_in = StandIn::make(&app::surroundings(config)?).await.context("making the tables")?;
        // It verifies and sends with what a daemon has, and a data directory of its own.
        let mut own = config.clone();
        own.home = Config::default().home;
        own.server.data_dir = dir.join("stand-in");
        let parts = App::open(own).await.context("preparing the stand-in")?;
        let visitors = Arc::new(Visitors::default());
        let (running, at) = server::listen(at, stand_in.clone(), parts, Arc::clone(&visitors))?;
        let socket = running.handle();
        actix_web::rt::spawn(running);
        Ok(Self { stand_in, visitors, socket, at, front: None })
    }

    /// Makes an account there.
    ///
    /// # Errors
    /// When the name is taken.
    pub(crate) async fn create_account(&self, name: &str, password: &str, is_admin: bool) -> Result<()> {
        let pair = keys::generate()?;
        let key = (pair.private_pem, pair.public_pem);
        self.stand_in.add(NewPerson { name: name.to_owned(), is_admin, key }).await?;
        self.visitors.know(name, password);
        Ok(())
    }

    /// Writes a post there, for an audience by its word.
    ///
    /// # Errors
    /// When there is no such account.
    pub(crate) async fn write(&self, name: &str, text: &str, audience: &str) -> Result<()> {
        let account = self.stand_in.account(name).await?.context("there is no such account")?;
        let number = match audience {
            "public" => 0,
            "unlisted" => 1,
            "followers" => 2,
            _ => 3,
        };
        Ok(self.stand_in.write(&account.id, text, number).await?)
    }
}
