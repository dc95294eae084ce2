//! `godwit demo-behind`: the stand-in as a process of its own, for whoever puts a real proxy in front of it.

use std::{io::Write, net::SocketAddr, path::Path};

use anyhow::{Context, Result};

use super::Beside;
use crate::{
    cli::{WithConfig, demo::told_to_stop},
    config::Config,
};

/// Where it stands.
#[derive(Debug, clap::Args)]
pub struct Alone {
    #[command(flatten)]
    with: WithConfig,
    /// Where it listens.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
}

/// Makes the tables and an account for each line of the input, a name and a password; then answers until it is
/// told to stop.
///
/// # Errors
/// When the configuration, the database or the port cannot be had.
pub(crate) fn run(options: &Alone) -> Result<()> {
    let config = Config::load(&options.with.config)?;
    let people = std::io::read_to_string(std::io::stdin()).context("reading who has an account")?;
    actix_web::rt::System::new().block_on(async move {
        let dir = options.with.config.parent().unwrap_or(Path::new("."));
        let beside = Beside::behind(&config, dir, options.listen).await?;
        for line in people.lines() {
            let (name, password) = line.split_once(' ').context("a line is a name and a password")?;
            beside.create_account(name, password, false).await?;
        }
        // Whoever started us waits for this line.
        writeln!(std::io::stdout(), "listening {}", beside.at)?;
        told_to_stop().await;
        Ok(())
    })
}
