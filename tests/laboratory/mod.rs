//! Real daemons inside one program: each with its own disk and socket, reached over HTTP. Consents
//! are given without a browser, by the same functions the pages call.

use std::net::TcpListener;

use actix_web::{dev::ServerHandle, web};
use godwit::{
    app::App,
    config::Config,
    http::server,
    model::{
        collection::CollectionKind,
        id::TransferId,
        login::{Login, Purpose},
        policy::{Rule, RuleWord},
        transfer::{Origin, Transfer, TransferState},
    },
    oauth::{authorization::AuthorizationRequest, client_metadata::Client, metadata, pkce, scope::Scope},
    port::host::HostAccount,
    site::accounts::{Account, Role},
    store::transfers,
    transfer::{
        Engine,
        consent::{self, Asked, Choice},
        step,
        tokens::{self, CodeRequest},
    },
};
use tempfile::TempDir;
use url::Url;

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

/// The configuration of one daemon for each name, each with a disk of its own; they reach each other
/// and nothing else, and take and give whoever comes.
pub fn configurations<const N: usize>(names: [&str; N], page_items: usize) -> [(Config, TempDir); N] {
    // All are held until all are known, so that they differ.
    let held = names.map(|_| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    let ports = held.map(|listener| listener.local_addr().unwrap().port());
    let host = |(name, port): (&str, u16)| format!("{name}.localhost:{port}");
    let hosts: Vec<String> = names.into_iter().zip(ports).map(host).collect();
    let mut place = hosts.iter().zip(ports);
    names.map(|_| {
        let ((host, port), disk) = (place.next().unwrap(), tempfile::tempdir().unwrap());
        let mut config = Config::default();
        config.server.base_url = Url::parse(&format!("http://{host}")).unwrap();
        config.server.listen = ([127, 0, 0, 1], port).into();
        config.server.data_dir = disk.path().to_owned();
        config.policy.arrivals = Rule::Word(RuleWord::Anyone);
        config.policy.departures = Rule::Word(RuleWord::Anyone);
        config.limits.page_items = page_items;
        config.federation.loopback_hosts.clone_from(&hosts);
        (config, disk)
    })
}

/// Starts one daemon for each name inside this program, with pages of `page_items`.
#[allow(dead_code, reason = "a program that starts daemons of its own needs only the rest")]
pub async fn homes<const N: usize>(names: [&str; N], page_items: usize) -> [Home; N] {
    let mut started = Vec::new();
    for (config, disk) in configurations(names, page_items) {
        let app = web::Data::new(App::open(config).await.unwrap());
        let running = server::listen(app.clone()).unwrap();
        let socket = running.handle();
        actix_web::rt::spawn(running);
        started.push(Home { app, _disk: disk, socket });
    }
    started.try_into().ok().unwrap()
}

/// The owner of `name` at `old` says yes to everything `new` may ask for; the login `new` has then.
pub async fn consent(old: &App, name: &str, new: &App, scope: Scope) -> Login {
    let side = old.source_side();
    let account = old.host.account_named(name).await.unwrap().unwrap();
    let (base, asking) = (&old.config.server.base_url, &new.config.server.base_url);
    let (client, redirect) = (metadata::client_id(asking), metadata::redirect_uri(asking));
    let verifier = pkce::verifier(&side.clock.secret());
    let asked = Asked {
        request: AuthorizationRequest {
            client_id: Url::parse(&client).unwrap(),
            redirect_uri: redirect.clone(),
            scope,
            state: "state".into(),
            challenge: pkce::challenge(&verifier),
        },
        client: Client {
            id: Url::parse(&client).unwrap(),
            name: "asker".into(),
            redirect_uris: vec![redirect.clone()],
        },
        redirect: Url::parse(&redirect).unwrap(),
    };
    let choice = Choice { kinds: CollectionKind::ALL.to_vec(), includes_private: true };
    let back = consent::allow(&side, &account, &asked, &choice).await.unwrap();
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let request =
        CodeRequest { code: &code, redirect_uri: &redirect, client_id: &client, verifier: &verifier };
    let tokens = tokens::exchange(&side.store, &*side.clock, &request).await.unwrap();
    Login {
        purpose: if scope == Scope::Read { Purpose::Read } else { Purpose::HandOver },
        issuer: metadata::issuer(base),
        authorization_endpoint: base.join(metadata::AUTHORIZE_PATH).unwrap(),
        token_endpoint: base.join("/godwit/oauth/token").unwrap(),
        revocation_endpoint: None,
        must_name_issuer: true,
        actor: account.actor,
        state_hash: String::new(),
        verifier: String::new(),
        access_token: Some(tokens.access),
        refresh_token: Some(tokens.refresh),
        expires_at: None,
    }
}

/// Begins a copy into an account of `new`.
pub async fn begin(new: &App, account: &Account, origin: Origin, login: Option<Login>) -> TransferId {
    let id = TransferId::from(new.clock.id());
    let transfer = Transfer {
        id: id.clone(),
        account: account.id.clone(),
        asked_for: "laboratory".into(),
        origin,
        state: TransferState::Surveying,
        problem: None,
        resume_at: None,
    };
    transfers::insert(&new.store, transfer, login, new.clock.now_micros()).await.unwrap();
    id
}

#[allow(dead_code, reason = "as for `homes`")]
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
        consent(&self.app, name, &asker.app, scope).await
    }

    /// Begins a copy into an account of this home.
    pub async fn begin(&self, account: &Account, origin: Origin, login: Option<Login>) -> TransferId {
        begin(&self.app, account, origin, login).await
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
