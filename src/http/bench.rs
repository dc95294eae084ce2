//! A daemon for tests of pages: the built-in accounts, a fake host and a fake remote.

use actix_web::{
    body::MessageBody,
    cookie::Cookie,
    dev::ServiceResponse,
    http::{StatusCode, header},
    test::{self, TestRequest},
    web,
};

use crate::{
    app::App,
    config::Config,
    model::policy::{Rule, RuleWord},
    port::clock::SharedClock,
    site::{Site, accounts::Role, sessions::Session},
    store::blobs::Blobs,
    transfer::fakes::{Bench, url},
};

/// Password of everybody here.
pub(crate) const PASSWORD: &str = "correct horse";

/// The bench with a daemon around it.
pub(crate) struct Daemon {
    pub(crate) bench: Bench,
    pub(crate) app: web::Data<App>,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: String,
}

/// A stream of events, read one by one.
pub(crate) struct Events {
    pub(crate) status: StatusCode,
    body: std::pin::Pin<Box<actix_web::body::BoxBody>>,
}

impl Events {
    /// The next words; none when it is over.
    pub(crate) async fn next(&mut self) -> Option<String> {
        let bytes = std::future::poll_fn(|context| self.body.as_mut().poll_next(context)).await?;
        Some(String::from_utf8(bytes.unwrap().to_vec()).unwrap())
    }
}

impl Answered {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Daemon {
    /// `ann` and `bob` have accounts.
    pub(crate) async fn new() -> Self {
        let bench = Bench::new().await;
        let mut config = Config::default();
        config.server.base_url = url("https://old.example");
        config.server.data_dir = bench.dir.path().to_owned();
        config.policy.departures = Rule::Word(RuleWord::Anyone);
        let blobs = Blobs::open(bench.dir.path()).await.unwrap();
        let clock: SharedClock = bench.clock.clone();
        let site = Site::new(bench.store.clone(), blobs, clock, config.server.base_url.clone());
        for name in ["ann", "bob"] {
            let account = site.create_account(name, PASSWORD, Role::Member).await.unwrap();
            bench.host.ids.lock().unwrap().insert(name.into(), account.id.to_string());
        }
        let assembled = App::assemble(config, site, bench.host.clone(), bench.remote.clone());
        let app = Box::pin(assembled).await.unwrap();
        let app = web::Data::new(app);
        Self { bench, app }
    }

    /// Signs somebody in: their cookie and session.
    pub(crate) async fn sign_in(&self, name: &str) -> (Cookie<'static>, Session) {
        let token = self.app.site.sign_in(name, PASSWORD).await.unwrap().unwrap();
        let session = self.app.site.session(&token).await.unwrap().unwrap();
        (Cookie::new(super::extract::cookie_name(&self.app), token), session)
    }

    /// Opens a stream of events through the routes of the old side.
    pub(crate) async fn watch(&self, request: TestRequest) -> Events {
        let service = test::init_service(
            actix_web::App::new().app_data(self.app.clone()).configure(super::departures::configure),
        )
        .await;
        let response = test::call_service(&service, request.to_request()).await;
        Events { status: response.status(), body: Box::pin(response.into_body()) }
    }

    /// Sends a request through the middleware and the routes of the old side.
    pub(crate) async fn ask(&self, request: TestRequest) -> Answered {
        let service = test::init_service(
            actix_web::App::new()
                .app_data(self.app.clone())
                .wrap(actix_web::middleware::from_fn(super::redirects::redirects))
                .configure(super::oauth::configure)
                .configure(super::lola::configure)
                .configure(super::departures::configure),
        )
        .await;
        match test::try_call_service(&service, request.to_request()).await {
            Ok(response) => read(response).await,
            Err(error) => {
                let response = error.error_response();
                let (status, headers) = (response.status(), response.headers().clone());
                Answered { status, headers, body: String::new() }
            }
        }
    }
}

async fn read<B: MessageBody>(response: ServiceResponse<B>) -> Answered {
    let (status, headers) = (response.status(), response.headers().clone());
    let body = test::read_body(response).await;
    Answered { status, headers, body: String::from_utf8(body.to_vec()).unwrap() }
}
