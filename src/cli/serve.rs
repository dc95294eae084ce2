//! `godwit serve`: the daemon.

use std::io::Write;

use anyhow::{Context, bail};

use super::WithConfig;
use crate::{app, config::Config, telemetry};

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
    start(config)
}

/// Runs one home of a laboratory: the same daemon, but the listed loopback hosts are reachable.
pub(super) fn demo_home(with: &WithConfig) -> anyhow::Result<()> {
    start(Config::load(&with.config)?)
}

fn start(config: Config) -> anyhow::Result<()> {
    telemetry::start("info");
    let system = actix_web::rt::System::new();
    system.block_on(async move {
        let base = config.server.base_url.clone();
        let server = app::serve(config).await.context("starting the daemon")?;
        // Whoever started us waits for this line.
        writeln!(std::io::stdout(), "listening {base}")?;
        server.await.context("the daemon stopped")
    })
}
