//! `godwit forwarding`: what an admin says after a backup of the database was restored.

use std::io::Write;

use clap::Subcommand;

use super::WithConfig;
use crate::{app::App, config::Config, store::restored, telemetry};

/// What is said while it is frozen.
pub(super) const FROZEN: &str = "The database is older than this daemon remembers: a backup was restored. Old addresses are not \
     forwarded and no move is announced until you have looked: accounts that moved since the backup was made look as if \
     they had not, and switches turned since then stand as before. When that is in order, run: godwit forwarding thaw";

/// What can be done about forwarding.
#[derive(Debug, Subcommand)]
pub(super) enum ForwardingCommand {
    /// Says whether a restored backup has frozen it.
    Status(WithConfig),
    /// Lets it go on after a restored backup.
    Thaw(WithConfig),
}

/// Runs one of them.
pub(super) fn run(command: ForwardingCommand) -> anyhow::Result<()> {
    telemetry::start("warn");
    actix_web::rt::System::new().block_on(say(command))
}

async fn say(command: ForwardingCommand) -> anyhow::Result<()> {
    let (ForwardingCommand::Status(with) | ForwardingCommand::Thaw(with)) = &command;
    let app = App::open(Config::load(&with.config)?).await?;
    let answer = match command {
        ForwardingCommand::Status(_) if restored::is_frozen(&app.store).await? => FROZEN,
        ForwardingCommand::Thaw(_) if restored::thaw(&app.store).await? => "Forwarding goes on.",
        _ => "Forwarding is not frozen.",
    };
    Ok(writeln!(std::io::stdout(), "{answer}")?)
}
