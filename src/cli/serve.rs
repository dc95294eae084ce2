//! `godwit serve`: the daemon.

use std::io::Write;

use actix_web::web;
use anyhow::{Context, bail};
use tokio::{runtime::Builder, sync::watch};
use url::{Host, Url};

use super::WithConfig;
use crate::{app::App, config::Config, http, store::restored, telemetry};

/// Threads for everything but answers.
const THREADS: usize = 2;

/// Runs the daemon until it is told to stop. Loopback is never reachable for it.
pub(super) fn serve(with: &WithConfig) -> anyhow::Result<()> {
    let config = Config::load(&with.config)?;
    if !config.federation.loopback_hosts.is_empty() {
        bail!(
            "federation.loopback_hosts is for laboratories; a real server must not reach its own machine. \
             Remove it from {}",
            with.config.display()
        );
    }
    if !is_safe(&config.server.base_url) {
        bail!(
            "server.base_url is {}: passwords and sessions would travel in the open. Write https://, and put a proxy \
             with a certificate in front",
            config.server.base_url
        );
    }
    start(config)
}

/// Whether what people send to this address cannot be read on the way: by its scheme, or because it never leaves the
/// machine.
fn is_safe(base: &Url) -> bool {
    let is_here = match base.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    base.scheme() == "https" || base.scheme() == "http" && is_here
}

/// Runs one home of a laboratory: the same daemon, but the listed loopback hosts are reachable.
pub(super) fn demo_home(with: &WithConfig) -> anyhow::Result<()> {
    start(Config::load(&with.config)?)
}

fn start(config: Config) -> anyhow::Result<()> {
    telemetry::start("info");
    let threads = Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()
        .context("starting threads")?;
    // Answers have threads of their own; these are for the queue and for the database's writer.
    let system = actix_web::rt::System::with_tokio_rt(move || threads);
    system.block_on(async move {
        let (base, listen) = (config.server.base_url.clone(), config.server.listen);
        let app = web::Data::new(App::open(config).await.context("starting the daemon")?);
        // Before anybody is forwarded.
        let counted = restored::count_on(&app.store, app.clock.now_micros()).await;
        counted.context("comparing the database with what is remembered")?;
        if restored::is_frozen(&app.store).await? {
            tracing::error!("{}", super::forwarding::FROZEN);
        }
        let server = http::server::listen(app.clone()).with_context(|| format!("listening on {listen}"))?;
        let (stop, stopped) = watch::channel(false);
        let watchers = app.watchers.clone();
        let queue = actix_web::rt::spawn(async move { app.run_queue(stopped).await });
        let told_to_stop = told_to_stop();
        // Whoever started us waits for this line.
        writeln!(std::io::stdout(), "listening {base}")?;
        let (handle, mut server) = (server.handle(), server);
        let outcome = tokio::select! {
            outcome = &mut server => outcome,
            () = told_to_stop => {
                // Whoever watches would be waited for; their pages ask again.
                watchers.end();
                // Both finish what is under way at the same time.
                let _queue_may_have_ended = stop.send(true);
                tokio::join!(server, handle.stop(true)).0
            }
        };
        let _queue_may_have_ended = stop.send(true);
        let _stopped = queue.await;
        outcome.context("the daemon stopped")
    })
}

/// Hears the signal that asks a daemon to end in order, from this call on, also before it is waited for.
#[cfg(unix)]
fn told_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    let come = signals.map(|signal| {
        Box::pin(async {
            match signal {
                Ok(mut signal) => drop(signal.recv().await),
                Err(_) => std::future::pending().await,
            }
        })
    });
    async move {
        let _first_heard = futures::future::select_all(come).await;
    }
}

/// Hears the signal that asks a daemon to end in order.
#[cfg(not(unix))]
async fn told_to_stop() {
    let _is_heard = tokio::signal::ctrl_c().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_encryption_a_daemon_serves_its_own_machine_only() {
        for (address, is_fine) in [
            ("https://social.example", true),
            ("http://social.example", false),
            ("http://192.0.2.1:8420", false),
            ("http://localhost.social.example", false),
            ("http://localhost:8420", true),
            ("http://127.0.0.1:8420", true),
            ("http://[::1]:8420", true),
        ] {
            assert_eq!(is_safe(&address.parse().unwrap()), is_fine, "{address}");
        }
    }
}
