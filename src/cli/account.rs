//! `godwit account`: the accounts of the built-in server.

use std::io::{BufRead, Write};

use anyhow::Context;
use clap::{Args, Subcommand};

use super::WithConfig;
use crate::{app::App, config::Config, site::accounts::Role, telemetry};

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub(super) enum AccountCommand {
    /// Makes an account.
    Create(CreateArguments),
    /// Lets an account answer for the server: from its next page on it finds the desk. The first admin is made so.
    Admin(AdminArguments),
}

/// A new account.
#[derive(Debug, Args)]
pub(super) struct CreateArguments {
    /// Its login name.
    name: String,
    /// It answers for the server.
    #[arg(long)]
    admin: bool,
    /// Reads the password from standard input instead of making one up.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    with: WithConfig,
}

/// Who answers for the server.
#[derive(Debug, Args)]
pub(super) struct AdminArguments {
    /// Its login name.
    name: String,
    /// Takes it back: an ordinary account again.
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    with: WithConfig,
}

async fn admin(config: Config, arguments: AdminArguments) -> anyhow::Result<()> {
    let app = App::open(config).await?;
    let role = if arguments.remove { Role::Member } else { Role::Admin };
    let account = app.site.set_role(&arguments.name, role).await?;
    let desk = app.config.server.base_url.join("/desk")?;
    let mut out = std::io::stdout();
    match role {
        Role::Admin => {
            writeln!(out, "@{}@{} finds the desk at {desk}", account.username, app.config.domain())?;
        }
        Role::Member => {
            writeln!(out, "@{}@{} is no admin", account.username, app.config.domain())?;
        }
    }
    Ok(())
}

/// Runs one of them.
pub(super) fn run(command: AccountCommand) -> anyhow::Result<()> {
    telemetry::start("warn");
    let system = actix_web::rt::System::new();
    match command {
        AccountCommand::Create(arguments) => {
            system.block_on(create(Config::load(&arguments.with.config)?, arguments))
        }
        AccountCommand::Admin(arguments) => {
            system.block_on(admin(Config::load(&arguments.with.config)?, arguments))
        }
    }
}

async fn create(config: Config, arguments: CreateArguments) -> anyhow::Result<()> {
    let app = App::open(config).await?;
    let password = if arguments.password_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("reading the password")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        app.clock.secret().chars().take(20).collect()
    };
    let role = if arguments.admin { Role::Admin } else { Role::Member };
    let account = app.site.create_account(&arguments.name, &password, role).await?;
    let mut out = std::io::stdout();
    writeln!(out, "@{}@{}", account.username, app.config.domain())?;
    if !arguments.password_stdin {
        writeln!(out, "password: {password}")?;
    }
    Ok(())
}
