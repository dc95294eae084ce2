//! Listens: every page and endpoint of a daemon behind one socket.

use actix_web::{App as WebApp, HttpServer, dev::Server, middleware, web};

use crate::app::App;

/// Threads that answer requests. Most of a request is waiting for the database's readers.
const WORKERS: usize = 2;

/// How long a server that stops waits for answers under way.
const FAREWELL_SECONDS: u64 = 5;

/// Starts listening where the configuration says; the server runs when it is awaited.
///
/// # Errors
/// When the socket cannot be had.
pub fn listen(app: web::Data<App>) -> std::io::Result<Server> {
    let socket = app.config.server.listen;
    let server = HttpServer::new(move || {
        WebApp::new()
            .app_data(app.clone())
            .wrap(middleware::from_fn(super::redirects::redirects))
            .wrap(middleware::from_fn(super::limits::limits))
            .wrap(middleware::from_fn(super::error_pages::error_pages))
            .configure(super::configure)
    });
    // Whoever runs it is told to stop and tells it, together with the queue.
    let server = server.workers(WORKERS).disable_signals().shutdown_timeout(FAREWELL_SECONDS);
    // Otherwise the end of an answer waits until the other side has said that its beginning came.
    let server = server.tcp_nodelay(true);
    Ok(server.bind(socket)?.run())
}
