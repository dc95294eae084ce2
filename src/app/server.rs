//! Starts a daemon: its pages and its queue.

use std::{future::Future, sync::Arc};

use actix_web::{App as WebApp, HttpServer, middleware, web};
use anyhow::Context;
use tokio::sync::watch;

use super::App;
use crate::{config::Config, http, jobs::runner};

/// Largest request body outside of the inbox, in bytes.
const FORM_LIMIT_BYTES: usize = 4 << 20;

/// Opens a daemon and starts listening; the returned future ends when the daemon stops.
///
/// # Errors
/// What cannot be opened or listened on.
pub async fn serve(config: Config) -> anyhow::Result<impl Future<Output = std::io::Result<()>>> {
    let listen = config.server.listen;
    let app = web::Data::new(App::open(config).await?);
    let shared = app.clone();
    let server = HttpServer::new(move || {
        WebApp::new()
            .app_data(shared.clone())
            .app_data(web::JsonConfig::default().limit(FORM_LIMIT_BYTES))
            .app_data(web::FormConfig::default().limit(FORM_LIMIT_BYTES))
            .wrap(middleware::from_fn(http::redirects::redirects))
            .configure(http::configure)
    })
    .workers(2)
    .bind(listen)
    .with_context(|| format!("listening on {listen}"))?
    .run();
    let (stop, stopped) = watch::channel(false);
    let parts = runner::Parts { engine: Arc::clone(&app.engine), side: app.source_side() };
    let queue = actix_web::rt::spawn(runner::run(parts, stopped));
    Ok(async move {
        let outcome = server.await;
        let _queue_may_have_ended = stop.send(true);
        let _stopped = queue.await;
        outcome
    })
}
