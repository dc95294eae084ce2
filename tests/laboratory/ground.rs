//! What homes begin with: a configuration each, a consent, a copy to be made.

use std::net::TcpListener;

use godwit::{
    app::App,
    config::Config,
    model::{
        collection::CollectionKind,
        id::TransferId,
        login::{Login, Purpose},
        policy::{Rule, RuleWord},
        transfer::{Origin, Transfer, TransferState},
    },
    oauth::{authorization::AuthorizationRequest, client_metadata::Client, metadata, pkce, scope::Scope},
    site::accounts::Account,
    store::transfers,
    transfer::{
        consent::{self, Asked, Choice},
        tokens::{self, CodeRequest},
    },
};
use tempfile::TempDir;
use url::Url;

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
        disk.path().clone_into(&mut config.server.data_dir);
        config.policy.arrivals = Rule::Word(RuleWord::Anyone);
        config.policy.departures = Rule::Word(RuleWord::Anyone);
        config.limits.page_items = page_items;
        config.federation.loopback_hosts.clone_from(&hosts);
        (config, disk)
    })
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
        client: None,
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
        ending: None,
    };
    transfers::insert(&new.store, transfer, login, new.clock.now_micros()).await.unwrap();
    id
}
